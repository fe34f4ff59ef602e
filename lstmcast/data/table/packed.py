"""Unpacks gzip and zstandard bytes, and stops where a small file would fill the memory."""

import importlib
import io
import zlib
from collections.abc import Callable, Iterator
from gzip import GzipFile
from pathlib import Path
from typing import Any, BinaryIO, cast

from lstmcast.errors import DataError, MissingError

MAGIC_OF_PACKED = {".gz": ("gzip", b"\x1f\x8b"), ".zst": ("zstandard", b"\x28\xb5\x2f\xfd")}
BLOCK = 4_000_000
PIECE = 1024  # packed bytes at a time: zstandard can make 30 MB of them
ALWAYS_ALLOWED = 64_000_000  # bytes
MOST_TIMES = 200  # a table packs 3 to 50 times; only what is made to harm, or holds nothing, packs more


def unpack_bytes(path: Path, stored: bytes, kind: str) -> bytes:
    """Return what is packed in `stored`; more than a table can hold is refused before it is all there."""
    most = max(ALWAYS_ALLOWED, MOST_TIMES * len(stored))
    unpacked = bytearray()
    for block in _blocks(path, stored, kind):
        unpacked += block
        if len(unpacked) > most:
            raise DataError(
                f"{path}: unpacks to more than {most // 1_000_000:,} MB, {MOST_TIMES} times its size, which no table "
                "does; if it is one, unpack it first"
            )
    return bytes(unpacked)


def _blocks(path: Path, stored: bytes, kind: str) -> Iterator[bytes]:
    opened, damage = _open_gzip(stored) if kind == "gzip" else _open_zstandard(path, stored)
    try:
        while block := opened.read(BLOCK):
            yield block
    except damage as error:
        raise DataError(f"{path}: damaged {kind}: {error}; send it again") from error


def _open_gzip(stored: bytes) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    return cast(BinaryIO, GzipFile(fileobj=io.BytesIO(stored))), (OSError, EOFError, zlib.error)


def _open_zstandard(path: Path, stored: bytes) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    """Return a reader from Python 3.14 or newer, or else of the `zstandard` package."""
    try:
        zstd: Any = importlib.import_module("compression.zstd")
    except ImportError:
        zstd = None
    if zstd is not None:
        return zstd.ZstdFile(io.BytesIO(stored)), (zstd.ZstdError, EOFError)
    try:
        zstd = importlib.import_module("zstandard")
    except ImportError as error:
        raise MissingError(
            f"{path}: reading .zst needs the package zstandard; pip install zstandard, or unpack it first"
        ) from error
    return cast(BinaryIO, _Whole(zstd.ZstdDecompressor(), stored)), (zstd.ZstdError, EOFError)


class _Whole(io.RawIOBase):
    """Reads zstandard frames one after the other; an end in the middle of one is an EOFError."""

    def __init__(self, decompressor: Any, stored: bytes) -> None:
        super().__init__()
        self._stored = stored
        self._place = 0
        self._open: Callable[[], Any] = decompressor.decompressobj
        self._frame = self._open()

    def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002 -- a piece at a time is what the caller needs
        """Return what the next pieces of the packed bytes hold, nothing at the end."""
        while self._place < len(self._stored):
            if self._frame.eof:
                self._frame = self._open()
            piece = self._stored[self._place : self._place + PIECE]
            unpacked: bytes = self._frame.decompress(piece)
            self._place += len(piece) - len(self._frame.unused_data)
            if unpacked:
                return unpacked
        if self._stored and not self._frame.eof:
            raise EOFError("it ends in the middle")
        return b""
