"""Finds the grid that rows follow, or the rows that follow none."""

from collections.abc import Callable

import numpy as np

from lstmcast.arrays import IntArray, TextArray
from lstmcast.data.clock.times import (
    DAY,
    MONTH_END,
    SHORTEST_MONTH,
    Frequency,
    StampArray,
    month_days,
    most_common,
    parse_frequency,
)
from lstmcast.data.clock.zones import ONE_DAY
from lstmcast.errors import DataError, ShortError

MOSTLY = 0.5
Show = Callable[[StampArray], TextArray]


class OffGridError(DataError):
    """Rows that do not lie on one grid."""


def infer_frequency(stamps: StampArray, series: IntArray, show: Show) -> Frequency:
    """Return the grid whose step is the most common one over all series; rows rise in time within each series.

    All other steps must be multiples of it (gaps); `show` writes stamps as the user does, for the message.
    """
    counts = np.asarray(stamps).view(np.int64)
    usual = _usual_step(counts, series)
    if np.asarray(stamps).dtype.kind == "i":
        frequency = parse_frequency(str(usual), stamps)
    else:
        of_calendar = _months_of(stamps, series, usual) or _business_days_of(stamps, series, usual)
        frequency = of_calendar or Frequency("fixed", usual, most_common(counts % usual))
        if usual >= SHORTEST_MONTH and frequency.off_grid(stamps).any() and are_month_ends(stamps):
            frequency = parse_frequency("ME", stamps)  # which rows lie off it tells more than which are not 31 days on
    check_grid(frequency, stamps, series, show)
    return frequency


def check_grid(frequency: Frequency, stamps: StampArray, series: IntArray, show: Show) -> None:
    """Raise a DataError that names two neighbours of which one lies off the grid."""
    off = frequency.off_grid(stamps)
    if not off.any():
        return
    row = int(np.argmax(off))
    neighbour = row - 1 if row > 0 and series[row - 1] == series[row] else min(row + 1, len(series) - 1)
    pair: StampArray = stamps[sorted((row, neighbour))]
    first, second = show(pair)
    others = len(np.unique(stamps[off])) - 1
    more = f", nor {'does 1 other time' if others == 1 else f'do {others} other times'}" if others else ""
    raise OffGridError(
        f"data.time: {first} and {second} do not lie on one grid with the usual step of {frequency.alias!r}{more}; "
        "bring the rows to one step, set data.freq to one that fits all, or data.off_grid: nearest to move them"
    )


def are_month_ends(stamps: StampArray) -> bool:
    """Return whether most rows lie on the last day of a month, as those with a 28 February in each year do."""
    days = np.asarray(stamps, "datetime64[us]").astype("datetime64[D]")
    return float(((days + ONE_DAY).astype("datetime64[M]") > days.astype("datetime64[M]")).mean()) > MOSTLY


def _usual_step(counts: IntArray, series: IntArray) -> int:
    steps = np.diff(counts)[series[1:] == series[:-1]]
    steps = steps[steps > 0]
    if len(steps) == 0:
        raise ShortError("data.time: no series has two rows at different times; add rows")
    return most_common(steps)


def _months_of(stamps: StampArray, series: IntArray, usual: int) -> Frequency | None:
    """Return a grid of months where all rows lie on one day of the month, or on its last."""
    if usual < SHORTEST_MONTH:
        return None
    counts = np.asarray(stamps).view(np.int64)
    days = (counts // DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    of_month = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    lengths = month_days(months)
    day = MONTH_END if (of_month == lengths).all() else int(of_month.max())
    if (of_month != np.minimum(day, lengths)).any() or (counts % DAY != counts[0] % DAY).any():
        return None
    numbers: IntArray = months.astype(np.int64)
    size = _usual_step(numbers, series)
    return Frequency("months", size, most_common(numbers % size), day, int(counts[0] % DAY))


def _business_days_of(stamps: StampArray, series: IntArray, usual: int) -> Frequency | None:
    """Return the grid of business days where daily rows leave out the weekends that they pass."""
    counts = np.asarray(stamps).view(np.int64)
    if usual != DAY or (counts % DAY != counts[0] % DAY).any():
        return None
    days = counts // DAY
    weeks, weekdays = np.divmod(days + 3, 7)  # 1970 began on a Thursday; 0 is Monday
    passes_weekend = (np.diff(weeks) > 0) & (series[1:] == series[:-1])
    if (weekdays > 4).any() or not passes_weekend.any():
        return None
    return Frequency("business", 1, 0, 1, int(counts[0] % DAY))
