import numpy as np
import pytest

from lstmcast.network.history import (
    History,
    forecast_history,
    history_steps,
    take_off_season,
)
from lstmcast.network.smoothing import smooth_on


def a_history(*series):
    """Return the history of series that all end together; a short one is filled up with what must not count."""
    length = max(map(len, series))
    values = np.array([[0.0] * (length - len(one)) + list(one) for one in series], float)
    return History(values, np.array([len(one) for one in series]))


def test_what_is_left_without_the_season_is_smoothed():
    history = a_history([3, 5, 8, 9, 14, 10])

    left, season = take_off_season(history, 2)

    smoothed = smooth_on(left.values.T, history.known, 4).T
    assert forecast_history(history, (2,), 4) == pytest.approx(smoothed + np.tile(season, 2))
    assert not np.allclose(season, 0)


def test_a_flat_series_stays_where_it_is():
    assert forecast_history(a_history([4.0] * 9), (2,), 2) == pytest.approx(np.array([[4, 4]]))


def test_a_season_without_noise_is_repeated():
    found = forecast_history(a_history([12, 10, 8, 10] * 5 + [12]), (4,), 5)

    assert found == pytest.approx(np.array([[10, 8, 10, 12, 10]]))


def test_a_season_keeps_the_share_that_its_noise_cannot_explain():
    history = a_history([0, 0, -12, -20, -32, -32])  # less its centred means 3, -1, 1, -3

    left, season = take_off_season(history, 2)

    # means -2 and 2, variance 4 / 2 around them: 1 of the 8 of their squares is noise
    assert season == pytest.approx(np.array([[-1.75, 1.75]]))
    assert left.values == pytest.approx(np.array([[1.75, -1.75, -10.25, -21.75, -30.25, -33.75]]))


def test_a_season_of_which_a_step_was_never_seen_is_left_alone():
    history = a_history([1, 5, 2, 6], [1, 5, 2])

    left, season = take_off_season(history, 3)

    assert season.tolist() == [[0, 0, 0]] * 2
    assert left.values.tolist() == history.values.tolist()


def test_a_series_of_less_than_two_seasons_has_none_beside_a_longer_one_either():
    short = [3.0, 9.0, 1.0, 4.0, 8.0, 0.0, 5.0, 9.5, 1.5, 4.5, 7.0, 1.0, 6.0]  # seven days, less than twice

    alone = forecast_history(a_history(short), (7,), 7)

    assert forecast_history(a_history(short, [5.0] * 30), (7,), 7)[0] == pytest.approx(alone[0], abs=1e-9)


def test_what_all_series_know_may_be_said_once():
    random = np.random.default_rng(2)
    values = random.normal(9, 2, (3, 26))

    once = forecast_history(History(values, np.array([26])), (3, 7), 4)

    assert once == pytest.approx(forecast_history(History(values, np.array([26, 26, 26])), (3, 7), 4))


def test_numbers_of_single_precision_give_the_same_forecast_but_for_rounding():
    steps = np.arange(90)
    history = a_history(np.sin(2 * np.pi * steps / 7) + 0.01 * steps, np.cos(steps[:50]))

    single = forecast_history(History(history.values.astype(np.float32), history.known), (7,), 5)

    assert single == pytest.approx(forecast_history(history, (7,), 5), abs=1e-5)


def test_a_series_is_forecast_alike_alone_and_beside_a_longer_one():
    random = np.random.default_rng(0)
    short, long = random.normal(9, 2, 11), random.normal(9, 2, 30)

    together = forecast_history(a_history(short, long), (3,), 4)

    assert together[0] == pytest.approx(forecast_history(a_history(short), (3,), 4)[0])
    assert together[1] == pytest.approx(forecast_history(a_history(long), (3,), 4)[0])


def test_both_of_two_seasons_are_taken_off():
    steps = np.arange(120)
    history = a_history(np.tile([1.0, -1.0], 60) + np.tile([0.0, 0, 6, 0, 0, -6], 20))

    found = forecast_history(history, (2, 6), 6)

    assert found[0] == pytest.approx(history.values[0, steps[:6]], abs=0.05)


@pytest.mark.parametrize(
    ("periods", "horizon", "steps"), [((12,), 18, 120), ((24, 168), 24, 504), ((), 20, 80), ((4,), 3, 60)]
)
def test_how_much_of_the_past_is_looked_at(periods, horizon, steps):
    assert history_steps(periods, horizon) == steps
