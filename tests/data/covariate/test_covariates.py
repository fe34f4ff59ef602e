import numpy as np
import pytest

from lstmcast.data.covariate.covariates import cycle_phases, fit_covariate, scale_columns

ALL = np.ones(4, bool)


def test_a_level_is_scaled_by_mean_and_spread_and_seen_against_its_recent_mean():
    assert fit_covariate(np.array([1.0, 3.0, 5.0, 7.0]), ALL) == (4.0, pytest.approx(np.sqrt(5)), True)


def test_a_switch_keeps_its_zero():
    assert fit_covariate(np.array([0.0, 1.0, 0.0, 1.0]), ALL) == (0.0, 1.0, False)
    assert fit_covariate(np.array([2.0, 6.0, 2.0, 2.0]), ALL) == (2.0, 4.0, False)


def test_a_level_is_no_switch_however_many_rows_repeat_it_and_however_seldom_it_has_a_third_value():
    hours = np.tile(np.arange(24.0), 20_000)
    seldom = np.zeros(480_000)
    seldom[[7, 100_001]] = (1, 2)

    assert fit_covariate(hours, np.ones(480_000, bool)) == (11.5, pytest.approx(hours.std()), True)
    assert fit_covariate(seldom, np.ones(480_000, bool))[2]


def test_a_covariate_that_never_changes_has_a_scale():
    assert fit_covariate(np.array([5.0, 5.0, 5.0, 5.0]), ALL) == (5.0, 1.0, False)


def test_a_covariate_that_hardly_changes_is_not_blown_up():
    wobbling = 1e9 + np.array([0.0, 1e-6, 2e-6, 3e-6])

    assert fit_covariate(wobbling, ALL)[1] == 1.0


def test_only_the_rows_that_training_may_see_count():
    values = np.array([0.0, 1.0, 1e6, np.nan])

    assert fit_covariate(values, np.array([True, True, False, True])) == (0.0, 1.0, False)


def test_a_covariate_of_which_nothing_is_seen_stays_as_it_is():
    assert fit_covariate(np.array([np.nan, 3.0]), np.array([True, False])) == (0.0, 1.0, False)


def test_scaled_columns_are_zero_where_nothing_is_known():
    columns = np.array([[1.0, 10.0], [3.0, np.nan]])

    scaled = scale_columns(columns, (1.0, 10.0), (2.0, 5.0))

    assert scaled.tolist() == [[0, 0], [1, 0]]
    assert scaled.dtype == np.float32


def test_no_covariates_are_a_block_without_columns():
    assert scale_columns(np.empty((3, 0)), (), ()).shape == (3, 0)


def test_phases_tell_where_in_each_cycle_a_series_begins():
    phases = cycle_phases(np.array([0, 9, -1]), (7.0, 2.5))

    assert phases.tolist() == [[0, 0], [2, 1.5], [6, 1.5]]
