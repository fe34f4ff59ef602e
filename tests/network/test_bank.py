import numpy as np
import pytest

from lstmcast.network.bank import LARGEST_BANK, build_bank

CONTEXT, HORIZON, PERIOD = 17, 5, 4
PAST = np.random.default_rng(3).normal(10, 4, CONTEXT)
BANK = build_bank(CONTEXT, HORIZON, (PERIOD,))
AHEAD = np.arange(1, HORIZON + 1)


def smoothed(values, rate):
    level = values[0]
    for value in values[1:]:
        level = rate * value + (1 - rate) * level
    return level


def theta_of(values):
    """Half of the sum of the smoothed line of double slope and the trend line, as its drift form: SES + slope / 2."""
    slope = np.polyfit(np.arange(len(values)), values, 1)[0]
    return smoothed(values, 0.5) + slope / 2 * AHEAD


def classical_season(values, memory):
    """Return the seasonal figure of each place in the period: moving-mean detrending, then weighted means."""
    kernel = np.array([0.5, 1, 1, 1, 0.5]) / 4
    sums, weights = np.zeros(PERIOD), np.zeros(PERIOD)
    for step in range(2, len(values) - 2):
        weight = memory ** ((len(values) - 3 - step) // PERIOD)
        sums[step % PERIOD] += weight * (values[step] - kernel @ values[step - 2 : step + 3])
        weights[step % PERIOD] += weight
    figures = sums / weights
    return figures - figures.mean()


def ahead_of(figures):
    return figures[(CONTEXT + np.arange(HORIZON)) % PERIOD]


def test_naive_repeats_the_last_value():
    assert PAST @ BANK["naive"] == pytest.approx([PAST[-1]] * HORIZON)


def test_seasonal_naive_repeats_the_last_season():
    assert PAST @ BANK["seasonal_naive_4"] == pytest.approx([*PAST[-4:], PAST[-4]])


def test_drift_goes_on_along_the_line_from_the_first_to_the_last_value():
    slope = (PAST[-1] - PAST[0]) / (CONTEXT - 1)

    assert PAST @ BANK["drift"] == pytest.approx(PAST[-1] + slope * AHEAD)


def test_ses_is_simple_exponential_smoothing():
    assert PAST @ BANK["ses"] == pytest.approx([smoothed(PAST, 0.3)] * HORIZON)


def test_theta_is_smoothing_with_half_of_the_trend():
    assert PAST @ BANK["theta"] == pytest.approx(theta_of(PAST))


def test_damped_trend_is_holts_recursion_with_damping():
    level, trend = PAST[0], 0.0
    for value in PAST[1:]:
        before, expected = level, level + 0.9 * trend
        level = expected + 0.8 * (value - expected)
        trend = 0.3 * (level - before) + 0.7 * 0.9 * trend

    forecast = PAST @ BANK["damped_trend"]

    assert forecast == pytest.approx(level + trend * np.cumsum(0.9**AHEAD))


def test_holt_winters_smooths_level_and_season():
    level = PAST[:PERIOD].mean()
    season = list(PAST[:PERIOD] - level)
    for step in range(PERIOD, CONTEXT):
        error = PAST[step] - level - season[step % PERIOD]
        level += 0.3 * error
        season[step % PERIOD] += 0.3 * error

    forecast = PAST @ BANK["holt_winters_4"]

    assert forecast == pytest.approx(level + ahead_of(np.array(season)))


@pytest.mark.parametrize(("name", "memory"), [("slow", 1.0), ("fast", 0.4)])
def test_deseasonalised_forecasters_add_the_classical_season_to_a_simple_one(name, memory):
    figures = classical_season(PAST, memory)
    adjusted = PAST - figures[np.arange(CONTEXT) % PERIOD]

    assert PAST @ BANK[f"{name}_naive_4"] == pytest.approx(adjusted[-1] + ahead_of(figures))
    assert PAST @ BANK[f"{name}_ses_4"] == pytest.approx(smoothed(adjusted, 0.3) + ahead_of(figures))
    assert PAST @ BANK[f"{name}_theta_4"] == pytest.approx(theta_of(adjusted) + ahead_of(figures))


def test_moved_naive_repeats_the_long_season_at_the_level_of_the_short_one():
    past = np.arange(14.0) ** 2

    forecast = past @ build_bank(14, 3, (2, 7))["moved_naive_7"]

    moved = past[[12, 13]].mean() - past[[5, 6]].mean()
    assert forecast == pytest.approx(past[[7, 8, 9]] + moved)


@pytest.mark.parametrize("name", [name for name in BANK if name.endswith("_4")])
def test_seasonal_forecasters_continue_an_exactly_seasonal_series(name):
    series = 100 + np.tile([3.0, -1.0, 4.0, -6.0], 6)

    forecast = series[:CONTEXT] @ BANK[name]

    assert forecast == pytest.approx(series[CONTEXT : CONTEXT + HORIZON], abs=0.5 if "theta" in name else 1e-9)


@pytest.mark.parametrize(("context", "periods"), [(17, (4,)), (21, (3, 7)), (2, ()), (4, (2,)), (30, (7, 15))])
def test_every_forecaster_follows_the_level_of_the_series(context, periods):
    for matrix in build_bank(context, HORIZON, periods).values():
        assert matrix.shape == (context, HORIZON)
        assert matrix.sum(axis=0) == pytest.approx(np.ones(HORIZON))


def test_a_season_that_does_not_fit_twice_has_no_forecaster():
    names = set(build_bank(13, 2, (4, 7)))

    assert names == set(build_bank(13, 2, (4,)))
    assert not [name for name in names if name.endswith("_7")]


def test_a_season_too_long_to_be_learnt_step_by_step_has_no_holt_winters():
    assert "holt_winters_61" not in build_bank(122, 1, (61,))


def test_the_most_useful_forecasters_come_first():
    assert list(build_bank(24, 2, (12,)))[:2] == ["naive", "seasonal_naive_12"]


def test_a_long_context_is_worked_through_in_blocks():
    context = 2200  # its identity matrix is more than one block
    series = 100 + np.tile([3.0, -1.0, 4.0, -6.0], context // 4)

    bank = build_bank(context, 2, (4,))

    assert all(matrix.shape == (context, 2) for matrix in bank.values())
    assert series @ bank["slow_ses_4"] == pytest.approx(series[:2])
    assert np.arange(context) @ bank["drift"] == pytest.approx([2200, 2201])


def test_a_bank_that_would_be_too_large_keeps_its_first_forecasters():
    small, context, horizon = build_bank(80, 2, (4,)), 80, 10_000

    large = build_bank(context, horizon, (4,))

    assert len(small) == 13
    assert list(large) == list(small)[:2]
    assert sum(matrix.size for matrix in large.values()) <= LARGEST_BANK
