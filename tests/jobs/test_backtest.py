import csv
import errno
import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from lstmcast.cli.backtest import describe
from lstmcast.cli.documents import DOCUMENTS
from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.data.written.score_file import render_table
from lstmcast.errors import ConfigError, LockedError, OutputError, ShortError
from lstmcast.jobs.backtest import backtest
from lstmcast.jobs.backtesting.backtest_picture import draw_scores
from lstmcast.jobs.backtesting.backtest_tables import rows_table
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.model import rolling
from lstmcast.jobs.model.problem import make_problem
from lstmcast.jobs.model.rolling import fit_forecaster, known_at, roll_origins
from lstmcast.jobs.model.workshop import Workshop
from lstmcast.store.lock import hold_workspace
from tests.jobs.conftest import PLAIN, write_load, write_shops

FILES = {"scores.csv", "skill.csv", "by_step.csv", "by_origin.csv", "by_series.csv", "errors.csv", "backtest.json"}
SCORES = ["mase", "smape", "rmsse", "wql", "bias", "coverage_80", "width_80"]


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def shops(tmp_path_factory):
    """Return the result of one backtest of three shops."""
    job = write_shops(tmp_path_factory.mktemp("shops"))
    return backtest(load_config(job, sets=("output.plots=true",)), refit="never", **PLAIN)


def test_a_backtest_writes_its_scores_and_saves_no_version(shops):
    workspace = shops.folder.parent

    assert {path.name for path in shops.folder.iterdir()} == FILES | {"backtest.png"}
    assert not (workspace / "models").exists()
    assert not (workspace / "current").exists()


def test_the_model_stands_beside_all_simple_baselines(shops):
    rows = rows_of(shops.folder / "scores.csv")

    assert [row["forecaster"] for row in rows] == ["lstm", "seasonal_naive", "naive", "drift", "seasonal_average"]
    assert list(rows[0]) == ["forecaster", *SCORES]
    assert 0 < float(rows[0]["mase"]) < float(rows[1]["mase"])
    assert [row["coverage_80"] == "" for row in rows] == [False, True, True, True, True]


def test_scores_stand_by_step_by_origin_and_by_series(shops):
    steps, origins, series = (rows_of(shops.folder / f"by_{part}.csv") for part in ("step", "origin", "series"))

    assert [(row["forecaster"], row["step"]) for row in steps][:4] == [
        ("lstm", "1"), ("lstm", "2"), ("lstm", "3"), ("seasonal_naive", "1"),
    ]  # fmt: skip
    assert [(row["origin"], row["cutoff"], row["series"]) for row in origins][:2] == [
        ("1", "2024-01-08", "3"),
        ("2", "2024-01-11", "3"),
    ]
    assert [(row["forecaster"], row["shop"], row["windows"]) for row in series][:3] == [
        ("lstm", "north", "2"), ("lstm", "south", "2"), ("lstm", "young", "2"),
    ]  # fmt: skip
    overall = float(rows_of(shops.folder / "scores.csv")[0]["mase"])
    for table in (steps, origins, series):
        mine = [float(row["mase"]) for row in table if row["forecaster"] == "lstm"]
        assert np.mean(mine) == pytest.approx(overall)


def test_errors_stand_window_after_window(shops):
    rows = rows_of(shops.folder / "errors.csv")

    assert list(rows[0]) == ["shop", "cutoff", "step", "time", "truth", "forecast", "usual_change"]
    assert [(row["shop"], row["cutoff"], row["step"], row["time"]) for row in rows][2:5] == [
        ("north", "2024-01-08", "3", "2024-01-11"),
        ("south", "2024-01-08", "1", "2024-01-09"),
        ("south", "2024-01-08", "2", "2024-01-10"),
    ]
    scaled = [abs(float(row["truth"]) - float(row["forecast"])) / float(row["usual_change"]) for row in rows]
    assert np.mean(scaled) == pytest.approx(float(rows_of(shops.folder / "scores.csv")[0]["mase"]))


