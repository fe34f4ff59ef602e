"""Checks that every line of a CSV text has the fields that its header promises, before anything is parsed.

Counted on bytes with arrays; only quotes in odd places need a pass of the csv module.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstmcast.errors import ConfigError, DataError

SEPARATORS = ("\t", ";", "|", ",")  # a comma may also be a decimal sign: it comes last
SAMPLE_BYTES, SAMPLE_LINES = 65_536, 20
TAIL_BYTES = 1_000_000
NEWLINE, RETURN, QUOTE = 10, 13, 34
NUMBER = re.compile(rb"[+-]?\d{1,30}(?:[.,](\d+))?")

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shape:
    """What is known of a CSV text before its cells are parsed."""

    separator: str
    columns: tuple[str, ...]
    rows: int


def normalise_line_ends(text: bytes) -> bytes:
    """Return the text with line feeds where it has only carriage returns, as old spreadsheets write."""
    return text.replace(b"\r", b"\n") if b"\n" not in text else text


def check_shape(path: Path, text: bytes, separator: str) -> Shape:
    """Return separator, columns and number of rows of a text in which each line has as many fields as the header."""
    if not text or text.isspace():
        raise DataError(f"{path}: the file is empty")
    if separator != "auto" and not separator.isascii():
        raise ConfigError(f"data.csv.separator: {separator!r} is not an ASCII character")
    separator = find_separator(text) if separator == "auto" else separator
    columns = _read_header(path, text, separator)
    buffer = np.frombuffer(text, np.uint8)
    outside = _outside_quotes(text, buffer, separator)
    if outside is None:
        rows = _check_with_csv(path, text, separator, len(columns))
    else:
        rows = _check_with_arrays(path, text, buffer, outside, separator, len(columns))
    if not text.endswith((b"\n", b"\r")):
        _check_last_line(path, text, separator)
    return Shape(separator, columns, rows)


def find_separator(text: bytes) -> str:
    """Return the separator that splits the first lines into the same number of fields, and into the most."""
    lines = text[:SAMPLE_BYTES].decode("utf-8", "replace").splitlines()[:SAMPLE_LINES]
    lines = [line for line in lines if line.strip()]
    best, most = ",", (False, 1)
    for separator in SEPARATORS:
        counts = [len(record) for record in csv.reader(lines, delimiter=separator)]
        rank = (len(set(counts)) == 1, counts[0])
        if counts[0] > 1 and rank > most:
            best, most = separator, rank
    return best


def read_records(text: bytes, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, fields) of each line that is not blank, with the header first."""
    reader = csv.reader(io.TextIOWrapper(io.BytesIO(text), "utf-8", newline=""), delimiter=separator)
    for fields in reader:
        if fields:
            yield reader.line_num, fields


def _read_header(path: Path, text: bytes, separator: str) -> tuple[str, ...]:
    try:
        _, fields = next(read_records(text, separator))
    except csv.Error as error:
        raise DataError(f"{path}: the first line cannot be read: {error}") from error
    columns = tuple(field.strip() for field in fields)
    doubled = [name for name, count in Counter(columns).items() if count > 1 and name]
    if doubled:
        raise DataError(f"{path}: the header names {doubled[0]!r} twice; it has {', '.join(columns)}")
    return columns


def _outside_quotes(text: bytes, buffer: Bytes, separator: str) -> npt.NDArray[np.bool_] | bool | None:
    """Return which bytes lie outside quotes; True if all do; None if quotes stand where only a parser can tell."""
    if QUOTE not in text:
        return True
    quotes = np.flatnonzero(buffer == QUOTE)
    if len(quotes) % 2:
        return None
    opening = quotes[0::2]
    before = np.where(opening == 0, NEWLINE, buffer[opening - 1])
    if not np.isin(before, (NEWLINE, RETURN, QUOTE, ord(separator))).all():
        return None
    passed = np.cumsum(buffer == QUOTE, dtype=np.uint8)  # modulo 256, so odd and even stay right
    return np.asarray(passed % 2 == 0)


