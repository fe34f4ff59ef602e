from itertools import pairwise

import numpy as np
import pytest

from lstmcast.config.auto import MemberSizes, decide_settings, describe_asked_in_vain, quantiles_for, quantiles_of
from lstmcast.config.schema import Config

HOURLY, DAILY, MONTHLY = (24, 168), (7, 365), (12,)


def decide(lengths, natural, *, horizon=12, levels=(80, 95), **sections):
    forecast = {"horizon": horizon, "levels": levels}
    config = Config.from_plain({"data": {"path": "a.csv", "target": "x"}, "forecast": forecast, **sections})
    return decide_settings(config, np.array(lengths), natural)


def describe(lengths, season):
    plain = {"data": {"path": "a.csv", "target": "x"}, "forecast": {"horizon": 3}, "evaluate": {"season": season}}
    return describe_asked_in_vain(Config.from_plain(plain), np.array(lengths))


@pytest.mark.parametrize(
    ("length", "natural", "periods"),
    [
        (144, MONTHLY, (12,)),
        (14, MONTHLY, ()),
        (15, MONTHLY, (12,)),
        (400, HOURLY, (24, 168)),
        (209, HOURLY, (24,)),
        (6 * 365, DAILY, (7, 365)),
        (6 * 365 - 1, DAILY, (7,)),
        (1000, (), ()),
        (1000, (2, 3, 4), (2, 4)),
    ],
)
def test_seasons_are_those_of_the_frequency_that_fit_often_enough(length, natural, periods):
    settings = decide([length], natural)

    assert settings.periods == periods
    assert settings.season == (periods[0] if periods else 1)


def test_seasons_have_to_fit_the_typical_series():
    assert decide([14, 14, 1000], MONTHLY).season == 1
    assert decide([14, 1000, 1000], MONTHLY).season == 12


def test_a_season_that_is_set_replaces_those_of_the_frequency():
    settings = decide([1000], HOURLY, evaluate={"season": 12})

    assert (settings.season, settings.periods) == (12, (12,))
    assert decide([1000], HOURLY, evaluate={"season": 1}).periods == ()


@pytest.mark.parametrize(
    ("season", "lengths", "told"),
    [
        (12, [14], "12 does not fit one and a quarter times into 14 values"),
        (12, [14, 14, 900], "12 does not fit one and a quarter times into the median series (14 values)"),
        ([7, 365], [800], "365 does not fit 6 times into 800 values"),
    ],
)
def test_a_season_that_is_set_and_does_not_fit_is_told(season, lengths, told):
    assert describe(lengths, season) == (f"evaluate.season: {told}, so it is not used",)


def test_past_covariates_that_a_linear_network_does_not_read_are_told():
    def described(cell):
        data = {"path": "a.csv", "target": "x", "past": ["rain", "wind"]}
        config = Config.from_plain({"data": data, "forecast": {"horizon": 3}, "model": {"cell": cell}})
        return describe_asked_in_vain(config, np.array([50]))

    assert described("lstm") == ()
    assert described("linear") == ("model.cell: linear does not read what only the past knows: rain, wind",)


def test_a_season_between_two_others_is_told():
    told = "evaluate.season: 12 lies between 6 and 24, the shortest and the longest, which are used"

    assert describe([400], [6, 12, 24]) == (told,)
    assert decide([400], HOURLY, evaluate={"season": [6, 12, 24]}).periods == (6, 24)


@pytest.mark.parametrize(
    ("season", "lengths"), [("auto", [20]), (1, [20]), (12, [15]), (12, [14, 900]), ([24, 168], [400]), (365, [800])]
)
def test_nothing_is_told_of_seasons_that_fit_or_that_nobody_set(season, lengths):
    assert describe(lengths, season) == ()


def test_the_context_is_twice_the_season_or_the_horizon_and_longer_for_every_second_member():
    assert decide([144], MONTHLY).members == (MemberSizes(24, 12), MemberSizes(36, 12)) * 2
    assert decide([144], MONTHLY, horizon=18).members[0] == MemberSizes(36, 12)
    assert decide([900], HOURLY, horizon=24).members == (MemberSizes(336, 24), MemberSizes(504, 24)) * 2


def test_a_training_of_minutes_is_one_of_fewer_networks():
    assert len(decide([900] * 300, HOURLY, horizon=48).members) == 4
    assert len(decide([900] * 400, HOURLY, horizon=48).members) == 3
    assert len(decide([900] * 400, HOURLY, horizon=48, train={"steps": 500}).members) == 4


def test_many_series_are_forecast_by_fewer_networks():
    assert len(decide([144] * 4999, MONTHLY).members) == 4
    assert len(decide([144] * 5000, MONTHLY).members) == 2
    assert len(decide([900] * 5000, HOURLY, horizon=24).members) == 2
    assert len(decide([900] * 5000, HOURLY, horizon=24, model={"members": 3}).members) == 3
    assert len(decide([900] * 49_999, HOURLY, horizon=24).members) == 2
    assert len(decide([900] * 50_000, HOURLY, horizon=24).members) == 1


