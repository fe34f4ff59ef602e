"""Writes tables of scores as CSV text: a column for each name, an empty cell where there is no score."""

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt
import pandas as pd

from lstmcast.data.written.forecast_file import SIGNIFICANT, escape_formula

Table = Mapping[str, npt.NDArray[Any]]  # columns of one length: numbers, or objects that are text


def render_table(table: Table) -> bytes:
    """Return the CSV of a table; numbers have up to ten significant digits, and no text is a formula."""
    frame = pd.DataFrame({escape_formula(name): _written(column) for name, column in table.items()})
    return frame.to_csv(index=False, float_format=SIGNIFICANT, lineterminator="\n").encode()


def _written(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if column.dtype != object:
        return column
    places, texts = pd.factorize(column)  # each text is looked at once, however many rows have it
    return pd.array([escape_formula(text) for text in texts], dtype=object).take(places).to_numpy()
