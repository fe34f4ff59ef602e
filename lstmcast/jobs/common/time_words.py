"""Lengths of time in words: ticks of a frequency as people count them."""

from lstmcast.data.clock.times import DAY, UNITS, Frequency

LARGER = ((DAY, "day"), (UNITS["h"], "hour"), (UNITS["min"], "minute"), (UNITS["s"], "second"))
ENOUGH = 2.0  # of a larger unit, before it is worth telling


def ticks_in_words(frequency: Frequency, ticks: float) -> str:
    """Return a number of ticks in words, with a larger unit where there is one: `77 hours (3.2 days)`."""
    plain = count_in_words(frequency.unit_name, ticks)
    larger = _larger(frequency, ticks)
    return f"{plain} ({larger})" if larger else plain


def count_in_words(unit: str, count: float) -> str:
    """Return a number of ticks called `unit` in words: `24 hours`, or `6 steps of 10 minutes` of a `10-minute step`."""
    size, _, name = unit.removesuffix(" step").partition("-")
    if not size.isdigit():
        return f"{_number(count)} {plural(unit, count)}"
    return f"{_number(count)} {plural('step', count)} of {size} {plural(name, int(size))}"


def plural(name: str, count: float) -> str:
    """Return the name of a unit as it goes with a count."""
    return name if _number(count) == "1" else f"{name}s"


def _larger(frequency: Frequency, ticks: float) -> str:
    if frequency.kind == "months" and frequency.size < 12:
        years = ticks * frequency.size / 12
        return f"{_number(years)} {plural('year', years)}" if years >= ENOUGH else ""
    if frequency.kind != "fixed":
        return ""
    length = ticks * frequency.size
    for size, name in LARGER:
        if frequency.size < size and length >= ENOUGH * size:
            return f"{_number(length / size)} {plural(name, length / size)}"
    return ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"
