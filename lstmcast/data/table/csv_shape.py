"""Checks that every line of a CSV text has the fields that its header promises, before anything is parsed.

Counted on bytes with arrays; only quotes in odd places need a pass of the csv module.
"""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import BoolArray
from lstmcast.errors import ConfigError, DataError
from lstmcast.plurals import name_some

SEPARATORS = ("\t", ";", "|", ",")  # a comma may also be a decimal sign: it comes last
BLANK = " "  # one or more of them between cells, as in aligned tables; never found, only set
UNNAMED = "column_{}"  # what columns are called that have no name, counted from 1
SAMPLE_BYTES, SAMPLE_LINES = 65_536, 20
NEWLINE, RETURN = 10, 13
NEAR_AN_END = 20  # rows
OPEN_QUOTE = "a quote is opened here and never closed; close it, or set data.csv.quote"
MOST_COLUMNS_NAMED = 30

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]
LineInFile = Callable[[int], int]

csv.field_size_limit(sys.maxsize)  # a cell may be long: what is read is in memory anyway


class RaggedError(DataError):
    """A line has more or fewer fields than the header."""


@dataclass(frozen=True)
class Shape:
    """What is known of a CSV text before its cells are parsed."""

    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class _Text:
    """A text that is being checked."""

    path: Path
    text: bytes
    separator: str
    quote: str
    line_in_file: LineInFile

    def where(self, line: int) -> str:
        """Return the name of a line of the text."""
        return f"{self.path}: line {self.line_in_file(line)}"


def normalise_line_ends(text: bytes) -> bytes:
    """Return the text with line feeds where it has only carriage returns, as old spreadsheets write."""
    return text.replace(b"\r", b"\n") if b"\n" not in text else text


def join_blanks(text: bytes) -> bytes:
    """Return the text with one blank where there were several, and none at the ends of lines."""
    joined = re.sub(rb"[ \t]+", b" ", text)
    return re.sub(rb" ?(\r?\n) ?", rb"\1", joined).strip(b" ")


def check_shape(path: Path, text: bytes, separator: str, quote: str = '"', line_in_file: LineInFile = int) -> Shape:
    """Return columns and number of rows of a text in which each line has as many fields as the header.

    `line_in_file` gives the number by which a message names a line of the text.
    """
    table = _Text(path, text, separator, quote, line_in_file)
    columns = read_header(path, text, separator, quote)
    buffer = np.frombuffer(text, np.uint8)
    outside = _outside_quotes(table, buffer)
    if outside is None:
        rows = _check_with_csv(table, len(columns))
    else:
        rows = _check_with_arrays(table, buffer, outside, len(columns))
    return Shape(columns, rows)


def check_separator(path: Path, text: bytes, separator: str) -> str:
    """Return the separator that is set, or the one that is found."""
    if not text or text.isspace():
        raise DataError(f"{path}: the file is empty")
    if separator != "auto" and not separator.isascii():
        raise ConfigError(f"data.csv.separator: {separator!r} is not an ASCII character")
    return find_separator(text) if separator == "auto" else separator


def find_separator(text: bytes) -> str:
    """Return the separator that splits the first lines into the same number of fields, and into the most."""
    lines = re.split(r"\r\n|\n|\r", text[:SAMPLE_BYTES].decode("utf-8", "replace"))
    lines = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    best, most = ",", (False, 1)
    for separator in SEPARATORS if lines else ():
        counts = [len(record) for record in csv.reader(lines, delimiter=separator)]
        rank = (len(set(counts)) == 1, counts[0])
        if counts[0] > 1 and rank > most:
            best, most = separator, rank
    return best


