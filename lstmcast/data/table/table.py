"""What is read of files: a table of texts and numbers, its files, and where each row stands in them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from lstmcast.arrays import FloatArray, TextArray
from lstmcast.data.table.codes import CodeArray, Codes, expand
from lstmcast.data.table.csv_lines import Cut
from lstmcast.data.table.csv_numbers import USUAL_MISSING
from lstmcast.data.table.csv_shape import hint_near_ends, name_columns, read_records
from lstmcast.errors import DataError
from lstmcast.plurals import count_things
from lstmcast.spelling import did_you_mean

WORD = re.compile(r"[^\W\d_]{2}")
Choose = Callable[[Path, tuple[str, ...]], tuple[Sequence[str], Sequence[str]]]  # columns: wanted texts and numbers


class ColumnError(DataError):
    """A whole column is not there, or holds something else than what it must."""


class NoNumbersError(ColumnError):
    """A column that was read as numbers holds none."""

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column


def no_column(where: Path | str, name: str, columns: Sequence[str]) -> str:
    """Return what to say of a column that is not there, beside the ones that are."""
    return f"{where}: no column {name!r}{did_you_mean(name, columns)}; it has {name_columns(columns)}"


@dataclass(frozen=True)
class Source:
    """One file, each line of which has been seen to have the fields of the header."""

    path: Path
    cut: Cut | None  # its table's lines as UTF-8; None where they were read in passing and each row is a line
    separator: str
    quote: str
    encoding: str
    columns: tuple[str, ...]
    rows: int
    plain_numbers: frozenset[str] = frozenset()  # columns that have no say in how numbers are written
    has_lines: bool = True  # or else rows alone, of which the first is row 1: Parquet

    def where(self, row: int) -> str:
        """Return `file: line N` of a row, or `file: row N` where there are no lines."""
        return f"{self.path}: {f'line {self.line_of(row)}' if self.has_lines else f'row {row + 1}'}"

    def line_of(self, row: int) -> int:
        """Return the line of the file that a row stands in, or ends in."""
        if self.cut is None:
            return row + 2
        line, _ = next(islice(read_records(self.cut.text, self.separator, self.quote), row + 1, None))
        return self.cut.line_in_file(line)


@dataclass(frozen=True)
class CsvFacts:
    """How the files turned out to be written."""

    separator: str
    decimal: str
    encoding: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """The files of `data.path`, with one header."""

    files: tuple[Source, ...]
    fingerprint: str  # SHA-256 of the bytes as they are stored

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names in the header."""
        return self.files[0].columns

    @property
    def rows(self) -> int:
        """Return the number of rows of all files."""
        return sum(file.rows for file in self.files)

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was left out of the files."""
        repeated = sum(file.cut.repeated for file in self.files if file.cut is not None)
        return (f"{count_things(repeated, 'line')} named the columns again: left out",) if repeated else ()

    @property
    def name(self) -> str:
        """Return how a message names all of them."""
        more = len(self.files) - 1
        return f"{self.files[0].path}{f' and {more} more' if more else ''}"

    def where(self, row: int) -> str:
        """Return `file: line N` or `file: row N` of a row, counted over all files."""
        file, place = self._place_of(row)
        return file.where(place)

    def hint(self, row: int, text: str) -> str:
        """Return what to set if a row near an end of its file, counted over all, is none, as a text of words tells."""
        file, place = self._place_of(row)
        return hint_near_ends(place, file.rows) if WORD.search(text) or not text else ""

    def hint_at_number(self, row: int, text: str) -> str:
        """Return what to set if a row at an end of its file is none, as a word in the place of a number tells."""
        file, place = self._place_of(row)
        return self.hint(row, text) if place in (0, file.rows - 1) and text.strip() not in USUAL_MISSING else ""

    def _place_of(self, row: int) -> tuple[Source, int]:
        """Return the file of a row, counted over all files, and its place there."""
        for file in self.files:
            if row < file.rows:
                return file, row
            row -= file.rows
        raise IndexError(row)


@dataclass(frozen=True)
class TextColumn:
    """A column of text: its distinct texts, sorted, and which of them each row has."""

    distinct: TextArray
    shortly: Codes

    @property
    def codes(self) -> CodeArray:
        """Return the code of each row, -1 where it is empty."""
        return expand(self.shortly)

    def as_numbers(self) -> FloatArray:
        """Return the code of each row as a number, NaN where it is empty."""
        return np.where(self.codes < 0, np.nan, self.codes)

    def as_series(self) -> "pd.Series[str]":
        """Return the distinct texts for pandas."""
        return pd.Series(self.distinct, dtype=object)


@dataclass(frozen=True)
class Table:
    """The columns that were asked for, over all files."""

    texts: dict[str, TextColumn]
    numbers: dict[str, FloatArray]  # NaN where missing
    decimal: str
