"""Reads the numbers of many cells at once from their bytes, eight bytes to a word.

A column takes the last 8 or 16 bytes of each cell and some arithmetic on all cells together: digits are added up within
a word, the point is found and taken out, and what is left is divided by a power of ten. That is exact: whole numbers
below 2^53 and powers up to 10^22 are floats without a rest, and one division of two such numbers rounds as it should.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.plain.byte_lines import FULL, WORD, Letters, Lines, Places, Words, all_bytes, words_before

MINUS, POINT = 45, 46
MOST_DIGITS = 16
AT_ONCE = 60_000  # cells: fewer of them take no longer to read than to call for
FIRST_LOOK = 1000  # cells that tell whether any number is negative, as a rule
LARGEST = 2**53


ZEROS, HIGH, LOW = all_bytes(0x30), all_bytes(0x80), all_bytes(0x01)
UPPER, SIX = all_bytes(0xF0), all_bytes(0x06)
BEYOND_NINE, BEYOND_NOTHING = 0x76, 0x7F  # what lifts larger values to 128 or more
LAST_LETTERS = np.array([FULL << 8 * (WORD - length) & FULL for length in range(WORD + 1)], np.uint64)  # as a mask
TENS = 10 ** np.arange(MOST_DIGITS + 2, dtype=np.uint64)
POWERS = 10.0 ** np.arange(MOST_DIGITS + 2)


@dataclass(frozen=True)
class _Cells:
    padded: Letters
    starts: Places
    lengths: Places
    last_words: Callable[[int], tuple[Words, ...]]  # so many words before the end of each cell, the last one first


def read_numbers(lines: Lines, columns: Sequence[int], point: int = POINT) -> list[FloatArray | None]:
    """Return columns of plain numbers, NaN where a cell is empty; None for a column with any other cell."""
    together = max(1, AT_ONCE // len(lines))
    found: list[FloatArray | None] = []
    for first in range(0, len(columns), together):
        some = columns[first : first + together]
        found += _read_together(lines, some, point) or [_read_column(lines, column, point) for column in some]
    return found


def _read_together(lines: Lines, columns: Sequence[int], point: int) -> list[FloatArray] | None:
    """Return columns that are read as if they were one, None where any cell is odd, or there is only one."""
    if len(columns) == 1:
        return None
    starts, ends = lines.bounds(columns)
    ends = ends.ravel()
    cells = _Cells(lines.padded, starts.ravel(), ends - starts.ravel(), partial(words_before, lines.padded, ends))
    values = _read_cells(cells, point)
    return None if values is None else list(np.ascontiguousarray(values.reshape(starts.shape).T))


def _read_column(lines: Lines, column: int, point: int) -> FloatArray | None:
    words = partial(lines.words_before_end, column)
    return _read_cells(_Cells(lines.padded, lines.starts(column), lines.lengths(column), words), point)


def _read_cells(cells: _Cells, point: int) -> FloatArray | None:
    """Return the numbers in cells, NaN where one is empty; None where one is anything else."""
    if not (cells.padded[cells.starts[:FIRST_LOOK]] == MINUS).any():
        values = _read_unsigned(cells, cells.lengths, point)
        if values is not None:
            return values
    is_negative = (cells.padded[cells.starts] == MINUS) & (cells.lengths > 0)
    lengths = cells.lengths - is_negative
    if not is_negative.any() or (is_negative & (lengths == 0)).any():
        return None
    values = _read_unsigned(cells, lengths, point)
    if values is not None:
        np.negative(values, out=values, where=is_negative)
    return values


def _read_unsigned(cells: _Cells, lengths: Places, point: int) -> FloatArray | None:
    longest, shortest = int(lengths.max()), int(lengths.min())
    if longest > MOST_DIGITS:
        return None
    some = int(np.argmax(lengths > 0)) if lengths[0] == 0 else 0
    end = int(cells.starts[some] + cells.lengths[some])
    letters = cells.padded[end - int(lengths[some]) : end].tobytes()
    decimals = len(letters) - 1 - letters.find(point) if point in letters else 0
    words = cells.last_words(1 if longest <= WORD else 2)
    values = _read_alike(words, lengths, shortest, point, decimals)
    if values is None:
        values = _read_any(words, lengths, point)
    if values is not None and shortest == 0:
        values[lengths == 0] = np.nan
    return values


def _read_alike(
    words: tuple[Words, ...], lengths: Places, shortest: int, point: int, decimals: int
) -> FloatArray | None:
    """Return numbers that all have so many digits behind their point, 0 for empty ones; None where one is otherwise."""
    if decimals > WORD - 2:
        return None
    if decimals and shortest <= decimals and np.count_nonzero(lengths <= decimals) > np.count_nonzero(lengths == 0):
        return None
    signs, beyond = bytearray(b"0" * WORD), bytearray([BEYOND_NINE] * WORD)
    if decimals:
        signs[WORD - 1 - decimals], beyond[WORD - 1 - decimals] = point, BEYOND_NOTHING
    number = _values_of(words[0], lengths, shortest, signs, beyond)
    if number is None:
        return None
    if decimals:  # those before the point move one letter on, to its place
        number += (number & np.uint64(FULL >> 8 * (1 + decimals))) * np.uint64(255)
    number = join_digits(number)
    if len(words) > 1:
        high = _values_of(words[1], lengths - WORD, shortest - WORD, b"0" * WORD, bytes([BEYOND_NINE] * WORD))
        if high is None:
            return None
        number += join_digits(high) * TENS[WORD - bool(decimals)]
        if int(number.max()) >= LARGEST:
            return None
    values = number.view(np.int64).astype(np.float64)
    if decimals:
        values /= POWERS[decimals]
    return values


def _values_of(
    words: Words, lengths: Places, shortest: int, signs: bytes | bytearray, beyond: bytes | bytearray
) -> Words | None:
    """Return the last letters of words as their distance from `signs`, 0 for those in front of them.

    None where a distance, with what is `beyond` it, is 128 or more.
    """
    values = words ^ np.uint64(int.from_bytes(signs, "little"))
    if shortest < WORD:
        values &= LAST_LETTERS.take(lengths, mode="clip")
    lifted = values + np.uint64(int.from_bytes(beyond, "little"))
    lifted |= values
    lifted &= HIGH
    return None if lifted.any() else values


def join_digits(values: Words) -> Words:
    """Return the numbers that eight values each write; neighbours are joined in three steps."""
    values = values * np.uint64(10 << 8 | 1)
    values >>= np.uint64(8)
    values &= np.uint64(0x00FF00FF00FF00FF)
    values *= np.uint64(100 << 16 | 1)
    values >>= np.uint64(16)
    values &= np.uint64(0x0000FFFF0000FFFF)
    values *= np.uint64(10_000 << 32 | 1)
    values >>= np.uint64(32)
    return values


def _read_any(words: tuple[Words, ...], length: Places, point: int) -> FloatArray | None:
    """Return numbers whose points are anywhere, 0 for empty ones; None where one is none."""
    low, decimals = _without_point(_last_letters(words[0], length), point)
    if not _are_digits(low):
        return None
    number = _digits_of(low)
    if len(words) > 1:
        high, more = _without_point(_last_letters(words[1], length - WORD), point)
        if not _are_digits(high) or ((decimals >= 0) & (more >= 0)).any():
            return None
        decimals = np.where(more >= 0, more + WORD, decimals)
        number += _digits_of(high) * TENS[WORD]
    has_point = decimals >= 0
    if ((length == 1) & has_point).any():
        return None  # a point alone
    return _place_point(number, decimals)


def _place_point(number: Words, decimals: Places) -> FloatArray | None:
    """Return whole numbers, which have a 0 where the point was, with the point before so many decimals; -1: none."""
    least, most = int(decimals.min()), int(decimals.max())
    if most >= 0:
        behind, beyond, power = TENS[most], TENS[most + 1], POWERS[most]
        if least != most:
            places = np.maximum(decimals, 0)
            behind, beyond, power = TENS[places], TENS[places + 1], POWERS[places]
        whole = number // beyond
        joined = number - whole * (beyond - behind)
        number = joined if least >= 0 else np.where(decimals >= 0, joined, number)
    if int(number.max()) >= LARGEST:
        return None
    values = number.astype(np.float64)
    return values / power if most >= 0 else values


def _last_letters(words: Words, lengths: Places) -> Words:
    """Return the words with 0 for all but their last letters."""
    if int(lengths.min()) >= WORD:
        return words
    shift = np.clip((WORD - lengths) * 8, 0, 64).astype(np.uint64)
    return ((words >> shift) << shift) | (ZEROS & ~(np.uint64(FULL) << shift))


def _without_point(words: Words, point: int) -> tuple[Words, Places]:
    """Return the words with 0 for their last point, and how many digits stand behind it, -1 without one."""
    differs = words ^ all_bytes(point)
    found = (differs - LOW) & ~differs & HIGH
    if not found.any():
        return words, np.full(len(words), -1)
    lowest = found & (~found + np.uint64(1))
    place = np.bitwise_count(lowest - np.uint64(1)) // 8  # of the first point; 8 without one
    has_point = found != 0
    digits = np.where(has_point, (WORD - 1) - place.astype(np.int64), -1)
    shift = np.where(has_point, place, 0).astype(np.uint64) * np.uint64(8)
    removed = np.where(has_point, np.uint64(point ^ 0x30) << shift, np.uint64(0))
    return words ^ removed, digits


def _are_digits(words: Words) -> bool:
    """Return whether all letters are digits."""
    return bool((((words & UPPER) | (((words + SIX) & UPPER) >> np.uint64(4))) == all_bytes(0x33)).all())


def _digits_of(words: Words) -> Words:
    """Return the number that eight digits write."""
    return join_digits(words & all_bytes(0x0F))
