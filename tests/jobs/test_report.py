import csv
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import NoModelError, OutputError
from lstmcast.files import hash_bytes
from lstmcast.jobs.explain import explain
from lstmcast.jobs.predict import predict
from lstmcast.jobs.report import report
from lstmcast.jobs.reporting.report_forecast import MOST_SERIES, select_series
from lstmcast.jobs.reporting.report_model import describe_model
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version
from tests.jobs.conftest import PLAIN, train_in, write_load
from tests.store.golden import rehash

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=1+1 </title>"]


def reported(job, *sets, model=None, output=None):
    return report(load_config(job, sets=sets), model=model, output=output, **PLAIN)


def predicted(job):
    return predict(load_config(job), model=None, data=None, output=None, plot=None, **PLAIN)


def page_of(result):
    return result.path.read_text(encoding="utf-8")


def words_of(page):
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)))


def write_backtest(workspace, series="load", forecasters=("lstm", "seasonal_naive")):
    """Write what `backtest` leaves: two origins of three steps."""
    folder = workspace / "backtest"
    folder.mkdir()
    scores = [{"forecaster": name, "mase": 0.5 + place, "coverage_80": 0.75 if place == 0 else None}
              for place, name in enumerate(forecasters)]  # fmt: skip
    steps = [row | {"step": step} for row in scores for step in (1, 2, 3)]
    origins = [
        row | {"origin": place, "cutoff": f"2023-0{6 + place}", "series": 1} for row in scores for place in (0, 3)
    ]
    document = {
        "model": "lstm", "refit": "never", "metric": "mase", "season": 12, "horizon": 3, "step": 3,
        "origins": ["2023-06", "2023-09"], "series": 1, "series_in_data": 1, "scores": scores,
        "skill": [{"baseline": "seasonal_naive", "metric": "mase", "skill": 0.667, "low": -2.0, "high": 0.9,
                   "verdict": "no clear difference", "series_better": 1.0}],
        "bootstrap": {"draws": 1000, "confidence": 0.95, "resampled": "over 2 origins"},
        "coverage": [{"level": 50.0, "coverage": 0.4}, {"level": 80.0, "coverage": 0.75}],
        "by_step": steps, "by_origin": origins, "notes": ["a note of the backtest"],
    }  # fmt: skip
    (folder / "backtest.json").write_text(json.dumps(document))
    (folder / "by_series.csv").write_text("forecaster,mase\nlstm,0.5\nseasonal_naive,1.5\n")
    with (folder / "errors.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["cutoff", "step", "time", "truth", "forecast", "usual_change"])
        for cutoff in (6, 9):
            writer.writerows(
                [f"2023-{cutoff:02}", step, f"2023-{cutoff + step:02}", 100 + step, 100, 2] for step in (1, 2, 3)
            )


def test_a_full_workspace_gives_a_full_page(load_job):
    workspace = load_job.parent / "runs"
    predicted(load_job)
    write_backtest(workspace)
    explain(load_config(load_job), model=None, series=None, origin=None, windows=None, **PLAIN)

    result = reported(load_job)

    page, words = page_of(result), words_of(page_of(result))
    assert result.path == workspace / "report.html"
    assert result.absent == ()
    assert re.findall(r"<h2[^>]*>([^<]*)<", page) == [
        "Forecast", "Backtest", "Calibration", "Residuals", "The model in words", "Training",
        "What was done to the data", "Versions",
    ]  # fmt: skip
    assert 'class="missing"' not in page
    assert (
        "Against seasonal naive: no clear difference; MASE is 67% smaller (saved: 95% interval below -100% to" in words
    )
    assert re.search(r"lstm +0\.500 +75%\s+seasonal naive +1\.500", words)
    assert "The 80% interval held 75% of what happened." in words
    assert (
        "6 errors (truth minus forecast), 2 load on average: the truth lay above the forecast in 100% of them." in words
    )
    assert "One network reads the last" in words
    assert "What moves the forecast" in words
    assert "A note of the backtest." in words
    assert "3 months ahead, made" in words
    assert "It works on logarithms of the values." in words
    assert "1 month (MS)" in words
    assert "error of logarithms, in usual changes" in words  # of positive data: no MASE


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("lstm", "months with an LSTM of 4 units, 12 months at a time, and forecasts 3 months ahead; "),
        ("gru", "months with a GRU of 4 units, 12 months at a time, and forecasts 3 months ahead; "),
        ("rnn", "months with a plain RNN of 4 units, 12 months at a time, and forecasts 3 months ahead; "),
        ("linear", "months all at once, without a recurrent part, and forecasts 3 months ahead; "),
    ],
)
def test_a_model_of_any_cell_is_told_in_words(load_job, cell, told):
    version = load_version(resolve_version(load_job.parent / "runs"))
    spec = version.artifact.spec.changed({"cell": cell})

    sentences = describe_model(replace(version, artifact=replace(version.artifact, spec=spec)), "month")

    assert sentences[0].startswith("One network reads the last ")
    assert told in sentences[0]
    assert "From the time it knows the place in the year." in sentences


