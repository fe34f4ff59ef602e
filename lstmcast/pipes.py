"""Reads what comes through a pipe that has a name, and does not wait for ever for somebody to write into it.

A pipe can be read once, and some data are read twice, as where a covariate turns out to be one of texts. So what came
is kept, until somebody writes anew.
"""

import errno
import os
import time
from pathlib import Path

PATIENCE = 5.0  # seconds until somebody writes; how long that then takes is another matter
PAUSE = 0.02

_kept: dict[Path, tuple[tuple[int, ...], bytes]] = {}


def read_input(path: Path, most: int = -1) -> bytes:
    """Return the content of a file, or what comes through a pipe, of which nobody writing is an OSError."""
    if path.is_fifo():
        written, content = _kept.get(path, ((), b""))
        if written != _last_write(path.stat()):
            return _read_pipe(path, most)
        return content if most < 0 else content[:most]
    with path.open("rb") as file:
        return file.read(most)


def _read_pipe(path: Path, most: int) -> bytes:
    with open(path, "rb", opener=_without_waiting) as pipe:
        last = time.monotonic() + PATIENCE
        while (begun := pipe.raw.read(1)) == b"":  # None, where somebody is about to write
            if time.monotonic() >= last:
                raise OSError(errno.ENXIO, "it is a pipe that nobody writes into")
            time.sleep(PAUSE)
        os.set_blocking(pipe.fileno(), True)
        begun = begun or b""
        content = begun + pipe.read(most if most < 0 else most - len(begun))
        if most < 0:
            _kept[path] = _last_write(os.fstat(pipe.fileno())), content
        return content


def _last_write(found: os.stat_result) -> tuple[int, ...]:
    """Return which pipe it is, and when somebody last wrote into it."""
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
