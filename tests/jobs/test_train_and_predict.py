import csv
import json
import math
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.errors import (
    ArtifactError,
    ContractError,
    DataError,
    DivergedError,
    GateError,
    ImplausibleError,
    NoModelError,
    OutputError,
    ShortError,
    StaleError,
)
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.gate.gate import judge
from lstmcast.jobs.model.training_words import describe_clipping
from lstmcast.jobs.predict import predict
from lstmcast.jobs.train import train
from lstmcast.network.latest import forecast_latest
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import current_version, resolve_version
from tests.jobs.conftest import NOW, PLAIN, write_load
from tests.store.golden import change_json, rehash


def forecast(job, *sets, now=NOW, model=None, data=None, output=None, plot=None, talk=None):
    return predict(
        load_config(job, sets=sets), now=now, model=model, data=data, output=output, plot=plot,
        talk=talk or SilentTalk(),
    )  # fmt: skip


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def everything_in(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


# --- training -----------------------------------------------------------------------------------------------


def test_train_saves_a_version_and_makes_it_the_current_one(load_job):
    workspace = load_job.parent / "runs"

    version = load_version(resolve_version(workspace, None))

    assert current_version(workspace) == version.id
    assert version.artifact.spec.cell == "lstm"
    assert version.artifact.contract.cutoff == "2023-12"
    assert version.artifact.contract.positive
    assert version.manifest.seed == 1


def test_a_version_holds_every_setting_that_was_decided(load_job):
    folder = resolve_version(load_job.parent / "runs", None)

    config = load_config(folder / "config.yaml")

    assert "auto" not in [config.model.context, config.model.segment, config.model.layers, config.model.dropout]
    assert "auto" not in [config.train.learning_rate, config.evaluate.step, config.evaluate.season, config.data.freq]


def test_a_version_holds_its_scores_beside_those_of_the_baselines(load_job):
    folder = resolve_version(load_job.parent / "runs", None)

    scores = {row["forecaster"]: row for row in json.loads((folder / "metrics.json").read_text())["scores"]}

    assert set(scores) == {"lstm", "seasonal_naive", "naive"}
    assert 0 < scores["lstm"]["mase"] < scores["seasonal_naive"]["mase"]
    assert 0 <= scores["lstm"]["coverage_80"] <= 1
    assert scores["naive"]["coverage_80"] is None


def test_the_history_tells_loss_and_score_step_by_step(load_job):
    folder = resolve_version(load_job.parent / "runs", None)

    rows = rows_of(folder / "history.csv")

    assert {row["phase"] for row in rows} == {"validation", "training"}
    assert [row["step"] for row in rows][:10] == [str(step) for step in range(2, 21, 2)]
    assert all(math.isfinite(float(row["loss"])) for row in rows)
    assert all(math.isfinite(float(row["validation_score"])) for row in rows if row["phase"] == "validation")


def test_a_series_that_is_too_short_to_be_held_out_spoils_nothing(shops_job):
    folder = resolve_version(shops_job.parent / "runs", None)

    scores = {row["forecaster"]: row["mase"] for row in json.loads((folder / "metrics.json").read_text())["scores"]}
    rows = [row for row in rows_of(folder / "history.csv") if row["phase"] == "validation"]
    curves = [[float(row["validation_score"]) for row in rows if row["scale"] == scale] for scale in ("linear", "log")]

    assert [len(curve) for curve in curves] == [10, 10]
    assert all(0 < curve[-1] < curve[0] for curve in curves)
    assert 0 < scores["lstm"] < scores["seasonal_naive"]


def test_the_same_files_and_seed_give_the_same_weights(load_job):
    workspace = load_job.parent / "runs"
    first = load_version(resolve_version(workspace, None))

    result = train(load_config(load_job), now=NOW + timedelta(days=1), talk=SilentTalk())

    second = load_version(resolve_version(workspace, None))
    assert second.id == result.version_id != first.id
    assert second.manifest.files["weights.safetensors"] == first.manifest.files["weights.safetensors"]
    assert second.artifact.calibration == first.artifact.calibration


def test_a_gate_that_is_not_passed_keeps_the_present_version(load_job):
    workspace = load_job.parent / "runs"
    present = current_version(workspace)

    with pytest.raises(GateError) as caught:
        train(load_config(load_job, sets=("evaluate.gate.min_skill=1.0",)), **PLAIN | {"now": NOW + timedelta(days=1)})

    assert "evaluate.gate.min_skill is 100.0%" in str(caught.value)
    assert "the present version stays" in str(caught.value)
    assert current_version(workspace) == present


def test_a_model_that_is_let_through_though_it_errs_more_than_the_baseline_is_told_of(load_job, monkeypatch):
    class Warned(SilentTalk):
        said: ClassVar[list[str]] = []

        def warn(self, text):
            self.said.append(text)

    def with_doubt(*given):
        return replace(judge(*given), doubt="a word on both scores")

    monkeypatch.setattr("lstmcast.jobs.gate.new_version.judge", with_doubt)

    result = train(load_config(load_job), now=NOW + timedelta(days=1), talk=Warned())

    assert result.promoted
    assert Warned.said == ["a word on both scores"]


@pytest.mark.parametrize("steps", [1, 20])
def test_a_rate_far_too_high_saves_nothing(load_job, steps):
    before = everything_in(load_job.parent)

    with pytest.raises(DivergedError, match="no longer finite numbers"):
        train(load_config(load_job, sets=("train.learning_rate=1e30", f"train.steps={steps}")), **PLAIN)

    assert everything_in(load_job.parent) == before


@pytest.mark.parametrize(
    "sets",
    [
        ("model.cell=gru", "model.layers=2"),
        ("model.cell=rnn", "model.bank=none"),
        ("model.bank=none", "model.segment=1", "model.context=13"),
        ("model.cell=linear",),
    ],
    ids=["deep gru", "rnn without a bank", "textbook lstm", "linear"],
)
def test_every_kind_of_network_trains_and_predicts(tmp_path, sets):
    job = write_load(tmp_path)

    result = train(load_config(job, sets=(*sets, "train.steps=5", "evaluate.gate.min_skill=-1000")), **PLAIN)
    published = forecast(job)

    assert published.version_id == result.version_id
    assert len(rows_of(published.csv_path)) == 3
    assert result.notes[-1].startswith("the gradient ")


def test_a_score_that_cannot_be_told_says_why(tmp_path):
    job = write_load(tmp_path)
    lines = [f"{2019 + k // 12}-{k % 12 + 1:02},7" for k in range(60)]
    (tmp_path / "load.csv").write_text("\n".join(["month,load", *lines, ""]))

    result = train(load_config(job, sets=("train.steps=5",)), **PLAIN)

    assert result.notes[-1] == (
        "MASE cannot be told: before the first origin no series changes over a season; see sMAPE and WQL"
    )


def test_how_often_the_gradient_was_cut_is_told_as_a_mean_over_the_members():
    assert describe_clipping([0.02, 0.05]) == "the gradient had to be cut in 3.5% of the training steps"
    assert describe_clipping([0.0005, 0.0]) == "the gradient had to be cut in less than 0.1% of the training steps"
    assert describe_clipping([0.0, 0.0]) == "the gradient never had to be cut"


def test_too_few_rows_say_what_is_needed_and_what_is_there(tmp_path):
    job = write_load(tmp_path)
    lines = (tmp_path / "load.csv").read_text().splitlines()
    (tmp_path / "load.csv").write_text("\n".join(lines[:13]) + "\n")

    with pytest.raises(ShortError) as caught:
        train(load_config(job), **PLAIN)

    assert str(caught.value) == (
        "data: the longest series has 12 known values, but 13 are needed: 4 for 2 test windows, 3 for validation, "
        "3 to learn from and 3 before; lower forecast.horizon or evaluate.windows, or give more data"
    )


def test_just_enough_rows_can_be_trained_on(tmp_path):
    job = write_load(tmp_path)
    lines = (tmp_path / "load.csv").read_text().splitlines()
    (tmp_path / "load.csv").write_text("\n".join(lines[:14]) + "\n")

    result = train(
        load_config(job, sets=("train.steps=2", "evaluate.gate.min_skill=-1000", "evaluate.windows=2")), **PLAIN
    )

    assert result.test_windows == 2


def test_data_from_the_future_are_not_trained_on(tmp_path):
    job = write_load(tmp_path)

    with pytest.raises(StaleError, match="the newest row is of 2023-12-01 00:00 UTC, after now"):
        train(load_config(job), **PLAIN | {"now": NOW - timedelta(days=90)})


# --- prediction ---------------------------------------------------------------------------------------------


def test_the_forecast_has_the_users_names_and_times_and_a_column_for_each_bound(load_job):
    published = forecast(load_job)

    rows = rows_of(published.csv_path)
    assert published.csv_path == load_job.parent / "runs" / "forecast.csv"
    assert list(rows[0]) == ["month", "cutoff", "model", "forecast", "lo-80", "hi-80", "lo-95", "hi-95"]
    assert [row["month"] for row in rows] == ["2024-01", "2024-02", "2024-03"]
    assert {(row["cutoff"], row["model"]) for row in rows} == {("2023-12", published.version_id)}
    for row in rows:
        bounds = [float(row[name]) for name in ("lo-95", "lo-80", "forecast", "hi-80", "hi-95")]
        assert bounds == sorted(bounds)
        assert 100 < bounds[2] < 250


def test_a_plot_of_an_earlier_forecast_does_not_stand_beside_a_new_one(load_job, tmp_path):
    plot = load_job.parent / "runs" / "forecast.png"

    forecast(load_job, "output.plots=true")
    drawn = plot.read_bytes()
    forecast(load_job, "output.plots=true", plot=tmp_path / "elsewhere.png")

    assert (tmp_path / "elsewhere.png").read_bytes() == drawn
    assert not plot.exists()


def test_a_long_table_is_forecast_series_by_series_under_its_ids(shops_job):
    published = forecast(shops_job)

    rows = rows_of(published.csv_path)
    assert list(rows[0]) == ["shop", "day", "cutoff", "model", "forecast", "lo-80", "hi-80"]
    assert [(row["shop"], row["day"]) for row in rows] == [
        (shop, f"2024-01-{day}") for shop in ("north", "south", "young") for day in (15, 16, 17)
    ]


def test_a_forecast_tells_where_it_comes_from(load_job):
    published = forecast(load_job)

    manifest = json.loads(published.manifest_path.read_text())
    assert manifest["model"] == published.version_id
    assert (manifest["cutoff"], manifest["created"], manifest["seed"]) == ("2023-12", "2024-01-15T00:00:00Z", 1)
    assert (manifest["series"], manifest["horizon"], manifest["rows_read"]) == (1, 3, 60)
    assert len(manifest["data_fingerprint"]) == 64


def test_predicting_twice_gives_the_same_bytes(shops_job):
    first = everything_in(forecast(shops_job).csv_path.parent)

    second = everything_in(forecast(shops_job).csv_path.parent)

    assert second == first


def test_predict_imports_neither_tensorflow_nor_keras_and_gives_the_same_bytes(load_job):
    here = forecast(load_job, output="-").csv
    code = f"""
import sys
from datetime import datetime, UTC
from pathlib import Path
from lstmcast.config.yaml_file import load_config
from lstmcast.jobs.gate.gate import judge
from lstmcast.jobs.predict import predict
from lstmcast.jobs.common.talk import SilentTalk
result = predict(load_config(Path({str(load_job)!r})), now=datetime(2024, 1, 15, tzinfo=UTC),
                 model=None, data=None, output="-", plot=None, talk=SilentTalk())
heavy = sorted({{"tensorflow", "keras", "matplotlib", "rich", "jax", "torch"}} & set(sys.modules))
sys.stdout.write(repr(heavy) + "\\n" + result.csv.decode())
"""

    fresh = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)

    heavy, _, text = fresh.stdout.partition("\n")
    assert (fresh.returncode, fresh.stderr) == (0, "")
    assert heavy == "[]"
    assert text == here.decode()


