import numpy as np
import pytest

from lstmcast.data.unrest import BOUND, unrest_of
from tests.examples import a_panel

USUAL = 1.0


def unrest(*series, usual=USUAL, log=False, season=1):
    panel = a_panel({str(place): values for place, values in enumerate(series)})
    return unrest_of(panel, np.full(len(series), usual), log=log, season=season)


def test_it_is_the_mean_of_how_far_changes_lie_from_their_mean_and_from_the_one_before():
    (found,) = unrest([0.0, 1.0, 5.0])

    older = 0.5 ** (1 / (0.2 * 2))  # a step is half of both changes, which a fifth of them outweighs 5.7 times
    mean = (older * 1 + 4) / (older + 1)
    from_mean = (older * (mean - 1) + (4 - mean)) / (older + 1)
    assert found == pytest.approx(np.sqrt(from_mean * 3))


def test_a_series_that_grows_evenly_is_calmer_than_one_that_grows_as_much_by_fits_and_starts():
    even, uneven = unrest(np.arange(24.0), np.repeat(np.arange(0, 24.0, 3), 3))

    assert even == USUAL / BOUND
    assert uneven > 3 * even


def test_what_recurs_each_season_is_calm():
    season = np.tile([0.0, 5.0, -3.0, 2.0], 8) + np.random.default_rng(1).normal(size=32) * 0.2

    assert unrest(season, season=4) < unrest(season, season=1) / 5


def test_a_season_that_does_not_fit_is_taken_step_by_step():
    values = [3.0, 4.0, 2.0, 6.0, 5.0, 9.0]

    assert unrest(values, season=4) == unrest(values, season=1)
    assert unrest([*values, 1.0], season=4) != unrest([*values, 1.0], season=1)


def test_newer_changes_count_more():
    calm, wild = np.ones(20).cumsum(), np.cumsum(np.tile([1.0, -1.0], 10))

    became_wild, became_calm = unrest(np.append(calm, wild), np.append(wild, calm))

    assert became_wild > 2 * became_calm


def test_no_series_blurs_another_and_unknown_rows_tell_nothing():
    one, other = np.random.default_rng(2).normal(size=(2, 15)).cumsum(axis=1)
    together = a_panel({"a": one, "b": other * 1e6}, ahead=3)

    found = unrest_of(together, np.array([USUAL, 1e6]), log=False, season=2)

    assert found == pytest.approx([*unrest(one, season=2), *unrest(other * 1e6, usual=1e6, season=2)])


def test_many_rows_behind_the_newest_value_are_no_trouble():
    few = [1.0, 4.0, 2.0, 9.0]
    ahead = a_panel({"a": few, "b": few}, ahead=2000)

    assert unrest_of(ahead, np.ones(2), log=False, season=1) == pytest.approx(2 * [unrest(few)[0]])


def test_of_positive_data_it_is_that_of_the_logarithms():
    values = np.exp(np.random.default_rng(3).normal(size=15))

    assert unrest(values, log=True) == pytest.approx(unrest(np.log(values)))


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 5.0]])
def test_where_nothing_is_told_it_is_the_usual_change(values):
    assert unrest([1.0, 2.0, 0.0], values)[1] == USUAL


def test_it_keeps_to_the_neighbourhood_of_the_usual_change():
    assert unrest([0.0, 0.0, 1e9, 0.0]) == BOUND * USUAL
