"""Counts the lines at both ends of a table that are no rows: units, rules, totals and notes."""

import re
from collections.abc import Sequence

from lstmcast.data.clock.time_guess import candidate_patterns
from lstmcast.data.table.csv_cells import MOSTLY, NUMBER, TOTALS, YEAR, filled_cells, has_time_or_number, split_line
from lstmcast.data.table.csv_numbers import USUAL_MISSING

LOOKED_AT_LAST = 20
MOST_HEAD_ROWS = 8
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{4}[-/]\d{1,2}|\d{1,2}[-/.]\d{4}")
RULE = re.compile(r"[\s|,;+]*[-=_]{2}[-=_+\s|,;]*")  # between a header and its rows, as databases print


def is_rule(line: str) -> bool:
    """Return whether a line only draws a line between a header and its rows."""
    return bool(RULE.fullmatch(line))


def count_rules(lines: Sequence[str]) -> int:
    """Return how many lines under the header only draw a line between it and the rows."""
    return next((count for count, line in enumerate(lines) if not RULE.fullmatch(line)), 0)


def count_head_rows(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows under the header are none.

    Their time is a word, or they have words where numbers stand, or nothing at all.
    """
    below = [row for row in rows[min(MOST_HEAD_ROWS, len(rows) // 2) :] if filled_cells(row)]
    if not below:
        return 0
    numeric = [place for place in range(len(below[0])) if _is_numeric(below, place)]
    timed = next((place for place in range(len(below[0])) if _is_timed(below, place)), None)
    is_head = (
        not filled_cells(row) or _names_no_time(row, timed) or _has_words_for_numbers(row, numeric)
        for row in rows[:MOST_HEAD_ROWS]
    )
    return next((count for count, found in enumerate(is_head) if not found), 0)


def _is_timed(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place].strip() for row in rows if place < len(row)]
    return len(cells) > 1 and all(
        DATE.fullmatch(cell) or YEAR.fullmatch(cell) or candidate_patterns(cell) for cell in cells
    )


def _names_no_time(row: Sequence[str], timed: int | None) -> bool:
    """Return whether a word stands where all rows below have a time."""
    cell = row[timed].strip() if timed is not None and timed < len(row) else ""
    return bool(re.search(r"[^\W\d_]", cell)) and not re.search(r"\d", cell) and cell not in USUAL_MISSING


def _has_words_for_numbers(row: Sequence[str], numeric: Sequence[int]) -> bool:
    cells = [row[place].strip() for place in numeric if place < len(row)]
    filled = {cell for cell in row if cell.strip()}
    has_number = any(map(NUMBER.fullmatch, cells)) or has_time_or_number(row)
    return any(cells) and not has_number and not filled <= set(USUAL_MISSING)


def _is_numeric(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
    return bool(cells) and sum(bool(NUMBER.fullmatch(cell)) for cell in cells) > MOSTLY * len(cells)


def count_footer(lines: Sequence[str], separator: str, quote: str, width: int, comment: str) -> int:
    """Return how many lines at the end are texts that are no rows, such as `Source: …`."""
    if width == 1:
        return 0
    last = [line for line in lines[-LOOKED_AT_LAST:] if line.strip()]
    split = [[cell.strip() for cell in split_line(line, separator, quote)] for line in last]
    count = 0
    for place in range(len(last) - 1, 0, -1):
        cells, above = split[place], [row for row in split[:place] if any(row)]
        filled = filled_cells(cells)
        if not filled:  # counts if a footer stands above it; else the reader leaves it out by itself
            continue
        is_comment = bool(comment) and last[place].startswith(comment)
        is_text = len(filled) == 1 and not has_time_or_number(filled) and not is_comment
        if not (is_text or _is_total(cells, above) or _lacks_time(cells, above) or _is_prose(cells, above, width)):
            break
        count = len(last) - place
    return count


def _is_total(cells: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Return whether a cell says `Total` where no row above does."""
    places = [place for place, cell in enumerate(cells) if TOTALS.fullmatch(cell.rstrip(":"))]
    return any(not any(TOTALS.fullmatch(row[place]) for row in above if place < len(row)) for place in places)


def _is_prose(cells: Sequence[str], above: Sequence[Sequence[str]], width: int) -> bool:
    """Return whether a line is too short and begins with words, where no whole line above does: `(c) ESA, 2021`."""
    firsts = [row[0] for row in above[1:] if len(row) == width]
    has_words = [bool(re.search(r"[^\W\d_]{2}", cell)) for cell in firsts]
    return len(cells) < width and bool(firsts) and not any(has_words) and bool(re.search(r"[^\W\d_]{2}", cells[0]))


def _lacks_time(cells: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Return whether the first cell is empty although cells follow, and all rows above begin with a date."""
    dated = [row for row in above[1:] if row]
    is_empty = bool(cells) and not cells[0] and any(cells)
    return is_empty and len(dated) > 1 and all(DATE.fullmatch(row[0]) for row in dated[-2:])