def test_the_document_holds_everything_but_the_single_series(shops):
    document = json.loads((shops.folder / "backtest.json").read_text())

    assert document["origins"] == ["2024-01-08", "2024-01-11"]
    assert document["scores"][0]["forecaster"] == "lstm"
    assert {row["verdict"] for row in document["skill"]} <= {"better", "worse", "no clear difference"}
    assert len(document["skill"]) == 4 * 4
    assert document["bootstrap"] == {
        "draws": 1000,
        "confidence": 0.95,
        "resampled": "resampled over 2 origins and 3 series",
    }
    assert (len(document["by_step"]), len(document["by_origin"])) == (5 * 3, 5 * 2)
    assert document.items() <= shops.as_json().items()
    assert list(shops.as_json()) == list(DOCUMENTS["backtest"])


def test_the_terminal_tells_scores_skill_and_what_may_be_said(shops):
    text = describe(shops)

    assert "2 origins (2024-01-08 to 2024-01-11), 3 series, trained once before the first; lower is better" in text
    assert "lstm against" in text
    assert "interval: resampled over 2 origins and 3 series" in text


@pytest.fixture
def untold(shops):
    """Return the result as it is where no series changes over a season: without a MASE."""
    return replace(
        shops,
        scores=tuple(row | {"mase": None} for row in shops.scores),
        skills=tuple(
            replace(row, skill=None, low=None, high=None, verdict="cannot be told", series_better=None)
            if row.metric == "mase"
            else row
            for row in shops.skills
        ),
    )


def test_where_there_is_no_score_nothing_is_said_to_be_saved(untold):
    csv_text = render_table(rows_table([asdict(row) for row in untold.skills])).decode()

    assert "seasonal_naive             -  -             cannot be told              -\n" in describe(untold)
    assert "seasonal_naive,mase,,,,cannot be told,\n" in csv_text
    json.dumps(untold.as_json(), allow_nan=False)
    assert untold.as_json()["skill"][0]["skill"] is None


def test_where_the_score_that_decides_is_not_there_another_one_is_drawn(shops, untold, tmp_path):
    panel = read_panel(load_config(shops.folder.parent.parent / "job.yaml").data).panel

    assert draw_scores(untold, panel, tmp_path) == draw_scores(replace(shops, metric="smape"), panel, tmp_path)
    assert draw_scores(untold, panel, tmp_path) != draw_scores(shops, panel, tmp_path)


def test_the_same_backtest_gives_the_same_files(tmp_path):
    job = write_load(tmp_path)
    backtest(load_config(job, sets=("output.plots=true",)), refit="never", **PLAIN)
    first = {path.name: path.read_bytes() for path in (tmp_path / "runs" / "backtest").iterdir()}

    backtest(load_config(job), refit="never", **PLAIN)  # without plots: the old one would be another backtest's

    second = {path.name: path.read_bytes() for path in (tmp_path / "runs" / "backtest").iterdir()}
    assert second == {name: content for name, content in first.items() if name != "backtest.png"}


def test_refitting_trains_before_each_origin(tmp_path):
    job = write_load(tmp_path)

    always = backtest(load_config(job), refit="always", **PLAIN)

    never = backtest(load_config(job), refit="never", **PLAIN)
    own = always.by_origin["forecaster"] == "lstm"
    assert always.cutoffs == never.cutoffs == ("2023-06", "2023-09")
    assert always.by_origin["mase"][own][0] == never.by_origin["mase"][own][0]
    assert always.by_origin["mase"][own][1] != never.by_origin["mase"][own][1]
    assert "trained anew before each" in describe(always)


def test_the_bands_of_a_frozen_forecaster_learn_from_what_has_come_true_since(tmp_path, monkeypatch):
    asked = []

    def stretch(panel, trained, ensemble):
        asked.append((int(panel.known[0]), int(trained[0])))
        return 1.0 if len(asked) % 2 else 1.5

    job = write_load(tmp_path)
    plain = backtest(load_config(job), refit="never", **PLAIN)
    monkeypatch.setattr(rolling, "stretch_since", stretch)

    wider = backtest(load_config(job), refit="never", **PLAIN)

    assert asked == [(54, 54), (57, 54)]
    first, second = np.flatnonzero(plain.by_origin["forecaster"] == "lstm")
    assert wider.by_origin["width_80"][first] == plain.by_origin["width_80"][first]
    assert wider.by_origin["width_80"][second] == pytest.approx(1.5 * plain.by_origin["width_80"][second], rel=0.05)
    assert wider.by_origin["mase"].tolist() == plain.by_origin["mase"].tolist()

    backtest(load_config(job), refit="always", **PLAIN)
    assert asked[2:] == [(54, 54), (57, 57)]


