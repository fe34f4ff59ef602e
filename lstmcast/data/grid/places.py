"""Finds the row that each place of whole grids has, and brings columns into the order of the places."""

from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.grid.coded_rows import CodedRows
from lstmcast.data.grid.regular import is_mostly_gaps
from lstmcast.data.table.codes import CodeArray, Cycle, Runs

NOBODY = -1  # the row of a place that no row has
ROUNDS_AT_ONCE = 256
ROWS_IN_A_RUN = 50  # from which on it is quicker to copy runs than to pick rows


@dataclass(frozen=True)
class Turned:
    """Rows that go through all series again and again, so that those of a series are a column of their table."""

    order: IntArray  # of the series in each round
    rounds: int

    def out(self, column: FloatArray) -> FloatArray:
        """Return a column, or a block of them, series after series; some rounds at a time stay near a processor."""
        rounds = column.reshape(self.rounds, len(self.order), *column.shape[1:])
        laid = np.empty((len(self.order), self.rounds, *column.shape[1:]))
        is_sorted = bool((np.diff(self.order) == 1).all())
        for first in range(0, self.rounds, ROUNDS_AT_ONCE):
            some = slice(first, first + ROUNDS_AT_ONCE)
            laid[:, some] = (rounds[some] if is_sorted else rounds[some, self.order]).swapaxes(0, 1)
        return laid.reshape(column.shape)


@dataclass(frozen=True)
class Places:
    """Which row each place of whole grids has, grid after grid."""

    offsets: IntArray
    first: IntArray  # the tick of the first place of each series
    rows: CodeArray | Turned | None  # NOBODY where there is none; None where each place has the row of its own number
    is_full: bool

    def out(self, column: FloatArray) -> FloatArray:
        """Return a column, or a block of them, by places: NaN where no row is."""
        if self.rows is None:
            return column
        if isinstance(self.rows, Turned):
            return self.rows.out(column)
        laid = column[self.rows]
        if not self.is_full:
            laid[self.rows == NOBODY] = np.nan
        return laid


def turned_places(rows: CodedRows, ticks: IntArray) -> Places | None:
    """Return the places of rows that go through all series again and again, one tick after the other; else None."""
    series, times = rows.series, rows.times
    if not isinstance(series, Cycle) or not isinstance(times, Runs):
        return None
    width, height = len(series.values), len(times.values)
    of_time = ticks[times.values]
    is_whole = series.phase == 0 and len(series) == width * height and (times.lengths == width).all()
    if not is_whole or (np.diff(of_time) != 1).any() or (np.sort(series.values) != np.arange(width)).any():
        return None
    turned = Turned(np.argsort(series.values), height)
    return Places(height * np.arange(width + 1), np.full(width, of_time[0]), turned, is_full=True)


def find_places(series: CodeArray, ticks: IntArray) -> tuple[Places | None, bool]:
    """Return the places of rows, and whether any series was out of order; None where the frequency is in doubt.

    It is none where two rows have one place, where most of a grid is empty, and where fewer than half of the steps from
    row to row are one tick long.
    """
    count = int(series.max()) + 1
    first, last = np.full(count, np.iinfo(np.int64).max), np.full(count, np.iinfo(np.int64).min)
    np.minimum.at(first, series, ticks)
    np.maximum.at(last, series, ticks)
    offsets = np.append(0, np.cumsum(last - first + 1))
    total = int(offsets[-1])
    if is_mostly_gaps(total, len(series)):
        return None, False
    place = (offsets[:-1] - first)[series]
    place += ticks
    row_of: CodeArray = np.full(total, NOBODY, np.int32 if len(series) < 2**31 else np.int64)
    row_of[place] = np.arange(len(series))
    is_taken = row_of != NOBODY
    is_next = is_taken[1:] & is_taken[:-1]
    is_next[offsets[1:-1] - 1] = False
    steps = len(series) - count
    if np.count_nonzero(is_taken) < len(series) or 2 * np.count_nonzero(is_next) <= steps:
        return None, False
    is_full = total == len(series)
    order: CodeArray = row_of if is_full else row_of[is_taken]
    falls = np.diff(order) < 0
    if not falls.any() and is_full and int(order[-1]) == total - 1:
        return Places(offsets, first, None, is_full), False
    falls[np.cumsum(np.bincount(series, minlength=count))[:-1] - 1] = False
    return Places(offsets, first, row_of, is_full), bool(falls.any())


def without_rows(block: FloatArray, places: IntArray) -> FloatArray:
    """Return a column, or a block of them, without some of its rows; where these are few, others are copied in runs."""
    if not block.size:
        return block[: len(block) - len(places)]
    if len(places) * ROWS_IN_A_RUN > len(block):
        return np.delete(block, places, axis=0)
    bounds = zip([0, *(places + 1).tolist()], [*places.tolist(), len(block)], strict=True)
    return np.concatenate([block[first:last] for first, last in bounds])