def test_standard_output_leaves_no_file(load_job):
    before = everything_in(load_job.parent)

    result = forecast(load_job, output="-")

    assert result.csv.startswith(b"month,cutoff,model,forecast,")
    assert (result.csv_path, result.manifest_path) == (None, None)
    assert everything_in(load_job.parent) == before


def test_a_newer_file_is_forecast_from_its_own_end(load_job, tmp_path):
    newer = tmp_path / "newer.csv"
    newer.write_text((load_job.parent / "load.csv").read_text() + "2024-01,161.5\n")

    published = forecast(load_job, data=newer, now=NOW + timedelta(days=30))

    assert [row["month"] for row in rows_of(published.csv_path)] == ["2024-02", "2024-03", "2024-04"]


class Heard(SilentTalk):
    def __init__(self):
        self.said = []

    def say(self, text):
        self.said.append(text)


def newer_months(folder, path, values):
    """Write the data of training and a year that came after it."""
    lines = [f"2024-{month:02},{value}\n" for month, value in enumerate(values, 1)]
    path.write_text((folder / "load.csv").read_text() + "".join(lines))
    return path


def logs_of_widths(job, data):
    """Return how wide the 80% intervals are, in logarithms, as the version itself has them."""
    config, artifact = load_config(job), load_version(resolve_version(job.parent / "runs")).artifact
    panel = read_panel(config.data.changed({"path": str(data)})).panel
    values = forecast_latest(panel, artifact.ensemble)[0]
    low, high = (artifact.spec.quantiles.index(quantile) for quantile in (0.1, 0.9))
    return np.log(values[:, high] / values[:, low])


