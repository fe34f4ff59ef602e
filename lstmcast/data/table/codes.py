"""Which of some distinct texts each row has, without a number for each row where texts repeat in an order.

Most large files are so: an id stays the same for all rows of its series, and each series has the same times.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.arrays import IntArray

CodeArray = npt.NDArray[np.signedinteger]  # -1 where a cell is empty

MOST_KEYS = 2**62  # that a number can tell apart


@dataclass(frozen=True)
class Runs:
    """Codes that stay the same for some rows each."""

    values: CodeArray
    lengths: IntArray

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self.lengths.sum())

    @property
    def starts(self) -> IntArray:
        """Return the first row of each run."""
        return np.cumsum(self.lengths) - self.lengths


@dataclass(frozen=True)
class Cycle:
    """Codes that all come again and again, in the same order, from the one at `phase` on."""

    values: CodeArray
    phase: int
    rows: int

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.rows


Repeated = Runs | Cycle
Codes = CodeArray | Repeated


def expand(codes: Codes) -> CodeArray:
    """Return the code of each row."""
    if isinstance(codes, Runs):
        return np.repeat(codes.values, codes.lengths)
    if isinstance(codes, Cycle):
        return np.resize(np.roll(codes.values, -codes.phase), codes.rows)
    return codes


def has_empty(codes: Codes) -> bool:
    """Return whether the cell of any row is empty."""
    values = codes if isinstance(codes, np.ndarray) else codes.values
    return bool(values.min(initial=0) < 0)


def number(keys: IntArray) -> tuple[IntArray, IntArray]:
    """Return the place of each key among the distinct ones, and these, which rise."""
    codes, distinct = pd.factorize(keys, sort=True)
    return codes.astype(np.int64, copy=False), distinct


def number_together(columns: Sequence[CodeArray], sizes: Sequence[int]) -> tuple[IntArray, list[IntArray]]:
    """Return the place of each row among the distinct ones, and the codes of these in each column, from 1 on.

    Sizes are those of the texts, and one more for the empty cell, which has the code 0 then. Distinct rows rise by the
    first column, then by the next.
    """
    key, reach = np.zeros(len(columns[0]), np.int64), 1
    settled: list[IntArray] = []
    pending: list[int] = []
    for column, size in zip(columns, sizes, strict=True):
        if reach * size > MOST_KEYS:
            key, distinct = number(key)
            settled, pending, reach = _codes_of(distinct, settled, pending), [], len(distinct)
        key = key * size + column + 1
        reach *= size
        pending.append(size)
    key, distinct = number(key)
    return key, _codes_of(distinct, settled, pending)


def _codes_of(keys: IntArray, settled: list[IntArray], sizes: list[int]) -> list[IntArray]:
    """Return the codes of all columns, of which the first ones were numbered already, and the others have sizes."""
    found: list[IntArray] = []
    for size in reversed(sizes):
        keys, codes = np.divmod(keys, size)
        found.insert(0, codes)
    return [column[keys] for column in settled] + found


def find_runs(codes: Codes) -> Runs:
    """Return the same codes as runs that differ from their neighbours."""
    values = codes.values if isinstance(codes, Runs) else expand(codes)
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1])) if len(values) else np.zeros(0, np.int64)
    if isinstance(codes, Runs):
        return Runs(values[starts], np.add.reduceat(codes.lengths, starts) if len(starts) else codes.lengths)
    return Runs(values[starts], np.diff(np.append(starts, len(values))))


def join(codes: Sequence[Repeated]) -> Repeated | None:
    """Return the codes of all rows one after the other, or None if that needs a number for each row."""
    runs = [part for part in codes if isinstance(part, Runs)]
    if len(runs) == len(codes):
        joined = Runs(np.concatenate([part.values for part in runs]), np.concatenate([part.lengths for part in runs]))
        return find_runs(joined)
    cycles = [part for part in codes if isinstance(part, Cycle)]
    first = cycles[0] if len(cycles) == len(codes) else None
    if first is None or any(len(part.values) != len(first.values) for part in cycles):
        return None
    rows = np.cumsum([0, *(part.rows for part in cycles)])
    for part, before in zip(cycles, rows.tolist(), strict=False):
        is_same = part.values is first.values or np.array_equal(part.values, first.values)
        if not is_same or part.phase != (first.phase + before) % len(first.values):
            return None
    return Cycle(first.values, first.phase, int(rows[-1]))
