"""Lays rows on their grid by the place that each one's series and time give it, in whatever order the file has them.

Nothing is sorted: where rows are not in their places already, one array says which row each place gets, and every
column is gathered through it. What needs more than places (two rows for one time, a gap that nothing may fill or that
splits a series, a grid of months) gives nothing here, and the general way does or refuses it. Both give the same grid.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.clock.times import DAY, Frequency
from lstmcast.data.grid.coded_rows import CodedRows, codes_at
from lstmcast.data.grid.complete_rows import frequency_of_first
from lstmcast.data.grid.gaps import bounds_of_gaps, fill_missing
from lstmcast.data.grid.in_order import find_series, is_even
from lstmcast.data.grid.long_gaps import FILLING
from lstmcast.data.grid.places import NOBODY, Places, find_places, turned_places, without_rows
from lstmcast.data.grid.regular import Grid, fill_covariates, left_out_notes, season_of
from lstmcast.data.rows import Rows
from lstmcast.data.table.codes import Cycle, Runs, expand

SATURDAY = 5
FIRST = 10_000  # rows of a series that stand together, which tell the frequency that all must have


@dataclass(frozen=True)
class Placed:
    """Rows on their grid."""

    frequency: Frequency
    grid: Grid
    was_shuffled: bool  # whether the rows of a series were out of order


@dataclass(frozen=True)
class _Columns:
    """The columns of whole grids."""

    offsets: IntArray
    first: IntArray
    values: FloatArray
    past: FloatArray
    future: FloatArray


def lay_by_place(
    rows: CodedRows,
    policy: str,
    longest_of: Callable[[Frequency], int | None],
    frequency_of: Callable[[Rows], Frequency],
) -> Placed | None:
    """Return the rows on their grid, or None; a gap longer than `longest_of` the frequency is for others to split."""
    runs = find_series(rows.series)
    frequency = _find_frequency(rows, runs, frequency_of)
    if frequency is None:
        return None
    ticks, was_shuffled = frequency.ticks(rows.stamps), False
    places: Places | None
    if runs is not None and is_even(ticks, rows.times, runs.starts):
        offsets = np.append(runs.starts, len(rows.target))
        places = Places(offsets, ticks[codes_at(rows.times, runs.starts)], None, is_full=True)
    elif (places := turned_places(rows, ticks)) is None:
        if _are_working_days(rows, frequency):
            return None
        places, was_shuffled = find_places(expand(rows.series), ticks[expand(rows.times)])
    grid = None if places is None else _fill_grid(rows, places, policy, longest_of(frequency), frequency)
    return None if grid is None else Placed(frequency, grid, was_shuffled)


def _find_frequency(rows: CodedRows, runs: Runs | None, frequency_of: Callable[[Rows], Frequency]) -> Frequency | None:
    """Return the frequency of the longest series if all times lie on it."""
    if not len(rows.target):
        return None
    if runs is not None:
        longest = int(runs.lengths.argmax())
        places = int(runs.starts[longest]) + np.arange(min(int(runs.lengths[longest]), FIRST))
    elif isinstance(rows.series, Cycle):
        places = np.arange(0, len(rows.series), len(rows.series.values))
    else:
        series = expand(rows.series)
        places = np.flatnonzero(series == np.bincount(series).argmax())
    first = rows.of_one_series(places)
    frequency = frequency_of_first(first.take(np.argsort(first.stamps, kind="stable")), frequency_of)
    return None if frequency is None or frequency.off_grid(rows.stamps).any() else frequency


def _are_working_days(rows: CodedRows, frequency: Frequency) -> bool:
    """Return whether rows of days may leave out weekends: then business days are their grid."""
    if frequency.kind != "fixed" or frequency.size != DAY:
        return False
    days = rows.stamps.view(np.int64) // DAY
    return bool(((days + 3) % 7 < SATURDAY).all())  # 1970 began on a Thursday


def _fill_grid(rows: CodedRows, places: Places, policy: str, longest: int | None, frequency: Frequency) -> Grid | None:
    """Return the whole grids, or None where anything has to be refused or split."""
    laid = _Columns(places.offsets, places.first, *map(places.out, (rows.target, rows.past, rows.future)))
    missing = _find_missing(laid.values)
    season = season_of(frequency, policy)
    notes: tuple[str, ...] = ()
    if len(missing):
        trimmed = None if rows.future.shape[1] else _trim(laid, places, missing)
        if trimmed is None:
            return None
        is_whole = len(trimmed[0].values) == len(laid.values)
        laid, leading, trailing = trimmed
        notes = left_out_notes(leading, trailing)
        if policy == "error" and trailing:
            return None
        missing = missing if is_whole else _find_missing(laid.values)
    if len(missing) and (policy == "error" or _has_long_gap(missing, policy, longest)):
        return None
    values, filled = laid.values, np.zeros(len(laid.values), bool)
    if len(missing):
        values = values.copy() if values is rows.target else values
        values[missing] = fill_missing(values, missing, laid.offsets, policy, season)
        filled[missing] = True
    past, future, fills = laid.past, laid.future, 0
    if _has_missing(past) or _has_missing(future):
        is_past = np.ones((len(values), 1), bool)
        past, future, fills = fill_covariates(past, future, is_past, laid.offsets, policy, season)
        if _has_missing(past) or _has_missing(future):
            return None
    known = np.diff(laid.offsets)
    return Grid(laid.offsets, known, laid.first, values, filled, past, future, fills, notes)


def _has_missing(values: FloatArray) -> bool:
    return bool(np.isnan(values.min(initial=0)))


def _find_missing(values: FloatArray) -> IntArray:
    return np.flatnonzero(np.isnan(values)) if _has_missing(values) else np.zeros(0, np.int64)


def _trim(laid: "_Columns", places: Places, missing: IntArray) -> "tuple[_Columns, int, int] | None":
    """Return the columns from the first value of each series to its last, and how many rows lay before and after.

    A series without any value is for others.
    """
    starts, ends = laid.offsets[:-1], laid.offsets[1:]
    series = np.searchsorted(laid.offsets, missing, side="right") - 1
    before, after = bounds_of_gaps(missing, starts[series])
    leads, trails = before < starts[series], after >= ends[series]
    if (leads & trails).any():
        return None
    if not (leads | trails).any():
        return laid, 0, 0
    leading, trailing = (np.bincount(series[some], minlength=len(starts)) for some in (leads, trails))
    outside = missing[leads | trails]
    is_row = places.rows[missing] != NOBODY if isinstance(places.rows, np.ndarray) else np.ones(len(missing), bool)
    trimmed = _Columns(
        offsets=np.append(0, np.cumsum(ends - starts - leading - trailing)),
        first=laid.first + leading,
        values=without_rows(laid.values, outside),
        past=without_rows(laid.past, outside),
        future=without_rows(laid.future, outside),
    )
    return trimmed, int(np.count_nonzero(leads & is_row)), int(np.count_nonzero(trails & is_row))


def _has_long_gap(missing: IntArray, policy: str, longest: int | None) -> bool:
    """Return whether more than `longest` places in a row are missing, so that a policy would split the series."""
    if policy not in FILLING or longest is None or len(missing) <= longest:
        return False
    return bool((missing[longest:] - missing[:-longest] == longest).any())  # no gap goes from series to series
