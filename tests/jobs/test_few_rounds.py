"""Series of which a season is known not even twice, and such as repeat themselves exactly: they have to be forecast."""

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.jobs.train import train
from tests.jobs.conftest import PLAIN

CONFIG = """
data: {path: sales.csv, time: week, target: sold, id: shop}
forecast: {horizon: 8, levels: [80]}
train: {steps: 60}
output: {dir: runs, plots: false}
"""


@pytest.fixture
def two_years_of_weeks(tmp_path):
    """Write three shops, each with a year of its own that comes again, within some noise; return the config."""
    random = np.random.default_rng(4)
    weeks = np.datetime64("2022-01-03") + 7 * np.arange(104)
    lines = ["shop,week,sold"]
    for shop in ("north", "south", "west"):
        year = 100 * np.exp(np.cumsum(random.normal(0, 0.25, 52)) * np.hanning(52))
        sold = np.tile(year, 2) * np.exp(random.normal(0, 0.08, 104))
        lines += [f"{shop},{week},{value:.1f}" for week, value in zip(weeks, sold, strict=True)]
    (tmp_path / "sales.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "job.yaml").write_text(CONFIG)
    return tmp_path / "job.yaml"


def test_two_years_of_weeks_pass_the_gate(two_years_of_weeks):
    result = train(load_config(two_years_of_weeks), **PLAIN)

    scores = {row["forecaster"]: row for row in result.scores}
    assert result.promoted
    assert scores["lstm"]["mase"] < 1.1 * scores["seasonal_naive"]["mase"] < scores["naive"]["mase"]


def test_a_wave_that_repeats_itself_exactly_passes_the_gate(tmp_path):
    days, wave = np.datetime64("2023-01-01") + np.arange(140), 100 + 10 * np.sin(2 * np.pi * np.arange(140) / 7)
    rows = "".join(f"{day},{value:.3f}\n" for day, value in zip(days, wave, strict=True))
    (tmp_path / "sales.csv").write_text(f"week,sold\n{rows}")
    (tmp_path / "job.yaml").write_text(CONFIG.replace(", id: shop", ""))

    result = train(load_config(tmp_path / "job.yaml"), **PLAIN)

    assert result.promoted
    assert {row["forecaster"]: row["wql"] for row in result.scores}["lstm"] < 0.005
