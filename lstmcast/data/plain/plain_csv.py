"""Reads large files quickly where nothing in them needs care, and leaves all others to the careful way.

A file is read in blocks of whole lines, on two threads, and never is in memory as a whole. Each block is proven to be
plain: UTF-8 without quotes, every line with the fields of the header, and every cell of a column of numbers a finite
number that a float holds exactly. Where anything is not so, nothing is returned: the careful way reads the file from
its beginning and names the line and the cell. So both ways give the same table, or the careful one its error.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from io import BufferedIOBase
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from lstmcast.ahead import made_ahead
from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.data_config import CsvConfig
from lstmcast.data.plain.byte_breaks import is_exact, split_padded
from lstmcast.data.plain.byte_cells import Form, find_form, read_keys, starts_of_runs, texts_of
from lstmcast.data.plain.byte_lines import Lines, Words
from lstmcast.data.plain.byte_numbers import read_numbers
from lstmcast.data.plain.cycles import KnownCycle, find_period, learn_cycle
from lstmcast.data.plain.gathered import Coded, Gathered, Keys, Part
from lstmcast.data.plain.plain_blocks import Block, NotPlainError, block_of, check_text, read_blocks
from lstmcast.data.table.codes import CodeArray, Cycle, Runs
from lstmcast.data.table.csv_numbers import LARGEST_WHOLE, NOT_A_NUMBER
from lstmcast.data.table.csv_shape import check_separator, read_header
from lstmcast.data.table.progress import BytesRead
from lstmcast.data.table.table import Choose

MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")  # of byte order
SIGNS_OF_NUMBERS = "0123456789-"
MARK = "x"  # a first row of texts keeps pandas from taking names for numbers


@dataclass(frozen=True)
class PlainFile:
    """What was found out of one file."""

    columns: tuple[str, ...]
    separator: str
    rows: int


def read_plain(
    file: BufferedIOBase,
    path: Path,
    csv: CsvConfig,
    choose: Choose,
    gathered: Gathered,
    update: Callable[[memoryview], object],
    progress: BytesRead,
) -> PlainFile:
    """Add the columns that `choose` wants of a file to what is gathered, or raise a NotPlainError.

    `update` is given all bytes.
    """
    blocks = read_blocks(file, update, progress)
    block = next(blocks, None)
    first = b"" if block is None else block.text
    end = first.find(b"\n") + 1
    header = first[:end]
    if not end or len(first) == end or b'"' in header or csv.quote.encode() in header or b"\r" in header[:-2]:
        raise NotPlainError
    if header.startswith(MARKS) or b"\0" in header or not header.strip():
        raise NotPlainError
    check_text(header)
    separator = check_separator(path, first, csv.separator)
    columns = read_header(path, header, separator, csv.quote)
    texts, numbers = choose(path, columns)
    reader = _Reader(columns, separator, csv, tuple(texts), tuple(numbers))
    before = gathered.rows
    part, reader = reader.read_first(block_of(first[end:]))
    gathered.add(part, len(first))
    for size, part in made_ahead(reader.read, blocks):
        gathered.add(part, size)
    return PlainFile(columns, separator, gathered.rows - before)


@dataclass(frozen=True)
class _Reader:
    columns: tuple[str, ...]
    separator: str
    csv: CsvConfig
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    forms: Mapping[str, Form] = field(default_factory=dict)
    cycles: Mapping[str, KnownCycle] = field(default_factory=dict)

    def read_first(self, block: Block) -> "tuple[Part, _Reader]":
        """Return the columns of the first block, and the reader of all others, which knows what it has shown."""
        lines = self._split(block)
        self._check(block, lines)
        found = ((name, find_form(lines, self.columns.index(name))) for name in self.texts)
        reader = replace(self, forms={name: form for name, form in found if form is not None})
        part, cycles = reader._read(block, lines), dict[str, KnownCycle]()
        for name, coded in part.texts.items():
            if isinstance(coded.codes, Cycle) and isinstance(coded.distinct, Keys):
                known = learn_cycle(lines, self.columns.index(name), coded.distinct, coded.codes)
                cycles |= {name: known} if known is not None else {}
        return part, replace(reader, cycles=cycles)

    def read(self, block: Block) -> tuple[int, Part]:
        """Return the size of one block of lines, and its columns."""
        return block.size, self._read(block, self._split(block))

    def _split(self, block: Block) -> Lines:
        lines = split_padded(block.padded, ord(self.separator), len(self.columns))
        if lines is None:
            raise NotPlainError
        return lines

    def _check(self, block: Block, lines: Lines) -> None:
        """Refuse bytes that need care, and cells with separators, wherever in the lines they are."""
        block.check({self.csv.quote, '"'})
        if not is_exact(lines, ord(self.separator)):
            raise NotPlainError

    def _read(self, block: Block, lines: Lines) -> Part:
        """Return the columns; what was read as digits, or as a text that is known, holds nothing that needs care."""
        places = {name: place for place, name in enumerate(self.columns)}
        point = ord("." if self.csv.decimal == "auto" else self.csv.decimal)
        texts = {name: self._read_texts(block, lines, name) for name in self.texts}
        found = read_numbers(lines, [places[name] for name in self.numbers], point)
        numbers = dict(zip(self.numbers, found, strict=True))
        is_odd = any(found is None for found in (*texts.values(), *numbers.values())) or self._may_miss_numbers
        if is_odd or self.separator in SIGNS_OF_NUMBERS or {*texts, *numbers} != set(self.columns):
            self._check(block, lines)
        if is_odd:
            frame = self._parse(block, len(lines))
            texts |= {name: _texts_of(frame[places[name]]) for name, found in texts.items() if found is None}
            numbers |= {name: _numbers_of(frame[places[name]]) for name in numbers}
        return Part(len(lines), cast(dict[str, Coded], texts), cast(dict[str, FloatArray], numbers))

    @property
    def _may_miss_numbers(self) -> bool:
        """Return whether what stands for a missing value could be read as a number."""
        return any(set(text) <= {*SIGNS_OF_NUMBERS, ".", ","} for text in self.csv.missing)

    def _read_texts(self, block: Block, lines: Lines, name: str) -> Coded | None:
        """Return a column of texts as part of a cycle, as runs, or as keys; None where it is none of these."""
        column, form = self.columns.index(name), self.forms.get(name)
        cycle = self.cycles[name].read(lines, column) if name in self.cycles else None
        if cycle is not None:
            return cycle
        firsts = starts_of_runs(lines, column)
        if firsts is not None:
            lengths, some = np.diff(np.append(firsts, len(lines))), lines.some(firsts)
            found = None if form is None else read_keys(some, column, form)
            if found is not None and form is not None:
                distinct, codes = _rank(found)
                return Coded(Keys(distinct, form), Runs(codes, lengths))
            self._check(block, lines)
            return _code_runs(texts_of(some, column), lengths)
        keys = None if form is None else read_keys(lines, column, form)
        return None if keys is None or form is None else _code_keys(keys, form)

    def _parse(self, block: Block, rows: int) -> pd.DataFrame:
        """Return all columns as the general parser reads them."""
        places = {name: place for place, name in enumerate(self.columns)}
        wanted = (*self.texts, *self.numbers)
        missing = ["", *NOT_A_NUMBER, *self.csv.missing]
        mark = self.separator.join(MARK if name in self.texts else "" for name in self.columns)
        read = cast("Callable[..., pd.DataFrame]", pd.read_csv)
        try:
            frame = read(
                io.BytesIO(mark.encode() + b"\n" + block.text),
                sep=self.separator,
                header=None,
                names=range(len(self.columns)),
                usecols=sorted(places[name] for name in wanted),
                index_col=False,
                dtype={places[name]: "category" for name in self.texts},
                na_values={places[name]: missing if name in self.numbers else [""] for name in wanted},
                keep_default_na=False,
                decimal="." if self.csv.decimal == "auto" else self.csv.decimal,
                quotechar=self.csv.quote,
                low_memory=False,
                engine="c",
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
            raise NotPlainError from error
        if len(frame) != rows + 1:
            raise NotPlainError
        return frame.iloc[1:]


def _code_runs(texts: Iterable[bytes], lengths: IntArray) -> Coded:
    known: dict[bytes, int] = {}
    codes = np.array([known.setdefault(text, len(known)) if text else -1 for text in texts], np.int32)
    return Coded([text.decode() for text in known], Runs(codes, lengths))


def _code_keys(keys: Words, form: Form) -> Coded:
    period = find_period(keys)
    distinct, codes = _rank(keys[:period])
    return Coded(Keys(distinct, form), codes if period == len(keys) else Cycle(codes, 0, len(keys)))


def _rank(keys: Words) -> tuple[Words, CodeArray]:
    """Return the distinct keys, which rise, and the place of each key among them."""
    if (keys[1:] > keys[:-1]).all():
        return keys, np.arange(len(keys), dtype=np.int32)
    places, distinct = pd.factorize(keys)
    order = np.argsort(distinct)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    return distinct[order], rank[places]


def _texts_of(column: "pd.Series[str]") -> Coded:
    texts = column.cat.categories.tolist()
    if not all(type(text) is str for text in texts):
        raise NotPlainError
    codes = np.array(column.cat.codes, np.int32)
    used, ranks = np.unique(codes[codes >= 0], return_inverse=True)  # the mark is not, as a rule
    codes[codes >= 0] = ranks
    return Coded([texts[code] for code in used.tolist()], codes)


def _numbers_of(column: "pd.Series[float]") -> FloatArray:
    if column.dtype.kind not in "iuf":
        raise NotPlainError
    values = np.asarray(column, np.float64)
    if float(np.abs(values).max(initial=0, where=~np.isnan(values))) >= LARGEST_WHOLE:
        raise NotPlainError
    return values
