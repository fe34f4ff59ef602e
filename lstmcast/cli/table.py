"""Tables for a terminal or a mail: aligned plain text, no colour, no frames; never wider than the terminal.

What does not fit is left out, which is said, or each row becomes a block of lines. What goes to a file or a pipe is
whole.
"""

import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from lstmcast.evaluation.titles import title_of
from lstmcast.one_line import on_one_line
from lstmcast.plurals import count_things

GAP = "  "
ABSENT = "-"
INDENT = "  "
PROSE = 100  # columns of a line of words, at most

Row = Mapping[str, object]


@dataclass(frozen=True)
class Column:
    """What a column shows: the field of each row, its title, and how a number that is not whole is written."""

    field: str
    title: str
    form: str = ",.3f"
    spare: int = 0  # the higher, the sooner it is left out of a table that is too wide


def render_table(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """Return the rows as aligned lines under titles, or as blocks of lines where the terminal is too narrow for that.

    Numbers stand to the right, text to the left.
    """
    width = _terminal_width()
    table = _aligned_table(rows, columns)
    if width is None or _is_within(table, width):
        return table
    for least in sorted({column.spare for column in columns if column.spare}, reverse=True):
        kept = [column for column in columns if column.spare < least]
        table = _aligned_table(rows, kept)
        if _is_within(table, width):
            hidden = ", ".join(column.title for column in columns if column.spare >= least)
            return f"{table}(no room for {hidden}: widen the terminal, or add --json)\n"
    return _stacked_table(rows, columns) if len(columns) > 2 else table  # a pair is as narrow as it can be


def _aligned_table(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """Return the rows as aligned lines under titles."""
    numeric = [all(_is_number(row.get(column.field)) for row in rows) for column in columns]
    lines = [[column.title for column in columns]]
    lines += [[cell_text(row.get(column.field), column.form) for column in columns] for row in rows]
    widths = [max(map(_shown_width, cells)) for cells in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    aligned = (GAP.join(_pad(*cell) for cell in zip(line, widths, numeric, strict=True)).rstrip() for line in lines)
    return "".join(f"{line}\n" for line in aligned)


def _stacked_table(rows: Sequence[Row], columns: Sequence[Column]) -> str:
    """Return each row as a block of lines, a title and its value on each."""
    titles = max(_shown_width(column.title) for column in columns)
    blocks = [
        "".join(
            f"{_pad(column.title, titles, False)}{GAP}{cell_text(row.get(column.field), column.form)}".rstrip() + "\n"
            for column in columns
        )
        for row in rows
    ]
    return "\n".join(blocks)


def render_facts(facts: Mapping[str, object]) -> str:
    """Return names beside their values; a value that the terminal has no room for goes on below itself."""
    start = max(map(_shown_width, facts)) + len(GAP)
    lines = (f"{_pad(name, start, False)}{cell_text(value, '')}" for name, value in facts.items())
    return "".join(f"{line}\n" for line in fold_lines(lines, start))


def fold_lines(lines: Iterable[str], start: int) -> Iterator[str]:
    """Yield lines that fit the terminal: what is too long is broken at blanks and goes on below its column `start`.

    A line that has no column there goes on below its beginning.
    """
    width = _terminal_width()
    for line in map(on_one_line, lines):
        if width is None or _shown_width(line) <= width:
            yield line
        elif line[:start].endswith(" "):
            yield from _wrapped(line[start:], max(width, start + 1), line[:start], " " * start)
        else:
            yield from _wrapped(line, width, "", INDENT)


def prose_lines(sentence: str, first: str = "", others: str = "") -> list[str]:
    """Return a sentence in lines that are good to read and fit the terminal, each behind its beginning."""
    return _wrapped(on_one_line(sentence), min(PROSE, _terminal_width() or PROSE), first, others)


def _wrapped(text: str, width: int, first: str, others: str) -> list[str]:
    return wrap(
        text, width, initial_indent=first, subsequent_indent=others, break_long_words=False, break_on_hyphens=False
    )


def _terminal_width() -> int | None:
    """Return how many columns the terminal has that the answer goes to; None if it goes elsewhere."""
    if sys.stdout is None or not sys.stdout.isatty():
        return None
    return shutil.get_terminal_size().columns


def _is_within(table: str, width: int) -> bool:
    """Return whether no line of a table is wider than that."""
    return all(_shown_width(line) <= width for line in table.splitlines())


def score_columns(rows: Sequence[Row]) -> list[Column]:
    """Return a column for each field of the scores, in their order, under the names people know."""
    return [score_column(field) for field in dict.fromkeys(field for row in rows for field in row)]


def score_column(field: str) -> Column:
    """Return the column of one score; `coverage_80` tells which share of the truth lay in the 80% interval."""
    measure, _, level = field.partition("coverage_")
    if level and not measure:
        return Column(field, f"in {level}%", ".0%")
    if field.startswith("width_"):
        return Column(field, field.replace("_", " "), spare=1)
    return Column(field, title_of(field))


def _is_number(value: object) -> bool:
    """Return whether a cell belongs to the right of its column."""
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def earlier_lines(count: int, thing: str, table: Path) -> list[str]:
    """Return the lines that say where so many earlier things are that are not shown; none if there are none."""
    told = f"{count_things(count, f'earlier {thing}')} {'is' if count == 1 else 'are'} in {table}"
    return [told, ""] if count > 0 else []


def cell_text(value: object, form: str) -> str:
    """Return a cell's text on one line."""
    if value is None or value != value:  # NaN
        return ABSENT
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value, form)
    if isinstance(value, int):
        return f"{value:,}"
    return on_one_line(str(value))


def _pad(text: str, width: int, to_the_right: bool) -> str:
    """Return the text filled up to `width` columns of a terminal."""
    space = " " * (width - _shown_width(text))
    return space + text if to_the_right else text + space


def _shown_width(text: str) -> int:
    """Return how many columns of a terminal the text takes: East Asian wide letters take two."""
    return sum(
        0 if unicodedata.combining(mark) else 2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text
    )
