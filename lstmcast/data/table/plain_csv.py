"""Reads large files quickly where nothing in them needs care, and leaves all others to the careful way.

A file is read in blocks of whole lines, on two threads, and never is in memory as a whole. Each block is proven to be
plain: UTF-8 without quotes, every line with the fields of the header, and every cell of a column of numbers a finite
number that a float holds exactly. Where anything is not so, nothing is returned: the careful way reads the file from
its beginning and names the line and the cell. So both ways give the same table, or the careful one its error.
"""

import io
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.config.schema import CsvConfig
from lstmcast.data.table.byte_cells import (
    Form,
    Lines,
    Words,
    find_form,
    read_keys,
    read_numbers,
    read_runs,
    split_lines,
    texts_of_keys,
)
from lstmcast.data.table.csv_numbers import LARGEST_WHOLE, NOT_A_NUMBER
from lstmcast.data.table.csv_shape import check_separator, read_header

BLOCK = 2_000_000  # bytes: what a processor's own memory holds beside the arrays made of them
LEAST_LINES, LARGEST_BLOCK = 1000, 20_000_000
LONGEST_LINE = 10_000_000
WORKERS = 2
AHEAD = 2  # blocks that wait for a worker
MARK = "x"  # a first row of texts keeps pandas from taking names for numbers

FloatArray = npt.NDArray[np.float64]
CodeArray = npt.NDArray[np.int32]
Progress = Callable[[int], None]  # is told how many bytes are read
Choose = Callable[[Path, tuple[str, ...]], tuple[Sequence[str], Sequence[str]]]  # columns: wanted texts and numbers


class NotPlainError(Exception):
    """Something in the file needs care."""


@dataclass(frozen=True)
class PlainFile:
    """What was read of one file, in parts."""

    columns: tuple[str, ...]
    separator: str
    forms: Mapping[str, Form]  # of texts that are numbers in the parts
    parts: "tuple[Part, ...]"

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return sum(part.rows for part in self.parts)


@dataclass(frozen=True)
class Coded:
    """Texts by their distinct ones, and which of them each row has, -1 where it is empty."""

    distinct: list[str]
    codes: npt.NDArray[np.signedinteger]


@dataclass(frozen=True)
class Part:
    """Some of the rows; the dicts are emptied when they are joined, so that nothing is in memory twice."""

    rows: int
    texts: dict[str, Coded | Words]  # words: a number for each row, of which texts of one form have one each
    numbers: dict[str, FloatArray]


def read_plain(
    file: BinaryIO, path: Path, csv: CsvConfig, choose: Choose, update: Callable[[bytes], None], progress: Progress
) -> PlainFile:
    """Return the columns that `choose` wants of a file, or raise a NotPlainError; `update` is given all bytes."""
    blocks = _blocks(file, update, progress)
    first = next(blocks, b"")
    end = first.find(b"\n") + 1
    header = first[:end]
    _check_text(header)
    if not end or len(first) == end or b'"' in header or csv.quote.encode() in header or b"\r" in header[:-2]:
        raise NotPlainError
    separator = check_separator(path, first, csv.separator)
    columns = read_header(path, header, separator, csv.quote)
    texts, numbers = choose(path, columns)
    reader = _Reader(
        columns, separator, csv, tuple(texts), tuple(numbers), _find_forms(first[end:], separator, columns)
    )
    return PlainFile(columns, separator, reader.forms, tuple(_read_blocks(reader, first[end:], blocks)))


def join_texts(files: Sequence[PlainFile], name: str) -> tuple[npt.NDArray[np.object_], CodeArray]:
    """Return the distinct texts of all parts, sorted, and which of them each row has, -1 where it is empty."""
    forms = {file.forms.get(name) for file in files}
    parts = [(file.forms.get(name), part.rows, part.texts.pop(name)) for file in files for part in file.parts]
    keys = [texts for _, _, texts in parts if isinstance(texts, np.ndarray)]
    form = next(iter(forms))
    if len(forms) == 1 and form is not None and len(keys) == len(parts):
        coded = _code_keys(np.concatenate(keys), form)
        return np.array(coded.distinct, object), coded.codes.astype(np.int32)
    known: dict[str, int] = {}
    codes = np.empty(sum(rows for _, rows, _ in parts), np.int32)
    start = 0
    for form, rows, texts in parts:
        coded = texts if isinstance(texts, Coded) else _code_keys(texts, cast(Form, form))
        place = np.array([*(known.setdefault(text, len(known)) for text in coded.distinct), -1], np.int32)
        codes[start : start + rows] = place[coded.codes]
        start += rows
    used = np.zeros(len(known) + 1, bool)
    used[codes] = True
    distinct = sorted(text for text, place in known.items() if used[place])  # the mark is not, as a rule
    rank = np.full(len(known) + 1, -1, np.int32)
    rank[[known[text] for text in distinct]] = np.arange(len(distinct))
    if len(known) > len(distinct) or (np.diff(rank[:-1]) < 0).any():
        codes = rank[codes]
    return np.array(distinct, object), codes


def _code_keys(keys: Words, form: Form) -> Coded:
    period = _find_period(keys)
    codes, distinct = pd.factorize(keys[:period])
    order = np.argsort(distinct)
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    return Coded(texts_of_keys(np.asarray(distinct)[order], form), np.resize(rank[codes], len(keys)))


