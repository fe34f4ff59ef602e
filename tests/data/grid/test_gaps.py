import numpy as np
import pytest

from lstmcast.data.grid.gaps import fill_missing

NAN = np.nan


def filled_by(values, offsets, policy, season):
    missing = np.flatnonzero(np.isnan(values))
    filled = values.copy()
    filled[missing] = fill_missing(values, missing, np.array(offsets), policy, season)
    return filled


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("interpolate", [1, 2, 3, NAN, 8, 8]), ("previous", [1, 1, 3, NAN, 8, 8]), ("zero", [1, 0, 3, 0, 8, 0])],
)
def test_gaps_are_filled_from_their_own_series_only(policy, expected):
    values = np.array([1, NAN, 3, NAN, 8, NAN])

    filled = filled_by(values, [0, 3, 6], policy, None)

    np.testing.assert_array_equal(filled, expected)


def test_seasonal_looks_one_season_back_then_further_then_to_the_last_value():
    values = np.array([1, NAN, 3, NAN, 5, NAN, 70, 80, NAN])

    filled = filled_by(values, [0, 6, 9], "seasonal", 2)

    np.testing.assert_array_equal(filled, [1, 1, 3, 3, 5, 5, 70, 80, 70])


@pytest.mark.parametrize("policy", ["previous", "seasonal", "zero"])
def test_policies_that_look_back_do_not_see_what_comes_after(policy):
    rng = np.random.default_rng(0)
    values = np.where(rng.random(60) < 0.3, NAN, rng.normal(size=60))
    values[0] = 1.0
    later = values.copy()
    later[40:] = 1e6

    filled, refilled = (filled_by(row, [0, 60], policy, 7) for row in (values, later))

    np.testing.assert_array_equal(filled[:40], refilled[:40])
