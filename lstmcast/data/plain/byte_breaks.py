"""Splits a block of bytes into lines and finds the separators in them, all lines at once.

One look finds the line ends. The separators of the first line tell where those of all others may be: at the same place
counted from the front or from the back. The few between them are looked for from cell to cell.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile

import numpy as np

from lstmcast.data.plain.byte_lines import PAD, Break, Flags, Letters, Lines, Places, Words, all_bytes, words_at

NEWLINE, RETURN = 10, 13
LOWEST = np.uint64(1)
FIRST_LOOK = 100  # lines that may tell already
MOST_LOOKS = 3  # for separators that stand elsewhere in each line: one look at all bytes costs as much


def split_padded(padded: Letters, separator: int, fields: int) -> Lines | None:
    """Return the lines of a padded block, or None if one has too few fields; what is in a cell is not looked at."""
    last = _places_of(padded == NEWLINE)
    first = np.empty_like(last)
    first[0] = PAD
    np.add(last[:-1], 1, out=first[1:])
    if padded[last[0] - 1] == RETURN:
        last -= 1
        if (padded[last] != RETURN).any():
            return None
    breaks = _breaks_by_width(Lines(padded, first, last, ()), separator, fields)
    if breaks is None:
        found = np.flatnonzero(padded == separator)
        if len(found) != len(first) * (fields - 1):
            return None
        grid = np.empty((len(first), fields + 1), np.int64)
        grid[:, 0], grid[:, 1:-1], grid[:, -1] = first - 1, found.reshape(len(first), -1), last
        if (grid[:, 1] <= grid[:, 0]).any() or (grid[:, -2] >= last).any():
            return None
        return Lines(padded, first, last, tuple(grid.T[1:-1]), grid)
    if fields == 1 and (first == last).any():
        return None  # a blank line, or a missing value?
    return Lines(padded, first, last, breaks)


def is_exact(lines: Lines, separator: int) -> bool:
    """Return whether no cell has a separator in it, nor any sign that only ends lines."""
    inside = lines.padded[PAD : lines.last[-1]]
    returns = len(lines) if lines.padded[lines.last[0]] == RETURN else 0
    separators = int(np.count_nonzero(inside == separator))
    found = int(np.count_nonzero(lines.padded == RETURN))
    return (separators, found) == (len(lines) * len(lines.breaks), returns)


def _places_of(flags: Flags) -> Places:
    """Return where flags are set; a multiple of eight of them, mostly far from each other."""
    words = flags.view("<u8")
    hits = np.flatnonzero(words != 0)
    below = words[hits]
    found = below.copy()
    below -= LOWEST
    found &= below
    if found.any():
        return np.flatnonzero(flags)
    hits <<= 3
    hits += np.bitwise_count(below) >> 3
    return hits


def _breaks_by_width(lines: Lines, separator: int, fields: int) -> tuple[Break, ...] | None:
    """Return the separators of lines if most columns have one width each, else None.

    Those of the first line tell where to look, from the front and from the back; the few between them are looked for.
    """
    size = int(lines.last[0] - lines.first[0])
    at = np.flatnonzero(lines.padded[lines.first[0] : lines.last[0]] == separator).tolist()
    if len(at) != fields - 1:
        return None
    shortest = int((lines.last - lines.first).min())
    front = _separators_among(lines, (place for place in at if place < shortest), separator)
    rest = [place - size for place in reversed(at[len(front) :])]
    back = _separators_among(lines, (place for place in rest if place >= -shortest), separator)[::-1]
    unknown = len(at) - len(front) - len(back)
    if unknown > MOST_LOOKS:
        return None
    breaks: tuple[Break, ...] = tuple(front)
    for _ in range(unknown):
        starts = replace(lines, breaks=breaks).starts(len(breaks))
        after = _first_within(words_at(lines.padded, starts), separator)
        if after is None:
            return None
        breaks = (*breaks, starts + after)
    if breaks and (unknown or back):
        together = replace(lines, breaks=(*breaks, *back[:1]))
        if (together.ends(len(breaks)) < together.starts(len(breaks))).any():
            return None
    return (*breaks, *back)


def _separators_among(lines: Lines, places: Iterable[int], separator: int) -> list[int]:
    """Return the first of some places that hold a separator in all lines, up to one that does not."""

    def is_separator(place: int) -> bool:
        line = lines.first if place >= 0 else lines.last
        return all((lines.padded[some + place] == separator).all() for some in (line[:FIRST_LOOK], line))

    return list(takewhile(is_separator, places))


def _first_within(words: Words, letter: int) -> Places | None:
    """Return where a letter first comes in each word; None where it does not."""
    differs = words ^ all_bytes(letter)
    found = (differs - all_bytes(1)) & ~differs & all_bytes(0x80)
    if not found.all():
        return None
    return np.asarray(np.bitwise_count((found - LOWEST) & ~found) >> 3, np.int64)