def _check_with_arrays(
    path: Path, text: bytes, buffer: Bytes, outside: npt.NDArray[np.bool_] | bool, separator: str, fields: int
) -> int:
    ends = _places_of(NEWLINE, buffer, outside)
    if not text.endswith(b"\n"):
        ends = np.append(ends, len(buffer))
    starts = np.append(0, ends[:-1] + 1)
    blank = ends - starts == (buffer[np.maximum(ends - 1, 0)] == RETURN)
    if blank.any():
        _check_blank_lines(path, blank, fields)
        starts, ends = starts[~blank], ends[~blank]
    separators = _places_of(ord(separator), buffer, outside)
    if not _is_regular(starts, ends, separators, fields - 1):
        counts = np.searchsorted(separators, ends) - np.searchsorted(separators, starts) + 1
        bad = int(np.argmax(counts != fields))
        _raise_ragged(path, text.count(b"\n", 0, int(starts[bad])) + 1, int(counts[bad]), fields)
    return len(starts) - 1


def _places_of(character: int, buffer: Bytes, outside: npt.NDArray[np.bool_] | bool) -> Places:
    found = buffer == character
    return np.flatnonzero(found if outside is True else found & outside)


def _is_regular(starts: Places, ends: Places, separators: Places, each: int) -> bool:
    if len(separators) != len(starts) * each:
        return False
    lines = separators.reshape(len(starts), each)
    return each == 0 or bool((lines[:, 0] >= starts).all() and (lines[:, -1] < ends).all())


def _check_blank_lines(path: Path, blank: npt.NDArray[np.bool_], fields: int) -> None:
    """Refuse a blank line between the rows of a single column, where it could be a missing value."""
    if fields == 1 and blank[: int(np.flatnonzero(~blank)[-1])].any():
        raise DataError(f'{path}: line {int(np.argmax(blank)) + 1}: is blank; write a missing value as "" or remove it')


def _check_with_csv(path: Path, text: bytes, separator: str, fields: int) -> int:
    rows = -1
    try:
        for line, record in read_records(text, separator):
            if len(record) != fields:
                _raise_ragged(path, line, len(record), fields)
            rows += 1
    except csv.Error as error:
        raise DataError(f"{path}: cannot be read as CSV: {error}") from error
    return rows


def _raise_ragged(path: Path, line: int, found: int, fields: int) -> None:
    what = "the file may be cut short" if found < fields else "a text with the separator in it needs quotes"
    raise DataError(f"{path}: line {line}: found {found} fields, the header has {fields}; {what}")


def _check_last_line(path: Path, text: bytes, separator: str) -> None:
    """Refuse a last line without a line end, unless its last cell can be seen to be whole."""
    lines = [line for line in text[-TAIL_BYTES:].splitlines()[1:] if line.strip()]
    cells = [line.rpartition(separator.encode())[2].strip() for line in lines]
    if cells and not _is_whole(cells[-1], cells[:-1]):
        line, cell = text.count(b"\n") + 1, cells[-1].decode("utf-8", "replace")
        raise DataError(
            f"{path}: line {line}: the file ends after {cell!r} without a line end: it may be cut short; "
            "add a line end if it is whole"
        )


def _is_whole(last: bytes, others: list[bytes]) -> bool:
    """Return whether a number that stands at the end of a file cannot have lost a digit.

    It has as many decimals as all others; or, among whole numbers, one more digit would make it twice the largest.
    """
    if last.endswith(b'"'):
        return True
    found = NUMBER.fullmatch(last)
    numbers = [match for match in map(NUMBER.fullmatch, others) if match]
    decimals = {len(match[1] or b"") for match in numbers}
    if not found or decimals != {len(found[1] or b"")}:
        return False
    return found[1] is not None or 10 * abs(int(last)) >= 2 * max(abs(int(match[0])) for match in numbers)
