"""Brings a file into memory as UTF-8 bytes, and says what it is where it is not what its name or the config says."""

import codecs
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from glob import glob, has_magic
from pathlib import Path

from lstmcast.config.values import names_in
from lstmcast.data.table.packed import MAGIC_OF_PACKED, unpack_bytes
from lstmcast.errors import ConfigError, DataError, MissingError
from lstmcast.pipes import read_input

STANDARD_INPUT = Path("standard input")  # what `-` is called in messages: the file that comes in through a pipe

MAGIC = {
    **{magic: f"{kind} bytes" for kind, magic in MAGIC_OF_PACKED.values()},
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"PAR1": "a parquet file",
    b"\xfd7zXZ\x00": "xz bytes",
    b"BZh": "bzip2 bytes",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
    b"ARROW1": "an Arrow file",
    b"\x89HDF": "an HDF5 file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
OTHER_TEXTS = {  # such as servers send in place of a file that they cannot give
    re.compile(rb"\s*<(!doctype html|html|head|body|table)\b", re.IGNORECASE): "a web page",
    re.compile(rb"\s*<\?xml\b", re.IGNORECASE): "XML",
    re.compile(rb'\s*(\[\s*\[|\[?\s*\{\s*")'): "JSON",
}
BYTE_ORDER_MARKS = {  # UTF-32 first: its little-endian mark begins with the one of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def find_paths(path: str | tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files that `data.path` names, in the order of the list and, within a glob, of their names."""
    found: list[Path] = []
    for pattern in names_in(path):
        if pattern == "-":
            found.append(STANDARD_INPUT)
        elif has_magic(pattern) and not os.path.lexists(pattern):
            matches = sorted(glob(pattern, recursive=True))  # noqa: PTH207 -- Path.glob takes no absolute pattern
            if not matches:
                raise MissingError(f"{pattern}: no file matches; check data.path")
            found.extend(Path(match) for match in matches)
        else:
            found.append(Path(pattern))
    return tuple(dict.fromkeys(found))


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file as they are stored, or what comes in through a pipe."""
    if path == STANDARD_INPUT:
        return _read_standard_input()
    with reporting_missing(path):
        return read_input(path)


@contextmanager
def reporting_missing(path: Path) -> Iterator[None]:
    """Turn what the operating system says of a file that cannot be read into a MissingError; a device has no end."""
    try:
        if path.is_char_device() or path.is_block_device():
            raise MissingError(f"{path}: is a device, not a file; check data.path")
        yield
    except FileNotFoundError as error:
        raise MissingError(f"{path}: no such file; check its name, or data.path in the config") from error
    except IsADirectoryError as error:
        raise MissingError(f"{path}: is a folder; name a file, or several by {path}/*.csv") from error
    except OSError as error:
        raise MissingError(f"{path}: cannot be read: {error.strerror or error}") from error


def unpack(path: Path, stored: bytes) -> bytes:
    """Return the text bytes of a file; what is packed is known by its name, what comes through a pipe by itself."""
    named = path.suffix.lower()
    for suffix, (kind, magic) in MAGIC_OF_PACKED.items():
        if suffix == named or (path == STANDARD_INPUT and stored.startswith(magic)):
            if stored and not stored.startswith(magic):
                raise DataError(
                    f"{path}: is named {suffix} but does not hold {kind} bytes; remove {suffix} from its name, "
                    "or send it again"
                )
            return _a_table(path, unpack_bytes(path, stored, kind))
    for magic, kind in MAGIC.items():
        if stored.startswith(magic):
            raise DataError(f"{path}: found {kind}, not a CSV text; {_advice(magic)}")
    return _a_table(path, stored)


def _a_table(path: Path, text: bytes) -> bytes:
    """Return a text unless it begins as no table does."""
    start = len(codecs.BOM_UTF8) if text.startswith(codecs.BOM_UTF8) else 0
    for form, kind in OTHER_TEXTS.items():
        if form.match(text, start):
            raise DataError(f"{path}: found {kind}, not a CSV text; look at what wrote or fetched it")
    return text


def _advice(magic: bytes) -> str:
    endings = [suffix for suffix, (_, known) in MAGIC_OF_PACKED.items() if known == magic]
    if endings:
        return f"name it .csv{endings[0]}"
    return "name it .parquet" if magic == b"PAR1" else "save it as CSV"


@cache  # a pipe can be read once; whoever reads it again gets the same
def _read_standard_input() -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise MissingError("standard input: nothing comes in; send a file, as in `lstmcast predict --data - < new.csv`")
    return sys.stdin.buffer.read()


def decode(path: Path, text: bytes, encoding: str) -> tuple[bytes, str]:
    """Return the text as UTF-8 without a byte order mark, and the encoding that it had."""
    mark = next((mark for mark in BYTE_ORDER_MARKS if text.startswith(mark)), b"")
    marked = BYTE_ORDER_MARKS.get(mark)
    wanted = marked or "utf-8" if encoding == "auto" else _codec_name(encoding)
    if marked and encoding != "auto" and not _agree(wanted, marked):
        raise DataError(
            f"{path}: found a {marked.upper()} byte order mark, data.csv.encoding is {encoding}; set it to auto"
        )
    if wanted in ("utf-8", "utf-8-sig"):
        text = text.removeprefix(codecs.BOM_UTF8)
        _check_utf8(path, text, encoding)
    else:
        try:
            text = text.decode(wanted).removeprefix("\ufeff").encode()
        except UnicodeError as error:
            raise DataError(f"{path}: is not {wanted}: {error}; set data.csv.encoding") from error
    zero = text.find(0)
    if zero >= 0:
        line = text.count(b"\n", 0, zero) + 1
        raise DataError(
            f"{path}: line {line}: holds zero bytes: damaged, binary, or UTF-16 without a byte order mark; send the "
            "file again, or set data.csv.encoding"
        )
    return text, wanted.removesuffix("-sig")


def _codec_name(encoding: str) -> str:
    try:
        "a".encode(encoding)  # other codecs of Python, such as hex, have names too
        return codecs.lookup(encoding).name
    except (LookupError, ValueError) as error:  # no such name, or one with a zero byte
        raise ConfigError(
            f"data.csv.encoding: unknown encoding {encoding!r}; known are utf-8, cp1252, utf-16 …"
        ) from error


def _agree(wanted: str, marked: str) -> bool:
    return wanted.removesuffix("-sig").removesuffix("-le").removesuffix("-be") == marked.removesuffix("-sig")


def _check_utf8(path: Path, text: bytes, encoding: str) -> None:
    if text.isascii():
        return
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        said = "" if encoding == "auto" else f", which data.csv.encoding says (found {encoding})"
        raise DataError(
            f"{path}: line {line}: found byte 0x{text[error.start]:02X}, not UTF-8{said}; it looks like Latin-1: "
            "set data.csv.encoding: cp1252 if that is so"
        ) from error


def size_of(path: Path) -> int:
    """Return the bytes of a file."""
    with reporting_missing(path):
        return path.stat().st_size
