"""Turns a Parquet file into the text of a CSV file, so that the same rules read it and the same faults are refused."""

import importlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstmcast.errors import DataError, MissingError

SUFFIXES = (".parquet", ".pq")
MAGIC = b"PAR1"
UNITS = ("s", "ms", "us")


@dataclass(frozen=True)
class AsCsv:
    """A table as UTF-8 text with commas, and which of its columns are numbers by their type, written with a point."""

    text: bytes
    are_numbers: tuple[bool, ...]


def is_parquet(path: Path) -> bool:
    """Return whether a file is Parquet by its name."""
    return path.suffix.lower() in SUFFIXES


def parquet_as_csv(path: Path, stored: bytes) -> AsCsv:
    """Return the table; what is missing is an empty cell; lists, records and bytes that are no text are left out."""
    try:
        arrow, csv, parquet = (importlib.import_module(name) for name in ("pyarrow", "pyarrow.csv", "pyarrow.parquet"))
    except ImportError as error:
        raise MissingError(
            f"{path}: reading Parquet needs the package pyarrow; pip install 'lstmcast[parquet]', or save it as CSV"
        ) from error
    if not stored:
        raise DataError(f"{path}: the file is empty")
    if not stored.startswith(MAGIC):
        raise DataError(f"{path}: is named {path.suffix} but is no Parquet file; name it by what it is")
    try:
        table = parquet.read_table(io.BytesIO(stored))
        plain = {name: _plain(arrow, table[name]) for name in table.column_names}
        kept = {name: column for name, column in plain.items() if column is not None}
        if table.num_columns and not kept:
            raise DataError(f"{path}: holds lists, records or bytes alone, and no column of numbers, texts or times")
        written = io.BytesIO()
        csv.write_csv(arrow.table(_without_blank_lines(arrow, kept)), written, csv.WriteOptions(quoting_style="needed"))
    except (arrow.ArrowException, OSError, ValueError) as error:
        problem = " ".join(str(error).split())
        raise DataError(f"{path}: cannot be read as Parquet: {problem}; send it again, or save it as CSV") from error
    return AsCsv(written.getvalue(), tuple(_are_numbers(arrow.types, column.type) for column in kept.values()))


def _plain(arrow: Any, column: Any) -> Any:
    """Return a column of texts, numbers or times with no more digits than they need; None if it is of nothing such."""
    types = arrow.types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if types.is_nested(kind):
        return None
    if types.is_boolean(kind):
        return column.cast(arrow.int8())
    if types.is_timestamp(kind):
        return _shortest(arrow, column, [arrow.timestamp(unit, kind.tz) for unit in UNITS])
    if types.is_time(kind):
        return _shortest(arrow, column, [arrow.time32("s"), arrow.time32("ms"), arrow.time64("us")])
    if types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind):
        return _as_text(arrow, column)
    return column


def _shortest(arrow: Any, column: Any, kinds: Sequence[Any]) -> Any:
    """Return times as the first of some kinds in which no digit of them is lost."""
    for kind in kinds:
        try:
            return column.cast(kind)
        except arrow.ArrowInvalid:
            continue
    return column


def _as_text(arrow: Any, column: Any) -> Any:
    """Return bytes as the text that they are; None if they are none."""
    try:
        return column.cast(arrow.large_binary()).cast(arrow.large_string())
    except arrow.ArrowInvalid:
        return None


def _without_blank_lines(arrow: Any, columns: dict[str, Any]) -> dict[str, Any]:
    """Return columns with quotes around what is missing where it stands alone in its line."""
    if len(columns) > 1:
        return columns
    return {
        name: column.cast(arrow.string()).fill_null("") if column.null_count else column
        for name, column in columns.items()
    }


def _are_numbers(types: Any, kind: Any) -> bool:
    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind))
