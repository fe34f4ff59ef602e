from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out
from lstmcast.jobs.backtesting import backtest_tables
from lstmcast.jobs.backtesting.backtest_tables import table_of_errors
from tests.jobs.conftest import write_shops


@pytest.fixture
def reading(tmp_path):
    return read_panel(load_config(write_shops(tmp_path)).data)


def held_out(reading):
    return hold_out(reading.panel, rolling_windows(reading.panel.known, 3, 2, 3, 10), 3, 3, 7)


def test_each_error_stands_with_its_series_its_origin_and_its_time(reading):
    held = held_out(reading)
    median = np.arange(18.0).reshape(6, 3)

    table = table_of_errors(held, median, reading)

    assert list(table) == ["shop", "cutoff", "step", "time", "truth", "forecast", "usual_change"]
    assert table["shop"].tolist() == 2 * (["north"] * 3 + ["south"] * 3 + ["young"] * 3)
    assert table["cutoff"].tolist() == ["2024-01-08"] * 9 + ["2024-01-11"] * 9
    assert table["time"].tolist()[:3] == ["2024-01-09", "2024-01-10", "2024-01-11"]
    assert table["forecast"].tolist() == list(range(18))
    assert table["truth"].tolist() == held.truth.reshape(-1).tolist()
    assert table["usual_change"].tolist() == np.repeat(held.change, 3).tolist()


def test_of_very_many_errors_those_of_some_series_are_kept_whole(reading, monkeypatch):
    monkeypatch.setattr(backtest_tables, "MOST_ERRORS", 12)

    table = table_of_errors(held_out(reading), np.zeros((6, 3)), reading)

    assert sorted(set(table["shop"])) == ["north", "young"]
    assert len(table["step"]) == 12


def test_truth_that_was_never_known_stays_open(reading):
    held = held_out(reading)
    open_end = replace(held, truth=np.where(np.arange(3) == 2, np.nan, held.truth))

    table = table_of_errors(open_end, np.zeros((6, 3)), reading)

    assert np.isnan(table["truth"]).tolist() == [False, False, True] * 6
