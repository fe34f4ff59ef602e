"""Reads the cells of many lines at once from their bytes, eight bytes to a word, without a Python object for each.

A block of lines is split by one look for its separators and line ends. Then a column of numbers takes two loads of 8
bytes a cell and some arithmetic on all cells together: digits are added up within a word, the point is found and taken
out, and what is left is divided by a power of ten. That is exact: whole numbers below 2^53 and powers up to 10^22 are
floats without a rest, and one division of two such numbers rounds as it should. A column of texts is read by its runs
(ids that stay the same for many lines), or, where all texts have digits in the same places, as one whole number each
(times). Anything else is left to others: the functions return None.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import numpy.typing as npt

PAD = 16  # bytes before and after a block, so that words can be loaded at its ends
WORD = 8
FIRST_LOOK = 1000  # lines that tell whether cells stay the same
RUN = 8  # lines that an id has to stay the same, on average
NEWLINE, RETURN, MINUS, POINT = 10, 13, 45, 46
MOST_DIGITS = 16
LARGEST = 2**53

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Letters = npt.NDArray[np.uint8]
LastWords = tuple[Words, Words | None]  # the last eight bytes of each cell, and the eight in front of them
FloatArray = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def _all(byte: int) -> np.uint64:
    return np.uint64(byte * 0x0101010101010101)


ZEROS, HIGH, LOW = _all(0x30), _all(0x80), _all(0x01)
LOWEST = np.uint64(1)
UPPER, SIX = _all(0xF0), _all(0x06)
FULL = 0xFFFFFFFFFFFFFFFF
LAST_LETTER, BEYOND_NINE = np.uint64(0xFF), _all(0x76)
FIRST_LETTERS = np.array([FULL >> 8 * (WORD - length) for length in range(WORD + 1)], np.uint64)  # as a mask
LAST_LETTERS = np.array([FULL << 8 * (WORD - length) & FULL for length in range(WORD + 1)], np.uint64)
TENS = 10 ** np.arange(MOST_DIGITS + 2, dtype=np.uint64)
POWERS = 10.0 ** np.arange(MOST_DIGITS + 2)


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


@dataclass(frozen=True)
class Form:
    """A text in which some bytes are digits and all others are known."""

    text: bytes  # with 0 for the digits
    is_digit: tuple[bool, ...]


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


def read_numbers(lines: Lines, column: int, point: int = POINT) -> FloatArray | None:
    """Return a column of plain numbers, NaN where a cell is empty; None where a cell is anything else."""
    start, end = lines.starts[column], lines.ends[column]
    negative = np.frombuffer(lines.padded, np.uint8)[start] == MINUS
    any_negative = bool(negative.any())
    length = end - start - negative if any_negative else end - start
    longest, shortest = int(length.max()), int(length.min())
    if longest > MOST_DIGITS or (shortest == 0 and (negative & (length == 0)).any()):
        return None
    words = lines.words[end - WORD], lines.words[end - 2 * WORD] if longest > WORD else None
    last = lines.padded[int(start[0]) : int(end[0])]
    decimals = len(last) - 1 - last.find(point) if point in last else 0
    values = _read_alike(words, length, shortest, point, decimals)
    if values is None:
        values = _read_any(words, length, point)
    if values is not None and any_negative:
        np.negative(values, out=values, where=negative)
    if values is not None and shortest == 0:
        values[length == 0] = np.nan
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
    number = _join_digits(low)
    if high is not None:
        high = _values_of(high, length - (WORD - bool(decimals)), WORD)
        bad |= _not_digits(high)
        number += _join_digits(high) * TENS[WORD - bool(decimals)]
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


def _join_digits(values: Words) -> Words:
    """Return the numbers that eight values each write; neighbours are joined in three steps."""
    values = ((values * np.uint64(10 << 8 | 1)) >> np.uint64(8)) & np.uint64(0x00FF00FF00FF00FF)
    values = ((values * np.uint64(100 << 16 | 1)) >> np.uint64(16)) & np.uint64(0x0000FFFF0000FFFF)
    return (values * np.uint64(10_000 << 32 | 1)) >> np.uint64(32)


def _read_any(words: LastWords, length: Places, point: int) -> FloatArray | None:
    """Return numbers whose points are anywhere, None where one is none."""
    low, decimals = _without_point(_last_letters(words[0], length), point)
    if not _are_digits(low):
        return None
    number = _digits(low)
    if words[1] is not None:
        high, more = _without_point(_last_letters(words[1], length - WORD), point)
        if not _are_digits(high) or ((decimals >= 0) & (more >= 0)).any():
            return None
        decimals = np.where(more >= 0, more + WORD, decimals)
        number += _digits(high) * TENS[WORD]
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


def read_runs(lines: Lines, column: int) -> tuple[list[str], Places] | None:
    """Return the texts of runs of equal cells and the length of each; None where cells change too often."""
    start, end = lines.starts[column], lines.ends[column]
    if len(start) > FIRST_LOOK and _find_changes(lines, start[:FIRST_LOOK], end[:FIRST_LOOK]) is None:
        return None
    changes = _find_changes(lines, start, end)
    if changes is None:
        return None
    firsts = np.flatnonzero(changes)
    texts = [lines.padded[a:b].decode() for a, b in zip(start[firsts].tolist(), end[firsts].tolist(), strict=True)]
    return texts, np.diff(np.append(firsts, len(start)))


def _find_changes(lines: Lines, start: Places, end: Places) -> Flags | None:
    """Return which cells differ from the one above; None where too many do."""
    length = end - start
    longest = int(length.max())
    changes = np.ones(len(start), bool)
    changes[1:] = length[1:] != length[:-1]
    is_one_length = not changes[1:].any()
    for offset in range(0, longest, WORD):
        word = lines.words[np.minimum(start + offset, len(lines.padded) - WORD)]
        if not is_one_length:
            word = _first_letters(word, length - offset)
        elif offset + WORD > longest:
            word &= FIRST_LETTERS[longest - offset]
        changes[1:] |= word[1:] != word[:-1]
        if int(np.count_nonzero(changes)) * RUN > len(start):
            return None
    return None if int(np.count_nonzero(changes)) * RUN > len(start) else changes


def cells_of(lines: Lines, column: int, length: int) -> npt.NDArray[np.uint8] | None:
    """Return the (rows, length) bytes of a column whose cells all have this length; None where one has another."""
    start = lines.starts[column]
    if (lines.ends[column] - start != length).any():
        return None
    cells = np.ndarray((len(lines.padded) - length + 1,), f"V{length}", lines.padded, strides=(1,))
    return cells[start].view(np.uint8).reshape(-1, length)


def find_form(lines: Lines, column: int) -> Form | None:
    """Return the form of the first cell of a column, if one whole number can hold its digits."""
    text = lines.padded[lines.starts[column][0] : lines.ends[column][0]]
    is_digit = tuple(48 <= byte <= 57 for byte in text)
    if not 0 < len(text) <= 3 * WORD or not any(is_digit):
        return None
    size = 1
    for place in range(0, len(text), WORD):
        inside = is_digit[place : place + WORD]
        size *= 10 ** (len(inside) - inside.index(True)) if any(inside) else 1
    if size > 2**64:
        return None
    return Form(bytes(48 if digit else byte for byte, digit in zip(text, is_digit, strict=True)), is_digit)


def read_keys(lines: Lines, column: int, form: Form) -> Words | None:
    """Return one whole number for each cell, of which texts of this form have one each; None where a cell differs."""
    start = lines.starts[column]
    if (lines.ends[column] - start != len(form.text)).any():
        return None
    keys = np.zeros(len(start), np.uint64)
    for place in range(0, len(form.text), WORD):
        size = min(WORD, len(form.text) - place)
        word = lines.words[start + place]
        known = form.text[place : place + size]
        is_digit = form.is_digit[place : place + size]
        fixed = _number(bytes(0 if digit else 0xFF for digit in is_digit))
        wanted = _number(bytes(0 if digit else byte for byte, digit in zip(known, is_digit, strict=True)))
        if ((word & fixed) != wanted).any():
            return None
        if not any(is_digit):
            continue
        word = (word & _number(bytes(0xFF if digit else 0 for digit in is_digit))) | _number(
            bytes(0 if digit else 0x30 for digit in is_digit)
        )
        if size < WORD:
            word = (word << np.uint64(8 * (WORD - size))) | (ZEROS & np.uint64((1 << 8 * (WORD - size)) - 1))
        word = word[:1] if (word == word[0]).all() else word
        if not _are_digits(word):
            return None
        keys *= np.uint64(10 ** (size - is_digit.index(True)))
        keys += _digits(word)
    return keys


def texts_of_keys(keys: Words, form: Form) -> list[str]:
    """Return the texts that have these numbers."""
    letters = np.empty((len(keys), len(form.text)), np.uint8)
    rest = keys.copy()
    for place in reversed(range(0, len(form.text), WORD)):
        is_digit = form.is_digit[place : place + WORD]
        if not any(is_digit):
            letters[:, place : place + len(is_digit)] = np.frombuffer(form.text[place : place + WORD], np.uint8)
            continue
        size = np.uint64(10 ** (len(is_digit) - is_digit.index(True)))
        of_word = rest % size
        rest //= size
        for offset in reversed(range(len(is_digit))):
            known = form.text[place + offset]
            letters[:, place + offset] = of_word % np.uint64(10) + np.uint64(48) if is_digit[offset] else known
            of_word //= np.uint64(10)
    whole = letters.tobytes().decode()
    return [whole[start : start + len(form.text)] for start in range(0, len(whole), len(form.text))]


def _number(bytes_: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(bytes_, "little"))


def _last_letters(words: Words, lengths: Places) -> Words:
    """Return the words with 0 for all but their last letters."""
    if int(lengths.min()) >= WORD:
        return words
    shift = np.clip((WORD - lengths) * 8, 0, 64).astype(np.uint64)
    return ((words >> shift) << shift) | (ZEROS & ~(np.uint64(FULL) << shift))


def _first_letters(words: Words, lengths: Places) -> Words:
    """Return the words with nothing for all but their first letters."""
    if int(lengths.min()) >= WORD:
        return words
    shift = np.clip((WORD - lengths) * 8, 0, 64).astype(np.uint64)
    return (words << shift) >> shift


def _without_point(words: Words, point: int) -> tuple[Words, Places]:
    """Return the words with 0 for their last point, and how many digits stand behind it, -1 without one."""
    differs = words ^ _all(point)
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
    return bool((((words & UPPER) | (((words + SIX) & UPPER) >> np.uint64(4))) == _all(0x33)).all())


def _digits(words: Words) -> Words:
    """Return the number that eight digits write; neighbours are joined in three steps."""
    words = words & _all(0x0F)
    words = (words * np.uint64(10) + (words >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    words = (words * np.uint64(100) + (words >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (words * np.uint64(10_000) + (words >> np.uint64(32))) & np.uint64(0x00000000FFFFFFFF)
