"""Brings sorted rows onto their grid: one row for each tick, every gap filled by the chosen policy or refused.

All series at once, as array operations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.clock.times import DAY, Frequency, StampArray
from lstmcast.data.covariate.calendar import seasonal_periods
from lstmcast.data.grid.gaps import fill_missing
from lstmcast.data.rows import COMES_TWICE, Labels, Rows, clock_change_hint, of_series, owner_of
from lstmcast.errors import ConfigError, DataError
from lstmcast.plurals import count_things

MOST_GAPS = 10  # more rows than this times what is there, and the gaps are a mistake in a stamp


@dataclass(frozen=True)
class Grid:
    """The arrays of a panel, and what had to be done for them."""

    offsets: IntArray
    known: IntArray
    first: IntArray
    values: FloatArray
    filled: BoolArray
    past: FloatArray
    future: FloatArray
    covariate_fills: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Spread:
    """Where rows go on whole grids that lie one after the other."""

    offsets: IntArray
    places: IntArray  # of each row
    series: IntArray  # of each place

    def out(self, block: FloatArray) -> FloatArray:
        """Return (places, columns) with NaN where no row is."""
        if len(block) == len(self.series):
            return block
        whole = np.full((len(self.series), block.shape[1]), np.nan)
        whole[self.places] = block
        return whole


def put_on_grid(rows: Rows, frequency: Frequency, policy: str, labels: Labels) -> Grid:
    """Return whole grids from sorted rows without duplicates; a gap is an error unless a policy fills it.

    A series begins with its first target. Rows after its last one are kept if they hold what is known ahead.
    """
    rows, notes = _trim(rows, policy, labels)
    ticks = frequency.ticks(rows.stamps)
    starts = _starts(rows.series)
    first = ticks[starts]
    lengths = ticks[np.append(starts[1:], len(ticks)) - 1] - first + 1
    if policy == "error":
        _check_no_gaps(rows, ticks, frequency, labels)
    offsets = np.append(0, np.cumsum(lengths))
    places = offsets[rows.series] + ticks - first[rows.series]
    spread = Spread(offsets, places, np.repeat(np.arange(len(first)), lengths))
    known = _last_known(rows, ticks) - first + 1
    ahead = np.arange(offsets[-1]) - offsets[:-1][spread.series] >= known[spread.series]
    season = season_of(frequency, policy)
    is_past = ~ahead[:, None]
    values, filled = _fill_block(spread.out(rows.target[:, None]), is_past, offsets, lambda _: policy, season)
    given = spread.out(rows.past), spread.out(rows.future)
    past, future, fills = fill_covariates(*given, is_past, offsets, policy, season)
    grid = Grid(offsets, known, first, values[:, 0], filled[:, 0], past, future, fills, notes)
    _check_covariates(grid, spread, ahead, rows, frequency, labels)
    return grid


def fill_covariates(
    past: FloatArray, future: FloatArray, is_past: BoolArray, offsets: IntArray, policy: str, season: int | None
) -> tuple[FloatArray, FloatArray, int]:
    """Return covariates filled where `is_past`, and how many cells were."""
    past, past_filled = _fill_block(past, is_past, offsets, lambda _: _backward(policy), season)
    given = future
    future, future_filled = _fill_block(given, is_past, offsets, lambda column: _of_column(column, policy), season)
    future = np.where(is_past, future, given)  # what is to come is never made up
    return past, future, int(past_filled.sum() + future_filled.sum())


def is_mostly_gaps(places: int, rows: int) -> bool:
    """Return whether a grid of so many places is far too large for its rows."""
    return places > MOST_GAPS * rows + 1000


def left_out_notes(leading: int, trailing: int) -> tuple[str, ...]:
    """Return what to say of rows outside the values of their series."""
    before = f"{count_things(leading, 'row')} before the first value of a series left out"
    after = f"{count_things(trailing, 'row')} after the last value of a series left out"
    return (*((before,) if leading else ()), *((after,) if trailing else ()))


def _fill_block(
    block: FloatArray,
    wanted: BoolArray,
    offsets: IntArray,
    policy_of: Callable[[FloatArray], str],
    season: int | None,
) -> tuple[FloatArray, BoolArray]:
    """Return the block filled where `wanted`, each column by its policy, NaN elsewhere, and what was filled."""
    block = np.where(wanted, block, np.nan)
    missing = np.isnan(block) & wanted
    if missing.any():
        for column, of_column in zip(block.T, missing.T, strict=True):
            policy = policy_of(column)
            if policy == "error":
                return block, np.zeros(block.shape, bool)
            places = np.flatnonzero(of_column)
            column[places] = fill_missing(column, places, offsets, policy, season)
    return block, missing & ~np.isnan(block)


def _backward(policy: str) -> str:
    """Return the policy for what is known up to now only: a forecast from within a gap must not see its end."""
    return "previous" if policy == "interpolate" else policy


def _of_column(column: FloatArray, policy: str) -> str:
    """Return the policy for what is known ahead: there is nothing halfway between a holiday and none."""
    is_switch = bool(np.isin(column[~np.isnan(column)], (0, 1)).all())
    return _backward(policy) if is_switch else policy


def _trim(rows: Rows, policy: str, labels: Labels) -> tuple[Rows, tuple[str, ...]]:
    """Return the rows from the first target of each series to its last one, or to the last that is known ahead."""
    starts = _starts(rows.series)
    index = np.arange(len(rows.series))
    has_target = ~np.isnan(rows.target)
    first = np.minimum.reduceat(np.where(has_target, index, len(index)), starts)
    last = np.maximum.reduceat(np.where(has_target, index, -1), starts)
    if (last < 0).any():
        series = int(np.argmax(last < 0))
        where = labels.where(int(rows.origin[starts[series]]))
        raise DataError(
            f"{where}: column {labels.target(series)!r} has no value at all"
            f"{of_series(labels, rows, int(starts[series]))}; remove the series, or set data.target to another column"
        ).of(labels.ids(series))
    leading, trailing = index < first[rows.series], index > last[rows.series]
    if labels.future:
        is_ahead = trailing & ~np.isnan(rows.future).all(axis=1)
        end = np.maximum(last, np.maximum.reduceat(np.where(is_ahead, index, -1), starts))
        trailing = index > end[rows.series]
    elif policy == "error" and trailing.any():
        row = int(np.argmax(trailing))
        stamp: StampArray = rows.stamps[[row]]
        raise DataError(
            f"{labels.where(int(rows.origin[row]))}: column {labels.target(int(rows.series[row]))!r} is empty "
            f"from {labels.stamp(stamp)[0]} on{of_series(labels, rows, row)}; "
            "remove these rows, or set data.gaps to leave them out"
        ).of(labels.ids(int(rows.series[row])))
    notes = left_out_notes(int(leading.sum()), int(trailing.sum()))
    return (rows.take(~(leading | trailing)), notes) if notes else (rows, ())


def _check_no_gaps(rows: Rows, ticks: IntArray, frequency: Frequency, labels: Labels) -> None:
    skipped = np.where(np.diff(rows.series) == 0, np.diff(ticks) - 1, 0)
    if skipped.any():
        row = int(np.argmax(skipped > 0))
        stamp = frequency.stamps(ticks[[row]] + 1)
        more = int(skipped.sum()) - 1
        before, after = labels.stamp(rows.stamps[[row]])[0], labels.stamp(stamp)[0]
        step = frequency.size if frequency.kind == "fixed" else DAY
        hint = COMES_TWICE if before == after else clock_change_hint(step, stamp, labels)
        raise DataError(
            f"{labels.where(int(rows.origin[row]))}: after this row, {after} is missing"
            f"{of_series(labels, rows, row)}{f', and {more} more' if more else ''}; "
            f"add what is missing, or set data.gaps{hint}"
        ).of(labels.ids(int(rows.series[row])))
    empty = np.isnan(rows.target) & (ticks <= _last_known(rows, ticks)[rows.series])
    if empty.any():
        row = int(np.argmax(empty))
        others = int(empty.sum()) - 1
        named = f", and in {count_things(others, 'more row')}" if others else ""
        raise DataError(
            f"{labels.where(int(rows.origin[row]))}: column {labels.target(int(rows.series[row]))!r} is empty at "
            f"{labels.stamp(rows.stamps[[row]])[0]}{of_series(labels, rows, row)}{named}; "
            "add what is missing, or set data.gaps"
        ).of(labels.ids(int(rows.series[row])))


def check_size(rows: Rows, frequency: Frequency, labels: Labels) -> None:
    """Refuse rows that are mostly gaps: a mistyped year would ask for millions of rows."""
    ticks, starts = frequency.ticks(rows.stamps), _starts(rows.series)
    size = int((ticks[np.append(starts[1:], len(ticks)) - 1] - ticks[starts] + 1).sum())
    if not is_mostly_gaps(size, len(ticks)):
        return
    row = int(np.argmax(np.where(np.diff(rows.series) == 0, np.diff(ticks), 0)))
    before, after = labels.stamp(rows.stamps[[row, row + 1]])
    raise DataError(
        f"{labels.where(int(rows.origin[row + 1]))}: {int(ticks[row + 1] - ticks[row] - 1)} rows are missing between "
        f"{before} and {after}{of_series(labels, rows, row)}, at one for each {frequency.unit_name}; correct the "
        "stamp, or set data.freq; events need a longer data.freq, data.off_grid: nearest and data.duplicates: sum; if "
        "rows are steps whatever their stamps say, set data.time: null"
    ).of(owner_of(labels, rows, row))


def _check_covariates(
    grid: Grid, spread: Spread, ahead: BoolArray, rows: Rows, frequency: Frequency, labels: Labels
) -> None:
    """Refuse a covariate that is missing where it must be known."""
    missing = np.hstack([np.isnan(grid.past) & ~ahead[:, None], np.isnan(grid.future)])
    if not missing.any():
        return
    place, column = (int(index) for index in np.argwhere(missing)[0])
    series = int(spread.series[place])
    stamp = frequency.stamps(grid.first[[series]] + place - grid.offsets[series])
    row = int(np.argmin(np.abs(spread.places - place)))
    name = (*labels.past, *labels.future)[column]
    raise DataError(
        f"{labels.where(int(rows.origin[row]))}: column {name!r} is empty at {labels.stamp(stamp)[0]}"
        f"{of_series(labels, rows, row)}; add it, or set data.gaps (it fills nothing before a first value, nor ahead)"
    ).of(owner_of(labels, rows, row))


def check_policy(frequency: Frequency, policy: str) -> None:
    """Refuse a policy that could fill no gap of this grid, be there one now or not."""
    if policy == "seasonal" and not seasonal_periods(frequency):
        raise ConfigError(f"data.gaps: a step of {frequency.alias!r} has no season; use interpolate, previous or zero")


def season_of(frequency: Frequency, policy: str) -> int | None:
    """Return how far back the policy looks, None where it looks at no season."""
    return seasonal_periods(frequency)[0] if policy == "seasonal" else None


def _last_known(rows: Rows, ticks: IntArray) -> IntArray:
    """Return the tick of the last target of each series."""
    known: IntArray = np.maximum.reduceat(np.where(np.isnan(rows.target), ticks.min() - 1, ticks), _starts(rows.series))
    return known


def _starts(series: IntArray) -> IntArray:
    return np.flatnonzero(np.diff(series, prepend=-1))
