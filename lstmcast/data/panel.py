"""The one form that series have in memory: flat arrays, series after series, on one regular grid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray, TextArray
from lstmcast.data.clock.times import Frequency

MANY = 2**31


@dataclass(frozen=True)
class Panel:
    """All series, rows in time order. Rows of series s: offsets[s] to offsets[s + 1]; the first known[s] have a target.

    Rows after the known ones carry only what is known ahead (the future covariates).
    A time is `first[s] + k` ticks of `frequency`, never a column.
    """

    frequency: Frequency
    target: str  # the name of the value, for axes and messages
    id_names: tuple[str, ...]  # () for a single series without a name
    ids: tuple[TextArray, ...]  # one (series,) array of text for each id name
    offsets: IntArray  # (series + 1,)
    known: IntArray  # (series,)
    first: IntArray  # (series,) tick of the first row
    values: FloatArray  # (rows,) NaN where not known
    filled: BoolArray  # (rows,) True where a gap policy made the value up
    past_names: tuple[str, ...]
    past: FloatArray  # (rows, past) NaN where not known
    future_names: tuple[str, ...]
    future: FloatArray  # (rows, future)
    earlier: "Panel | None" = None  # parts of series before a gap too long to be filled; they only train
    interpolated: bool = False  # what was made up comes from both sides of its gap

    @property
    def series_count(self) -> int:
        """Return the number of series."""
        return len(self.known)

    @property
    def cutoffs(self) -> IntArray:
        """Return the tick of the last known value of each series."""
        return self.first + self.known - 1

    @property
    def series_of_row(self) -> IntArray:
        """Return the series that each row belongs to."""
        return np.repeat(np.arange(self.series_count), np.diff(self.offsets))

    @property
    def is_known(self) -> BoolArray:
        """Return which rows have a target."""
        return self.rows_between(np.zeros_like(self.known), self.known)

    def rows_between(self, first: IntArray, last: IntArray) -> BoolArray:
        """Return which rows stand at place `first` to `last` of their series, the last one excluded."""
        rows = np.diff(self.offsets)
        first = np.minimum(first, rows)
        last = np.clip(last, first, rows)
        lengths = np.column_stack([first, last - first, rows - last]).ravel()
        return np.repeat(np.tile([False, True, False], len(rows)), lengths)

    def slices(self, most_rows: int, most_series: int = MANY) -> list[slice]:
        """Return all series in slices of at most so many rows and series; a longer series has one of its own."""
        found, first = [], 0
        while first < self.series_count:
            fitting = int(np.searchsorted(self.offsets, self.offsets[first] + most_rows, side="right")) - 1
            last = min(max(fitting, first + 1), first + most_series, self.series_count)
            found.append(slice(first, last))
            first = last
        return found

    def name_of(self, series: int) -> str:
        """Return how a message names a series."""
        return "/".join(str(column[series]) for column in self.ids) if self.ids else self.target

    def ids_of(self, series: int) -> tuple[str, ...]:
        """Return the ids of a series; none, if it is the only one."""
        return tuple(str(column[series]) for column in self.ids)

    def with_earlier(self) -> "Panel":
        """Return the panel to train on: earlier parts of series stand behind all others, as series of their own."""
        if self.earlier is None:
            return self
        before = self.earlier
        return replace(
            self,
            ids=tuple(np.append(ids, earlier) for ids, earlier in zip(self.ids, before.ids, strict=True)),
            offsets=np.append(self.offsets, self.offsets[-1] + before.offsets[1:]),
            known=np.append(self.known, before.known),
            first=np.append(self.first, before.first),
            values=np.append(self.values, before.values),
            filled=np.append(self.filled, before.filled),
            past=np.concatenate([self.past, before.past]),
            future=np.concatenate([self.future, before.future]),
            earlier=None,
        )

    def part(self, series: slice) -> "Panel":
        """Return some neighbouring series alone; their numbers are shared, not copied."""
        offsets = self.offsets[series.start : series.stop + 1]
        return self._take(series, slice(int(offsets[0]), int(offsets[-1])), offsets - offsets[0])

    def some(self, series: IntArray) -> "Panel":
        """Return any of the series alone, in this order; their numbers are copied."""
        lengths = np.diff(self.offsets)[series]
        offsets = np.append(0, np.cumsum(lengths))
        rows = np.repeat(self.offsets[series] - offsets[:-1], lengths) + np.arange(offsets[-1])
        return self._take(series, rows, offsets)

    def until(self, known: IntArray) -> "Panel":
        """Return the panel as it stood when only `known` values of each series were there; what came later is gone."""
        seen = replace(self, known=known)
        hidden = ~seen.is_known
        past = np.where(hidden[:, None], np.nan, self.past)
        values = np.where(hidden, np.nan, self.values)
        if self.interpolated:
            series = np.arange(self.series_count)
            newest = self.newest_given(series, known) + self.offsets[:-1]
            rows = np.flatnonzero(self.filled)
            of = np.searchsorted(self.offsets, rows, side="right") - 1
            is_open = (rows > newest[of]) & ~hidden[rows]
            values[rows[is_open]] = values[newest[of[is_open]]]
        return replace(seen, values=values, past=past)

    def newest_given(self, series: IntArray, origin: IntArray) -> IntArray:
        """Return the newest place of each series before an origin whose value was known then.

        It is the one before the origin, or where that is inside a gap that was filled with what came after it, the
        one before the gap.
        """
        place, rows = origin - 1, np.flatnonzero(self.filled)
        if not self.interpolated or not len(rows):
            return place
        starts = self.offsets[series]
        gaps = rows[np.append(True, np.diff(rows) != 1)]  # first rows; no series begins or ends with one
        last = np.maximum(starts + place, 0)
        before = gaps[np.maximum(np.searchsorted(gaps, last, side="right") - 1, 0)] - 1 - starts
        return np.where(self.filled[last] & (origin > 0), np.maximum(before, 0), place)

    def _take(self, series: slice | IntArray, rows: slice | IntArray, offsets: IntArray) -> "Panel":
        return replace(
            self,
            ids=tuple(column[series] for column in self.ids),
            offsets=offsets,
            known=self.known[series],
            first=self.first[series],
            values=self.values[rows],
            filled=self.filled[rows],
            past=self.past[rows],
            future=self.future[rows],
            earlier=None,
        )


def keys_of(ids: Sequence[TextArray]) -> list[tuple[str, ...]]:
    """Return the ids of each series together, from one column for each id name."""
    return list(zip(*(column.tolist() for column in ids), strict=True))
