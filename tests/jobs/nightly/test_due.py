import shutil
from datetime import timedelta

import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.errors import ContractError
from lstmcast.evaluation.drift import Promise, watch
from lstmcast.jobs.common.versions import find_versions
from lstmcast.jobs.forecasting.answering import refuse_missing_series
from lstmcast.jobs.nightly.due import reasons_to_train
from lstmcast.jobs.scoring.ledger import NO_DRIFT, describe_evidence
from tests.jobs.conftest import NOW

EASY = "evaluate.gate.min_skill=-100"
DRIFTED = watch({"error_share": [Promise(0.0, 0.4)] * 9}, {"error_share": [0.9] * 9})


def reasons(job, *sets, now=NOW, drift=NO_DRIFT):
    config = load_config(job, sets=(EASY, *sets))
    reading = read_panel(config.data, horizon=config.forecast.horizon)
    return reasons_to_train(config, find_versions(job.parent / "runs", now), reading, drift, now)


def test_right_after_training_nothing_is_due(load_job):
    assert reasons(load_job) == ()


def test_age_is_a_reason(load_job):
    assert reasons(load_job, now=NOW + timedelta(days=7)) == ("the last training was 7.0 days ago",)
    assert reasons(load_job, "job.retrain=30D", now=NOW + timedelta(days=7)) == ()


def test_a_training_that_is_of_the_future_is_none_to_count_from(load_job):
    assert reasons(load_job, now=NOW - timedelta(hours=23)) == ()  # a clock that was set back a little
    assert reasons(load_job, now=NOW - timedelta(days=2)) == ("the last training is of 2024-01-15, which is not yet",)


def test_a_version_of_the_future_is_not_the_newest(load_job):
    models = load_job.parent / "runs" / "models"
    (present,) = models.iterdir()
    future = shutil.copytree(present, models / "20350101-000000-0000abcd")

    assert find_versions(load_job.parent / "runs", NOW).newest.folder == present
    assert find_versions(load_job.parent / "runs", NOW.replace(year=2036)).newest.folder == future


def test_drift_is_a_reason(load_job):
    (reason,) = reasons(load_job, drift=DRIFTED)

    assert reason.startswith(
        "the model has drifted: its share of the error is 0.90 on average over 9 forecasts, "
        "where its backtest promised at most 0.40 (evidence "
    )


@pytest.mark.parametrize(
    "change", ["model.units=5", "forecast.horizon=2", "train.seed=2", "data.start=2020-01", "evaluate.season=6"]
)
def test_what_decides_the_model_is_a_reason_when_it_changes(load_job, change):
    assert reasons(load_job, change) == ("the config has changed",)


@pytest.mark.parametrize("change", ["train.threads=2", "output.plots=true", "job.keep=9", "data.csv.separator=,"])
def test_what_does_not_decide_the_model_is_no_reason(load_job, change):
    assert reasons(load_job, change) == ()


def test_a_new_series_is_a_reason_and_a_missing_one_is_refused(shops_job):
    path = shops_job.parent / "shops.csv"
    path.write_text(path.read_text().replace("young,", "west,"))
    config = load_config(shops_job)
    version = find_versions(shops_job.parent / "runs", NOW).present
    panel = read_panel(config.data, horizon=3).panel

    assert reasons(shops_job) == ("the series 'west' is new",)
    with pytest.raises(ContractError, match="series 'young' of the model is not there any more"):
        refuse_missing_series(panel, version, ())
    refuse_missing_series(panel, version, [("young",)])


def test_without_a_version_that_is_the_reason(load_job):
    config = load_config(load_job, sets=["output.dir=/nonexistent"])
    versions = find_versions(load_job.parent / "none", NOW)

    assert (versions.present, versions.newest, versions.trained) == (None, None, None)
    assert reasons_to_train(config, versions, read_panel(config.data), NO_DRIFT, NOW) == ("there is no version yet",)


def test_evidence_says_what_was_promised():
    found = watch({"coverage_80": [Promise(0.7, 0.9)] * 2}, {"coverage_80": [0.2, 0.4]})

    assert describe_evidence(found).startswith(
        "coverage 80 is 0.30 on average over 2 forecasts, where its backtest promised at least 0.70 (evidence "
    )
    first = watch({"coverage_80": [Promise(0.7, 0.9)]}, {"coverage_80": [0.2]})
    assert describe_evidence(first).startswith("coverage 80 is 0.20 on average over 1 forecast, where")
    assert describe_evidence(NO_DRIFT) == "nothing to go by yet"
