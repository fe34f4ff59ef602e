"""Finds out how a file is written that nobody has described: each setting of `data.csv`, and what is unsure of it."""

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lstmcast.config.schema import CsvConfig
from lstmcast.data.table.csv_bytes import BYTE_ORDER_MARKS, decode, find_paths, read_bytes, unpack
from lstmcast.data.table.csv_file import Sources, check_last_lines, open_sources
from lstmcast.data.table.csv_numbers import USUAL_MISSING
from lstmcast.data.table.csv_shape import BLANK, SEPARATORS, join_blanks, normalise_line_ends
from lstmcast.data.table.parquet import is_parquet
from lstmcast.errors import DataError

LOOKED_AT = 200  # lines at the beginning
LOOKED_AT_LAST = 20
COMMENTS = ("#", "%", "//", "!")
MOST_UNIT_ROWS = 3
MOSTLY = 0.6
TOTALS = re.compile(
    r"(?i)(grand )?(sub)?total(s|e|en)?|summe|gesamt(summe)?|insgesamt|somme|suma|totaal|sum|average|mean|avg"
    r"|mittelwert|durchschnitt|moyenne|promedio|media"
)
DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\d{4}[-/]\d{1,2}|\d{1,2}[-/.]\d{4}")
YEARS = range(1500, 2200)
LEAST_NAMES = 3
ALIGNED = 0.9  # of all lines, where blanks separate cells
NUMBER = re.compile(r"[-+]?[$€£]?\d[\d.,' ]*(e[-+]?\d+)?\s?%?", re.IGNORECASE)
TIME = re.compile(r"\d{1,4}[-/.:]\d.*")


@dataclass(frozen=True)
class Guess:
    """How a file seems to be written, and what could be wrong in that, by key of `data.csv`."""

    csv: CsvConfig
    doubts: Mapping[str, str]


@dataclass(frozen=True)
class _Layout:
    separator: str
    header: int | None
    skip: int
    footer: int


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
    lines = text.decode("utf-8").split("\n")
    if not any(line.strip() for line in lines):
        raise DataError(f"{file}: the file is empty")
    found["comment"] = given.comment if "comment" in fixed else _guess_comment(lines)
    found["quote"] = given.quote if "quote" in fixed else _guess_quote(lines)
    layout = _guess_layout(lines, given, fixed, str(found["comment"] or ""), str(found["quote"]))
    found |= {name: value for name, value in vars(layout).items() if name not in fixed}
    if layout.header is None:
        doubts["header"] = "no line seems to name the columns, so they are numbered"
    left_out = [line for line in lines if line.strip()][-layout.footer :] if found["footer"] and layout.footer else []
    if any(len(_named(line, layout.separator, str(found["quote"]))) > 1 for line in left_out):
        doubts["footer"] = f"left out at the end, as no rows: {', '.join(map(repr, left_out))}"
    settings = given.model_copy(update=found)
    return Guess(settings if "trailing" in fixed else _settle_trailing(path, settings), doubts)


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
        if marked and any(marked) and sum(marked) < len(first) / 2:
            return comment
    return None


def _guess_quote(lines: Sequence[str]) -> str:
    first = [line.strip() for line in lines[:LOOKED_AT] if line.strip()]
    single = [line.startswith("'") and line.endswith("'") and line.count("'") % 2 == 0 for line in first[1:]]
    return "'" if single and all(single) and not any('"' in line for line in first) else '"'


def _guess_layout(lines: Sequence[str], given: CsvConfig, fixed: frozenset[str], comment: str, quote: str) -> _Layout:
    """Return where the table is: it has the most fields in the most lines that follow each other."""
    wanted = SEPARATORS if given.separator == "auto" else (given.separator,)
    numbered = [
        (number, line.rstrip("\r"))
        for number, line in enumerate(lines[:LOOKED_AT], 1)
        if line.strip() and not (comment and line.startswith(comment))
    ]
    if not numbered:
        return _Layout(wanted[-1], given.header, given.skip, given.footer)
    best, rank = (wanted[-1], 1), (0.0, 0)
    for separator in wanted:
        counts = [len(_split(line, separator, quote)) for _, line in numbered]
        width, often = Counter(counts).most_common(1)[0]
        share = often / len(counts)
        if width > 1 and (round(share, 1), width) > rank:
            best, rank = (separator, width), (round(share, 1), width)
    if best[1] == 1 and given.separator == "auto":
        best = _blanks([line for _, line in numbered], quote) or best
    separator, width = best
    split = [(number, _split(line, separator, quote)) for number, line in numbered]
    narrow = max((_filled(cells) for _, cells in split if len(cells) == width), default=width)
    table = [(number, cells) for number, cells in split if _fits(cells, narrow, width)] or split
    header: int | None = table[0][0]
    rows = [cells for _, cells in table]
    if _looks_like_data(rows[0]) and not _counts(rows[0]):
        header = _commented_header(lines[: table[0][0] - 1], separator, quote, comment, width)
        rows = rows if header is None else [[], *rows]
    if "header" in fixed:
        header = given.header
    body = rows if header is None else rows[1:]
    footer = _count_footer(lines, separator, quote, width, comment) if len(numbered) < LOOKED_AT or width > 1 else 0
    return _Layout(separator, header, _count_unit_rows(body) if header is not None else 0, footer)


