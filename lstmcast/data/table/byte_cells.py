"""Reads the texts of many cells at once from their bytes, eight bytes to a word, without a Python object for each.

A column of texts is read by its runs (ids that stay the same for many lines), or, where all texts have digits in the
same places, as one whole number each (times). Anything else is left to others: the functions return None.
"""

from dataclasses import dataclass

import numpy as np

from lstmcast.data.table.byte_lines import WORD, Flags, Letters, Lines, Places, Words
from lstmcast.data.table.byte_numbers import FULL, HIGH, join_digits

FIRST_LOOK = 1000  # lines that tell whether cells stay the same
BEYOND_NINE, BEYOND_NOTHING = 0x76, 0x7F  # what lifts larger values to 128 or more
RUN = 8  # lines that an id has to stay the same, on average
FIRST_LETTERS = np.array([FULL >> 8 * (WORD - length) for length in range(WORD + 1)], np.uint64)  # as a mask


@dataclass(frozen=True)
class Form:
    """A text in which some bytes are digits and all others are known."""

    text: bytes  # with 0 for the digits
    is_digit: tuple[bool, ...]


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


def cells_of(lines: Lines, column: int, length: int) -> Letters | None:
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
        word ^= _number(form.text[place : place + size])  # leaves the value of each digit, and nothing of other letters
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
