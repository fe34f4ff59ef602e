import numpy as np

from lstmcast.evaluation.naive_bands import forecast_naive
from tests.examples import a_panel

QUANTILES = (0.1, 0.5, 0.9)


def test_the_middle_is_the_value_of_a_season_ago():
    panel = a_panel({"a": [1, 2, 3, 4, 5, 7]})

    values = forecast_naive(panel, 3, 2, QUANTILES)

    assert values[0, :, 1].tolist() == [5, 7, 5]


def test_bounds_lie_as_far_out_as_past_changes_over_a_season_did():
    panel = a_panel({"a": [10, 20, 11, 22, 14, 26, 10, 31]})  # changes over two steps: 1 2 3 4 4 5

    values = forecast_naive(panel, 2, 2, QUANTILES)

    # 80% of 6 changes: place ceil(0.8 * 7) = 6, the largest
    assert values[0].tolist() == [[5, 10, 15], [26, 31, 36]]


def test_bounds_of_a_lower_level_leave_out_the_larger_changes():
    panel = a_panel({"a": [0, 4, 9, 10, 13, 15]})  # changes over one step: 1 2 3 4 5

    values = forecast_naive(panel, 1, 1, (0.1, 0.25, 0.5, 0.75, 0.9))

    assert values[0, 0].tolist() == [10, 12, 15, 18, 20]  # half of 5 changes: place ceil(0.5 * 6) = 3


def test_two_seasons_ahead_the_bounds_are_those_of_two_seasons():
    panel = a_panel({"a": [10, 20, 11, 22, 14, 26, 10, 31]})  # over four steps: 4 6 1 9

    values = forecast_naive(panel, 4, 2, QUANTILES)

    assert values[0, 2:].tolist() == [[1, 10, 19], [22, 31, 40]]


def test_farther_ahead_is_never_surer():
    panel = a_panel({"a": [0, 5, 0, 5, 0, 5, 0]})  # over one step always 5, over two 0

    values = forecast_naive(panel, 2, 1, QUANTILES)

    assert (values[0, :, 2] - values[0, :, 1]).tolist() == [5, 5]


def test_what_was_never_below_zero_stays_so():
    panel = a_panel({"a": [0, 9, 1, 0], "b": [-1, 9, 1, 0]})

    values = forecast_naive(panel, 1, 1, QUANTILES)

    assert values[0, 0].tolist() == [0, 0, 9]
    assert values[1, 0].tolist() == [-10, 0, 10]


def test_a_series_shorter_than_a_season_repeats_its_last_value():
    panel = a_panel({"a": [3, 5]})

    values = forecast_naive(panel, 2, 12, QUANTILES)

    assert values[0, :, 1].tolist() == [5, 5]
    assert np.isfinite(values).all()


def test_a_single_value_has_no_past_errors():
    assert forecast_naive(a_panel({"a": [3]}), 1, 12, QUANTILES).tolist() == [[[3, 3, 3]]]