def test_bands_are_widened_by_what_the_version_has_missed_since_training(load_job, tmp_path):
    wild = newer_months(load_job.parent, tmp_path / "wild.csv", [400 * (1 + month % 2) for month in range(12)])
    talk = Heard()

    metrics = tmp_path / "x.prom"

    published = forecast(load_job, f"job.metrics={metrics}", data=wild, now=NOW + timedelta(days=366), talk=talk)

    stretch = json.loads(published.manifest_path.read_text())["stretch"]
    assert stretch == pytest.approx(3 ** (4 / (4 + 5)), abs=1e-4)  # the limit is 3; four horizons have come true
    assert re.search(r"lstmcast_band_stretch_ratio\{.*\} (.*)", metrics.read_text()).group(1) == str(stretch)
    assert talk.said == ["bands are 63% wider than after training, by what has come true since"]
    logs = np.array([np.log(float(row["hi-80"]) / float(row["lo-80"])) for row in rows_of(published.csv_path)])
    assert logs == pytest.approx(stretch * logs_of_widths(load_job, wild), rel=1e-3)


def test_bands_stay_as_they_are_while_nothing_new_has_come_and_in_versions_that_do_not_say_when(load_job, tmp_path):
    talk = Heard()
    published = forecast(load_job, talk=talk)
    assert (json.loads(published.manifest_path.read_text())["stretch"], talk.said) == (1, [])

    wild = newer_months(load_job.parent, tmp_path / "wild.csv", [400 * (1 + month % 2) for month in range(12)])
    version = resolve_version(load_job.parent / "runs")
    change_json(version / "metrics.json", lambda metrics: metrics.pop("trained_until"))
    rehash(version)
    published = forecast(load_job, data=wild, now=NOW + timedelta(days=366), talk=talk)
    assert (json.loads(published.manifest_path.read_text())["stretch"], talk.said) == (1, [])


