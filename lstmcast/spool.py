"""Keeps what is made piece by piece on disk until it is written, so that memory never holds all of it."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from lstmcast.drafts import nameless_file
from lstmcast.files import hash_bytes, reporting_failure, write_pieces

PIECE = 4_000_000  # bytes


@dataclass(frozen=True)
class Spooled:
    """Pieces in a file that is open; they can be had again and again."""

    descriptor: int
    sha256: str

    def __iter__(self) -> Iterator[bytes]:
        """Yield the pieces."""
        place = 0
        while piece := os.pread(self.descriptor, PIECE, place):
            yield piece
            place += len(piece)


def sha256_of(content: bytes | Spooled) -> str:
    """Return the SHA-256 of a content, in hexadecimal."""
    return hash_bytes(content) if isinstance(content, bytes) else content.sha256


@contextmanager
def spooled(folder: Path, pieces: Iterable[bytes]) -> Iterator[bytes | Spooled]:
    """Give pieces as one content: in memory if there is only one, else in a file of the folder that has no name."""
    pieces = iter(pieces)
    first, second = next(pieces, b""), next(pieces, None)
    if second is None:
        yield first
        return
    with reporting_failure(folder, "be written to"):
        descriptor = nameless_file(folder)
    try:
        digest = hashlib.sha256()
        for piece in chain((first, second), pieces):
            digest.update(piece)
            with reporting_failure(folder, "be written to"):
                write_pieces(descriptor, piece)
        yield Spooled(descriptor, digest.hexdigest())
    finally:
        os.close(descriptor)
