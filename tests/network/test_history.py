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
    history = a_history([0, 0, -12, -20, -32, -32, -44, -52, -64, -64])  # less its centred means 3 -1 1 -3, twice

    left, season = take_off_season(history, 2)

    # means -2 and 2, around them 8 squares of 1, with 6 to spare: 8 / 6 / 4 of the 8 of their squares is noise
    share = 1 - 8 / 6 / 4 / 8
    assert season == pytest.approx(np.array([[-2 * share, 2 * share]]))
    assert left.values == pytest.approx(history.values - np.tile(season, 5))


def test_of_a_season_whose_noise_few_rounds_tell_there_remains_what_repeats_itself():
    history = a_history([0, 0, -12, -20, -32, -32])  # it only falls: newer values are none like those before

    _, season = take_off_season(history, 2)

    # 1 of 8 is noise as far as 4 values tell, 2 beyond one round where 4 are enough: half unsure, a quarter squared
    assert season == pytest.approx(np.array([[-2, 2]]) * (7 / 8) * (1 - 0.5**2))


def test_a_season_that_was_seen_twice_and_repeats_itself_is_taken_whole():
    _, season = take_off_season(a_history([4, 0, 2, 4, 0, 2]), 3)

    assert season == pytest.approx(np.array([[2, -2, 0]]))


def test_of_less_than_two_seasons_the_newest_counts_as_far_as_it_repeats_the_one_before():
    left, season = take_off_season(a_history([4, 0, 2, 4, 0], [4, 0, 2, 0, 4], [9, 4, 0, 2, 4]), 3)

    # 4, 0 come again; 4, 0 turn over; one pair of 9 and 2 on either side of their mean 3.8, and one of 4 and 4
    like = (5.2 * -1.8 + 0.2 * 0.2) / np.hypot(5.2, 0.2) / np.hypot(1.8, 0.2)
    assert like < 0
    assert season == pytest.approx(np.array([[0, 2, -2], [0, 0, 0], [0, 0, 0]]))
    assert left.values == pytest.approx(np.array([[2, 2, 2, 2, 2], [4, 0, 2, 0, 4], [9, 4, 0, 2, 4]]))


def test_of_a_season_of_which_no_quarter_came_again_nothing_is_known():
    history = a_history([5, 1, 9, 5, 1, 9, 5, 1, 9])

    left, season = take_off_season(history, 8)

    assert not season.any()
    assert left.values.tolist() == history.values.tolist()


def test_a_series_of_less_than_two_seasons_is_forecast_alike_beside_a_longer_one():
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