def _find_period(keys: Words) -> int:
    """Return after how many keys all come again, as times do where each series has the same ones; else their number."""
    again = np.flatnonzero(keys[1:] == keys[0])
    period = int(again[0]) + 1 if len(again) else len(keys)
    return period if (keys[period:] == keys[:-period]).all() else len(keys)


def _find_forms(block: bytes, separator: str, columns: tuple[str, ...]) -> dict[str, Form]:
    """Return the form of the columns whose texts may all have digits in the same places."""
    end = block.find(b"\n") + 1
    line = split_lines(block[:end], ord(separator), len(columns))
    if line is None:
        raise NotPlainError
    found = ((name, find_form(line, place)) for place, name in enumerate(columns))
    return {name: form for name, form in found if form is not None}


def join_numbers(files: Sequence[PlainFile], name: str) -> FloatArray:
    """Return the numbers of all parts."""
    return np.concatenate([part.numbers.pop(name) for file in files for part in file.parts])


def _read_blocks(reader: "_Reader", first: bytes, others: Iterator[bytes]) -> Iterator[Part]:
    from concurrent.futures import ThreadPoolExecutor  # its import takes longer than to read a small file

    pool = ThreadPoolExecutor(WORKERS)
    try:
        waiting = deque([pool.submit(reader.read, first)])
        for block in others:
            waiting.append(pool.submit(reader.read, block))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        for future in waiting:
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _blocks(file: BinaryIO, update: Callable[[bytes], None], progress: Progress) -> Iterator[bytes]:
    """Yield blocks of whole lines; the last one must end with a line end."""
    done, size = 0, BLOCK
    while block := file.read(size):
        if not block.endswith(b"\n"):
            block += file.readline(LONGEST_LINE)
        if not block.endswith(b"\n"):
            raise NotPlainError
        if not done:  # arrays of a few cells each would cost more than they do
            size = min(max(BLOCK, LEAST_LINES * len(block) // block.count(b"\n")), LARGEST_BLOCK)
        update(block)
        done += len(block)
        progress(done)
        yield block


def _check_text(block: bytes) -> None:
    if b"\0" in block or block.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise NotPlainError
    if not block.isascii():
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotPlainError from error


@dataclass(frozen=True)
class _Reader:
    columns: tuple[str, ...]
    separator: str
    csv: CsvConfig
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    forms: Mapping[str, Form]

    def read(self, block: bytes) -> Part:
        """Return the columns of one block of lines."""
        _check_text(block)
        if self.csv.quote.encode() in block or b'"' in block:
            raise NotPlainError
        lines = split_lines(block, ord(self.separator), len(self.columns))
        if lines is None:
            raise NotPlainError
        place = self.columns.index
        point = ord("." if self.csv.decimal == "auto" else self.csv.decimal)
        texts = {name: _read_texts(lines, place(name), self.forms.get(name)) for name in self.texts}
        numbers = {name: read_numbers(lines, place(name), point) for name in self.numbers}
        if any(found is None for found in (*texts.values(), *numbers.values())) or self.csv.missing:
            frame = self._parse(block, len(lines.starts[0]))
            texts |= {name: _texts_of(frame[place(name)]) for name, found in texts.items() if found is None}
            numbers |= {name: _numbers_of(frame[place(name)]) for name in numbers}
        return Part(len(lines.starts[0]), cast(dict[str, Coded | Words], texts), cast(dict[str, FloatArray], numbers))

    def _parse(self, block: bytes, rows: int) -> pd.DataFrame:
        """Return all columns as the general parser reads them."""
        places = {name: place for place, name in enumerate(self.columns)}
        wanted = (*self.texts, *self.numbers)
        missing = ["", *NOT_A_NUMBER, *self.csv.missing]
        mark = self.separator.join(MARK if name in self.texts else "" for name in self.columns)
        read = cast("Callable[..., pd.DataFrame]", pd.read_csv)
        try:
            frame = read(
                io.BytesIO(mark.encode() + b"\n" + block),
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


def _read_texts(lines: Lines, column: int, form: Form | None) -> Coded | Words | None:
    runs = read_runs(lines, column)
    if runs is None:
        return None if form is None else read_keys(lines, column, form)
    texts, lengths = runs
    known: dict[str, int] = {}
    codes = np.array([known.setdefault(text, len(known)) if text else -1 for text in texts], np.int32)
    return Coded(list(known), np.repeat(codes, lengths))


def _texts_of(column: "pd.Series[str]") -> Coded:
    texts = column.cat.categories.tolist()
    if not all(type(text) is str for text in texts):
        raise NotPlainError
    codes: npt.NDArray[np.signedinteger] = np.asarray(column.cat.codes)
    return Coded(texts, codes)


def _numbers_of(column: "pd.Series[float]") -> FloatArray:
    if column.dtype.kind not in "iuf":
        raise NotPlainError
    values = np.asarray(column, np.float64)
    if float(np.abs(values).max(initial=0, where=~np.isnan(values))) >= LARGEST_WHOLE:
        raise NotPlainError
    return values
