"""Reads the numbers of many cells at once from their bytes, eight bytes to a word.

A column takes two loads of 8 bytes a cell and some arithmetic on all cells together: digits are added up within a word,
the point is found and taken out, and what is left is divided by a power of ten. That is exact: whole numbers below 2^53
and powers up to 10^22 are floats without a rest, and one division of two such numbers rounds as it should.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lstmcast.data.table.byte_lines import WORD, Lines, Places, Words, all_bytes

MINUS, POINT = 45, 46
MOST_DIGITS = 16
AT_ONCE = 60_000  # cells: fewer of them take no longer to read than to call for
LARGEST = 2**53

LastWords = tuple[Words, Words | None]  # the last eight bytes of each cell, and the eight in front of them
FloatArray = npt.NDArray[np.float64]

ZEROS, HIGH, LOW = all_bytes(0x30), all_bytes(0x80), all_bytes(0x01)
UPPER, SIX = all_bytes(0xF0), all_bytes(0x06)
FULL = 0xFFFFFFFFFFFFFFFF
LAST_LETTER, BEYOND_NINE = np.uint64(0xFF), all_bytes(0x76)
LAST_LETTERS = np.array([FULL << 8 * (WORD - length) & FULL for length in range(WORD + 1)], np.uint64)  # as a mask
TENS = 10 ** np.arange(MOST_DIGITS + 2, dtype=np.uint64)
POWERS = 10.0 ** np.arange(MOST_DIGITS + 2)


def read_numbers(lines: Lines, columns: Sequence[int], point: int = POINT) -> list[FloatArray | None]:
    """Return columns of plain numbers, NaN where a cell is empty; None for a column with any other cell."""
    rows = len(lines.starts[0])
    together = max(1, AT_ONCE // max(rows, 1))
    found: list[FloatArray | None] = []
    for first in range(0, len(columns), together):
        some = columns[first : first + together]
        found += _read_together(lines, some, point) or [_read_column(lines, column, point) for column in some]
    return found


def _read_together(lines: Lines, columns: Sequence[int], point: int) -> list[FloatArray] | None:
    """Return columns that are read as if they were one, None where any cell is odd, or there is only one."""
    if len(columns) == 1:
        return None
    starts, ends = (np.concatenate([side[column] for column in columns]) for side in (lines.starts, lines.ends))
    values = _read_cells(lines, starts, ends, point)
    return None if values is None else np.split(values, len(columns))


def _read_column(lines: Lines, column: int, point: int) -> FloatArray | None:
    return _read_cells(lines, lines.starts[column], lines.ends[column], point)


def _read_cells(lines: Lines, start: Places, end: Places, point: int) -> FloatArray | None:
    """Return the numbers in cells, NaN where one is empty; None where one is anything else."""
    is_empty = start == end
    if not is_empty.any():
        return _read_filled(lines, start, end, point)
    values = np.full(len(start), np.nan)
    filled = np.flatnonzero(~is_empty)
    if len(filled):
        found = _read_filled(lines, start[filled], end[filled], point)
        if found is None:
            return None
        values[filled] = found
    return values


def _read_filled(lines: Lines, start: Places, end: Places, point: int) -> FloatArray | None:
    negative = np.frombuffer(lines.padded, np.uint8)[start] == MINUS
    any_negative = bool(negative.any())
    length = end - start - negative if any_negative else end - start
    longest, shortest = int(length.max()), int(length.min())
    if longest > MOST_DIGITS or shortest == 0:
        return None
    words = lines.words[end - WORD], lines.words[end - 2 * WORD] if longest > WORD else None
    last = lines.padded[int(start[0]) : int(end[0])]
    decimals = len(last) - 1 - last.find(point) if point in last else 0
    values = _read_alike(words, length, shortest, point, decimals)
    if values is None:
        values = _read_any(words, length, point)
    if values is not None and any_negative:
        np.negative(values, out=values, where=negative)
    return values


def _read_alike(words: LastWords, length: Places, shortest: int, point: int, decimals: int) -> FloatArray | None:
    """Return numbers that all have so many digits behind their point; None where one is otherwise."""
    low, high = words
    if decimals:
        if decimals > WORD - 2 or shortest <= decimals:
            return None
        if (((low >> np.uint64(8 * (WORD - 1 - decimals))) & LAST_LETTER) != np.uint64(point)).any():
            return None
        behind = np.uint64(FULL << (8 * (WORD - decimals)) & FULL)
        low = (low & behind) | ((low << np.uint64(8)) & ~behind)
        length = length - 1
    low = _values_of(low, length, WORD - bool(decimals))
    bad = _not_digits(low)
    number = join_digits(low)
    if high is not None:
        high = _values_of(high, length - (WORD - bool(decimals)), WORD)
        bad |= _not_digits(high)
        number += join_digits(high) * TENS[WORD - bool(decimals)]
    if bad or (high is not None and int(number.max()) >= LARGEST):
        return None
    values = number.astype(np.float64)
    if decimals:
        values /= POWERS[decimals]
    return values


def _values_of(words: Words, length: Places, most: int) -> Words:
    """Return words with the values of their last digits, and 0 for all that is in front of those."""
    return (words ^ ZEROS) & LAST_LETTERS[np.clip(length, 0, most)]


def _not_digits(values: Words) -> bool:
    """Return whether any byte is no value of a digit."""
    return bool((((values + BEYOND_NINE) | values) & HIGH).any())


def join_digits(values: Words) -> Words:
    """Return the numbers that eight values each write; neighbours are joined in three steps."""
    values = ((values * np.uint64(10 << 8 | 1)) >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)
    values = ((values * np.uint64(100 << 16 | 1)) >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
    return (values * np.uint64(10_000 << 32 | 1)) >> np.uint64(32)


def _read_any(words: LastWords, length: Places, point: int) -> FloatArray | None:
    """Return numbers whose points are anywhere, None where one is none."""
    low, decimals = _without_point(_last_letters(words[0], length), point)
    if not are_digits(low):
        return None
    number = digits_of(low)
    if words[1] is not None:
        high, more = _without_point(_last_letters(words[1], length - WORD), point)
        if not are_digits(high) or ((decimals >= 0) & (more >= 0)).any():
            return None
        decimals = np.where(more >= 0, more + WORD, decimals)
        number += digits_of(high) * TENS[WORD]
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


def are_digits(words: Words) -> bool:
    """Return whether all letters are digits."""
    return bool((((words & UPPER) | (((words + SIX) & UPPER) >> np.uint64(4))) == all_bytes(0x33)).all())


def digits_of(words: Words) -> Words:
    """Return the number that eight digits write; neighbours are joined in three steps."""
    words = words & all_bytes(0x0F)
    words = (words * np.uint64(10) + (words >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    words = (words * np.uint64(100) + (words >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (words * np.uint64(10_000) + (words >> np.uint64(32))) & np.uint64(0x00000000FFFFFFFF)
