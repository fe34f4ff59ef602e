"""Finds texts that come again and again in the same order, as the times of a file do where all series have the same.

The first rows show the cycle. Then a look at the bytes of all others tells whether they go on with it, and none of
their cells has to be read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstmcast.data.table.byte_cells import cells_of
from lstmcast.data.table.byte_lines import Letters, Lines, Words
from lstmcast.data.table.codes import CodeArray, Cycle
from lstmcast.data.table.gathered import Coded, Keys


@dataclass(frozen=True)
class KnownCycle:
    """The cells of a cycle, all of one length and no two the same."""

    letters: Letters  # (cells, length)
    places: Mapping[bytes, int]
    distinct: Keys
    codes: CodeArray  # among the distinct texts

    def read(self, lines: Lines, column: int) -> Coded | None:
        """Return a column that goes on with the cycle, None where it does not."""
        cells = cells_of(lines, column, self.letters.shape[1])
        if cells is None:
            return None
        phase = self.places.get(cells[0].tobytes())
        if phase is None or not _goes_on(cells, self.letters, phase):
            return None
        return Coded(self.distinct, Cycle(self.codes, phase, len(cells)))


def learn_cycle(lines: Lines, column: int, distinct: Keys, codes: Cycle) -> KnownCycle | None:
    """Return how the cycle of a column is written, which the lines begin with, if no text is in it twice."""
    letters = cells_of(lines, column, len(distinct.form.text))
    if letters is None or len(codes.values) != len(distinct.words):
        return None
    letters = letters[: len(codes.values)]
    return KnownCycle(letters, {cell.tobytes(): place for place, cell in enumerate(letters)}, distinct, codes.values)


def find_period(keys: Words) -> int:
    """Return after how many keys all come again; else their number."""
    again = np.flatnonzero(keys[1:] == keys[0])
    period = int(again[0]) + 1 if len(again) else len(keys)
    return period if (keys[period:] == keys[:-period]).all() else len(keys)


def _goes_on(cells: Letters, letters: Letters, phase: int) -> bool:
    period = len(letters)
    start = min(period - phase, len(cells))
    end = start + (len(cells) - start) // period * period
    whole = cells[start:end].reshape(-1, period * letters.shape[1])
    return bool(
        np.array_equal(cells[:start], letters[phase : phase + start])
        and (whole == letters.reshape(1, -1)).all()
        and np.array_equal(cells[end:], letters[: len(cells) - end])
    )
