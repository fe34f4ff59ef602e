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
    packed, unpacked = io.BytesIO(stored), bytearray()
    for block in _blocks(path, packed, kind):
        unpacked += block
        most = max(ALWAYS_ALLOWED, MOST_TIMES * packed.tell())  # of what was read so far: a bomb may be large itself
        if len(unpacked) > most:
            raise DataError(
                f"{path}: its first {packed.tell():,} bytes unpack to more than {most // 1_000_000:,} MB, which no "
                "table does; if it is one, unpack it first"
            )
    return bytes(unpacked)


def _blocks(path: Path, packed: BinaryIO, kind: str) -> Iterator[bytes]:
    opened, damage = _open_gzip(packed) if kind == "gzip" else _open_zstandard(path, packed)
    try:
        while block := opened.read(BLOCK):
            yield block
    except damage as error:
        raise DataError(f"{path}: damaged {kind}: {error}; send it again") from error


def _open_gzip(packed: BinaryIO) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    return cast(BinaryIO, GzipFile(fileobj=packed)), (OSError, EOFError, zlib.error)


def _open_zstandard(path: Path, packed: BinaryIO) -> tuple[BinaryIO, tuple[type[Exception], ...]]:
    """Return a reader from Python 3.14 or newer, or else of the `zstandard` package."""
    try:
        zstd: Any = importlib.import_module("compression.zstd")
    except ImportError:
        zstd = None
    if zstd is not None:
        return zstd.ZstdFile(packed), (zstd.ZstdError, EOFError)
    try:
        zstd = importlib.import_module("zstandard")
    except ImportError as error:
        raise MissingError(
            f"{path}: reading .zst needs the package zstandard; pip install zstandard, or unpack it first"
        ) from error
    return cast(BinaryIO, _Whole(zstd.ZstdDecompressor(), packed)), (zstd.ZstdError, EOFError)


class _Whole(io.RawIOBase):
    """Reads zstandard frames one after the other; an end in the middle of one is an EOFError."""

    def __init__(self, decompressor: Any, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._open: Callable[[], Any] = decompressor.decompressobj
        self._frame = self._open()

    def read(self, size: int = -1, /) -> bytes:  # noqa: ARG002 -- a piece at a time is what the caller needs
        """Return what the next pieces of the packed bytes hold, nothing at the end."""
        while piece := self._packed.read(PIECE):
            if self._frame.eof:
                self._frame = self._open()
            unpacked: bytes = self._frame.decompress(piece)
            self._packed.seek(-len(self._frame.unused_data), io.SEEK_CUR)  # the next frame
            if unpacked:
                return unpacked
        if self._packed.tell() and not self._frame.eof:
            raise EOFError("it ends in the middle")
        return b""
