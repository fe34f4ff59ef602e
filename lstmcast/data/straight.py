"""Lays a file on its grid as it is read, where nothing has to be done to its rows: most large files are so.

One target and no covariates; the rows of each series stand together, sorted by series, and each is one step after the
one before. Then the column of the target is the panel's values, and no row needs a stamp or a place of its own. One
look at the codes of the times proves it; where it is not so, nothing is returned and the general way sorts, merges,
fills or names what is wrong. Both ways give the same grid.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lstmcast.data.clock.times import Frequency, StampArray
from lstmcast.data.even import frequency_of_first
from lstmcast.data.panel import FloatArray, IntArray
from lstmcast.data.regular import Grid
from lstmcast.data.rows import Rows
from lstmcast.data.table.codes import Codes, Cycle, Runs, expand, find_runs

FIRST = 10_000  # rows that tell the frequency which all must have
AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Straight:
    """Rows of one series after the other."""

    series: Runs
    times: Codes  # among the distinct times
    stamps: StampArray  # of the distinct times
    values: FloatArray


def find_series(codes: Codes) -> Runs | None:
    """Return the rows of each series if they stand together and series are sorted, else None."""
    runs = codes if isinstance(codes, Runs) else find_runs(codes)
    return runs if np.array_equal(runs.values, np.arange(len(runs.values))) else None


def lay_straight(rows: Straight, frequency_of: Callable[[Rows], Frequency]) -> tuple[Frequency, Grid] | None:
    """Return the frequency and the grid of rows that fill it already, or None."""
    values = rows.values
    if not len(values) or np.isnan(values.min()):
        return None
    frequency = frequency_of_first(_first_rows(rows), frequency_of)
    if frequency is None or frequency.off_grid(rows.stamps).any():
        return None
    ticks, starts = frequency.ticks(rows.stamps), rows.series.starts
    if not _is_even(ticks, rows.times, starts):
        return None
    offsets = np.append(starts, len(values))
    grid = Grid(
        offsets=offsets,
        known=np.diff(offsets),
        first=ticks[_codes_at(rows.times, starts)],
        values=values,
        filled=np.zeros(len(values), bool),
        past=np.empty((len(values), 0)),
        future=np.empty((len(values), 0)),
        covariate_fills=0,
        notes=(),
    )
    return frequency, grid


def _first_rows(rows: Straight) -> Rows:
    count = min(int(rows.series.lengths[0]), FIRST)
    nothing, places = np.empty((count, 0)), np.arange(count)
    stamps: StampArray = rows.stamps[_codes_at(rows.times, places)]
    return Rows(np.zeros(count, np.int64), stamps, rows.values[:count], nothing, nothing, places)


def _codes_at(codes: Codes, rows: IntArray) -> IntArray:
    if isinstance(codes, Cycle):
        return np.asarray(codes.values[(codes.phase + rows) % len(codes.values)], np.int64)
    if isinstance(codes, Runs):
        return np.asarray(codes.values[np.searchsorted(codes.starts, rows, side="right") - 1], np.int64)
    return np.asarray(codes[rows], np.int64)


def _is_even(ticks: IntArray, times: Codes, starts: IntArray) -> bool:
    """Return whether each row is one tick after the one before, but for the first ones of series."""
    rows = len(times)
    if isinstance(times, Cycle) and (starts % len(times.values) == 0).all():
        codes = np.roll(times.values, -times.phase)
        return bool(len(starts) * len(codes) == rows and (np.diff(ticks[codes]) == 1).all())
    codes = expand(times)
    for first in range(0, rows, AT_ONCE):
        even = np.diff(ticks[codes[first : first + AT_ONCE + 1]]) == 1
        begins = starts[np.searchsorted(starts, first + 1) : np.searchsorted(starts, first + len(even), side="right")]
        even[begins - 1 - first] = True
        if not even.all():
            return False
    return True
