"""Tells a last line that merely lacks its line end from one that was cut short.

Many honest programs write no line end after the last row; a copy that was broken off has none either, and may end in
the middle of a number: `10` of `102.5`. All fields of the line are there by now, so only its last cell can be cut. It
is taken as it stands

- where nobody uses its column, or it ends with the quote that it began with;
- where it has the form that all cells above it have: as many decimals (a cut takes some away), or, for what is no
  number, as many letters;
- where its decimals vary, but the last one is finer than a hundredth of what the column varies by: whatever was cut
  off does not matter;
- where it is a number within the range of those above, as long as many of them are (cut numbers are shorter), and none
  of them begins with it and goes on, as `1025` does for `102`;
- where it is a text that stands above as well, and none of those goes on.

In doubt it is refused: a wrong newest value moves the whole forecast, and a line end is easy to add.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lstmcast.errors import DataError

TAIL_BYTES = 200_000
NUMBER = re.compile(r"([+-]?)(\d{1,300})(?:[.,](\d*))?")
FINE = 0.01  # of the spread of the numbers above
USUAL = 0.1  # share of the numbers above that are as long
ENOUGH = 10  # cells above, to know what is usual


def check_last_line(path: Path, text: bytes, line: int, separator: str, quote: str) -> None:
    """Refuse a last line without a line end, unless its last cell can be seen to be whole."""
    tail = text[-TAIL_BYTES:]
    if len(tail) < len(text):
        tail = tail[tail.find(b"\n") + 1 :]
    else:
        tail = tail[tail.find(b"\n") + 1 :] if b"\n" in tail else b""  # without the header
    rows = csv.reader(io.StringIO(tail.decode("utf-8", "replace"), newline=""), delimiter=separator, quotechar=quote)
    try:
        cells = [row[-1].strip() for row in rows if row]
    except csv.Error:
        cells = [""]
    if cells and not is_whole(cells[-1], cells[:-1]) and not _is_quoted(text, quote):
        raise DataError(
            f"{path}: line {line}: the file ends after {cells[-1]!r} without a line end: it may be cut short; add a "
            "line end if it is whole, or set data.csv.last_line: keep (take such lines) or drop (leave them out)"
        )


def is_whole(last: str, others: Sequence[str]) -> bool:
    """Return whether a cell at the end of a file cannot have lost anything that matters; `others` stand above it."""
    if not others:
        return False
    found = NUMBER.fullmatch(last)
    numbers = [match for match in map(NUMBER.fullmatch, others) if match]
    if found and len(numbers) * 2 >= len(others):
        return _is_whole_number(found, numbers)
    known = Counter(others)
    if len(set(map(len, known))) == 1 and len(last) == len(next(iter(known))):
        return True
    return last in known and not any(len(other) > len(last) and other.startswith(last) for other in known)


def _is_quoted(text: bytes, quote: str) -> bool:
    """Return whether the last cell ends with a quote; a cut inside of one would have been an odd number of them."""
    return text.endswith(quote.encode())


def _is_whole_number(last: re.Match[str], numbers: Sequence[re.Match[str]]) -> bool:
    decimals = {len(match[3] or "") for match in numbers}
    if decimals == {len(last[3] or "")} and last[3]:
        return True
    if last[3] == "":
        return False
    values = np.array([_value(match) for match in numbers])
    value = _value(last)
    if decimals == {0} and not last[3] and 10 * abs(value) >= 2 * np.abs(values).max():
        return True  # one more digit would make it twice the largest
    spread = float(np.subtract(*np.percentile(values, [75, 25]))) or float(np.ptp(values))
    if last[3] and 10.0 ** -len(last[3]) <= FINE * spread:
        return True
    as_long = [match for match in numbers if _lengths(match) == _lengths(last)]
    goes_on = any(match[0].startswith(last[0]) and len(match[0]) > len(last[0]) for match in numbers)
    is_usual = len(numbers) >= ENOUGH and len(as_long) >= USUAL * len(numbers)
    return bool(is_usual and not goes_on and values.min() <= value <= values.max())


def _lengths(number: re.Match[str]) -> tuple[int, int]:
    return len(number[2]), len(number[3] or "")


def _value(number: re.Match[str]) -> float:
    return float(f"{number[1]}{number[2]}.{number[3] or '0'}")
