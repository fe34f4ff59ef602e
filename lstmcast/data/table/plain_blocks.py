"""Reads a file in blocks of whole lines, each with room around it, so that it never is in memory as a whole."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import numpy as np

from lstmcast.data.table.byte_lines import PAD, pad
from lstmcast.data.table.progress import BytesRead

BLOCK = 2_000_000  # bytes: what a processor's own memory holds beside the arrays made of them
LEAST_LINES, LARGEST_BLOCK = 1000, 20_000_000
LONGEST_LINE = 10_000_000
NOT_ASCII = 128


class NotPlainError(Exception):
    """Something in the file needs care."""


def read_blocks(file: BinaryIO, update: Callable[[memoryview], None], progress: BytesRead) -> Iterator[bytes]:
    """Yield padded blocks of whole lines; the last one must end with a line end."""
    done, size, rest = 0, BLOCK, b""
    while chunk := file.read(size):
        end = chunk.rfind(b"\n") + 1
        if not end and len(rest) + len(chunk) > LONGEST_LINE:
            raise NotPlainError
        if not end:
            rest += chunk
            continue
        block, length = pad(rest, memoryview(chunk)[:end]), len(rest) + end
        rest = chunk[end:]
        if not done:  # arrays of a few cells each would cost more than they do
            size = min(max(BLOCK, LEAST_LINES * length // block.count(b"\n")), LARGEST_BLOCK)
        update(memoryview(block)[PAD : PAD + length])
        done += length
        progress(done)
        yield block
    if rest:
        raise NotPlainError


def check_text(block: bytes) -> None:
    """Refuse what is no UTF-8."""
    if np.frombuffer(block, np.uint8).max(initial=0) >= NOT_ASCII:
        try:
            block.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NotPlainError from error
