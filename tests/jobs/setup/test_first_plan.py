import pytest

from lstmcast.data.clock.times import parse_frequency
from lstmcast.jobs.setup.first_plan import choose_plan


@pytest.mark.parametrize(
    ("frequency", "horizon"),
    [
        ("h", 24), ("30min", 48), ("15min", 96), ("5min", 12), ("6h", 4), ("s", 60), ("D", 14), ("B", 10),
        ("W-SUN", 8), ("MS", 12), ("ME", 12), ("QS", 4), ("YS", 3), ("1", 24),
    ],
)  # fmt: skip
def test_a_horizon_that_people_would_choose(frequency, horizon):
    plan = choose_plan(parse_frequency(frequency), 5000)

    assert (plan.horizon, plan.windows) == (horizon, 3)


def test_steps_are_forecast_a_season_or_a_tenth_ahead():
    steps = parse_frequency("1")

    assert choose_plan(steps, 5000, season=12).horizon == 12
    assert choose_plan(steps, 50).horizon == 5
    assert choose_plan(steps, 500, are_years=True).horizon == 3


def test_short_series_lose_windows_first_and_horizon_then():
    months = parse_frequency("MS")

    plans = [choose_plan(months, length) for length in (144, 80, 50, 30, 7)]

    assert [(plan.horizon, plan.windows) for plan in plans] == [(12, 3), (12, 2), (12, 1), (7, 1), (1, 1)]
    assert plans[1].windows_reason.endswith("2 rather than 3, since the typical series has 80 rows only")
    assert plans[3].reason == "12 (a year) would be usual, but the typical series has 30 rows only"


def test_the_horizon_is_not_longer_than_what_is_known_ahead():
    plan = choose_plan(parse_frequency("h"), 5000, ahead=6)

    assert (plan.horizon, plan.reason) == (6, "as many as the file knows ahead")


def test_what_is_given_is_kept():
    plan = choose_plan(parse_frequency("MS"), 40, horizon=12, windows=5)

    assert (plan.horizon, plan.windows) == (12, 5)
