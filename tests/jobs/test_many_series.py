"""What bands that follow the unrest of each series go through: every way on which a version forecasts."""

import csv
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out
from lstmcast.evaluation.metrics import Ratio
from lstmcast.jobs.backtest import backtest
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.common.version_data import read_for_version
from lstmcast.jobs.detect import detect
from lstmcast.jobs.explain import explain
from lstmcast.jobs.gate.rivals import compare_present
from lstmcast.jobs.predict import predict
from lstmcast.jobs.train import train
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version

NOW = datetime(2024, 1, 15, tzinfo=UTC)
PLAIN = {"now": NOW, "talk": SilentTalk()}
SERIES, TRAINED, ROWS = 16, 60, 72
CONFIG = """
data: {path: many.csv, time: step, target: sold, id: shop}
forecast: {horizon: 3}
model: {units: 4, members: 1}
train: {steps: 20, batch: 32}
evaluate: {windows: 2, season: 1, gate: {min_skill: -100}}
output: {dir: runs, plots: false}
"""


def write(folder, rows):
    random = np.random.default_rng(1)
    size = np.exp(np.linspace(-1, 1, SERIES))[:, None]
    values = 100 + (random.standard_t(3, size=(SERIES, ROWS)) * size).cumsum(axis=1)
    lines = [f"{shop},{step},{values[shop, step]:.3f}" for shop in range(SERIES) for step in range(rows)]
    (folder / "many.csv").write_text("\n".join(["shop,step,sold", *lines]) + "\n")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    (folder / "job.yaml").write_text(CONFIG)
    write(folder, TRAINED)
    train(load_config(folder / "job.yaml", sets=()), **PLAIN)
    return folder


@pytest.fixture
def job(trained, tmp_path):
    return Path(shutil.copytree(trained, tmp_path / "many")) / "job.yaml"


def config_of(job):
    return load_config(job, sets=())


def version_of(config):
    return load_version(resolve_version(Path(config.output.dir)))


def test_they_are_those_of_a_version_of_many_series(job):
    calibration = version_of(config_of(job)).artifact.calibration

    assert calibration.measure == "unrest"
    assert calibration.share >= 0.15


def column(path, name):
    with path.open(newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def test_predict_follows_it_and_so_do_bands_since_training(job):
    write(job.parent, ROWS)

    predict(config_of(job), model=None, data=None, output=None, plot=None, **PLAIN)

    forecast = job.parent / "runs" / "forecast.csv"
    low, high = (np.array(column(forecast, name), float) for name in ("lo-80", "hi-80"))
    assert len(low) == 3 * SERIES
    assert (high > low).all()
    assert json.loads(forecast.with_name("forecast.manifest.json").read_text())["stretch"] != 1


def test_a_backtest_of_a_frozen_version_follows_it(job):
    backtest(config_of(job), refit="never", **PLAIN)

    assert float(column(job.parent / "runs" / "backtest" / "scores.csv", "width_80")[0]) > 0


def test_detect_follows_it(job):
    write(job.parent, ROWS)

    result = detect(config_of(job), model=None, data=None, since=None, **PLAIN)

    last = column(result.table, "p")[-1]
    assert 0 <= float(last) <= 1


def test_explain_follows_it(job):
    explain(config_of(job), model=None, series=None, origin=None, windows=None, **PLAIN)

    assert "nan sold" not in (job.parent / "runs" / "explain" / "explain.json").read_text()


def test_a_version_is_compared_with_the_present_one_as_its_bands_are(job):
    write(job.parent, ROWS)
    config = config_of(job)
    version = version_of(config)
    panel = read_for_version(config.data, version.artifact.contract, horizon=3).panel
    held = hold_out(panel, rolling_windows(panel.known, 3, 2, 3, 40), 3, 3, 1)
    whole = Ratio(np.ones(len(held.windows)), np.ones(len(held.windows)))

    found = compare_present(version, whole, panel, held, "wql")

    assert 0 < found.other < 1
