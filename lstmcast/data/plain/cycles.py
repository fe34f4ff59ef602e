"""Finds texts that come again and again in the same order, as the times of a file do where all series have the same.

The first rows show the cycle. Then a look at the bytes of all others tells whether they go on with it, and none of
their cells has to be read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.data.plain.byte_cells import texts_of, words_of_cells
from lstmcast.data.plain.byte_lines import Lines, Words
from lstmcast.data.plain.gathered import Coded, Keys
from lstmcast.data.table.codes import CodeArray, Cycle


@dataclass(frozen=True)
class KnownCycle:
    """The cells of a cycle, all of one width and no two the same."""

    width: int
    words: Sequence[Words]  # which together have every byte of them
    places: Mapping[bytes, int]
    distinct: Keys
    codes: CodeArray  # among the distinct texts

    def read(self, lines: Lines, column: int) -> Coded | None:
        """Return a column that goes on with the cycle, None where it does not."""
        words = words_of_cells(lines, column, self.width)
        phase = self.places.get(texts_of(lines.some(slice(1)), column)[0])
        if words is None or phase is None:
            return None
        if not all(_goes_on(found, known, phase) for found, known in zip(words, self.words, strict=True)):
            return None
        return Coded(self.distinct, Cycle(self.codes, phase, len(lines)))


def learn_cycle(lines: Lines, column: int, distinct: Keys, codes: Cycle) -> KnownCycle | None:
    """Return how the cycle of a column is written, which the lines begin with, if no text is in it twice."""
    period, width = len(codes.values), len(distinct.form.text)
    once = lines.some(slice(period))
    words = words_of_cells(once, column, width)
    if words is None or period != len(distinct.words):
        return None
    places = {text: place for place, text in enumerate(texts_of(once, column))}
    return KnownCycle(width, [word.copy() for word in words], places, distinct, codes.values)


def find_period(keys: Words) -> int:
    """Return after how many keys all come again; else their number."""
    again = np.flatnonzero(keys[1:] == keys[0])
    period = int(again[0]) + 1 if len(again) else len(keys)
    return period if (keys[period:] == keys[:-period]).all() else len(keys)


def _goes_on(words: Words, known: Words, phase: int) -> bool:
    period = len(known)
    start = min(period - phase, len(words))
    end = start + (len(words) - start) // period * period
    return bool(
        np.array_equal(words[:start], known[phase : phase + start])
        and (words[start:end].reshape(-1, period) == known).all()
        and np.array_equal(words[end:], known[: len(words) - end])
    )
