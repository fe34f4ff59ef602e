"""Finds all cells that are no numbers where numbers are wanted, for those who want to know of more than the first."""

from dataclasses import dataclass
from itertools import chain

import numpy as np

from lstmcast.config.data_config import DataConfig
from lstmcast.config.values import names_in
from lstmcast.data.table.csv_columns import read_table
from lstmcast.data.table.csv_file import open_sources
from lstmcast.data.table.csv_numbers import NOT_A_NUMBER, PLAIN_STYLE, Style, describe_bad_number, parse_numbers
from lstmcast.errors import LstmcastError

MOST_NAMED = 20  # with their lines


@dataclass(frozen=True)
class BadCell:
    """A cell that is no number."""

    text: str
    problem: str


def find_bad_cells(config: DataConfig) -> tuple[BadCell, ...]:
    """Return the cells in columns of numbers that hold none, in the order of the file; none if it cannot be read."""
    csv = config.csv.changed({"last_line": "keep" if config.csv.last_line == "auto" else config.csv.last_line})
    try:
        sources = open_sources(config.path, csv)
        names = [name for name in (*names_in(config.target), *config.past, *config.future) if name in sources.columns]
        table = read_table(sources, names, (), csv)
    except LstmcastError:
        return ()
    missing = (*NOT_A_NUMBER, *csv.missing)
    decimal = "." if csv.decimal == "auto" else csv.decimal
    style, found = Style(decimal, csv.thousands, csv.units), []
    for name in names:
        column = table.texts[name]
        texts = column.as_series()
        known = texts.where(~texts.isin(missing))
        _, bad = parse_numbers(known, style)
        if any(name in file.plain_numbers for file in sources.files):
            bad &= parse_numbers(known, PLAIN_STYLE)[1]
        if bad.all() or (csv.decimal == "auto" and bad.mean() > 0.5):
            continue  # written in another way altogether, or no numbers at all: the reader says so
        rows = np.flatnonzero(np.append(bad, False)[column.codes])
        found.append([(int(row), name, str(column.distinct[column.codes[row]])) for row in rows])
    cells = sorted(chain.from_iterable(found))
    named = cells[:MOST_NAMED]
    lines = {row: sources.where(row) for row, _, _ in named}

    def problem(row: int, text: str) -> str:
        return f"{describe_bad_number(text, missing, style)}{sources.hint_at_number(row, text)}"

    return tuple(
        BadCell(text, f"{lines.get(row, '')}: column {name!r}: {problem(row, text)}") for row, name, text in cells
    )
