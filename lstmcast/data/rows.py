"""Rows of all series as they come out of a file: sorted, and one for each series and time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray, TextArray
from lstmcast.data.clock.times import DAY, StampArray
from lstmcast.data.clock.zones import are_in_nights_of_change
from lstmcast.errors import DataError

CLOCK_CHANGE = (
    "; if clocks change then (daylight saving time, DST), a time without its time zone names an hour twice or never: "
    "set data.timezone, such as Europe/Berlin, or write times with their UTC offset"
)
COMES_TWICE = (
    "; clocks show that hour twice (DST), and it is there once; if the times are standard time, "
    "set data.timezone to a zone without DST, such as Etc/GMT-1"
)


class DoubledError(DataError):
    """A series has two rows of one time."""

    def __init__(self, message: str, *, is_clock_change: bool) -> None:
        super().__init__(message)
        self.is_clock_change = is_clock_change  # it may be the hour that clocks show twice


@dataclass(frozen=True)
class Rows:
    """Rows of all series as they are in the file."""

    series: IntArray  # 0 to series - 1
    stamps: StampArray
    target: FloatArray  # NaN where missing
    past: FloatArray  # (rows, past)
    future: FloatArray  # (rows, future)
    origin: IntArray  # the row in the files

    def take(self, chosen: IntArray | BoolArray) -> "Rows":
        """Return some of the rows."""
        stamps: StampArray = self.stamps[chosen]
        return Rows(
            self.series[chosen],
            stamps,
            self.target[chosen],
            self.past[chosen],
            self.future[chosen],
            self.origin[chosen],
        )


NO_ROWS = Rows(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 0)), np.zeros((0, 0)), np.zeros(0, np.int64)
)


@dataclass(frozen=True)
class Labels:
    """How messages name things."""

    target: Callable[[int], str]  # the column of the values of a series
    past: tuple[str, ...]
    future: tuple[str, ...]
    series: Callable[[int], str]  # "" where the column says it
    stamp: Callable[[StampArray], TextArray]
    where: Callable[[int], str]  # file and line of a row of the files
    has_zone: bool
    ids: Callable[[int], tuple[str, ...]] = lambda _series: ()  # none for the only series


@dataclass(frozen=True)
class Origins:
    """How messages name rows of the files, and whose they are."""

    where: Callable[[int], str]  # file and line
    owner: Callable[[int], tuple[str, ...]]  # the ids of the series; none where a row is one of all series


def sort_rows(rows: Rows) -> tuple[Rows, bool]:
    """Return the rows by series and time, and whether those of a series were out of order; equal times keep theirs."""
    series_rise = not (np.diff(rows.series) < 0).any()
    if not series_rise:
        rows = rows.take(np.argsort(rows.series, kind="stable"))
    counts = rows.stamps.view(np.int64)
    falls = (np.diff(counts) < 0) & (np.diff(rows.series) == 0)
    if not falls.any():
        return rows, False
    return rows.take(np.lexsort((rows.origin, counts, rows.series))), True


def merge_duplicates(rows: Rows, policy: str, labels: Labels) -> tuple[Rows, int]:
    """Return sorted rows with one of each series and time, and how many rows of the files were dropped."""
    doubled = (np.diff(rows.stamps.view(np.int64)) == 0) & (np.diff(rows.series) == 0)
    if not doubled.any():
        return rows, 0
    dropped = count_origins(rows, np.append(False, doubled))
    if policy == "error":
        _raise_duplicate(rows, int(np.argmax(doubled)) + 1, dropped, labels)
    first = np.flatnonzero(np.append(True, ~doubled))
    if policy == "first":
        return rows.take(first), dropped
    if policy == "last":
        return rows.take(np.append(first[1:], len(rows.series)) - 1), dropped
    merged = replace(
        rows.take(first),
        target=_merge(rows.target[:, None], first, policy)[:, 0],
        past=_merge(rows.past, first, "mean"),  # two readings of a temperature do not add up
        future=_merge(rows.future, first, "mean"),
    )
    return merged, dropped


def count_origins(rows: Rows, chosen: BoolArray) -> int:
    """Return how many rows of the files some rows are: one of a wide table is a row of each of its series."""
    return len(np.unique(rows.origin[chosen]))


def clock_change_hint(step: int, stamp: StampArray, labels: Labels) -> str:
    """Return what to say of a stamp in the night of a Sunday when clocks change, if `step` (µs) is less than a day."""
    if step >= DAY or labels.has_zone or stamp.dtype.kind != "M":
        return ""
    return CLOCK_CHANGE if are_in_nights_of_change(np.asarray(stamp, "datetime64[us]"))[0] else ""


def of_series(labels: Labels, rows: Rows, row: int) -> str:
    """Return ` in series 'x'`, or nothing where there is only one."""
    name = labels.series(int(rows.series[row]))
    return f" in series {name!r}" if name else ""


def owner_of(labels: Labels, rows: Rows, row: int) -> tuple[str, ...]:
    """Return the ids of the series of a row; none where a row of the file is one of all series, as in a wide table."""
    series = int(rows.series[row])
    return labels.ids(series) if labels.series(series) else ()


def _raise_duplicate(rows: Rows, row: int, dropped: int, labels: Labels) -> NoReturn:
    stamp: StampArray = rows.stamps[[row]]
    first, second = (labels.where(int(rows.origin[index])) for index in (row - 1, row))
    more = f", and {dropped - 1} more such rows" if dropped > 1 else ""
    steps = np.diff(rows.stamps.view(np.int64))[np.diff(rows.series) == 0]
    usual = int(np.median(steps[steps > 0])) if (steps > 0).any() else 0
    hint = clock_change_hint(usual, stamp, labels)
    raise DoubledError(
        f"{second}: {labels.stamp(stamp)[0]} is there twice{of_series(labels, rows, row)}, first in "
        f"{first.rpartition(': ')[2]}{more}; remove one, name the column that tells series apart in data.id, "
        f"or set data.duplicates{hint}",
        is_clock_change=bool(hint),
    ).of(labels.ids(int(rows.series[row])))


def _merge(block: FloatArray, first: IntArray, policy: str) -> FloatArray:
    """Return the mean or the sum of each group of rows; what is missing does not count."""
    if block.shape[1] == 0:
        return block[first]
    known = np.add.reduceat(~np.isnan(block), first, axis=0, dtype=np.int64)
    total = np.add.reduceat(np.nan_to_num(block, nan=0.0), first, axis=0)
    merged = total / np.maximum(known, 1) if policy == "mean" else total
    return np.where(known > 0, merged, np.nan)
