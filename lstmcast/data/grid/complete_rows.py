"""Lays rows on their grid at once where nothing has to be done to them: sorted, complete, one step from row to row.

Most large files are so. One pass proves it; where it is not so, nothing is returned and the general way sorts, merges,
fills or names what is wrong. Both ways give the same grid.
"""

from collections.abc import Callable

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.clock.times import SHORTEST_MONTH, Frequency
from lstmcast.data.grid.regular import Grid
from lstmcast.data.rows import Rows
from lstmcast.errors import LstmcastError


def lay_even(rows: Rows, frequency_of: Callable[[Rows], Frequency]) -> tuple[Frequency, Grid] | None:
    """Return the frequency and the grid of rows that fill it already, or None."""
    ends = np.flatnonzero(rows.series[1:] != rows.series[:-1])
    starts = np.append(0, ends + 1)
    series = rows.series[starts]
    if len(series) == 0 or series[0] != 0 or (np.diff(series) != 1).any():
        return None
    frequency = frequency_of_first(rows.take(np.arange(starts[1] if len(ends) else len(rows.series))), frequency_of)
    if frequency is None or not _is_even(rows, ends, starts, frequency):
        return None
    offsets = np.append(starts, len(rows.series))
    grid = Grid(
        offsets=offsets,
        known=np.diff(offsets),
        first=frequency.ticks(rows.stamps[starts]),
        values=rows.target,
        filled=np.zeros(len(rows.series), bool),
        past=rows.past,
        future=rows.future,
        covariate_fills=0,
        notes=(),
    )
    return frequency, grid


def frequency_of_first(first: Rows, frequency_of: Callable[[Rows], Frequency]) -> Frequency | None:
    """Return the frequency of the first series if its steps are all of one length."""
    if (np.diff(first.stamps.view(np.int64)) <= 0).any():
        return None
    try:
        frequency = frequency_of(first)
    except LstmcastError:
        return None  # the general way says it of all rows
    is_short = frequency.kind == "fixed" and frequency.size < SHORTEST_MONTH  # longer steps may be months, which differ
    is_fixed = is_short or frequency.kind == "integer"
    return frequency if is_fixed else None


def _is_even(rows: Rows, ends: IntArray, starts: IntArray, frequency: Frequency) -> bool:
    counts = rows.stamps.view(np.int64)
    uneven = counts[1:] - counts[:-1] != frequency.size
    uneven[ends] = False
    return not (
        uneven.any()
        or frequency.off_grid(rows.stamps[starts]).any()
        or np.isnan(rows.target).any()
        or np.isnan(rows.past).any()
        or np.isnan(rows.future).any()
    )