def read_records(text: bytes, separator: str, quote: str = '"') -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, fields) of each line that is not blank, with the header first."""
    lines = io.TextIOWrapper(io.BytesIO(text), "utf-8", newline="")
    reader = csv.reader(lines, delimiter=separator, quotechar=quote)
    for fields in reader:
        if fields:
            yield reader.line_num, fields


def find_open_quote(text: bytes, separator: str, quote: str) -> int:
    """Return the line at which a row begins that holds all that follows since its quote is never closed; else 0."""
    before = end = 0
    for line, _ in read_records(text, separator, quote):
        before, end = end, line
    lines = text.splitlines(keepends=True)[before:]
    is_closed = len(list(read_records(b"".join([*lines, b"\n?"]), separator, quote))) > 1
    return 0 if is_closed else before + 1 + next(place for place, line in enumerate(lines) if line.strip())


def read_header(path: Path, text: bytes, separator: str, quote: str) -> tuple[str, ...]:
    """Return the names in the first line, which must differ; a column without one is called after its place."""
    try:
        _, fields = next(read_records(text, separator, quote), (0, [""]))
    except csv.Error as error:
        raise DataError(f"{path}: the first line cannot be read: {error}") from error
    columns = tuple(field.strip() or UNNAMED.format(place) for place, field in enumerate(fields, 1))
    doubled = [name for name, count in Counter(columns).items() if count > 1]
    if doubled:
        raise DataError(f"{path}: the header names {doubled[0]!r} twice; it has {name_columns(columns)}")
    return columns


def name_columns(columns: Sequence[str]) -> str:
    """Return the first names of a header in a row, and how many more there are: a table may have thousands."""
    return name_some(columns[:MOST_COLUMNS_NAMED], len(columns))


def hint_near_ends(place: int, rows: int) -> str:
    """Return what to set if a row near an end of the table, counted from 0, is none."""
    after = rows - 1 - place
    if after < NEAR_AN_END and after <= place:
        return "; if the table ends above that line, set data.csv.footer"
    if place < NEAR_AN_END:
        return "; if the table begins below that line, set data.csv.header, or data.csv.skip"
    return ""


def _outside_quotes(table: _Text, buffer: Bytes) -> BoolArray | bool | None:
    """Return which bytes lie outside quotes; True if all do; None if quotes stand where only a parser can tell."""
    quote = ord(table.quote)
    if quote not in table.text:
        return True
    quotes = np.flatnonzero(buffer == quote)
    if len(quotes) % 2:
        return None
    opening = quotes[0::2]
    before = np.where(opening == 0, NEWLINE, buffer[opening - 1])
    if not np.isin(before, (NEWLINE, RETURN, quote, ord(table.separator))).all():
        return None
    passed = np.cumsum(buffer == quote, dtype=np.uint8)  # modulo 256, so odd and even stay right
    return np.asarray(passed % 2 == 0)


def _check_with_arrays(table: _Text, buffer: Bytes, outside: BoolArray | bool, fields: int) -> int:
    ends = _places_of(NEWLINE, buffer, outside)
    if not table.text.endswith(b"\n"):
        ends = np.append(ends, len(buffer))
    starts = np.append(0, ends[:-1] + 1)
    blank = ends - starts == (buffer[np.maximum(ends - 1, 0)] == RETURN)
    if blank.any():
        _check_blank_lines(table, blank, fields)
        starts, ends = starts[~blank], ends[~blank]
    separators = _places_of(ord(table.separator), buffer, outside)
    if not _is_regular(starts, ends, separators, fields - 1):
        counts = np.searchsorted(separators, ends) - np.searchsorted(separators, starts) + 1
        bad = int(np.argmax(counts != fields))
        _raise_ragged(table, table.text.count(b"\n", 0, int(starts[bad])) + 1, int(counts[bad]), fields)
    return len(starts) - 1


def _places_of(character: int, buffer: Bytes, outside: BoolArray | bool) -> Places:
    found = buffer == character
    return np.flatnonzero(found if outside is True else found & outside)


def _is_regular(starts: Places, ends: Places, separators: Places, each: int) -> bool:
    if len(separators) != len(starts) * each:
        return False
    lines = separators.reshape(len(starts), each)
    return each == 0 or bool((lines[:, 0] >= starts).all() and (lines[:, -1] < ends).all())


def _check_blank_lines(table: _Text, blank: BoolArray, fields: int) -> None:
    """Refuse a blank line between the rows of a single column, where it could be a missing value."""
    if fields == 1 and blank[: int(np.flatnonzero(~blank)[-1])].any():
        where = table.where(int(np.argmax(blank)) + 1)
        raise DataError(f'{where}: is blank; write a missing value as "" or remove it')


def _check_with_csv(table: _Text, fields: int) -> int:
    rows = -1
    try:
        for line, record in read_records(table.text, table.separator, table.quote):
            if len(record) != fields:
                opened = find_open_quote(table.text, table.separator, table.quote)
                if opened and opened <= line:
                    raise DataError(f"{table.where(opened)}: {OPEN_QUOTE}")
                _raise_ragged(table, line, len(record), fields)
            rows += 1
    except csv.Error as error:
        raise DataError(f"{table.path}: cannot be read as CSV: {error}") from error
    return rows


def _raise_ragged(table: _Text, line: int, found: int, fields: int) -> None:
    what = "the file may be cut short" if found < fields else "a text with the separator in it needs quotes"
    if found == fields + 1:
        what = f"{what}; if each row begins with a name of its own, as R writes them, set data.csv.row_names"
    where, hint = table.where(line), hint_near_ends(line - 2, len(table.text.splitlines()) - 1)
    raise RaggedError(
        f"{where}: found {found} fields, the header has {fields}; {what}; if only empty cells at the end are too many "
        f"or too few, set data.csv.trailing: ignore{hint}"
    )


def is_unnamed(name: str) -> bool:
    """Return whether a column is called as those are that have no name."""
    return re.fullmatch(UNNAMED.format(r"\d+"), name) is not None