def test_rows_in_another_order_and_more_columns_change_nothing(load_job, tmp_path):
    before = forecast(load_job, output="-").csv
    header, *lines = (load_job.parent / "load.csv").read_text().splitlines()
    swapped = [",".join([*reversed(line.split(",")), "0"]) for line in (header, *np.roll(lines, 7))]
    newer = tmp_path / "newer.csv"
    newer.write_text("\n".join(swapped) + "\n")

    assert forecast(load_job, data=newer, output="-").csv == before


def test_a_named_version_forecasts_instead_of_the_current_one(load_job, tmp_path):
    workspace = load_job.parent / "runs"
    version = current_version(workspace)
    (workspace / "current").unlink()

    assert forecast(load_job, model=version, output="-").version_id == version
    assert forecast(load_job, model=str(workspace / "models" / version), output="-").version_id == version


# --- refusals: nothing is published, and what was published stays --------------------------------------------


def assert_refused(error, message, job, *sets, **options):
    published = forecast(job) if not options.pop("first", False) else None
    before = everything_in(job.parent / "runs")

    with pytest.raises(error, match=message):
        forecast(job, *sets, **options)

    assert everything_in(job.parent / "runs") == before
    assert published is None or published.csv_path in before


def write_newer(job, tmp_path, change):
    """Return a changed copy of the data of a job."""
    source = job.parent / load_config(job).data.path
    newer = tmp_path / "newer.csv"
    newer.write_text(change(source.read_text()))
    return newer


def test_without_a_version_there_is_no_forecast(tmp_path):
    with pytest.raises(NoModelError, match="runs"):
        forecast(write_load(tmp_path))

    assert not (tmp_path / "runs").exists()


