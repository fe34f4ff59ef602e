"""Turns a Parquet file into the text of a CSV file, so that the same rules read it and the same faults are refused."""

import importlib
import io
from pathlib import Path
from typing import Any

from lstmcast.errors import DataError, MissingError

SUFFIXES = (".parquet", ".pq")
MAGIC = b"PAR1"
UNITS = ("s", "ms", "us")


def is_parquet(path: Path) -> bool:
    """Return whether a file is Parquet by its name."""
    return path.suffix.lower() in SUFFIXES


def parquet_as_csv(path: Path, stored: bytes) -> bytes:
    """Return the table as UTF-8 text with commas; what is missing is an empty cell, lists and records are left out."""
    try:
        arrow, csv, parquet = (importlib.import_module(name) for name in ("pyarrow", "pyarrow.csv", "pyarrow.parquet"))
    except ImportError as error:
        raise MissingError(
            f"{path}: reading Parquet needs the package pyarrow; pip install 'lstmcast[parquet]', or save it as CSV"
        ) from error
    if not stored.startswith(MAGIC):
        raise DataError(f"{path}: is named {path.suffix} but is no Parquet file; name it by what it is")
    try:
        table = parquet.read_table(io.BytesIO(stored))
        flat = [name for name in table.column_names if not arrow.types.is_nested(table[name].type)]
        table = arrow.table({name: _plain(arrow, table[name]) for name in flat})
        written = io.BytesIO()
        csv.write_csv(table, written, csv.WriteOptions(quoting_style="needed"))
    except (arrow.ArrowException, OSError, ValueError) as error:
        problem = " ".join(str(error).split())
        raise DataError(f"{path}: cannot be read as Parquet: {problem}; send it again, or save it as CSV") from error
    return written.getvalue()


def _plain(arrow: Any, column: Any) -> Any:
    """Return a column of texts, numbers or stamps with no more digits than they need."""
    types = arrow.types
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if types.is_boolean(column.type):
        return column.cast(arrow.int8())
    if types.is_timestamp(column.type):
        for unit in UNITS:
            try:
                return column.cast(arrow.timestamp(unit, column.type.tz))
            except arrow.ArrowInvalid:
                continue  # it would lose digits
    return column
