"""Takes a line of a CSV text apart, and says what its cells look like: numbers, times, totals, or nothing."""

import csv
import re
from collections.abc import Sequence

from lstmcast.data.table.csv_numbers import NOT_A_NUMBER
from lstmcast.data.table.csv_shape import BLANK, join_blanks

MOSTLY = 0.6  # more than this share is most of them
YEAR = re.compile(r"(1[5-9]|2[01])\d\d")
NUMBER = re.compile(r"[-+]?[$€£]?\d[\d.,' ]*(e[-+]?\d+)?\s?%?", re.IGNORECASE)
TIME = re.compile(r"\d{1,4}[-/.:]\d.*")
TOTALS = re.compile(
    r"(?i)(grand )?(sub)?total(s|e|en)?|summe|gesamt(summe)?|insgesamt|somme|suma|totaal|sum|average|mean|avg"
    r"|mittelwert|durchschnitt|moyenne|promedio|media"
)


def split_line(line: str, separator: str, quote: str) -> list[str]:
    """Return the cells of a line; a line that cannot be split is one cell."""
    if separator == BLANK:
        line = join_blanks(line.encode()).decode()
    try:
        return next(csv.reader([line], delimiter=separator, quotechar=quote), [])
    except csv.Error:  # such as a carriage return in the midst: the reader will say so
        return [line]


def named_cells(line: str, separator: str, quote: str) -> list[str]:
    """Return the cells of a line that are not empty."""
    return filled_cells(split_line(line, separator, quote))


def filled_cells(cells: Sequence[str]) -> list[str]:
    """Return the cells that are not empty, without the blanks around them."""
    return [cell.strip() for cell in cells if cell.strip()]


def count_filled(cells: Sequence[str]) -> int:
    """Return the number of cells without the empty ones at the end."""
    return max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)


def looks_like_data(cells: Sequence[str]) -> bool:
    """Return whether all cells with something in them are numbers or times."""
    filled = [cell for cell in filled_cells(cells) if cell not in NOT_A_NUMBER]
    return bool(filled) and all(NUMBER.fullmatch(cell) or TIME.fullmatch(cell) for cell in filled)


def has_time_or_number(row: Sequence[str]) -> bool:
    """Return whether a cell is a number or a time."""
    return any(TIME.fullmatch(cell.strip()) or NUMBER.fullmatch(cell.strip()) for cell in row)
