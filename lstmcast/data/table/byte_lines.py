"""Splits a block of bytes into the cells of its lines by one look for separators and line ends, all lines at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import numpy.typing as npt

PAD = 16  # bytes before and after a block, so that words can be loaded at its ends
WORD = 8
NEWLINE, RETURN = 10, 13
LOWEST = np.uint64(1)

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Letters = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Lines that all have the same number of fields."""

    padded: bytes
    starts: tuple[Places, ...]  # of the cells of each column, in the padded bytes
    ends: tuple[Places, ...]

    @property
    def words(self) -> Words:
        """Return the eight bytes from each place on, as one number."""
        return np.ndarray((len(self.padded) - WORD + 1,), "<u8", self.padded, strides=(1,))


def split_lines(block: bytes, separator: int, fields: int) -> Lines | None:
    """Return the cells of a block of whole lines without quotes, or None if a line has another number of fields."""
    padded = b"".join((bytes(PAD), block, bytes(PAD + -len(block) % WORD)))
    letters = np.frombuffer(padded, np.uint8)
    line_ends = _places_of(letters == NEWLINE)
    is_separator = letters == separator
    if np.count_nonzero(is_separator) != len(line_ends) * (fields - 1):
        return None
    line_starts = np.empty_like(line_ends)
    line_starts[0] = PAD
    np.add(line_ends[:-1], 1, out=line_starts[1:])
    if RETURN in block:
        line_ends -= 1
        if (letters[line_ends] != RETURN).any() or block.count(b"\r") != len(line_ends):
            return None
    separators = _separators_by_width(letters, line_starts, line_ends, separator, fields)
    if separators is None:
        found = np.flatnonzero(is_separator)
        separators = [found[column :: fields - 1].copy() for column in range(fields - 1)]
        if any((places < line_starts).any() or (places >= line_ends).any() for places in separators):
            return None
    starts = (line_starts, *(places + 1 for places in separators))
    if fields == 1 and (line_starts == line_ends).any():
        return None  # a blank line, or a missing value?
    return Lines(padded, starts, (*separators, line_ends))


def _places_of(flags: Flags) -> Places:
    """Return where flags are set; a multiple of eight of them, mostly far from each other."""
    words = flags.view("<u8")
    hits = np.flatnonzero(words != 0)
    found = words[hits]
    if (found & (found - LOWEST)).any():
        return np.flatnonzero(flags)
    return (hits << 3) + (np.bitwise_count(found - LOWEST) >> 3)


def _separators_by_width(
    letters: Letters, starts: Places, ends: Places, separator: int, fields: int
) -> list[Places] | None:
    """Return the separators of lines that have as many as they should, if all columns but one have one width each."""
    first = int(ends[0] - starts[0])
    at = np.flatnonzero(letters[starts[0] : ends[0]] == separator).tolist()
    if len(at) != fields - 1:
        return None
    shortest = int((ends - starts).min())
    front = list(_while_equal(letters, (starts + place for place in at if place < shortest), separator))
    rest = [first - place for place in at[len(front) :]]
    if rest and (at[len(front) - 1] + 1 if front else 0) + rest[0] > shortest:
        return None
    back = list(_while_equal(letters, (ends - place for place in reversed(rest)), separator))
    return [*front, *reversed(back)] if len(back) == len(rest) else None


def _while_equal(letters: Letters, columns: Iterable[Places], letter: int) -> Iterator[Places]:
    """Yield the places of the first columns that all hold a letter."""
    return takewhile(lambda places: bool((letters[places] == letter).all()), columns)
