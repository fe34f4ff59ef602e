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
MOST_LOOKS = 3  # for separators that stand elsewhere in each line: one look at all bytes costs as much

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
        return words_of(self.padded)


def all_bytes(byte: int) -> np.uint64:
    """Return the word that has this byte eight times."""
    return np.uint64(byte * 0x0101010101010101)


def words_of(padded: bytes) -> Words:
    """Return the eight bytes from each place on, as one number."""
    return np.ndarray((len(padded) - WORD + 1,), "<u8", padded, strides=(1,))


def pad(*parts: bytes | memoryview) -> bytes:
    """Return parts as one block with room before and after it."""
    size = sum(map(len, parts))
    return b"".join((bytes(PAD), *parts, bytes(PAD + -size % WORD)))


def end_of(padded: bytes) -> int:
    """Return where a padded block of whole lines ends."""
    return padded.rfind(b"\n") + 1


def split_lines(block: bytes, separator: int, fields: int) -> Lines | None:
    """Return the cells of a block of whole lines without quotes, or None if a line has another number of fields."""
    return split_padded(pad(block), separator, fields)


def split_padded(padded: bytes, separator: int, fields: int) -> Lines | None:
    """Return the cells of a padded block, as `split_lines` does."""
    letters = np.frombuffer(padded, np.uint8)
    line_ends = _places_of(letters == NEWLINE)
    is_separator = letters == separator
    if np.count_nonzero(is_separator) != len(line_ends) * (fields - 1):
        return None
    line_starts = np.empty_like(line_ends)
    line_starts[0] = PAD
    np.add(line_ends[:-1], 1, out=line_starts[1:])
    if RETURN in padded:
        line_ends -= 1
        if (letters[line_ends] != RETURN).any() or padded.count(b"\r") != len(line_ends):
            return None
    separators = _separators_by_width(padded, line_starts, line_ends, separator, fields)
    if separators is None:
        found = np.flatnonzero(is_separator).reshape(len(line_ends), fields - 1)
        if (found[:, 0] < line_starts).any() or (found[:, -1] >= line_ends).any():
            return None
        separators = list(np.ascontiguousarray(found.T))
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
    padded: bytes, starts: Places, ends: Places, separator: int, fields: int
) -> list[Places] | None:
    """Return the separators of lines that have as many as they should together, if most columns have one width each.

    Those of the first line tell where to look, from the front and from the back; the few between them are looked for.
    """
    letters = np.frombuffer(padded, np.uint8)
    first = int(ends[0] - starts[0])
    at = np.flatnonzero(letters[starts[0] : ends[0]] == separator).tolist()
    if len(at) != fields - 1:
        return None
    shortest = int((ends - starts).min())
    front = list(_while_equal(letters, (starts + place for place in at if place < shortest), separator))
    rest = [first - place for place in reversed(at[len(front) :])]
    back = list(_while_equal(letters, (ends - place for place in rest if place <= shortest), separator))[::-1]
    unknown = len(at) - len(front) - len(back)
    if unknown > MOST_LOOKS:
        return None
    found = front
    for _ in range(unknown):
        after = _first_within(padded, found[-1] + 1 if found else starts, separator)
        if after is None:
            return None
        found = [*found, after]
    limit = back[0] if back else ends
    if found and (found[-1] >= limit).any():
        return None
    return [*found, *back]


def _first_within(padded: bytes, places: Places, letter: int) -> Places | None:
    """Return where a letter first comes in the eight bytes from each place on; None where it does not."""
    differs = words_of(padded)[places] ^ all_bytes(letter)
    found = (differs - all_bytes(1)) & ~differs & all_bytes(0x80)
    if not found.all():
        return None
    return places + (np.bitwise_count((found - LOWEST) & ~found) >> 3)


def _while_equal(letters: Letters, columns: Iterable[Places], letter: int) -> Iterator[Places]:
    """Yield the places of the first columns that all hold a letter."""
    return takewhile(lambda places: bool((letters[places] == letter).all()), columns)
