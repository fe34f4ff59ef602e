"""Reads columns of CSV files: texts stay texts, numbers are numbers or an error that names the cell."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.config.schema import CsvConfig
from lstmcast.data.table.codes import CodeArray, Codes, expand
from lstmcast.data.table.csv_bytes import STANDARD_INPUT, decode, find_paths, read_bytes, unpack
from lstmcast.data.table.csv_last_line import check_last_line
from lstmcast.data.table.csv_lines import Cut, cut_lines, even_out, from_header
from lstmcast.data.table.csv_numbers import (
    LARGEST_WHOLE,
    NOT_A_NUMBER,
    Style,
    describe_bad_number,
    is_comma_decimal,
    parse_numbers,
    without_units,
)
from lstmcast.data.table.csv_shape import (
    BLANK,
    check_separator,
    check_shape,
    join_blanks,
    normalise_line_ends,
    read_records,
)
from lstmcast.data.table.parquet import MAGIC, is_parquet, parquet_as_csv
from lstmcast.data.table.skipped import NOBODY, Skipped
from lstmcast.errors import DataError, ShortError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
TextArray = npt.NDArray[np.object_]
Choose = Callable[[Path, tuple[str, ...]], tuple[Sequence[str], Sequence[str]]]  # columns: wanted texts and numbers

PARQUET_AS_CSV = CsvConfig(separator=",", decimal=".", encoding="utf-8")


class ColumnError(DataError):
    """A whole column is not there, or holds something else than what it must."""


class NoNumbersError(ColumnError):
    """A column that was read as numbers holds none."""

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column


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
        lines = "1 line" if repeated == 1 else f"{repeated} lines"
        return (f"{lines} named the columns again: left out",) if repeated else ()

    @property
    def name(self) -> str:
        """Return how a message names all of them."""
        more = len(self.files) - 1
        return f"{self.files[0].path}{f' and {more} more' if more else ''}"

    def where(self, row: int) -> str:
        """Return `file: line N` of a row, counted over all files."""
        for file in self.files:
            if row < file.rows:
                return f"{file.path}: line {file.line_of(row)}"
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

    def as_series(self) -> "pd.Series[str]":
        """Return the distinct texts for pandas."""
        return pd.Series(self.distinct, dtype=object)


@dataclass(frozen=True)
class Table:
    """The columns that were asked for, over all files."""

    texts: dict[str, TextColumn]
    numbers: dict[str, FloatArray]  # NaN where missing
    decimal: str


def open_sources(
    path: str | tuple[str, ...], csv: CsvConfig, progress: Callable[[int], None] = lambda _done: None
) -> Sources:
    """Return the files in memory, checked line by line but not parsed; `progress` is told the bytes of each."""
    digest = hashlib.sha256()
    files = []
    for file in find_paths(path):
        stored = read_bytes(file)
        digest.update(stored)
        files.append(_check_source(file, stored, csv))
        progress(len(stored))
    check_headers([(file.path, file.columns) for file in files])
    if sum(file.rows for file in files) == 0:
        raise ShortError(f"{files[0].path}: there is a header but no row; it has {', '.join(files[0].columns)}")
    return Sources(tuple(files), digest.hexdigest())


def check_headers(headers: Sequence[tuple[Path, tuple[str, ...]]]) -> None:
    """Refuse files whose columns are not the same; their order may differ."""
    (first, columns), *others = headers
    for path, other in others:
        if set(other) != set(columns):
            differing = ", ".join(sorted(set(other) ^ set(columns)))
            raise DataError(f"{path}: its header differs from the one of {first}: {differing}")


def read_table(
    sources: Sources, texts: Sequence[str], numbers: Sequence[str], csv: CsvConfig, skipped: Skipped = NOBODY
) -> Table:
    """Return the named columns; whatever is not a finite number in a column of numbers is a DataError."""
    if csv.last_line == "auto":
        check_last_lines(sources, (*texts, *numbers))
    decimal = csv.decimal if csv.decimal != "auto" else ("," if csv.thousands == "." else ".")
    missing = (*NOT_A_NUMBER, *csv.missing)
    are_odd = csv.thousands is not None or bool(csv.units)
    frames = [_parse(file, texts, () if are_odd else numbers, missing, decimal) for file in sources.files]
    if csv.decimal == "auto" and csv.thousands is None and _needs_comma(sources, frames, numbers, csv):
        decimal = ","
        frames = [_parse(file, texts, numbers, missing, decimal) for file in sources.files]
    return Table(
        {name: _text_column([frame[name] for frame in frames]) for name in texts},
        {
            name: _numbers_of(sources, frames, name, missing, Style(decimal, csv.thousands, csv.units), skipped)
            for name in numbers
        },
        decimal,
    )


def _check_source(path: Path, stored: bytes, csv: CsvConfig) -> Source:
    if is_parquet(path) or (path == STANDARD_INPUT and stored.startswith(MAGIC)):
        csv, text, encoding = PARQUET_AS_CSV, parquet_as_csv(path, stored), "utf-8"
    else:
        text, encoding = decode(path, unpack(path, stored), csv.encoding)
    text = normalise_line_ends(text)
    if csv.last_line == "drop":
        text = text[: text.rfind(b"\n") + 1]
    if csv.separator == BLANK:
        text = join_blanks(text)
    separator = check_separator(path, from_header(path, text, csv), csv.separator)
    cut = cut_lines(path, text, separator, csv)
    if not cut.text.strip():
        raise DataError(f"{path}: no line is left of it; look at header, skip, footer and comment of data.csv")
    if csv.trailing == "ignore":
        cut = even_out(path, cut, separator, csv.quote)
    shape = check_shape(path, cut.text, separator, csv.quote, cut.line_in_file)
    return Source(path, cut, separator, csv.quote, encoding, shape.columns, shape.rows)


def check_last_lines(sources: Sources, used: Sequence[str]) -> None:
    """Refuse a file whose last cell may be cut short, if its column is used."""
    for file in sources.files:
        if file.cut is not None and not file.cut.text.endswith((b"\n", b"\r")) and file.columns[-1] in used:
            line = file.cut.line_in_file(file.cut.text.count(b"\n") + 1)
            check_last_line(file.path, file.cut.text, line, file.separator, file.quote)


def _parse(
    source: Source, texts: Sequence[str], numbers: Sequence[str], missing: tuple[str, ...], decimal: str
) -> pd.DataFrame:
    """Return the columns as pandas reads them: texts, and what it takes for numbers.

    Texts are objects: categories would be read as numbers where they can be, and `001` would become 1.
    """
    return _read_csv(
        source,
        [*texts, *numbers],
        dtype=dict.fromkeys(texts, object),
        na_values={name: [""] for name in texts} | {name: ["", *missing] for name in numbers},
        decimal=decimal,
    )


def _parse_texts(source: Source, name: str, missing: tuple[str, ...]) -> "pd.Series[str]":
    frame = _read_csv(source, [name], dtype={name: object}, na_values={name: ["", *missing]})
    return cast("pd.Series[str]", frame[name])


def _read_csv(source: Source, names: Sequence[str], **options: object) -> pd.DataFrame:
    if not names:
        return pd.DataFrame(index=range(source.rows))
    assert source.cut is not None
    places = [source.columns.index(name) for name in names]
    read = cast("Callable[..., pd.DataFrame]", pd.read_csv)
    try:
        frame = read(
            io.BytesIO(source.cut.text),
            sep=source.separator,
            quotechar=source.quote,
            header=0,
            names=range(len(source.columns)),
            usecols=places,
            index_col=False,
            keep_default_na=False,
            low_memory=False,
            engine="c",
            **{key: _by_place(value, source) if isinstance(value, dict) else value for key, value in options.items()},
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise DataError(f"{source.path}: cannot be read as CSV: {error}") from error
    if len(frame) != source.rows:
        raise DataError(f"{source.path}: {source.rows} lines gave {len(frame)} rows; look for odd quotes and line ends")
    return frame.rename(columns=dict(zip(places, names, strict=True)))


def _by_place(options: dict[str, object], source: Source) -> dict[int, object]:
    return {source.columns.index(name): value for name, value in options.items()}


def _text_column(parts: list["pd.Series[str]"]) -> TextColumn:
    codes, distinct = pd.factorize(parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True), sort=True)
    return TextColumn(np.asarray(distinct, object), codes.astype(np.int64))


def _needs_comma(sources: Sources, frames: list[pd.DataFrame], numbers: Sequence[str], csv: CsvConfig) -> bool:
    """Return whether numbers that did not parse are written with a decimal comma."""
    if sources.files[0].separator == ",":
        return False
    for file, frame in zip(sources.files, frames, strict=True):
        for name in numbers:
            if name in frame and _is_parsed(frame[name]):
                continue
            texts = without_units(_parse_texts(file, name, (*NOT_A_NUMBER, *csv.missing)), csv.units)
            comma = is_comma_decimal(texts)
            if comma is None:
                example = texts[texts.str.contains(",", regex=False, na=False)].iloc[0]
                raise DataError(
                    f"{file.path}: column {name!r}: {example!r} can be read two ways; "
                    "set data.csv.decimal: ',' or data.csv.thousands: ','"
                )
            if comma:
                return True
    return False


def _is_parsed(column: "pd.Series[float]") -> bool:
    return column.dtype.kind in "iufb"


def _numbers_of(
    sources: Sources,
    frames: list[pd.DataFrame],
    name: str,
    missing: tuple[str, ...],
    style: Style,
    skipped: Skipped,
) -> FloatArray:
    """Return one column of numbers of all files, each seen to be finite and exact."""
    parts: list[FloatArray] = []
    first = 0
    for file, frame in zip(sources.files, frames, strict=True):
        if name in frame and _is_parsed(frame[name]):
            values = frame[name].to_numpy(np.float64)
        else:
            texts = _parse_texts(file, name, missing)
            values, bad = parse_numbers(texts, style)
            if bad.any():
                bad &= ~skipped.rows(frame, name)
            if bad.any():
                row = int(np.argmax(bad))
                message = (
                    f"{sources.where(first + row)}: column {name!r}: {describe_bad_number(texts.iloc[row], missing)}"
                )
                kind = NoNumbersError(message, name) if (bad | texts.isna()).all() else DataError(message)
                raise kind.of(skipped.owner(frame, row, name))
        large = np.flatnonzero(np.abs(values) >= LARGEST_WHOLE)
        if len(large):
            large = large[~skipped.rows(frame, name)[large]]
            texts = _parse_texts(file, name, missing).iloc[large]
            inexact = _find_inexact(texts, np.isinf(values[large]))
            if inexact is not None:
                row = int(texts.index[inexact[0]])
                message = f"{sources.where(first + row)}: column {name!r}: {texts.loc[row]!r} {inexact[1]}"
                raise DataError(message).of(skipped.owner(frame, row, name))
        parts.append(values)
        first += file.rows
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _find_inexact(texts: "pd.Series[str]", infinite: npt.NDArray[np.bool_]) -> tuple[int, str] | None:
    """Return the first text that no float can hold, and why: infinity, or more digits than one keeps."""
    clean = texts.str.strip().str.lstrip("+-")
    inexact = clean.str.isdigit() & ((clean.str.len() > 16) | (clean > str(int(LARGEST_WHOLE))))
    refused = infinite | inexact.to_numpy(bool)
    if not refused.any():
        return None
    place = int(np.argmax(refused))
    return place, "is not finite; correct it" if infinite[place] else "has more digits than a number keeps; round it"
