"""Reads the texts of many cells at once from their bytes, eight bytes to a word, without a Python object for each.

A column of texts is read by its runs (ids that stay the same for many lines), or, where all texts have digits in the
same places, as one whole number each (times). Anything else is left to others: the functions return None.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lstmcast.data.plain.byte_lines import FIRST_LETTERS, WORD, Flags, Lines, Places, Words
from lstmcast.data.plain.byte_numbers import BEYOND_NINE, BEYOND_NOTHING, HIGH, join_digits

FIRST_LOOK = 1000  # lines that tell whether cells stay the same
RUN = 8  # lines that an id has to stay the same, on average


@dataclass(frozen=True)
class Form:
    """A text in which some bytes are digits and all others are known."""

    text: bytes  # with 0 for the digits
    is_digit: tuple[bool, ...]


def starts_of_runs(lines: Lines, column: int) -> Places | None:
    """Return the first line of each run of equal cells; None where cells change too often."""
    if len(lines) > FIRST_LOOK and _find_changes(lines.some(slice(FIRST_LOOK)), column) is None:
        return None
    changes = _find_changes(lines, column)
    return None if changes is None else np.flatnonzero(changes)


def texts_of(lines: Lines, column: int) -> list[bytes]:
    """Return the text of each cell of a column."""
    bounds = zip(lines.starts(column).tolist(), lines.ends(column).tolist(), strict=True)
    return [lines.padded[start:end].tobytes() for start, end in bounds]


def words_of_cells(lines: Lines, column: int, width: int) -> Iterator[Words] | None:
    """Return words that together have every byte of a column's cells; None where one has another width."""
    known = lines.width(column)
    if width != known and (known is not None or (lines.lengths(column) != width).any()):
        return None
    if width < WORD:
        return iter([lines.words_from(column, 0) & FIRST_LETTERS[width]])
    return (lines.words_from(column, min(offset, width - WORD)) for offset in range(0, width, WORD))


def _find_changes(lines: Lines, column: int) -> Flags | None:
    """Return which cells differ from the one above; None where too many do."""
    lengths = lines.lengths(column) if lines.width(column) is None else None
    width = lines.width(column) if lengths is None else int(lengths[0])
    changes = np.ones(len(lines), bool)
    changes[1:] = False if lengths is None else lengths[1:] != lengths[:-1]
    words = None if width is None else words_of_cells(lines, column, width)
    if words is None and lengths is not None:
        offsets = range(0, int(lengths.max()), WORD)
        words = (_first_letters(lines.words_from(column, offset), lengths - offset) for offset in offsets)
    for word in words or ():
        changes[1:] |= word[1:] != word[:-1]
        if int(np.count_nonzero(changes)) * RUN > len(lines):
            return None
    return None if int(np.count_nonzero(changes)) * RUN > len(lines) else changes


def find_form(lines: Lines, column: int) -> Form | None:
    """Return the form of the first cell of a column, if one whole number can hold its digits."""
    text = texts_of(lines.some(slice(1)), column)[0]
    is_digit = tuple(48 <= byte <= 57 for byte in text)
    if not 0 < len(text) <= 3 * WORD or not any(is_digit) or not text.isascii():
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
    width = lines.width(column)
    if (lines.lengths(column) != len(form.text)).any() if width is None else width != len(form.text):
        return None
    keys = np.zeros(len(lines), np.uint64)
    for place in range(0, len(form.text), WORD):
        size = min(WORD, len(form.text) - place)
        # what is left is the value of each digit, and nothing of other letters
        word = lines.words_from(column, place) ^ _number(form.text[place : place + size])
        if size < WORD:
            word <<= np.uint64(8 * (WORD - size))
        word = word[:1] if (word == word[0]).all() else word
        is_digit = (*[False] * (WORD - size), *form.is_digit[place : place + size])
        beyond = _number(bytes(BEYOND_NINE if digit else BEYOND_NOTHING for digit in is_digit))
        if (((word + beyond) | word) & HIGH).any():
            return None
        if any(is_digit):
            keys *= np.uint64(10 ** (WORD - is_digit.index(True)))
            keys += join_digits(word)
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


def _first_letters(words: Words, lengths: Places) -> Words:
    """Return the words with nothing for all but their first letters."""
    if int(lengths.min()) >= WORD:
        return words
    shift = np.clip((WORD - lengths) * 8, 0, 64).astype(np.uint64)
    return (words << shift) >> shift