@pytest.mark.parametrize(("cell", "seen"), [("lstm", "visitors, price"), ("linear", "price")])
def test_only_columns_that_the_network_reads_are_told(shops_job, cell, seen):
    version = load_version(resolve_version(shops_job.parent / "runs"))
    spec = version.artifact.spec.changed({"cell": cell})

    sentences = describe_model(replace(version, artifact=replace(version.artifact, spec=spec)), "day")

    assert f"It also sees {seen}." in sentences


def test_places_in_the_calendar_are_told_in_one_sentence(load_job):
    version = load_version(resolve_version(load_job.parent / "runs"))
    (year,) = version.artifact.spec.calendar
    cycles = (year.changed({"name": "day"}), year.changed({"name": "week"}), year)
    spec = version.artifact.spec.changed({"calendar": cycles})

    sentences = describe_model(replace(version, artifact=replace(version.artifact, spec=spec)), "hour")

    assert "From the time it knows the place in the day, the week and the year." in sentences


def test_a_backtest_without_a_mase_is_told_by_another_score(load_job):
    workspace = load_job.parent / "runs"
    write_backtest(workspace)
    path = workspace / "backtest" / "backtest.json"
    document = json.loads(path.read_text())
    for table in ("scores", "by_step", "by_origin"):
        document[table] = [row | {"mase": None, "smape": row["mase"]} for row in document[table]]
    path.write_text(json.dumps(document))

    page = page_of(reported(load_job))

    assert "sMAPE by step ahead" in page
    assert "MASE by step ahead" not in page.replace("sMAPE", "")
    assert "Too far above" not in page


def test_a_page_with_nothing_but_a_model_says_which_commands_make_the_rest(load_job):
    result = reported(load_job)

    words = words_of(page_of(result))
    assert result.absent == ("forecast", "backtest", "residuals")
    for command in ("predict", "backtest", "explain"):
        assert re.search(rf"run\s+lstmcast {command}", words)
    assert "Scores on the test windows of training" in words
    assert "Training loss" in words


def test_the_same_workspace_gives_the_same_page(load_job):
    predicted(load_job)

    assert page_of(reported(load_job)) == page_of(reported(load_job))


def test_an_empty_workspace_has_nothing_to_report(tmp_path):
    with pytest.raises(NoModelError) as caught:
        reported(write_load(tmp_path))

    assert str(caught.value).endswith("neither a model nor a backtest nor a forecast; run `lstmcast train`")
    assert not (tmp_path / "runs").exists()


def test_a_page_goes_where_it_is_wanted(load_job, tmp_path):
    elsewhere = reported(load_job, output=str(tmp_path / "page.html"))
    streamed = reported(load_job, output="-")

    assert elsewhere.path == tmp_path / "page.html"
    assert streamed.path is None
    assert streamed.html == elsewhere.path.read_bytes()
    with pytest.raises(OutputError, match="there is no folder"):
        reported(load_job, output=str(tmp_path / "no folder" / "page.html"))
    with pytest.raises(OutputError):
        reported(load_job, output="")


def test_a_page_is_written_even_where_the_data_are_gone(load_job):
    predicted(load_job)
    (load_job.parent / "load.csv").unlink()

    result = reported(load_job)

    assert result.absent == ("backtest", "residuals", "data")
    assert "The data could not be read:" in words_of(page_of(result))


@pytest.mark.parametrize(("stretch", "said"), [(1.25, "bands are 25% wider than after training"), (1.04, None)])
def test_bands_that_are_no_longer_those_of_training_are_told_of(load_job, stretch, said):
    manifest = predicted(load_job).manifest_path
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"stretch": stretch}))

    words = words_of(page_of(reported(load_job)))

    assert (said or "made 2024-01-15") in words
    assert ("than after training" in words) == (said is not None)


@pytest.mark.parametrize("damage", ["[]", "{", '{"model": 5}', "<script>alert(1)</script>"])
def test_documents_that_are_not_ours_are_left_out(load_job, damage):
    write_backtest(load_job.parent / "runs")
    (load_job.parent / "runs" / "backtest" / "backtest.json").write_text(damage)
    (load_job.parent / "runs" / "forecast.manifest.json").write_text(damage)
    (load_job.parent / "runs" / "forecast.csv").write_text(damage)

    page = page_of(reported(load_job))

    assert "<script>alert" not in page
    assert "There is no backtest in the workspace yet" in words_of(page)


