"""The lines of a block of bytes, and words of the cells of a column, those of all lines at once.

A separator that stands at one place in all lines, counted from the front or from the back, is known by that place. The
first and the last bytes of each line are copied out of the block once: it costs no more than to pick a single word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

PAD = 64  # bytes before and after a block, so that rows of words can be loaded at its ends
WORD = 8
FULL = 0xFFFFFFFFFFFFFFFF
FIRST_LETTERS = np.array([FULL >> 8 * (WORD - length) for length in range(WORD + 1)], np.uint64)  # as a mask

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Letters = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Break = int | Places  # a separator's place in all lines, from the end if negative; or in the bytes, for each line


@dataclass(frozen=True)
class Lines:
    """Lines that all have as many separators, at least, as there are breaks between columns."""

    padded: Letters
    first: Places  # byte of each line
    last: Places  # its end
    breaks: tuple[Break, ...]
    grid: Places | None = None  # (lines, columns + 1) of what is around cells, where all of that had to be looked for

    def __len__(self) -> int:
        """Return the number of lines."""
        return len(self.first)

    def some(self, rows: slice | Places) -> "Lines":
        """Return some of the lines."""
        breaks = tuple(place if isinstance(place, int) else place[rows] for place in self.breaks)
        return Lines(self.padded, self.first[rows], self.last[rows], breaks)

    def starts(self, column: int) -> Places:
        """Return where the cells of a column start, in the padded bytes."""
        return self._after(self.breaks[column - 1], 1) if column else self.first

    def ends(self, column: int) -> Places:
        """Return where the cells of a column end."""
        return self._after(self.breaks[column], 0) if column < len(self.breaks) else self.last

    def lengths(self, column: int) -> Places:
        """Return how many bytes the cells of a column have."""
        return self.ends(column) - self.starts(column)

    def bounds(self, columns: Sequence[int]) -> tuple[Places, Places]:
        """Return the (lines, columns) places where cells start and end."""
        if self.grid is None:
            starts, ends = ([side(column) for column in columns] for side in (self.starts, self.ends))
            return np.stack(starts, axis=1), np.stack(ends, axis=1)
        first, last = columns[0], columns[-1]
        some = slice(first, last + 1) if list(columns) == list(range(first, last + 1)) else np.array(columns)
        return self.grid[:, :-1][:, some] + 1, self.grid[:, 1:][:, some]

    def width(self, column: int) -> int | None:
        """Return the bytes of the cells of a column, if the separators around it settle it."""
        before = self.breaks[column - 1] if column else None
        after = self.breaks[column] if column < len(self.breaks) else None
        if isinstance(before, np.ndarray) or isinstance(after, np.ndarray):
            return None
        is_front = before is None or before >= 0
        if after is None:
            return None if before is None or is_front else -before - 1
        return after - (-1 if before is None else before) - 1 if is_front == (after >= 0) else None

    def words_from(self, column: int, offset: int) -> Words:
        """Return eight bytes of each cell of a column, from an offset on."""
        before = self.breaks[column - 1] if column else None
        if before is None or (isinstance(before, int) and before >= 0):
            place = offset if before is None else before + 1 + offset
            if place + WORD <= self._heads.shape[1]:
                return _words_in(self._heads, place)
        return words_at(self.padded, self.starts(column) + offset)

    def words_before_end(self, column: int, count: int) -> tuple[Words, ...]:
        """Return the words before the end of each cell of a column, the last one first."""
        end = self.breaks[column] if column < len(self.breaks) else 0
        if isinstance(end, int):
            is_back = end < 0 or column == len(self.breaks)
            rows = self._tails if is_back else self._heads
            place = rows.shape[1] + end if is_back else end
            if count * WORD <= place <= rows.shape[1]:
                return tuple(_words_in(rows, place - WORD * number) for number in range(1, count + 1))
        return words_before(self.padded, self.ends(column), count)

    def _after(self, place: Break, more: int) -> Places:
        if not isinstance(place, int):
            return place + more if more else place
        return (self.first if place >= 0 else self.last) + (place + more)

    @cached_property
    def _heads(self) -> Letters:
        """Return the first bytes of each line, up to a word behind the last separator that is counted from there."""
        front = max((place for place in self.breaks if isinstance(place, int) and place >= 0), default=-1)
        return _rows_of(self.padded, self.first, _whole_words(front + 1 + WORD))

    @cached_property
    def _tails(self) -> Letters:
        """Return the last bytes of each line, from two words before the first separator that is counted from there."""
        back = min((place for place in self.breaks if isinstance(place, int) and place < 0), default=0)
        size = _whole_words(2 * WORD - back)
        return _rows_of(self.padded, self.last - size, size)


def words_before(padded: Letters, ends: Places, count: int) -> tuple[Words, ...]:
    """Return the words before each end, the last one first."""
    rows = _rows_of(padded, ends - count * WORD, count * WORD)
    return tuple(_words_in(rows, WORD * number) for number in reversed(range(count)))


def words_at(padded: Letters, places: Places) -> Words:
    """Return the eight bytes from each place on; a place beyond all lines is any other."""
    words: Words = np.ndarray((len(padded) - WORD + 1,), "<u8", padded, strides=(1,))
    return words[np.minimum(places, len(words) - 1)]


def _whole_words(size: int) -> int:
    return min(size + -size % WORD, PAD)


def _rows_of(padded: Letters, places: Places, size: int) -> Letters:
    """Return (places, size) bytes, those from each place on."""
    rows = np.ndarray((len(padded) - size + 1,), f"V{size}", padded, strides=(1,))
    return rows[places].view(np.uint8).reshape(-1, size)


def _words_in(rows: Letters, place: int) -> Words:
    """Return the eight bytes of each row from a place on."""
    words: Words = rows[:, place : place + WORD].view("<u8")[:, 0]
    return words


def all_bytes(byte: int) -> np.uint64:
    """Return the word that has this byte eight times."""
    return np.uint64(byte * 0x0101010101010101)


def pad(text: bytes) -> Letters:
    """Return bytes with room before and after them."""
    return np.frombuffer(b"".join((bytes(PAD), text, bytes(PAD + -len(text) % WORD))), np.uint8)
