"""Refuses to leave out lines under the header or at the end of a file that read like rows of it.

A total that is missing one day must not cost the newest row: nobody would see it.
"""

import csv as csv_module
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.clock.stamps import Times
from lstmcast.data.clock.time_format import BREAK
from lstmcast.data.clock.time_texts import parse_times
from lstmcast.data.clock.time_walls import TimeColumn
from lstmcast.data.names import Names
from lstmcast.data.table.csv_cells import TOTALS
from lstmcast.data.table.csv_lines import LeftOut
from lstmcast.data.table.csv_numbers import NOT_A_NUMBER, Style, parse_numbers
from lstmcast.data.table.table import Source, Sources, Table
from lstmcast.errors import DataError, LstmcastError


@dataclass(frozen=True)
class Row:
    """What a line has to have if it is a row: a time, a number in one of the columns, the ids of a series."""

    names: Names
    times: Times
    table: Table
    csv: CsvConfig

    def is_like(self, cells: Mapping[str, str]) -> bool:
        """Return whether the cells of a line are written as those of rows are."""
        return self._has_time(cells) and self._has_number(cells) and not self._is_total(cells)

    def _has_time(self, cells: Mapping[str, str]) -> bool:
        texts = [cells.get(name, "") for name in self.names.time]
        if not all(texts):
            return False
        column = TimeColumn("", np.array([BREAK.join(texts)], object), str)
        try:
            parse_times(column, "auto", self.times.time_format)
        except LstmcastError:
            return False
        return True

    def _has_number(self, cells: Mapping[str, str]) -> bool:
        missing = {"", *NOT_A_NUMBER, *self.csv.missing}
        texts = [text for name in self.names.targets if (text := cells.get(name, "")) not in missing]
        style = Style(self.table.decimal, self.csv.thousands, self.csv.units)
        return bool(texts) and not parse_numbers(pd.Series(texts, dtype=object), style)[1].all()

    def _is_total(self, cells: Mapping[str, str]) -> bool:
        """Return whether a cell says `Total`, but for series that are called so."""
        totals = {name for name, text in cells.items() if TOTALS.fullmatch(text.rstrip(":"))}
        return any(name not in self.names.ids or cells[name] not in self.table.texts[name].distinct for name in totals)


def refuse_rows_left_out(sources: Sources, table: Table, names: Names, times: Times | None, csv: CsvConfig) -> None:
    """Raise a DataError that names a line that is left out although it reads like a row."""
    if times is None:
        return
    row = Row(names, times, table, csv)
    for file in sources.files:
        if file.cut is not None:
            _refuse_among(file, file.cut.first_left_out, "skip", row)
            _refuse_among(file, file.cut.last_left_out[::-1], "footer", row)


def _refuse_among(file: Source, lines: Sequence[LeftOut], key: str, row: Row) -> None:
    """Refuse the first line that reads like a row; lines come in the order from their end of the file inwards."""
    likely = [place for place, line in enumerate(lines) if row.is_like(_cells_of(file, line))]
    if likely:
        line = lines[likely[0]]
        text = line.text.decode("utf-8", "replace").strip()
        raise DataError(
            f"{file.path}: line {line.number}: {text!r} reads like a row, but data.csv.{key} leaves it out; "
            f"set data.csv.{key} to {likely[0]}, or correct the file"
        )


def _cells_of(file: Source, line: LeftOut) -> dict[str, str]:
    text = line.text.decode("utf-8", "replace").strip("\r\n")
    try:
        cells = next(csv_module.reader([text], delimiter=file.separator, quotechar=file.quote), [])
    except csv_module.Error:
        return {}
    return {name: cell.strip() for name, cell in zip(file.columns, cells, strict=False)}
