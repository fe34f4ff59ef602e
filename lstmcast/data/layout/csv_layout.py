"""Finds where the table is in a file that nobody has described: its separator, its header, its first and last row."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.layout.csv_edges import count_footer, count_head_rows, count_rules, is_rule
from lstmcast.data.layout.csv_header import count_titles, find_header
from lstmcast.data.table.csv_cells import count_filled, split_line
from lstmcast.data.table.csv_shape import BLANK, SEPARATORS

LOOKED_AT = 200  # lines at the beginning
ALIGNED = 0.9  # of all lines, where blanks separate cells
SEPARATOR_LINE = re.compile(r"sep=([,;\t|])")  # as spreadsheets take it


@dataclass(frozen=True)
class Layout:
    """The separator of cells, the line of the header, and how many lines below it and at the end are no rows."""

    separator: str
    header: int | None
    skip: int
    footer: int
    row_names: bool = False  # whether rows begin with a cell that the header has no name for


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
    separator, width = _choose_separator([line for _, line in numbered], wanted, quote)
    if width == 1 and given.separator == "auto":
        separator, width = _blanks([line for _, line in numbered], quote) or (separator, width)
    split = [(number, split_line(line, separator, quote)) for number, line in numbered]
    narrow = max((count_filled(cells) for _, cells in split if len(cells) == width), default=width)
    table = [(number, cells) for number, cells in split if _fits(cells, narrow, width)] or split
    if "header" in fixed:
        header, has_row_names = given.header, False
    else:
        header, has_row_names = find_header(lines, table, separator, quote, comment)
    footer = count_footer(lines, separator, quote, width, comment) if len(numbered) < LOOKED_AT or width > 1 else 0
    rules = 0 if header is None else count_rules(lines[header:])
    body = [cells for number, cells in table if number > (header or 0)]
    body = [cells for cells in body if not (rules and is_rule(separator.join(cells)))]
    skip = count_titles(numbered, table, width, separator, quote) if header is None else rules + count_head_rows(body)
    return Layout(separator, header, skip, footer, has_row_names)


def _choose_separator(lines: Sequence[str], wanted: Sequence[str], quote: str) -> tuple[str, int]:
    """Return the separator that splits the most lines alike, with the number of fields; one field if none does."""
    best, rank = (wanted[-1], 1), (False, 0.0, False, 0)
    for separator in wanted:
        split = [split_line(line, separator, quote) for line in lines]
        width, often = Counter(map(len, split)).most_common(1)[0]
        table = [cells for cells in split if len(cells) == width]
        this = (often == len(split), round(often / len(split), 1), _begins_with_names(table), width)
        if width > 1 and this > rank:
            best, rank = (separator, width), this
    return best


def _begins_with_names(table: Sequence[Sequence[str]]) -> bool:
    """Return whether the first line of a table has a digit in fewer cells than the others usually have."""
    digits = [sum(any(map(str.isdecimal, cell)) for cell in cells) for cells in table]
    return digits[0] < median_low(digits)


def _blanks(lines: Sequence[str], quote: str) -> tuple[str, int] | None:
    """Return blanks as the separator, with the number of fields, where they split nearly all lines alike."""
    counts = [len(split_line(line, BLANK, quote)) for line in lines]
    width, often = Counter(counts).most_common(1)[0]
    is_aligned = often >= ALIGNED * len(counts) and counts[0] in (width, width - 1)
    return (BLANK, width) if width > 1 and is_aligned else None


def _fits(cells: Sequence[str], narrow: int, width: int) -> bool:
    """Return whether a line may name the columns: cells at its end may be too many, or lack where they are empty."""
    return len(cells) in (width, width + 1) or narrow <= count_filled(cells) <= width
