from dataclasses import replace

import numpy as np
import pytest

from lstmcast.config.schema import EvaluateConfig, GateConfig
from lstmcast.evaluation.baselines import BASELINES, all_baselines, drift, naive, seasonal_average, seasonal_naive
from tests.examples import a_panel, windows_at

PANEL = a_panel({"a": [9, 9, 9], "b": [1, 10, 2, 20, 3, 30, 4]})


@pytest.mark.parametrize("name", BASELINES)
def test_no_baseline_sees_what_came_after_a_gap_that_its_window_ends_in(name):
    filled = [False] * 6 + [True] * 2 + [False]
    gap = replace(a_panel({"a": [1, 10, 2, 20, 3, 30, 35, 40, 45]}, filled=filled), interpolated=True)
    then = a_panel({"a": [1, 10, 2, 20, 3, 30, 30, 30, 45]})

    found = BASELINES[name](gap, windows_at((0, 8), (0, 9)), 3, 2)

    assert found[0].tolist() == BASELINES[name](then, windows_at((0, 8)), 3, 2)[0].tolist()
    assert found[1].tolist() == BASELINES[name](replace(gap, interpolated=False), windows_at((0, 9)), 3, 2)[0].tolist()


def test_naive_repeats_the_last_value():
    assert naive(PANEL, windows_at((0, 3), (1, 4)), 2, 2).tolist() == [[9, 9], [20, 20]]


def test_seasonal_naive_repeats_the_last_season():
    assert seasonal_naive(PANEL, windows_at((1, 6), (1, 7)), 3, 2).tolist() == [[3, 30, 3], [30, 4, 30]]


def test_seasonal_naive_is_naive_where_less_than_a_season_is_known():
    assert seasonal_naive(PANEL, windows_at((1, 1), (0, 3)), 2, 5).tolist() == [[1, 1], [9, 9]]


def test_naive2_goes_on_with_the_season_of_each_series():
    season = np.tile([10.0, 20.0, 30.0, 20.0], 5)
    panel = a_panel({"a": [9, 9, 9], "b": season})

    found = BASELINES["naive2"](panel, windows_at((0, 3), (1, 20), (1, 18)), 2, 4)

    assert found == pytest.approx(np.array([[9, 9], [10, 20], [30, 20]]))


def test_drift_goes_on_along_the_line_from_the_first_to_the_last_value():
    assert drift(PANEL, windows_at((1, 3), (1, 1)), 2, 2).tolist() == [[2.5, 3.0], [1, 1]]


def test_the_seasonal_average_is_the_mean_of_up_to_four_seasons():
    long = a_panel({"a": [100, 100, 1, 10, 2, 20, 3, 30, 4, 40]})

    assert seasonal_average(long, windows_at((0, 10)), 3, 2).tolist() == [[2.5, 25, 2.5]]
    assert seasonal_average(PANEL, windows_at((1, 6), (1, 4)), 2, 2).tolist() == [[2, 20], [1.5, 15]]


def test_the_seasonal_average_is_naive_where_less_than_a_season_is_known():
    assert seasonal_average(PANEL, windows_at((1, 1), (1, 3)), 2, 5).tolist() == [[1, 1], [2, 2]]


@pytest.mark.parametrize("season", [1, 2, 4, 9])
@pytest.mark.parametrize("name", BASELINES)
def test_no_baseline_sees_another_series_or_what_follows(name, season):
    windows = windows_at(*((1, origin) for origin in range(1, 8)))
    alone = a_panel({"b": [1, 10, 2, 20, 3, 30, 4]})
    beside = a_panel({"a": [np.nan] * 3, "b": [1, 10, 2, 20, 3, 30, 4], "c": [np.nan]})

    found = BASELINES[name](beside, windows, 3, season)

    for row, origin in enumerate(windows.origin):
        known = alone.until(np.array([origin]))
        assert found[row].tolist() == BASELINES[name](known, windows_at((0, origin)), 3, season)[0].tolist()
        assert np.isfinite(found[row]).all()


def test_all_baselines_begin_with_the_one_of_the_gate_and_name_none_twice():
    config = EvaluateConfig(baselines=("autoets", "drift"), gate=GateConfig(against="drift"))

    assert all_baselines(config) == ("drift", "naive", "seasonal_naive", "seasonal_average", "autoets")
