import pytest

from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.covariate.calendar import Cycle, calendar_cycles, seasonal_periods


@pytest.mark.parametrize(
    ("alias", "periods"),
    [("h", (24, 168)), ("15min", (96, 672)), ("min", (60, 1440)), ("D", (7, 365)), ("B", (5, 261)), ("W-MON", (52,)),
     ("MS", (12,)), ("ME", (12,)), ("QS", (4,)), ("YS", ()), ("1", ()), ("2h", (12, 84)), ("7h", (24,)), ("5MS", ()),
     ("30min", (48, 336)), ("5min", (288, 2016)), ("8h", (3, 21)), ("15s", (240, 5760)), ("2W-SUN", (26,)),
     ("2QS", (2,)), ("s", (3600,)), ("100ms", ()), ("2D", ()), ("5B", ()), ("QE", (4,)), ("3MS", (4,))],
)  # fmt: skip
def test_seasons_are_whole_numbers_of_ticks(alias, periods):
    assert seasonal_periods(parse_frequency(alias)) == periods


def test_hours_have_a_day_a_week_and_a_year():
    cycles = calendar_cycles(parse_frequency("h"))

    assert cycles == (Cycle("day", 24.0, 3), Cycle("week", 168.0, 3), Cycle("year", pytest.approx(8765.82), 3))


def test_business_days_weeks_and_seconds_have_cycles_of_their_own():
    assert [cycle.name for cycle in calendar_cycles(parse_frequency("B"))] == ["week", "year"]
    assert calendar_cycles(parse_frequency("B"))[0] == Cycle("week", 5.0, 2)
    assert calendar_cycles(parse_frequency("W-SUN")) == (Cycle("year", pytest.approx(52.18, abs=0.01), 3),)
    assert [cycle.name for cycle in calendar_cycles(parse_frequency("s"))] == ["hour", "day", "week", "year"]


def test_harmonics_never_exceed_half_a_period():
    assert calendar_cycles(parse_frequency("QS")) == (Cycle("year", 4.0, 2),)
    assert calendar_cycles(parse_frequency("12h"))[0] == Cycle("day", 2.0, 1)


@pytest.mark.parametrize("alias", ["YS", "1", "2YE"])
def test_years_and_steps_have_no_cycle(alias):
    assert calendar_cycles(parse_frequency(alias)) == ()
