"""Reads a file in blocks of whole lines, each with room around it, so that it never is in memory as a whole."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase

import numpy as np

from lstmcast.data.plain.byte_breaks import NEWLINE
from lstmcast.data.plain.byte_lines import PAD, WORD, Letters, pad
from lstmcast.data.table.progress import BytesRead

BLOCK = 2_000_000  # bytes: what a processor's own memory holds beside the arrays made of them
LEAST_LINES, LARGEST_BLOCK = 1000, 20_000_000
LONGEST_LINE = 10_000_000
NEAR = 10_000  # bytes in which a line is looked for first
NOT_ASCII = 128
KEPT = 30_000_000  # bytes


class NotPlainError(Exception):
    """Something in the file needs care."""


@dataclass(frozen=True)
class Block:
    """Whole lines."""

    padded: Letters
    size: int

    @property
    def text(self) -> bytes:
        """Return the lines."""
        return self.padded[PAD : PAD + self.size].tobytes()

    def check(self, quotes: set[str]) -> None:
        """Refuse what is no UTF-8, and what only careful readers can tell the meaning of."""
        inside = self.padded[PAD : PAD + self.size]
        if inside.min() == 0 or any((inside == ord(quote)).any() for quote in quotes):
            raise NotPlainError
        if inside.max() >= NOT_ASCII:
            check_text(self.text)


def block_of(text: bytes) -> Block:
    """Return lines as a block."""
    return Block(pad(text), len(text))


def read_blocks(file: BufferedIOBase, update: Callable[[memoryview], object], progress: BytesRead) -> Iterator[Block]:
    """Yield blocks of whole lines; the last one must end with a line end."""
    np.empty(KEPT, np.uint8)  # once it has been given back, allocators keep as much for the next block
    done, size, rest = 0, BLOCK, b""
    while True:
        start = PAD + len(rest)
        padded = np.empty(start + size + PAD + WORD, np.uint8)
        padded[:PAD] = 0
        padded[PAD:start] = np.frombuffer(rest, np.uint8)
        end = start + file.readinto(padded[start : start + size].data)
        if end == start:
            break
        line_end = _after_last_line(padded, start, end)
        if line_end == start and end - PAD > LONGEST_LINE:
            raise NotPlainError
        rest = padded[line_end if line_end > start else PAD : end].tobytes()
        if line_end == start:
            continue
        length = line_end - PAD
        last = line_end + PAD + -length % WORD
        padded[line_end:last] = 0
        if not done:  # arrays of a few cells each would cost more than they do
            lines = int(np.count_nonzero(padded[:line_end] == NEWLINE))
            size = min(max(BLOCK, LEAST_LINES * length // lines), LARGEST_BLOCK)
        update(padded[PAD:line_end].data)
        done += length
        progress(done)
        yield Block(padded[:last], length)
    if rest:
        raise NotPlainError


def _after_last_line(padded: Letters, start: int, end: int) -> int:
    """Return where the last whole line ends; `start` if none does."""
    for first in (max(start, end - NEAR), start):
        found = padded[first:end].tobytes().rfind(b"\n")
        if found >= 0:
            return first + found + 1
    return start


def check_text(text: bytes) -> None:
    """Refuse what is no UTF-8."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotPlainError from error