@pytest.mark.parametrize(
    "change",
    [
        lambda csv: csv.replace(b"lo-80", b"lo-8"),
        lambda csv: csv.replace(b"cutoff", b"cut"),
        lambda csv: csv.replace(b"\n2024-01,", b"\n2024-01,x,,,x,x,x,x,x,x,x,x,x,x"),
        lambda csv: csv + b'"',
    ],
    ids=["a band without an end", "another column", "text for numbers", "a row that was cut"],
)
def test_a_forged_forecast_is_told_instead_of_shown(load_job, change):
    predicted(load_job)
    forecast = load_job.parent / "runs" / "forecast.csv"
    forged = change(forecast.read_bytes())
    assert forged != forecast.read_bytes()
    forecast.write_bytes(forged)
    manifest = forecast.with_name("forecast.manifest.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"sha256": hash_bytes(forged)}))

    page = page_of(reported(load_job))

    assert "The published forecast cannot be shown: forecast.csv: is no forecast" in words_of(page)


@pytest.mark.parametrize("history", ["", "a,b\n1,2,3\n", "step,loss\nnan,nan\n", 'step\n"' + "x" * 200_000])
def test_a_history_that_is_none_is_left_out(load_job, history):
    folder = next((load_job.parent / "runs" / "models").iterdir())
    (folder / "history.csv").write_text(history)
    rehash(folder)

    page = page_of(reported(load_job))

    assert "decides how long to train" in words_of(page)
    assert "Training loss" not in words_of(page)


def test_what_has_happened_since_the_forecast_stands_beside_it(load_job):
    predicted(load_job)
    with (load_job.parent / "load.csv").open("a") as file:
        file.write("2024-01,150\n2024-02,155\n")

    page = page_of(reported(load_job))

    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', page)[1])
    since = next(layer for layer in data["layers"] if layer["name"] == "what has happened since")
    assert since["values"][-3:] == [150, 155, None]
    assert data["labels"][-3:] == ["2024-01", "2024-02", "2024-03"]
    history = next(layer for layer in data["layers"] if layer["name"] == "history")
    assert history["values"][-3:] == [None, None, None]


@pytest.fixture(scope="module")
def hostile_job(tmp_path_factory):
    def write(folder):
        lines = ["shop,day,so<b>ld"]
        for place, name in enumerate(HOSTILE):
            quoted = '"' + name.replace('"', '""') + '"'
            days = np.datetime64("2023-12-06") + np.arange(40)
            lines += [f"{quoted},{day},{50 + place + number % 7}" for number, day in enumerate(days)]
        (folder / "data.csv").write_text("\n".join(lines) + "\n")
        (folder / "job.yaml").write_text(
            "data: {path: data.csv, time: day, target: so<b>ld, id: shop}\nforecast: {horizon: 3, levels: [80]}\n"
            "model: {units: 4, members: 1}\ntrain: {steps: 20, batch: 32}\nevaluate: {windows: 2}\n"
            "output: {dir: runs, plots: false}\n"
        )
        return folder / "job.yaml"

    job = train_in(tmp_path_factory.mktemp("hostile"), write) / "job.yaml"
    predicted(job)
    return job


def test_ids_and_columns_that_look_like_code_are_shown_as_text(hostile_job):
    page = page_of(reported(hostile_job))

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>" not in page
    scripts = re.findall(r"<script([^>]*)>", page)
    assert set(scripts) == {' type="application/json"', ""}
    assert scripts.count("") == 1
    options = re.findall(r"<option>(.*?)</option>", page)
    assert sorted(map(unescape, options)) == sorted([HOSTILE[0], HOSTILE[1], "'=1+1 </title>"])
    assert page.count('data-pane="series"') == 3


def test_few_series_are_all_shown():
    keys = [(f"s{place}",) for place in range(MOST_SERIES)]

    assert select_series(keys, {}).keys == tuple(keys)
    assert select_series(keys, {}).reason == ""


def test_of_many_series_the_worst_the_middle_and_the_best_are_shown():
    keys = [(f"s{place:04}",) for place in range(1000)]

    chosen = select_series(keys, {key: float(place) for place, key in enumerate(keys)})

    names = [key[0] for key in chosen.keys]
    assert names[:4] == ["s0999", "s0998", "s0997", "s0996"]
    assert names[-4:] == ["s0003", "s0002", "s0001", "s0000"]
    assert names[4:8] == ["s0501", "s0500", "s0499", "s0498"]
    assert chosen.reason.startswith("12 of 1,000 series are shown: the 4 that the backtest did worst on")


def test_of_many_series_without_a_backtest_some_are_shown_evenly():
    keys = [(f"s{place:04}",) for place in range(1000)]

    chosen = select_series(keys, {})

    assert (len(chosen.keys), chosen.keys[0], chosen.keys[-1]) == (12, ("s0000",), ("s0999",))
    assert chosen.reason == "12 of 1,000 series are shown, evenly taken."


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_a_browser_runs_the_script_of_the_page_and_no_other(hostile_job, tmp_path):
    path = reported(hostile_job).path
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}", "--dump-dom"]

    seen = subprocess.run([BROWSER, *options, path.as_uri()], capture_output=True, text=True, timeout=60).stdout

    assert re.search(r'<button type="button" class="theme" aria-label="Show this page (dark|light)">', seen)
    assert seen.count('<div class="tip" hidden="">') == page_of(reported(hostile_job)).count("<figure")
    assert seen.count('data-pane="series" hidden=""') == 2  # the first of three is shown
    assert '<div class="tools" hidden' not in seen
