"""Opens files: bytes become lines of text, each of which has the fields of its header before anything is parsed."""

import hashlib
from collections.abc import Callable, Sequence
from itertools import compress
from pathlib import Path

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.table.csv_bytes import STANDARD_INPUT, decode, find_paths, read_bytes, unpack
from lstmcast.data.table.csv_last_line import check_last_line
from lstmcast.data.table.csv_lines import cut_lines, even_out, from_header
from lstmcast.data.table.csv_shape import (
    BLANK,
    check_separator,
    check_shape,
    join_blanks,
    name_columns,
    normalise_line_ends,
)
from lstmcast.data.table.parquet import MAGIC, is_parquet, parquet_as_csv
from lstmcast.data.table.table import Source, Sources
from lstmcast.errors import DataError, ShortError

PARQUET_AS_CSV = CsvConfig(separator=",", decimal=".", encoding="utf-8")


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
        raise ShortError(f"{files[0].path}: there is a header but no row; it has {name_columns(files[0].columns)}")
    return Sources(tuple(files), digest.hexdigest())


def check_headers(headers: Sequence[tuple[Path, tuple[str, ...]]]) -> None:
    """Refuse files whose columns are not the same; their order may differ."""
    (first, columns), *others = headers
    for path, other in others:
        if set(other) != set(columns):
            differing = name_columns(sorted(set(other) ^ set(columns)))
            raise DataError(f"{path}: its header differs from the one of {first}: {differing}")


def _check_source(path: Path, stored: bytes, csv: CsvConfig) -> Source:
    are_numbers: tuple[bool, ...] = ()
    has_lines = not (is_parquet(path) or (path == STANDARD_INPUT and stored.startswith(MAGIC)))
    if not has_lines:
        as_csv = parquet_as_csv(path, stored)
        csv, text, encoding, are_numbers = PARQUET_AS_CSV, as_csv.text, "utf-8", as_csv.are_numbers
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
    numbers = frozenset(compress(shape.columns, are_numbers))
    return Source(path, cut, separator, csv.quote, encoding, shape.columns, shape.rows, numbers, has_lines)


def check_last_lines(sources: Sources, used: Sequence[str]) -> None:
    """Refuse a file whose last cell may be cut short, if its column is used."""
    for file in sources.files:
        if file.cut is not None and not file.cut.text.endswith((b"\n", b"\r")) and file.columns[-1] in used:
            line = file.cut.line_in_file(file.cut.text.count(b"\n") + 1)
            check_last_line(file.path, file.cut.text, line, file.separator, file.quote)
