"""The seasons of a frequency, counted in ticks."""

from dataclasses import dataclass

from lstmcast.data.clock.times import DAY, HOUR, UNITS, Frequency

WEEK = 7 * DAY
YEAR = 365.2425 * DAY
BUSINESS_DAYS_A_YEAR = 261
LONGEST = 6000  # ticks of a season: a network that sees two of them is as large as can be trained


@dataclass(frozen=True)
class Cycle:
    """A season as features: sine and cosine of 2π·k·tick/period for k from 1 to `harmonics`."""

    name: str
    period: float  # in ticks
    harmonics: int


def seasonal_periods(frequency: Frequency) -> tuple[int, ...]:
    """Return the lengths of the usual seasons in ticks, rising; only those that are whole numbers of ticks.

    Seasonal naive forecasts repeat the first one unless `evaluate.season` says otherwise.
    """
    size = frequency.size
    if frequency.kind == "integer":
        return ()
    if frequency.kind == "months":
        return _whole(12, size)
    if frequency.kind == "business":
        return _whole(5, size) + (_whole(BUSINESS_DAYS_A_YEAR, size) if size == 1 else ())
    if size % WEEK == 0:
        return _whole(52, size // WEEK)
    if size % DAY == 0:
        return _whole(7, size // DAY) + _whole(365, size // DAY)
    if size < 5 * UNITS["min"]:
        return _whole(HOUR, size) + _whole(DAY, size)
    return _whole(DAY, size) + _whole(WEEK, size)


def calendar_cycles(frequency: Frequency) -> tuple[Cycle, ...]:
    """Return the cycles of clock and calendar that a frequency can show: those of two ticks or more."""
    size = frequency.size
    if frequency.kind == "integer":
        return ()
    if frequency.kind == "months":
        lengths = {"year": (12 / size, 6)}
    elif frequency.kind == "business":
        lengths = {"week": (5 / size, 2), "year": (YEAR / DAY * 5 / 7 / size, 3)}
    else:
        lengths = {"hour": (HOUR / size, 2), "day": (DAY / size, 3), "week": (WEEK / size, 3), "year": (YEAR / size, 3)}
        if size >= 5 * UNITS["min"]:
            del lengths["hour"]
    cycles = (Cycle(name, period, min(most, int(period / 2))) for name, (period, most) in lengths.items())
    return tuple(cycle for cycle in cycles if cycle.period >= 2)


def _whole(length: int, size: int) -> tuple[int, ...]:
    return (length // size,) if length % size == 0 and 2 <= length // size <= LONGEST else ()
