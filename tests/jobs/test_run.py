"""The nightly job, night after night, on a small trained workspace."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import ContractError, DataError, GateError, ImplausibleError, ShortError, StaleError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.predict import predict
from lstmcast.jobs.run import run
from lstmcast.store.forecasts import list_origins, read_forecast
from lstmcast.store.versions import current_version, list_versions
from tests.jobs.conftest import NOW, PLAIN, write_load

EASY = "evaluate.gate.min_skill=-100"  # any model passes
HARD = "evaluate.gate.min_skill=1"  # none does
NIGHT = timedelta(days=1)


def go(job, *sets, now=NOW, **more):
    return run(load_config(job, sets=(EASY, *sets)), now=now, talk=SilentTalk(), **more)


def add_month(job, line):
    with (job.parent / "load.csv").open("a") as file:
        file.write(f"{line}\n")


def files_of(job):
    """Return all that the workspace holds; the lock is not a result."""
    found = {path: path.read_bytes() for path in (job.parent / "runs").rglob("*") if path.is_file()}
    return {path: content for path, content in found.items() if path.name != "lock" and ".cache" not in path.parts}


def test_the_version_that_is_there_forecasts(load_job):
    result = go(load_job)

    assert (result.model, result.published, result.reasons) == (current_version(load_job.parent / "runs"), True, ())
    assert result.cutoff == "2023-12"
    found = read_forecast(load_job.parent / "runs" / "forecast.csv")
    assert found is not None
    assert (found.manifest.model, found.manifest.created) == (result.model, "2024-01-15T00:00:00Z")
    assert list_origins(load_job.parent / "runs") == ("2023-12-01",)


def test_running_twice_is_running_once_byte_for_byte(load_job):
    go(load_job)
    before = files_of(load_job)

    again = go(load_job, now=NOW + timedelta(hours=1))

    assert files_of(load_job) == before
    assert not again.published


def test_a_run_that_was_interrupted_between_its_files_is_mended(load_job):
    go(load_job)
    runs = load_job.parent / "runs"
    before = files_of(load_job)
    (runs / "forecast.csv").write_text("the forecast of yesterday\n")

    again = go(load_job)

    assert again.published
    assert files_of(load_job) == before


def test_new_data_bring_a_new_forecast_and_a_score_of_the_one_before(load_job):
    go(load_job)
    add_month(load_job, "2024-01,161.5")

    result = go(load_job, now=NOW + NIGHT)

    runs = load_job.parent / "runs"
    assert (result.published, result.cutoff, result.origins) == (True, "2024-01", 1)
    assert list_origins(runs) == ("2023-12-01", "2024-01-01")
    table = (runs / "scores" / "scores.csv").read_text().splitlines()
    assert len(table) == 2
    assert table[1].startswith("2023-12-01,2023-12,2024-01-15T00:00:00Z,")


def test_data_that_were_corrected_are_forecast_from_anew(load_job):
    go(load_job)
    path = load_job.parent / "load.csv"
    path.write_text(path.read_text().replace("2023-12,", "2023-12,1"))

    assert go(load_job).published


def test_data_that_end_before_the_last_forecast_are_refused(load_job):
    add_month(load_job, "2024-01,161.5")
    go(load_job, now=NOW + NIGHT)
    path = load_job.parent / "load.csv"
    path.write_text(path.read_text().replace("2024-01,161.5\n", ""))
    before = files_of(load_job)

    with pytest.raises(StaleError, match=r"the newest row is of 2023-12, but a forecast was made from 2024-01 already"):
        go(load_job, now=NOW + NIGHT)

    assert files_of(load_job) == before


def test_a_model_is_trained_when_it_is_due_and_not_before(load_job):
    early = go(load_job, now=NOW + timedelta(days=6, hours=23))
    add_month(load_job, "2024-01,161.5")
    due = go(load_job, now=NOW + timedelta(days=7))

    assert (early.trained, due.promoted) == (None, True)
    assert due.reasons == ("the last training was 7.0 days ago",)
    assert due.model == due.trained == current_version(load_job.parent / "runs")
    noted = json.loads((load_job.parent / "runs" / "models" / due.trained / "metrics.json").read_text())
    assert (noted["gate"]["metric"], noted["gate"]["refusal"]) == ("mase", None)
    assert "present" not in noted["gate"]  # no window is new to the present one


def test_a_season_that_is_set_in_vain_is_warned_of_in_a_night_that_trains(load_job):
    result = go(load_job, "evaluate.season=49")

    assert result.trained is not None
    assert (
        result.warnings[0]
        == "evaluate.season: 49 does not fit one and a quarter times into 60 values, so it is not used"
    )


def test_a_changed_config_is_a_reason_to_train_and_a_refused_model_changes_nothing(load_job):
    first = go(load_job)

    result = go(load_job, "model.units=5", HARD, now=NOW + NIGHT)
    again = go(load_job, "model.units=5", HARD, now=NOW + 2 * NIGHT)

    assert result.reasons == ("the config has changed",)
    assert result.trained is not None
    assert not result.promoted
    assert result.model == first.model
    assert len(result.warnings) == 1
    assert f"{result.trained} was not promoted: mase" in result.warnings[0]
    assert (again.reasons, again.trained) == ((), None)  # the refused one was the same


def test_a_refused_model_is_told_where_the_present_one_cannot_answer(load_job):
    for night in (NOW + NIGHT, NOW + 2 * NIGHT):
        with pytest.raises(ContractError) as caught:
            go(load_job, "forecast.horizon=2", HARD, now=night)

        newest = list_versions(load_job.parent / "runs")[0]
        assert str(caught.value).startswith(
            "forecast.horizon: is 2, the model was trained for 3; train again; "
            f"and there is no newer version that could: {newest}: mase"
        )
        assert f"`lstmcast models promote {newest}` takes it all the same" in str(caught.value)


def test_times_in_another_zone_are_a_reason_to_train_and_not_to_fail(shops_job):
    result = go(shops_job, "data.timezone=Europe/Berlin")

    assert (result.reasons, result.promoted) == (("the config has changed",), True)


def test_a_column_that_is_no_longer_asked_for_is_not_missed(tmp_path):
    job = write_load(tmp_path)
    lines = (tmp_path / "load.csv").read_text().splitlines()
    twice = [f"{line},{line.split(',')[1]}" for line in lines[1:]]
    (tmp_path / "load.csv").write_text("\n".join(["month,load,other", *twice]) + "\n")
    go(job, "data.target=[load, other]")

    result = go(job, "data.target=[load]", now=NOW + NIGHT)

    assert (result.reasons, result.promoted) == (("the config has changed",), True)


def test_a_series_that_is_missing_is_refused_although_the_config_has_changed(shops_job):
    path = shops_job.parent / "shops.csv"
    path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.startswith("south")))

    with pytest.raises(ContractError, match="series 'south' of the model is not there any more; is the file whole"):
        go(shops_job, "model.units=5")


def test_a_series_that_was_renamed_is_named_by_both_names(shops_job):
    path = shops_job.parent / "shops.csv"
    path.write_text(path.read_text().replace("south", "SOUTH"))

    with pytest.raises(ContractError, match=r"series 'south' .* not there any more \(it may be called 'SOUTH' now"):
        go(shops_job)


def test_metrics_of_a_night_that_failed_do_not_tell_the_one_before(load_job):
    metrics = load_job.parent / "load.prom"
    go(load_job, f"job.metrics={metrics}", "job.retrain=1h", "evaluate.gate.min_skill=-100", now=NOW + NIGHT)
    before = metrics.read_text()

    with pytest.raises(StaleError):
        go(load_job, f"job.metrics={metrics}", "job.max_age=1D", now=NOW + 900 * NIGHT)

    told = {line.split("{")[0]: line.rsplit(" ", 1)[1] for line in before.splitlines() if not line.startswith("#")}
    now = {line.split("{")[0]: line.rsplit(" ", 1)[1] for line in metrics.read_text().splitlines() if "#" not in line}
    assert (told["lstmcast_retrained"], told["lstmcast_exit_code"]) == ("1", "0")
    assert (now["lstmcast_retrained"], now["lstmcast_promoted"], now["lstmcast_exit_code"]) == ("0", "0", "14")


def test_a_shop_that_stopped_is_stale_or_left_out(shops_job):
    path = shops_job.parent / "shops.csv"
    rows = (row for row in path.read_text().splitlines(True) if ",," not in row)
    later = (f"{shop},2024-01-{day},50,2,1\n" for shop in ("south", "young") for day in range(15, 20))
    ahead = (f"{shop},2024-01-{day},,2,\n" for shop in ("south", "young") for day in range(20, 23))
    path.write_text("".join([*rows, *later, *ahead, *(f"north,2024-01-{day},,2,\n" for day in range(15, 18))]))
    now = datetime(2024, 1, 20, 3, tzinfo=UTC)

    with pytest.raises(StaleError, match=r"1 of the 3 series stopped: 'north', .* is of 2024-01-14"):
        go(shops_job, "job.max_age=2D", now=now)
    result = go(shops_job, "job.max_age=2D", "job.retrain=1D", now=now, allow_partial=True)

    assert (result.left_out, result.reasons, result.trained) == (("north",), (), None)
    due = "not trained from a part of the data, though it is due: the last training was 5.1 days ago"
    assert due in result.warnings
    assert {row.split(",")[0] for row in (shops_job.parent / "runs/forecast.csv").read_text().splitlines()[1:]} == {
        "south",
        "young",
    }


def test_scores_that_cannot_be_read_keep_no_night_from_publishing(load_job, tmp_path):
    go(load_job)
    add_month(load_job, "2024-01,161.5")
    scores = load_job.parent / "runs" / "scores"
    scores.mkdir()
    (scores / "scores.csv").write_text("?")

    result = go(load_job, f"job.metrics={tmp_path / 'x.prom'}", now=NOW + NIGHT)

    assert (result.published, result.origins) == (True, 0)
    assert "nothing was scored" in result.warnings[0]
    assert (
        f'lstmcast_scored{{command="run",workspace="{load_job.parent / "runs"}"}} 0'
        in (tmp_path / "x.prom").read_text()
    )


def test_a_workspace_that_another_config_uses_is_warned_of(load_job):
    (load_job.parent / "other.csv").write_text((load_job.parent / "load.csv").read_text())

    result = go(load_job, f"data.path={load_job.parent / 'other.csv'}")

    assert result.published
    assert result.warnings == (
        f"{result.model} was trained on ../load.csv, and data.path is ../other.csv (as seen from the workspace); "
        "if this is the workspace of another config, set an output.dir of its own",
    )
    assert go(load_job).warnings == ()


def test_a_workspace_without_a_version_gets_one(tmp_path):
    job = write_load(tmp_path)

    result = go(job)

    assert (result.reasons, result.promoted) == (("there is no version yet",), True)
    assert result.model == result.trained


@pytest.fixture
def refused(load_job):
    """Return a workspace in which the gate has refused the only version."""
    (load_job.parent / "runs" / "current").unlink()
    version = load_job.parent / "runs" / "models" / list_versions(load_job.parent / "runs")[0]
    for path in version.iterdir():
        path.unlink()
    version.rmdir()
    with pytest.raises(GateError, match=r"skill .* and there is no other version to forecast"):
        go(load_job, HARD)
    return load_job


def test_without_any_version_a_refused_one_leaves_nothing_published(refused):
    assert not (refused.parent / "runs" / "forecast.csv").exists()
    before = files_of(refused)

    with pytest.raises(GateError, match=r"there is no other version to forecast, and the data are the same"):
        go(refused, HARD)

    assert files_of(refused) == before


def test_without_any_version_the_baseline_may_stand_in_and_says_so_in_each_row(refused):
    result = go(refused, HARD, "job.on_failure=seasonal_naive")
    before = files_of(refused)
    again = go(refused, HARD, "job.on_failure=seasonal_naive")

    rows = (refused.parent / "runs" / "forecast.csv").read_text().splitlines()
    assert (result.model, result.published, again.published) == ("seasonal_naive", True, False)
    assert "skill" in result.fallback
    assert rows[0] == "month,cutoff,model,forecast,lo-80,hi-80,lo-95,hi-95"
    assert [row.split(",")[2] for row in rows[1:]] == ["seasonal_naive"] * 3
    january = (refused.parent / "load.csv").read_text().splitlines()[49].split(",")
    assert january[0] == "2023-01"
    assert float(rows[1].split(",")[3]) == float(january[1])
    assert files_of(refused) == before


def test_a_damaged_version_is_trained_anew(load_job):
    runs = load_job.parent / "runs"
    damaged = current_version(runs)
    (runs / "models" / damaged / "weights.safetensors").write_bytes(b"")

    result = go(load_job, now=NOW + NIGHT)

    assert result.promoted
    assert result.model not in (damaged, None)
    assert "weights.safetensors" in result.reasons[0]


def test_an_absurd_forecast_is_not_published(load_job):
    go(load_job)
    add_month(load_job, "2024-01,1e30")
    before = files_of(load_job)

    with pytest.raises(ImplausibleError):
        go(load_job, now=NOW + NIGHT)

    after = files_of(load_job)
    assert {path: after[path] for path in before} == before


def test_for_an_absurd_forecast_the_baseline_may_stand_in(load_job):
    go(load_job)
    add_month(load_job, "2024-01,1e30")

    result = go(load_job, "job.on_failure=seasonal_naive", now=NOW + NIGHT)

    assert (result.model, result.published) == ("seasonal_naive", True)


@pytest.mark.parametrize("factor", [1e3, 1e-3])
@pytest.mark.parametrize("sets", [(), ("job.on_failure=seasonal_naive",), ("job.retrain=1D",)])
def test_data_in_another_unit_are_neither_forecast_from_nor_learnt_nor_scored(load_job, factor, sets):
    go(load_job)
    path = load_job.parent / "load.csv"
    header, *lines = [*path.read_text().splitlines(), "2024-01,161.5"]
    pairs = (line.split(",") for line in lines)
    path.write_text("\n".join([header, *(f"{month},{float(load) * factor:g}" for month, load in pairs)]) + "\n")
    before = files_of(load_job)

    with pytest.raises(ImplausibleError, match=r"the newest 12 values .* 'load' lie around .* in another unit"):
        go(load_job, *sets, now=NOW + 3 * NIGHT)

    assert files_of(load_job) == before


def test_nothing_stands_in_for_data_that_break_what_the_version_knows(load_job):
    go(load_job)
    add_month(load_job, "2024-01,-999")

    with pytest.raises(ContractError, match="values above zero only"):
        go(load_job, "job.on_failure=seasonal_naive", now=NOW + NIGHT)


def test_a_baseline_that_is_as_absurd_does_not_stand_in(load_job):
    go(load_job)
    path = load_job.parent / "load.csv"
    path.write_text(re.sub("2023-01,.*", "2023-01,1e30", path.read_text()))
    add_month(load_job, "2024-01,1e30")
    add_month(load_job, "2024-02,1e30")

    with pytest.raises(ImplausibleError, match="absurdly far"):
        go(load_job, "job.on_failure=seasonal_naive", now=NOW + 60 * NIGHT)


def test_stale_data_are_refused_whatever_stands_in(load_job):
    with pytest.raises(StaleError, match=r"job\.max_age is 2D"):
        go(load_job, "job.max_age=2D", "job.on_failure=seasonal_naive", now=NOW + 90 * NIGHT)


def test_a_series_that_is_missing_is_refused_unless_a_part_will_do(shops_job):
    path = shops_job.parent / "shops.csv"
    path.write_text("".join(row for row in path.read_text().splitlines(True) if not row.startswith("young,")))

    with pytest.raises(ContractError, match=r"series 'young' of the model is not there any more; is the file whole"):
        go(shops_job)
    result = go(shops_job, allow_partial=True)
    again = go(shops_job, allow_partial=True)

    assert (result.left_out, result.published) == (("young",), True)
    assert (again.left_out, again.published) == (("young",), False)


def test_a_series_that_is_missing_is_told_though_predict_has_published_the_others(shops_job):
    path = shops_job.parent / "shops.csv"
    path.write_text("".join(row for row in path.read_text().splitlines(True) if not row.startswith("young,")))
    predict(load_config(shops_job, sets=(EASY,)), model=None, data=None, output=None, plot=None, **PLAIN)

    result = go(shops_job, allow_partial=True)

    assert (result.left_out, result.published) == (("young",), False)


def test_a_cell_that_cannot_be_read_leaves_its_series_out_where_a_part_will_do(shops_job):
    path = shops_job.parent / "shops.csv"
    path.write_text(path.read_text().replace("south,2024-01-09,", "south,2024-01-09,broken"))

    with pytest.raises(DataError, match=r"column 'sold': 'broken\d+\.\d+' is not a number"):
        go(shops_job)
    result = go(shops_job, allow_partial=True)

    assert (result.left_out, result.published, result.trained) == (("south",), True, None)
    assert "line 119: column 'sold': 'broken" in result.warnings[0]


def test_a_stamp_that_cannot_be_read_leaves_its_series_out_where_a_part_will_do(shops_job):
    path = shops_job.parent / "shops.csv"
    path.write_text(path.read_text().replace("south,2024-01-09,", "south,2024-01-39,"))

    with pytest.raises(DataError, match="column 'day': '2024-01-39' is not written as '%Y-%m-%d'"):
        go(shops_job)
    result = go(shops_job, allow_partial=True)

    assert (result.left_out, result.published, result.trained) == (("south",), True, None)
    assert "line 119: column 'day': '2024-01-39' is not written as" in result.warnings[0]


def test_too_little_data_for_a_first_model_is_said(tmp_path):
    job = write_load(tmp_path)
    rows = (tmp_path / "load.csv").read_text().splitlines()
    (tmp_path / "load.csv").write_text("\n".join([rows[0], *rows[-6:]]) + "\n")

    with pytest.raises(ShortError, match="6 known values"):
        go(job)
    stand_in = go(job, "job.on_failure=seasonal_naive")

    assert (stand_in.model, stand_in.published) == ("seasonal_naive", True)


def test_old_forecasts_and_logs_go(load_job):
    go(load_job)
    logs = load_job.parent / "runs" / "logs"
    logs.mkdir()
    for day in ("2024-05-01", "2024-06-30", "notes"):
        (logs / f"run-{day}.log").write_text("x")
    for month in ("2024-01", "2024-02", "2024-03", "2024-04"):
        add_month(load_job, f"{month},161.5")
    go(load_job, "job.retrain=900D", now=NOW + 100 * NIGHT)
    add_month(load_job, "2024-05,161.5")

    result = go(load_job, "job.retrain=900D", "job.keep_forecasts=30D", now=NOW + 170 * NIGHT)

    assert result.removed == ("2023-12-01", "run-2024-05-01.log")
    assert list_origins(load_job.parent / "runs") == ("2024-04-01", "2024-05-01")
    assert sorted(path.name for path in logs.iterdir()) == ["run-2024-06-30.log", "run-notes.log"]


def test_the_result_is_plain_values(load_job):
    result = go(load_job)

    assert json.loads(json.dumps(result.as_json()))["model"] == result.model
