import csv
import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import hold_out, score_baselines, score_rows
from lstmcast.evaluation.naive2 import autocorrelations, is_seasonal, naive2, owa, seasonal_factors
from tests.examples import a_panel

SHARED = Path(__file__).parents[3] / "shared" / "data" / "m4"
needs_m4 = pytest.mark.skipif(not SHARED.is_dir(), reason="the M4 data lie beside the repository, not in it")


def test_naive2_is_naive_where_there_is_no_season():
    assert naive2(np.array([1.0, 5.0, 2.0]), 4, 2).tolist() == [2, 2]
    assert naive2(np.array([1.0, 5.0, 2.0]), 1, 2).tolist() == [2, 2]
    assert naive2(np.full(40, 3.0), 4, 2).tolist() == [3, 3]


def test_naive2_goes_on_with_the_season_of_the_past():
    past = np.tile([10.0, 20.0, 30.0, 20.0], 10)

    assert naive2(past, 4, 5) == pytest.approx([10, 20, 30, 20, 10])
    assert naive2(past[:-1], 4, 2) == pytest.approx([20, 10])


def test_an_odd_season_has_a_moving_average_without_half_weights():
    assert seasonal_factors(np.tile([1.0, 2.0, 3.0], 5), 3) == pytest.approx([0.5, 1, 1.5])


def test_an_even_season_has_a_moving_average_with_half_weights_at_its_ends():
    assert seasonal_factors(np.tile([1.0, 3.0], 5), 2) == pytest.approx([0.5, 1.5])


def test_a_straight_line_has_no_season():
    assert seasonal_factors(np.arange(1.0, 13.0), 3) == pytest.approx([1, 1, 1])


def test_autocorrelations_divide_by_the_whole_power():
    # centred: -1.5 -0.5 0.5 1.5, power 5; lag 1: 0.75 - 0.25 + 0.75; lag 2: -0.75 - 0.75
    assert autocorrelations(np.array([1.0, 2.0, 3.0, 4.0]), 2) == pytest.approx([0.25, -0.3])


@pytest.mark.parametrize(("length", "season", "expected"), [(11, 4, False), (12, 4, True), (120, 24, False)])
def test_a_season_needs_three_rounds_and_a_lag_that_was_looked_at(length, season, expected):
    past = np.tile(np.arange(1.0, season + 1), 40)[:length]

    assert is_seasonal(past, season) is expected


@pytest.mark.parametrize("past", [[0.0, 5.0] * 12, [-1.0, 5.0] * 12, [-3.0, 1.0] * 12])
def test_a_season_that_nothing_can_be_divided_by_is_left_alone(past):
    assert is_seasonal(np.array(past), 2)
    assert naive2(np.array(past), 2, 3).tolist() == [past[-1]] * 3


def test_the_overall_average_by_hand():
    assert owa(12.0, 2.0, 10.0, 1.0) == pytest.approx((1.2 + 2) / 2)
    assert np.isnan(owa(12.0, 2.0, 0.0, 0.0))


def read_series(name):
    series = defaultdict(list)
    with gzip.open(SHARED / name, "rt", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for series_id, _, value in rows:
            series[series_id].append(float(value))
    return {series_id: np.array(values) for series_id, values in series.items()}


@pytest.fixture(scope="module")
def published():
    return read_series("m4_naive2_forecasts.csv.gz")


@needs_m4
@pytest.mark.parametrize(
    ("stem", "season"),
    [("hourly", 24), ("weekly", 1), ("daily_sample", 1), ("yearly_sample", 1), ("quarterly_sample", 4)],
)
def test_naive2_reproduces_the_published_forecasts(published, stem, season):
    train = read_series(f"m4_{stem}_train.csv.gz")

    misses = {
        series: np.max(np.abs(naive2(past, season, len(published[series])) / published[series] - 1))
        for series, past in train.items()
    }

    assert len(misses) >= 35
    assert max(misses.values()) < 1e-6


@needs_m4
@pytest.mark.parametrize(
    ("stem", "season", "smape", "mase"), [("hourly", 24, 18.383, 2.395), ("weekly", 1, 9.161, 2.777)]
)
def test_as_a_baseline_it_has_the_published_scores(stem, season, smape, mase):
    train, test = read_series(f"m4_{stem}_train.csv.gz"), read_series(f"m4_{stem}_test.csv.gz")
    panel = a_panel({series: np.append(past, test[series]) for series, past in train.items()})
    horizon = len(next(iter(test.values())))
    held = hold_out(panel, rolling_windows(panel.known, horizon, 1, horizon, 1), horizon, horizon, season)

    (row,) = score_rows(score_baselines(panel, held, ["naive2"], season), ())

    assert len(held.windows) == len(train)
    assert (round(row["smape"], 3), round(row["mase"], 3)) == (smape, mase)