def problem_of(job):
    config = load_config(job)
    return config, make_problem(config, read_panel(config.data).panel)


@pytest.mark.parametrize("write", [write_load, write_shops])
@pytest.mark.parametrize("place", [0, 1])
def test_what_happens_after_an_origin_changes_nothing_in_the_forecast_for_it(tmp_path, write, place):
    config, problem = problem_of(write(tmp_path))
    panel, known = problem.panel, known_at(problem, place)
    after = ~panel.until(known).is_known & panel.is_known
    shocked = replace(
        panel,
        values=np.where(after, -1e6, panel.values),  # no longer positive, too
        past=np.where(after[:, None], 1e6, panel.past),
        filled=panel.filled | after,
    )

    forecasts = []
    for each in (panel, shocked):
        forecaster = fit_forecaster(config, each, known, Workshop(1, SilentTalk()))
        held = np.flatnonzero(known > 0)
        windows = windows_of(held, known)
        forecasts.append(forecaster.forecast(each.until(known), windows))

    assert after.any()
    assert np.isfinite(forecasts[0]).all()
    assert forecasts[0].tolist() == forecasts[1].tolist()


def windows_of(series, known):
    from lstmcast.data.windows import Windows

    return Windows(series, known[series])


@pytest.mark.parametrize("refit", ["never", "always"])
def test_a_shock_at_the_last_origin_changes_no_score_of_the_first(tmp_path, refit):
    config, problem = problem_of(write_load(tmp_path))
    panel = problem.panel
    last = np.arange(len(panel.values)) >= panel.known[0] - 3
    shocked = replace(problem, panel=replace(panel, values=np.where(last, 1e6, panel.values)))

    plain, changed = (roll_origins(each, config, ("naive",), refit, SilentTalk()) for each in (problem, shocked))

    for name in ("lstm", "naive"):
        before, after = plain.tallies[name].windows["mase"].top, changed.tallies[name].windows["mase"].top
        assert before[0] == after[0]
        assert before[1] != after[1]


@pytest.mark.parametrize("name", ["step", "time", "windows", "width_80"])
def test_an_id_column_that_the_tables_have_too_is_refused(tmp_path, name):
    job = write_shops(tmp_path)
    path = tmp_path / "shops.csv"
    path.write_text(path.read_text().replace("shop,", f"{name},", 1))

    with pytest.raises(ConfigError, match=f"^data: column '{name}' is also one of the tables of the backtest; rename"):
        backtest(load_config(job, sets=(f"data.id={name}",)), refit="never", **PLAIN)


def test_too_little_data_is_said_before_any_training(tmp_path):
    job = write_load(tmp_path)

    with pytest.raises(ShortError) as caught:
        backtest(load_config(job, sets=("evaluate.windows=60",)), refit="never", **PLAIN)

    assert str(caught.value).startswith("data: the longest series has 60 known values, but 71 are needed")
    assert not (tmp_path / "runs" / "backtest").exists()


def test_a_workspace_that_another_run_holds_is_left_alone(tmp_path):
    job = write_load(tmp_path)
    (tmp_path / "runs").mkdir()

    with hold_workspace(tmp_path / "runs"), pytest.raises(LockedError):
        backtest(load_config(job), refit="never", **PLAIN)


def test_a_disk_that_becomes_full_leaves_all_of_the_backtest_before(shops, tmp_path, monkeypatch):
    job = Path(shutil.copytree(shops.folder.parents[1], tmp_path / "shops")) / "job.yaml"
    folder = job.parent / "runs" / "backtest"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    real, renamed = os.rename, []

    def rename(*paths):
        renamed.append(paths)
        if len(renamed) == 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(*paths)

    monkeypatch.setattr(os, "rename", rename)

    with pytest.raises(OutputError, match="no space left on device; free some space there"):
        backtest(load_config(job, sets=("train.seed=2",)), refit="never", **PLAIN)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert set(before) == FILES | {"backtest.png"}
