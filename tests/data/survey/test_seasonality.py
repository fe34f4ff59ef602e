import numpy as np
import pytest

from lstmcast.data.clock.times import Frequency
from lstmcast.data.panel import Panel
from lstmcast.data.survey.seasonality import find_season, measure_seasons


def a_panel(*series):
    lengths = np.array([len(values) for values in series])
    nothing = np.empty((lengths.sum(), 0))
    return Panel(
        frequency=Frequency("integer", 1),
        target="y",
        id_names=("id",),
        ids=(np.arange(len(series)).astype(str).astype(object),),
        offsets=np.append(0, np.cumsum(lengths)),
        known=lengths,
        first=np.zeros(len(series), np.int64),
        values=np.concatenate(series).astype(float),
        filled=np.zeros(lengths.sum(), bool),
        past_names=(),
        past=nothing,
        future_names=(),
        future=nothing,
    )


def test_what_repeats_on_a_trend_has_full_strength():
    panel = a_panel(np.tile([1.0, 5.0, 2.0, 9.0], 10) + np.arange(40))

    (season,) = measure_seasons(panel, [4])

    assert season.period == 4
    assert season.strength == pytest.approx(1.0)


def test_periods_that_do_not_fit_three_times_are_not_measured():
    panel = a_panel(np.arange(20) % 7)

    assert [season.period for season in measure_seasons(panel, [5, 7])] == [5]


def test_a_season_is_found_and_its_multiples_are_not():
    rng = np.random.default_rng(1)
    panel = a_panel(*(np.sin(2 * np.pi * np.arange(200) / 12) + rng.normal(0, 0.3, 200) for _ in range(3)))

    season = find_season(panel)

    assert season is not None
    assert season.period == 12


@pytest.mark.parametrize("seed", range(5))
def test_neither_noise_nor_a_random_walk_has_a_season(seed):
    noise = np.random.default_rng(seed).normal(size=(2, 300))

    assert find_season(a_panel(*noise)) is None
    assert find_season(a_panel(*noise.cumsum(axis=1))) is None


def test_series_that_never_change_say_nothing():
    panel = a_panel(np.full(60, 0.1), np.tile([1.0, 2.0, 3.0, 2.0, 1.0], 12))

    season = find_season(panel)

    assert season is not None
    assert season.period == 5
    assert find_season(a_panel(np.full(60, 0.1))) is None


def test_series_do_not_run_into_each_other():
    week = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 8.0])
    shifted = a_panel(np.tile(week, 6)[:40], np.tile(np.roll(week, 3), 6)[:41])

    (season,) = measure_seasons(shifted, [7])

    assert season.strength == pytest.approx(1.0)