@pytest.mark.parametrize("natural", [(), MONTHLY, HOURLY, DAILY, (96, 672), (60, 1440), (52,), (4,)])
@pytest.mark.parametrize("horizon", [1, 7, 96, 500])
def test_contexts_are_whole_segments_few_enough_and_longer_than_a_season(natural, horizon):
    settings = decide([20_000], natural, horizon=horizon)

    for size in settings.members:
        assert size.context % size.segment == 0
        assert size.context // size.segment <= 32
        assert size.context > settings.season
        assert size.context >= 2 * horizon


def test_a_long_season_in_a_short_context_is_read_in_quarters():
    assert decide([5000], (168,), horizon=24).members[0] == MemberSizes(336, 42)


def test_a_segment_of_one_is_the_textbook_network():
    settings = decide([144], MONTHLY, model={"segment": 1, "context": 30, "members": 1})

    assert settings.members == (MemberSizes(30, 1),)


def test_a_context_is_made_whole_segments_longer_than_a_season():
    assert decide([144], MONTHLY, model={"context": 30, "members": 1}).members == (MemberSizes(36, 12),)
    assert decide([144], MONTHLY, model={"context": 5, "segment": 1, "members": 1}).members == (MemberSizes(13, 1),)


@pytest.mark.parametrize(
    ("season", "model"),
    [(7, {"context": 20_000}), (10_000, {}), (10_000, {"context": 20_000, "segment": 6_700}), (1, {"segment": 10_000})],
)
def test_a_context_is_never_longer_than_a_version_may_have(season, model):
    settings = decide([60_000], (), horizon=10_000, evaluate={"season": season}, model=model)

    for size in settings.members:
        assert season < size.context <= 20_000
        assert size.context % size.segment == 0


def test_what_the_config_sets_is_kept():
    settings = decide(
        [144],
        MONTHLY,
        model={"units": 5, "layers": 2, "dropout": 0.5, "members": 3},
        train={"steps": 7, "batch": 3, "learning_rate": 0.5},
        evaluate={"step": 2},
    )

    assert (settings.units, settings.layers, settings.dropout, len(settings.members)) == (5, 2, 0.5, 3)
    assert (settings.steps, settings.batch, settings.learning_rate, settings.test_step) == (7, 3, 0.5, 2)


def test_the_defaults_are_those_of_the_table():
    settings = decide([144], MONTHLY)

    assert (settings.units, settings.layers, settings.dropout, len(settings.members)) == (64, 1, 0.0, 4)
    assert (settings.learning_rate, settings.test_step) == (0.003, 12)


@pytest.mark.parametrize(
    ("lengths", "windows", "step"),
    [
        ([72], 3, 12),  # 36 of 72 are held out
        ([71], 3, 11),
        ([48, 10], 3, 4),  # two horizons and three values remain before the test, of the longest
        ([40], 3, 1),
        ([20], 3, 1),  # too short for any test, as is said elsewhere
        ([200], 20, 4),
        ([48], 1, 12),
    ],
)
def test_origins_move_together_where_the_test_would_take_more_than_half(lengths, windows, step):
    assert decide(lengths, MONTHLY, evaluate={"windows": windows}).test_step == step
    assert decide(lengths, MONTHLY, evaluate={"windows": windows, "step": 9}).test_step == 9


def test_more_data_are_trained_on_for_more_steps_within_limits():
    steps = [decide([length], MONTHLY).steps for length in (30, 1000, 10_000, 100_000, 10**7)]

    assert steps == sorted(steps)
    assert steps[0] < steps[2] < steps[-1]
    assert steps[-1] == decide([10**8], MONTHLY).steps


@pytest.mark.parametrize(("length", "batch"), [(30, 32), (144, 64), (300, 128), (10**6, 128)])
def test_the_batch_is_a_power_of_two_below_the_number_of_windows(length, batch):
    assert decide([length], MONTHLY).batch == batch


def test_a_test_of_its_own_is_trained_only_where_that_is_cheap():
    assert decide([144], MONTHLY).test_refit
    assert not decide([144], MONTHLY, train={"steps": 100_000}).test_refit


def test_quantiles_mirror_around_the_median_and_hold_the_bounds_of_the_levels():
    assert quantiles_for((80, 95)) == (
        0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975,
    )  # fmt: skip
    assert {0.005, 0.25, 0.75, 0.995} <= set(quantiles_for((50, 99)))


def test_a_forecast_shows_the_median_and_both_bounds_of_its_levels():
    assert quantiles_of((95, 80)) == (0.025, 0.1, 0.5, 0.9, 0.975)


@pytest.mark.parametrize("level", [50, 66.7, 99.9, 99.99])
def test_any_level_gives_quantiles_that_a_model_can_have(level):
    quantiles = quantiles_for((level,))

    assert all(low < high for low, high in pairwise(quantiles))
    assert quantiles[0] > 0
    assert len(quantiles) % 2 == 1
