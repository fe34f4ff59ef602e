"""Reads what comes through a pipe that has a name, and does not wait for ever for somebody to write into it."""

import errno
import os
import time
from pathlib import Path

PATIENCE = 5.0  # seconds until somebody writes; how long that then takes is another matter
PAUSE = 0.02


def read_input(path: Path, most: int = -1) -> bytes:
    """Return the content of a file, or what comes through a pipe, of which nobody writing is an OSError."""
    if path.is_fifo():
        return _read_pipe(path, most)
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
        return begun + pipe.read(most if most < 0 else most - len(begun))


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