def test_a_horizon_that_was_not_trained_is_refused(load_job):
    message = r"forecast\.horizon: is 4, the model was trained for 3; train again"

    assert_refused(ContractError, message, load_job, "forecast.horizon=4")


def test_a_level_that_was_not_trained_is_refused(load_job):
    message = r"forecast\.levels: the model was not trained for 99%; train again"

    assert_refused(ContractError, message, load_job, "forecast.levels=[99]")


def test_a_series_that_was_not_trained_is_refused_by_name(shops_job, tmp_path):
    newer = write_newer(shops_job, tmp_path, lambda text: text.replace("north,", "nortj,"))
    message = r"has not seen series 'nortj' \(did you mean 'north'\?\)"

    assert_refused(ContractError, message, shops_job, data=newer)


def test_a_missing_future_row_is_refused_with_its_stamp(shops_job, tmp_path):
    def without_last_rows_of_south(text):
        return "".join(
            line for line in text.splitlines(True) if not line.startswith(("south,2024-01-16", "south,2024-01-17"))
        )

    newer = write_newer(shops_job, tmp_path, without_last_rows_of_south)
    message = r"known 3 steps ahead, but series 'south' has no row that gives it for 2024-01-16; add the rows"

    assert_refused(ContractError, message, shops_job, data=newer)


def test_a_missing_covariate_is_refused_by_name(shops_job, tmp_path):
    newer = write_newer(shops_job, tmp_path, lambda text: text.replace("price", "prize"))

    assert_refused(ContractError, r"no column 'price' \(did you mean 'prize'\?\)", shops_job, data=newer)


def test_another_frequency_is_refused(load_job, tmp_path):
    def every_second_row(text):
        header, *lines = text.splitlines()
        return "\n".join([header, *lines[::2]]) + "\n"

    newer = write_newer(load_job, tmp_path, every_second_row)

    assert_refused((ContractError, DataError), "2MS|missing", load_job, data=newer)


def test_a_value_that_has_no_logarithm_is_refused_where_training_had_none(load_job, tmp_path):
    newer = write_newer(load_job, tmp_path, lambda text: text + "2024-01,0\n")

    assert_refused(
        ContractError, "now has 0 at 2024-01, the model was trained on values above zero only", load_job, data=newer
    )


def test_data_that_are_too_old_are_refused(load_job):
    message = r"the newest row is of 2023-12-01 00:00 UTC, 45\.0 days before now, and job\.max_age is 40D"

    assert_refused(StaleError, message, load_job, "job.max_age=40D")
    assert forecast(load_job, "job.max_age=45D").rows == 3


def test_data_from_the_future_are_refused(load_job):
    assert_refused(StaleError, "after now", load_job, now=NOW - timedelta(days=90))


@pytest.mark.parametrize("value", ["1e30", "1e300", "9999999"])
def test_an_absurd_forecast_is_not_published(load_job, tmp_path, value):
    def with_an_absurd_end(text):
        header, *lines = text.splitlines()
        return "\n".join([header, *lines[:-6], *(f"{line.split(',')[0]},{value}" for line in lines[-6:])]) + "\n"

    newer = write_newer(load_job, tmp_path, with_an_absurd_end)

    assert_refused(
        ImplausibleError, "that of series 'load' is not finite, or absurdly far from the history", load_job, data=newer
    )


def test_an_output_folder_that_is_not_there_is_named(load_job, tmp_path):
    assert_refused(OutputError, "there is no folder", load_job, output=str(tmp_path / "none" / "f.csv"))


def test_a_damaged_version_is_refused(load_job):
    folder = resolve_version(load_job.parent / "runs", None)
    weights = bytearray((folder / "weights.safetensors").read_bytes())
    weights[-1] ^= 1
    (folder / "weights.safetensors").write_bytes(weights)

    assert_refused(ArtifactError, "weights.safetensors: was changed since it was saved", load_job, first=True)


def test_a_version_that_leans_on_an_unknown_forecaster_is_refused(load_job):
    folder = resolve_version(load_job.parent / "runs", None)
    change_json(folder / "calibration.json", lambda c: c.update(baseline="os.system", weights=[0.5, 0.5, 0.5]))
    rehash(folder)

    assert_refused(ArtifactError, r"calibration\.json leans on 'os\.system'", load_job, first=True)


def test_nothing_is_said_when_nothing_is_to_say(load_job, capfd):
    forecast(load_job)

    assert capfd.readouterr() == ("", "")