def _blanks(lines: Sequence[str], quote: str) -> tuple[str, int] | None:
    """Return blanks as the separator, with the number of fields, where they split nearly all lines alike."""
    counts = [len(_split(line, BLANK, quote)) for line in lines]
    width, often = Counter(counts).most_common(1)[0]
    return (BLANK, width) if width > 1 and often >= ALIGNED * len(counts) and counts[0] == width else None


def _split(line: str, separator: str, quote: str) -> list[str]:
    if separator == BLANK:
        line = join_blanks(line.encode()).decode()
    try:
        return next(csv.reader([line], delimiter=separator, quotechar=quote), [])
    except csv.Error:  # such as a carriage return in the midst: the reader will say so
        return [line]


def _named(line: str, separator: str, quote: str) -> list[str]:
    """Return the cells of a line that are not empty."""
    return [cell.strip() for cell in _split(line, separator, quote) if cell.strip()]


def _fits(cells: Sequence[str], narrow: int, width: int) -> bool:
    """Return whether a line may name the columns: cells at its end may be too many, or lack where they are empty."""
    return len(cells) in (width, width + 1) or narrow <= _filled(cells) <= width


def _filled(cells: Sequence[str]) -> int:
    """Return the number of cells without the empty ones at the end."""
    return max((place + 1 for place, cell in enumerate(cells) if cell.strip()), default=0)


def _looks_like_data(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(NUMBER.fullmatch(cell) or TIME.fullmatch(cell) for cell in filled)


def _counts(cells: Sequence[str]) -> bool:
    """Return whether cells are whole numbers that follow each other, as names of columns may: 0, 1 … or 2019, 2020 …"""
    filled = [cell.strip() for cell in cells if cell.strip()]
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


def _count_unit_rows(rows: Sequence[Sequence[str]]) -> int:
    """Return how many rows under the header hold no number, where the rows below do."""
    below = rows[MOST_UNIT_ROWS : MOST_UNIT_ROWS + LOOKED_AT]
    if not below:
        return 0
    numeric = [place for place in range(len(rows[0])) if _is_numeric(below, place)]
    if not numeric:
        return 0
    count = 0
    for row in rows[:MOST_UNIT_ROWS]:
        cells = [row[place].strip() for place in numeric if place < len(row)]
        filled = [cell for cell in row if cell.strip()]
        if any(map(NUMBER.fullmatch, cells)) or _has_time(row) or not filled or set(filled) <= set(USUAL_MISSING):
            break
        if not any(cells):
            break
        count += 1
    return count


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
    while count < len(last) - 1:
        place = len(last) - 1 - count
        cells, above = split[place], split[:place]
        filled = _named(last[place], separator, quote)
        is_text = len(filled) == 1 and not _has_time(filled) and not (comment and last[place].startswith(comment))
        if not (is_text or _is_total(cells, above) or _lacks_time(cells, above)):
            break
        count += 1
    return count


def _is_total(cells: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Return whether a cell says `Total` where no row above does."""
    places = [place for place, cell in enumerate(cells) if TOTALS.fullmatch(cell.rstrip(":"))]
    return any(not any(TOTALS.fullmatch(row[place]) for row in above if place < len(row)) for place in places)


def _lacks_time(cells: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Return whether the first cell is empty although cells follow, and all rows above begin with a date."""
    dated = [row for row in above[1:] if row]
    is_empty = bool(cells) and not cells[0] and any(cells)
    return is_empty and len(dated) > 1 and all(DATE.fullmatch(row[0]) for row in dated[-2:])


def _settle_trailing(path: str, csv: CsvConfig) -> CsvConfig:
    """Return the settings with which all lines can be read: cells at their ends may be too many or too few."""
    try:
        open_sources(path, csv)
    except DataError as error:
        if " fields, the header has " not in str(error):
            raise
        even = csv.model_copy(update={"trailing": "ignore"})
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
