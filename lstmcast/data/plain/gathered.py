"""Gathers the columns of a large file part by part, so that nothing is in memory twice.

Numbers, and codes where each row needs its own, go to arrays that are made once for all rows that are to come: what
is not written to yet takes no memory.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.arrays import FloatArray, TextArray
from lstmcast.data.plain.byte_cells import Form, texts_of_keys
from lstmcast.data.plain.byte_lines import Words
from lstmcast.data.table.codes import CodeArray, Codes, Repeated, expand, join

Scalar = TypeVar("Scalar", bound=np.generic)

ROOM = 1.05  # more rows than the first part lets expect


@dataclass(frozen=True)
class Keys:
    """Distinct texts of one form, as whole numbers that rise."""

    words: Words
    form: Form


Distinct = Sequence[str] | Keys


@dataclass(frozen=True)
class Coded:
    """Texts by their distinct ones, and which of them each row has, -1 where it is empty."""

    distinct: Distinct
    codes: Codes


@dataclass(frozen=True)
class Part:
    """Some of the rows."""

    rows: int
    texts: Mapping[str, Coded]
    numbers: Mapping[str, FloatArray]


class Gathered:
    """All rows so far."""

    def __init__(self, size: int) -> None:
        """Begin with nothing of files of so many bytes."""
        self.rows, self._size = 0, size
        self._texts: dict[str, _Texts] = {}
        self._numbers: dict[str, _Growing[np.float64]] = {}

    def add(self, part: Part, size: int) -> None:
        """Add the rows of the next part, which had so many bytes."""
        expected = self.rows + int(ROOM * part.rows * self._size / size)
        for name, coded in part.texts.items():
            self._texts.setdefault(name, _Texts(expected)).add(coded)
        for name, values in part.numbers.items():
            self._numbers.setdefault(name, _Growing(np.dtype(np.float64), expected)).put(self.rows, values)
        self.rows += part.rows

    def take_texts(self, name: str) -> tuple[TextArray, Codes]:
        """Return the distinct texts of a column, sorted, and which of them each row has; they are gone from here."""
        return self._texts.pop(name).finish()

    def take_numbers(self, name: str) -> FloatArray:
        """Return a column of numbers; they are gone from here."""
        return self._numbers.pop(name).finish(self.rows)


class _Growing(Generic[Scalar]):
    def __init__(self, dtype: np.dtype[Scalar], expected: int) -> None:
        self._values = np.empty(expected, dtype)

    def put(self, start: int, values: npt.NDArray[Any]) -> None:
        end = start + len(values)
        if end > len(self._values):
            self._values.resize(end + end // 4, refcheck=False)
        self._values[start:end] = values

    def change(self, start: int, end: int, new_of: npt.NDArray[Any]) -> None:
        self._values[start:end] = new_of[self._values[start:end]]

    def finish(self, rows: int) -> npt.NDArray[Scalar]:
        self._values.resize(rows, refcheck=False)
        return self._values


class _Texts:
    """One column: parts with a code for each row have them in one array, all others keep what they have."""

    def __init__(self, expected: int) -> None:
        self._expected, self._rows = expected, 0
        self._codes: _Growing[np.int32] | None = None
        self._parts: list[tuple[int, Distinct, Repeated | None]] = []  # rows; None where codes are in the array

    def add(self, coded: Coded) -> None:
        distinct, rows = self._shared(coded.distinct), len(coded.codes)
        if isinstance(coded.codes, np.ndarray):
            self._put(self._rows, coded.codes)
        self._parts.append((rows, distinct, None if isinstance(coded.codes, np.ndarray) else coded.codes))
        self._rows += rows

    def finish(self) -> tuple[TextArray, Codes]:
        texts, ranks = _rank({id(distinct): distinct for _, distinct, _ in self._parts})
        repeated: dict[int, CodeArray] = {}  # parts with the same codes still share them afterwards
        ranked: list[Repeated] = []
        start = 0
        for rows, distinct, codes in self._parts:
            rank = ranks[id(distinct)]
            if codes is None and self._codes is not None:
                self._codes.change(start, start + rows, rank)
            elif codes is not None:
                values = repeated.setdefault(id(codes.values), rank[codes.values])
                ranked.append(replace(codes, values=values))
            start += rows
        joined = join(ranked) if self._codes is None else None
        return texts, self._expanded(ranked) if joined is None else joined

    def _expanded(self, ranked: Sequence[Repeated]) -> CodeArray:
        """Return the code of each row; those of some parts are in the array already."""
        start, others = 0, iter(ranked)
        for rows, _, codes in self._parts:
            if codes is not None:
                self._put(start, expand(next(others)))
            start += rows
        return self._codes.finish(self._rows) if self._codes is not None else np.zeros(0, np.int32)

    def _put(self, start: int, codes: CodeArray) -> None:
        if self._codes is None:
            self._codes = _Growing(np.dtype(np.int32), self._expected)
        self._codes.put(start, codes)

    def _shared(self, distinct: Distinct) -> Distinct:
        """Return the distinct texts of the part before, if these are the same."""
        before = self._parts[-1][1] if self._parts else None
        if isinstance(before, Keys) and isinstance(distinct, Keys):
            is_same = before.form == distinct.form and np.array_equal(before.words, distinct.words)
            return before if is_same else distinct
        return distinct


def _rank(distincts: Mapping[int, Distinct]) -> tuple[TextArray, dict[int, CodeArray]]:
    """Return all texts, sorted, and the place among them of each one of `distincts`; -1 behind them: an empty cell."""
    keys = {part: distinct for part, distinct in distincts.items() if isinstance(distinct, Keys)}
    forms = {distinct.form for distinct in keys.values()}
    if len(keys) == len(distincts) and len(forms) == 1:
        words = np.sort(pd.unique(np.concatenate([distinct.words for distinct in keys.values()])))
        places = {part: np.searchsorted(words, distinct.words) for part, distinct in keys.items()}
        texts = texts_of_keys(words, forms.pop())
    else:
        written = {part: _texts_of(distinct) for part, distinct in distincts.items()}
        texts = sorted(dict.fromkeys(text for of_part in written.values() for text in of_part))  # mostly sorted already
        place = {text: rank for rank, text in enumerate(texts)}
        places = {part: np.array([place[text] for text in of_part], np.int64) for part, of_part in written.items()}
    return np.array(texts, object), {part: np.append(ranks, -1).astype(np.int32) for part, ranks in places.items()}


def _texts_of(distinct: Distinct) -> Sequence[str]:
    return texts_of_keys(distinct.words, distinct.form) if isinstance(distinct, Keys) else distinct
