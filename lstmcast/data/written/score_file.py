"""Writes tables of scores as CSV text: a column for each name, an empty cell where there is no score."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.data.written.number_cells import SIGNIFICANT
from lstmcast.data.written.text_cells import write_texts

AT_ONCE = 10_000  # rows: so few that their cells as Python's objects take little memory

Column = npt.NDArray[Any]
Table = Mapping[str, Column]  # columns of one length: numbers, or objects that are text


def render_table(table: Table) -> bytes:
    """Return the CSV of a table; numbers have up to ten significant digits, and no text is a formula."""
    header = ",".join(write_texts(np.array(list(table), object)).tolist())
    columns = [_with_written_texts(column) for column in table.values()]
    rows = max(map(len, columns), default=0)
    pieces = (_lines([column[start : start + AT_ONCE] for column in columns]) for start in range(0, rows, AT_ONCE))
    return b"".join([f"{header}\n".encode(), *pieces])


def _with_written_texts(column: Column) -> Column:
    if column.dtype != object:
        return column
    places, texts = pd.factorize(column)  # each text is looked at once, however many rows have it
    return write_texts(np.asarray(texts, object))[places]


def _lines(columns: Sequence[Column]) -> bytes:
    forms, cells = zip(*map(_form_and_cells, columns), strict=True)
    line = f"{','.join(forms)}\n"
    return "".join([line % row for row in zip(*cells, strict=True)]).encode()


def _form_and_cells(column: Column) -> tuple[str, list[Any]]:
    cells = column.tolist()
    if column.dtype.kind != "f":
        return "%s", cells
    if np.isnan(column).any():
        return "%s", ["" if isnan(number) else SIGNIFICANT % number for number in cells]
    return SIGNIFICANT, cells
