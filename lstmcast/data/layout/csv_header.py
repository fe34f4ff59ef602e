"""Finds the line that names the columns, among titles, comments, and rows."""

import re
from collections import Counter
from collections.abc import Sequence

from lstmcast.data.table.csv_cells import (
    MOSTLY,
    NUMBER,
    TIME,
    YEAR,
    count_filled,
    filled_cells,
    has_time_or_number,
    looks_like_data,
    split_line,
)

MOST_TITLE_LINES = 20
YEARS = range(1500, 2200)
LEAST_NAMES = 3
Numbered = tuple[int, list[str]]  # the cells of a line, and its number in the file


def find_header(
    lines: Sequence[str], table: Sequence[Numbered], separator: str, quote: str, comment: str
) -> tuple[int | None, bool]:
    """Return the line that names the columns, None if none does, and whether rows begin with a cell without a name."""
    width = Counter(len(cells) for _, cells in table).most_common(1)[0][0]
    place = _after_titles([cells for _, cells in table], width)
    first, rows = table[place][0], [cells for _, cells in table[place:]]
    if _counts(rows[0]) or _lacks_a_time(rows) or _names_times(rows):
        return first, False
    if not (looks_like_data(rows[0]) or _doubles_a_number(rows[0])):
        return first, False
    above = lines[: first - 1]
    header = _commented_header(above, separator, quote, comment, width)
    if header is not None:
        return header, False
    header = _header_without_first(above, separator, quote, rows)
    return header, header is not None


def count_titles(
    lines: Sequence[tuple[int, str]], table: Sequence[Numbered], width: int, separator: str, quote: str
) -> int:
    """Return how many lines stand above the first row of a table without names, 0 if the last could be names."""
    first = table[_after_titles([cells for _, cells in table], width)][0]
    above = [line for number, line in lines if number < first]
    return 0 if above and _are_names(filled_cells(split_line(above[-1], separator, quote))) else len(above)


def _after_titles(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return the place of the first row that is no title: spreadsheets fill a title up with separators.

    A title names fewer columns than a later line of nothing but names, and none in the last place.
    """
    widest = max(count_filled(cells) for cells in rows if len(cells) == width)
    chosen, most = 0, len(filled_cells(rows[0]))
    for place, cells in enumerate(rows[:MOST_TITLE_LINES]):
        names = filled_cells(cells)
        if len(names) > most and _are_names(names):
            chosen, most = place, len(names)
        if count_filled(cells) >= widest or (len(names) > 1 and looks_like_data(cells)):
            break
    return chosen if most else next((place for place, cells in enumerate(rows) if filled_cells(cells)), 0)


def _are_names(cells: Sequence[str]) -> bool:
    """Return whether cells differ and are words or years."""
    words = (YEAR.fullmatch(cell) or not (NUMBER.fullmatch(cell) or TIME.fullmatch(cell)) for cell in cells)
    return len(set(cells)) == len(cells) and all(words)


def _doubles_a_number(cells: Sequence[str]) -> bool:
    """Return whether most cells are numbers, and one is there twice, as no names of columns are."""
    numbers = [cell for cell in filled_cells(cells) if NUMBER.fullmatch(cell)]
    return len(numbers) > MOSTLY * len(cells) and len(set(numbers)) < len(numbers)


def _counts(cells: Sequence[str]) -> bool:
    """Return whether cells are whole numbers that follow each other, as names of columns may: 0, 1 … or 2019, 2020 …"""
    filled = filled_cells(cells)
    if len(cells) < 2 or not filled or not all(re.fullmatch(r"\d{1,4}", cell) for cell in filled):
        return False
    first, is_enough = int(filled[0]), len(filled) >= LEAST_NAMES or len(filled) < len(cells)
    follow = [int(cell) for cell in filled] == [*range(first, first + len(filled))]
    return follow and (is_enough or first in YEARS)


def _lacks_a_time(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether all rows but the first begin with a time, and the first with nothing: numbers then are names."""
    first, *rest = (cells[0].strip() if cells else "" for cells in rows)
    return not first and len(rest) > 1 and all(TIME.fullmatch(cell) for cell in rest)


def _names_times(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row is empty and then all different times, which head the columns of a turned table."""
    (head, *times), *rest = rows
    if head.strip() or len(times) < LEAST_NAMES or len(set(times)) < len(times) or not rest:
        return False
    starts = [cells[0].strip() for cells in rest if cells]
    return all(TIME.fullmatch(cell.strip()) for cell in times) and all(starts) and not any(map(TIME.fullmatch, starts))


def _commented_header(lines: Sequence[str], separator: str, quote: str, comment: str, width: int) -> int | None:
    """Return the last line above the table if it is a comment with a name for each column."""
    number = _last_filled(lines)
    if not number or not comment or not lines[number - 1].startswith(comment):
        return None
    cells = split_line(lines[number - 1].removeprefix(comment).strip(), separator, quote)
    names = {cell.strip() for cell in cells}
    is_header = len(cells) == len(names) == width and all(names) and not any(map(NUMBER.fullmatch, names))
    return number if is_header else None


def _header_without_first(
    lines: Sequence[str], separator: str, quote: str, rows: Sequence[Sequence[str]]
) -> int | None:
    """Return the last line above the table if it names all columns but the first, in which no two cells are the same.

    With commas, names must stand in quotes: else a decimal comma may have split a cell of each row.
    """
    number = _last_filled(lines)
    if not number or (separator == "," and not lines[number - 1].startswith(quote)):
        return None
    names = [cell.strip() for cell in split_line(lines[number - 1], separator, quote)]
    firsts = [cells[0] for cells in rows]
    is_header = len(set(names)) == len(names) == len(rows[0]) - 1 and all(names) and not has_time_or_number(names)
    return number if is_header and len(set(firsts)) == len(firsts) > 1 else None


def _last_filled(lines: Sequence[str]) -> int:
    """Return the number of the last line that is not blank, 0 if there is none."""
    return next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 0)
