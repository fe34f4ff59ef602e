"""Finds where the table is in a file that nobody has described: its separator, its header, its first and last row."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lstmcast.config.schema import CsvConfig
from lstmcast.data.clock.time_guess import candidate_patterns
from lstmcast.data.table.csv_numbers import NOT_A_NUMBER, USUAL_MISSING
from lstmcast.data.table.csv_shape import BLANK, SEPARATORS, join_blanks

LOOKED_AT = 200  # lines at the beginning
LOOKED_AT_LAST = 20
MOST_HEAD_ROWS = 8
MOST_TITLE_LINES = 20
MOSTLY = 0.6
TOTALS = re.compile(
    r"(?i)(grand )?(sub)?total(s|e|en)?|summe|gesamt(summe)?|insgesamt|somme|suma|totaal|sum|average|mean|avg"
    r"|mittelwert|durchschnitt|moyenne|promedio|media"
)
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{4}[-/]\d{1,2}|\d{1,2}[-/.]\d{4}")
YEAR = re.compile(r"(1[5-9]|2[01])\d\d")
YEARS = range(1500, 2200)
LEAST_NAMES = 3
ALIGNED = 0.9  # of all lines, where blanks separate cells
NUMBER = re.compile(r"[-+]?[$€£]?\d[\d.,' ]*(e[-+]?\d+)?\s?%?", re.IGNORECASE)
TIME = re.compile(r"\d{1,4}[-/.:]\d.*")
RULE = re.compile(r"[\s|,;+]*[-=_]{2}[-=_+\s|,;]*")  # between a header and its rows, as databases print
SEPARATOR_LINE = re.compile(r"sep=([,;\t|])")  # as spreadsheets take it


@dataclass(frozen=True)
class Layout:
    """The separator of cells, the line of the header, and how many lines below it and at the end are no rows."""

    separator: str
    header: int | None
    skip: int
    footer: int
    row_names: bool = False  # whether rows begin with a cell that the header has no name for


Numbered = tuple[int, list[str]]  # the cells of a line, and its number in the file


def guess_layout(lines: Sequence[str], given: CsvConfig, fixed: frozenset[str], comment: str, quote: str) -> Layout:
    """Return where the table is: it has the most fields in the most lines that follow each other."""
    wanted = SEPARATORS if given.separator == "auto" else (given.separator,)
    said = SEPARATOR_LINE.fullmatch(lines[0])
    if said and given.separator == "auto":
        wanted = (said[1],)
    start = given.header - 1 if "header" in fixed and given.header else 0
    numbered = [
        (number, line)
        for number, line in enumerate(lines[start : start + LOOKED_AT], start + 1)
        if line.strip() and not (comment and line.startswith(comment)) and not (said and number == 1)
    ]
    if not numbered:
        return Layout(wanted[-1], given.header, given.skip, given.footer)
    best, rank = (wanted[-1], 1), (False, 0.0, 0)
    for separator in wanted:
        counts = [len(_split(line, separator, quote)) for _, line in numbered]
        width, often = Counter(counts).most_common(1)[0]
        this = (often == len(counts), round(often / len(counts), 1), width)
        if width > 1 and this > rank:
            best, rank = (separator, width), this
    if best[1] == 1 and given.separator == "auto":
        best = _blanks([line for _, line in numbered], quote) or best
    separator, width = best
    split = [(number, _split(line, separator, quote)) for number, line in numbered]
    narrow = max((_filled(cells) for _, cells in split if len(cells) == width), default=width)
    table = [(number, cells) for number, cells in split if _fits(cells, narrow, width)] or split
    if "header" in fixed:
        header, has_row_names = given.header, False
    else:
        header, has_row_names = _find_header(lines, table, separator, quote, comment)
    footer = _count_footer(lines, separator, quote, width, comment) if len(numbered) < LOOKED_AT or width > 1 else 0
    rules = 0 if header is None else _count_rules(lines[header:])
    body = [cells for number, cells in table if number > (header or 0)]
    body = [cells for cells in body if not (rules and RULE.fullmatch(separator.join(cells)))]
    skip = _count_titles(numbered, table, width, separator, quote) if header is None else rules + _count_head_rows(body)
    return Layout(separator, header, skip, footer, has_row_names)


def _find_header(
    lines: Sequence[str], table: Sequence[Numbered], separator: str, quote: str, comment: str
) -> tuple[int | None, bool]:
    """Return the line that names the columns, None if none does, and whether rows begin with a cell without a name."""
    width = Counter(len(cells) for _, cells in table).most_common(1)[0][0]
    place = _after_titles([cells for _, cells in table], width)
    first, rows = table[place][0], [cells for _, cells in table[place:]]
    if _counts(rows[0]) or not (_looks_like_data(rows[0]) or _doubles_a_number(rows[0])):
        return first, False
    above = lines[: first - 1]
    header = _commented_header(above, separator, quote, comment, width)
    if header is not None:
        return header, False
    header = _header_without_first(above, separator, quote, rows)
    return header, header is not None


def _count_titles(
    lines: Sequence[tuple[int, str]], table: Sequence[Numbered], width: int, separator: str, quote: str
) -> int:
    """Return how many lines stand above the first row of a table without names, 0 if the last could be names."""
    first = table[_after_titles([cells for _, cells in table], width)][0]
    above = [line for number, line in lines if number < first]
    return 0 if above and _are_names(_named(_split(above[-1], separator, quote))) else len(above)


def _after_titles(rows: Sequence[Sequence[str]], width: int) -> int:
    """Return the place of the first row that is no title: spreadsheets fill a title up with separators.

    A title names fewer columns than a later line of nothing but names, and none in the last place.
    """
    widest = max(_filled(cells) for cells in rows if len(cells) == width)
    chosen, most = 0, len(_named(rows[0]))
    for place, cells in enumerate(rows[:MOST_TITLE_LINES]):
        names = _named(cells)
        if len(names) > most and _are_names(names):
            chosen, most = place, len(names)
        if _filled(cells) >= widest or (len(names) > 1 and _looks_like_data(cells)):
            break
    return chosen if most else next((place for place, cells in enumerate(rows) if _named(cells)), 0)


def _are_names(cells: Sequence[str]) -> bool:
    """Return whether cells differ and are words or years."""
    words = (YEAR.fullmatch(cell) or not (NUMBER.fullmatch(cell) or TIME.fullmatch(cell)) for cell in cells)
    return len(set(cells)) == len(cells) and all(words)


def _blanks(lines: Sequence[str], quote: str) -> tuple[str, int] | None:
    """Return blanks as the separator, with the number of fields, where they split nearly all lines alike."""
    counts = [len(_split(line, BLANK, quote)) for line in lines]
    width, often = Counter(counts).most_common(1)[0]
    is_aligned = often >= ALIGNED * len(counts) and counts[0] in (width, width - 1)
    return (BLANK, width) if width > 1 and is_aligned else None


def _split(line: str, separator: str, quote: str) -> list[str]:
    if separator == BLANK:
        line = join_blanks(line.encode()).decode()
    try:
        return next(csv.reader([line], delimiter=separator, quotechar=quote), [])
    except csv.Error:  # such as a carriage return in the midst: the reader will say so
        return [line]


def named_cells(line: str, separator: str, quote: str) -> list[str]:
    """Return the cells of a line that are not empty."""
    return _named(_split(line, separator, quote))


def is_rule(line: str) -> bool:
    """Return whether a line only draws a line between a header and its rows."""
    return bool(RULE.fullmatch(line))


def _named(cells: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in cells if cell.strip()]


def _fits(cells: Sequence[str], narrow: int, width: int) -> bool:
    """Return whether a line may name the columns: cells at its end may be too many, or lack where they are empty."""
    return len(cells) in (width, width + 1) or narrow <= _filled(cells) <= width


def _filled(cells: Sequence[str]) -> int:
    """Return the number of cells without the empty ones at the end."""
    return max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)


def _doubles_a_number(cells: Sequence[str]) -> bool:
    """Return whether most cells are numbers, and one is there twice, as no names of columns are."""
    numbers = [cell for cell in _named(cells) if NUMBER.fullmatch(cell)]
    return len(numbers) > MOSTLY * len(cells) and len(set(numbers)) < len(numbers)


def _looks_like_data(cells: Sequence[str]) -> bool:
    filled = [cell for cell in _named(cells) if cell not in NOT_A_NUMBER]
    return bool(filled) and all(NUMBER.fullmatch(cell) or TIME.fullmatch(cell) for cell in filled)


def _counts(cells: Sequence[str]) -> bool:
    """Return whether cells are whole numbers that follow each other, as names of columns may: 0, 1 … or 2019, 2020 …"""
    filled = _named(cells)
    if len(cells) < 2 or not all(re.fullmatch(r"\d{1,4}", cell) for cell in filled):
        return False
    first, is_enough = int(filled[0]), len(filled) >= LEAST_NAMES or len(filled) < len(cells)
    follow = [int(cell) for cell in filled] == [*range(first, first + len(filled))]
    return follow and (is_enough or first in YEARS)


def _commented_header(lines: Sequence[str], separator: str, quote: str, comment: str, width: int) -> int | None:
    """Return the last line above the table if it is a comment with a name for each column."""
    number = next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 0)
    if not number or not comment or not lines[number - 1].startswith(comment):
        return None
    cells = _split(lines[number - 1].removeprefix(comment).strip(), separator, quote)
    names = {cell.strip() for cell in cells}
    is_header = len(cells) == len(names) == width and all(names) and not any(map(NUMBER.fullmatch, names))
    return number if is_header else None


def _header_without_first(
    lines: Sequence[str], separator: str, quote: str, rows: Sequence[Sequence[str]]
) -> int | None:
    """Return the last line above the table if it names all columns but the first, in which no two cells are the same.

    With commas, names must stand in quotes: else a decimal comma may have split a cell of each row.
    """
    number = next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 0)
    if not number or (separator == "," and not lines[number - 1].startswith(quote)):
        return None
    names = [cell.strip() for cell in _split(lines[number - 1], separator, quote)]
    firsts = [cells[0] for cells in rows]
    is_header = len(set(names)) == len(names) == len(rows[0]) - 1 and all(names) and not _has_time(names)
    return number if is_header and len(set(firsts)) == len(firsts) > 1 else None


def _count_rules(lines: Sequence[str]) -> int:
    """Return how many lines under the header only draw a line between it and the rows."""
    return next((count for count, line in enumerate(lines) if not RULE.fullmatch(line)), 0)


def _count_head_rows(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows under the header are none.

    Their time is a word, or they have words where numbers stand, or nothing at all.
    """
    below = [row for row in rows[min(MOST_HEAD_ROWS, len(rows) // 2) :] if _named(row)]
    if not below:
        return 0
    numeric = [place for place in range(len(below[0])) if _is_numeric(below, place)]
    timed = next((place for place in range(len(below[0])) if _is_timed(below, place)), None)
    is_head = (
        not _named(row) or _names_no_time(row, timed) or _has_words_for_numbers(row, numeric)
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
    has_number = any(map(NUMBER.fullmatch, cells)) or _has_time(row)
    return any(cells) and not has_number and not filled <= set(USUAL_MISSING)


def _has_time(row: Sequence[str]) -> bool:
    return any(TIME.fullmatch(cell.strip()) or NUMBER.fullmatch(cell.strip()) for cell in row)


def _is_numeric(rows: Sequence[Sequence[str]], place: int) -> bool:
    cells = [row[place].strip() for row in rows if place < len(row) and row[place].strip()]
    return bool(cells) and sum(bool(NUMBER.fullmatch(cell)) for cell in cells) > MOSTLY * len(cells)


def _count_footer(lines: Sequence[str], separator: str, quote: str, width: int, comment: str) -> int:
    """Return how many lines at the end are texts that are no rows, such as `Source: …`."""
    if width == 1:
        return 0
    last = [line for line in lines[-LOOKED_AT_LAST:] if line.strip()]
    split = [[cell.strip() for cell in _split(line, separator, quote)] for line in last]
    count = 0
    for place in range(len(last) - 1, 0, -1):
        cells, above = split[place], [row for row in split[:place] if any(row)]
        filled = _named(cells)
        if not filled:  # counts if a footer stands above it; else the reader leaves it out by itself
            continue
        is_text = len(filled) == 1 and not _has_time(filled) and not (comment and last[place].startswith(comment))
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
