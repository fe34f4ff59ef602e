"""Finds out how a file is written that nobody has described: each setting of `data.csv`, and what is unsure of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.layout.csv_edges import is_rule
from lstmcast.data.layout.csv_layout import LOOKED_AT, Layout, guess_layout
from lstmcast.data.table.csv_bytes import BYTE_ORDER_MARKS, decode, find_paths, read_bytes, unpack
from lstmcast.data.table.csv_cells import NUMBER, YEAR, named_cells
from lstmcast.data.table.csv_file import check_last_lines, open_sources
from lstmcast.data.table.csv_shape import RaggedError, normalise_line_ends
from lstmcast.data.table.parquet import is_parquet
from lstmcast.data.table.table import Sources
from lstmcast.errors import DataError

NAMED = 3
MOST_JOINED = 20  # lines that one cell goes over
LEAST_BELOW = 2  # lines under a block of comments
COMMENTS = ("#", "%", "//", "!")


@dataclass(frozen=True)
class Guess:
    """How a file seems to be written, and what could be wrong in that, by key of `data.csv`."""

    csv: CsvConfig
    doubts: Mapping[str, str]


def guess_csv(path: str, given: CsvConfig, fixed: frozenset[str]) -> Guess:
    """Return the settings for a file; those that are `fixed` stay as they are given."""
    file = find_paths(path)[0]
    if is_parquet(file):
        return Guess(given, {})
    stored = unpack(file, read_bytes(file))
    doubts: dict[str, str] = {}
    found: dict[str, object] = {"encoding": given.encoding}
    if given.encoding == "auto":
        found["encoding"], doubt = _guess_encoding(stored)
        doubts |= {"encoding": doubt} if doubt else {}
    text = normalise_line_ends(decode(file, stored, str(found["encoding"]))[0])
    lines = [line.rstrip("\r") for line in text.decode("utf-8").split("\n")]
    if not any(line.strip() for line in lines):
        raise DataError(f"{file}: the file is empty")
    found["comment"] = given.comment if "comment" in fixed else _guess_comment(lines)
    found["quote"] = given.quote if "quote" in fixed else _guess_quote(lines)
    lines, numbers = _whole_lines(lines, str(found["quote"]), (given.header or 1) if "header" in fixed else 1)
    layout = guess_layout(lines, given, fixed, str(found["comment"] or ""), str(found["quote"]))
    found |= {name: value for name, value in vars(layout).items() if name not in fixed}
    if layout.header and "header" not in fixed:
        found["header"] = numbers[layout.header - 1]
    doubts |= _doubts(lines, layout, fixed, str(found["quote"]))
    settings = given.changed(found)
    return Guess(settings if "trailing" in fixed else _settle_trailing(path, settings), doubts)


def _whole_lines(lines: Sequence[str], quote: str, first: int) -> tuple[list[str], list[int]]:
    """Return lines with those joined that a cell in quotes goes over, from the line `first` on, and their numbers.

    A sign that is never closed again joins nothing.
    """
    whole, numbers, place = list(lines[: first - 1]), list(range(1, first)), first - 1
    while place < len(lines):
        after = place + 1
        if lines[place].count(quote) % 2:
            closing = (k for k in range(after, min(after + MOST_JOINED, len(lines))) if lines[k].count(quote) % 2)
            after = next(closing, place) + 1
        whole.append(" ".join(lines[place:after]))
        numbers.append(place + 1)
        place = after
    return whole, numbers


def _doubts(lines: Sequence[str], layout: Layout, fixed: frozenset[str], quote: str) -> dict[str, str]:
    """Return what could be wrong in where the table is."""
    doubts = {}
    if layout.header is None:
        doubts["header"] = "no line seems to name the columns, so they are numbered"
    if layout.row_names:
        doubts["row_names"] = "rows have one cell more than the header has names; the first is taken for one without"
    if layout.header and "header" not in fixed:
        above, fields = lines[: layout.header - 1], lines[layout.header - 1].count(layout.separator)
        rows = [line for line in above if line.count(layout.separator) == fields and not line.startswith(COMMENTS)]
        if rows := [line for line in rows if len(named_cells(line, layout.separator, quote)) > 1]:
            doubts["header"] = f"left out above it, as no names of columns: {', '.join(map(repr, rows[:NAMED]))}"
        elif number := _number_among(named_cells(lines[layout.header - 1], layout.separator, quote)):
            doubts["header"] = f"the line that names the columns has the number {number!r}; if it is a row, set null"
    below = [line for line in lines[layout.header or 0 :] if line.strip()]
    first, last = below[: layout.skip], below[len(below) - layout.footer :]
    rows = [line for line in first if named_cells(line, layout.separator, quote) and not is_rule(line)]
    if "skip" not in fixed and rows:
        place = "under the header" if layout.header else "at the beginning"
        doubts["skip"] = f"left out {place}, as no rows: {', '.join(map(repr, rows))}"
    if "footer" not in fixed and any(len(named_cells(line, layout.separator, quote)) > 1 for line in last):
        doubts["footer"] = f"left out at the end, as no rows: {', '.join(map(repr, last))}"
    return doubts


def _number_among(names: Sequence[str]) -> str:
    """Return the one number among names, if it neither counts columns nor is a year."""
    numbers = [name for name in names if NUMBER.fullmatch(name)]
    is_one = len(numbers) == 1 < len(names) and not YEAR.fullmatch(numbers[0]) and len(numbers[0]) > 1
    return numbers[0] if is_one else ""


def _guess_encoding(text: bytes) -> tuple[str, str]:
    """Return the encoding and a doubt; UTF-8 that is valid is no chance, all else might be something else."""
    mark = next((mark for mark in BYTE_ORDER_MARKS if text.startswith(mark)), None)
    if mark is not None:
        return BYTE_ORDER_MARKS[mark].removesuffix("-sig"), ""
    if b"\x00" in text[:1000]:
        even, odd = text[:1000:2].count(0), text[1:1000:2].count(0)
        return ("utf-16-le" if odd > even else "utf-16-be"), "seen by its zero bytes; it has no byte order mark"
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8", ""
    try:
        text.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1", "the file is not UTF-8; see that accents come out right"
    return "cp1252", "the file is not UTF-8; see that accents come out right"


def _guess_comment(lines: Sequence[str]) -> str | None:
    """Return what the lines above the table begin with, if the table does not begin so itself."""
    first = [line for line in lines[:LOOKED_AT] if line.strip()]
    for comment in COMMENTS:
        marked = [line.startswith(comment) for line in first]
        is_block = all(marked[: sum(marked)]) and len(first) - sum(marked) >= LEAST_BELOW
        if any(marked) and (sum(marked) < len(first) / 2 or is_block):
            return comment
    return None


def _guess_quote(lines: Sequence[str]) -> str:
    first = [line.strip() for line in lines[:LOOKED_AT] if line.strip()]
    single = [line.startswith("'") and line.endswith("'") and line.count("'") % 2 == 0 for line in first[1:]]
    return "'" if single and all(single) and not any('"' in line for line in first) else '"'


def _settle_trailing(path: str, csv: CsvConfig) -> CsvConfig:
    """Return the settings with which all lines can be read: cells at their ends may be too many or too few."""
    try:
        open_sources(path, csv)
    except RaggedError as error:
        even = csv.changed({"trailing": "ignore"})
        try:
            open_sources(path, even)
        except DataError:
            raise error from None  # cells are lost or too many, not only empty ones
        return even
    return csv


def doubt_last_line(sources: Sources, used: Sequence[str]) -> str:
    """Return why the last line may be cut short, or nothing."""
    try:
        check_last_lines(sources, used)
    except DataError:
        return "the file has no line end, so its last cell may be cut short; see that it is whole"
    return ""
