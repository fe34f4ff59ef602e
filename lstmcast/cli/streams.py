"""The streams: what is written to stdout has arrived or is an error; what is written to stderr never is one."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from lstmcast.errors import OutputError

STDOUT = 1
LAST_STREAM = 2  # stderr, by its number


def fill_closed_streams() -> None:
    """Open what stands for nothing where a stream was closed by the caller.

    A file of ours would take its number, and what native code prints would go into that file.
    """
    while (number := os.open(os.devnull, os.O_RDWR)) <= LAST_STREAM:
        os.set_inheritable(number, True)
    os.close(number)


def check_stdout() -> None:
    """Raise OutputError where nothing can be written to stdout: better before the work than once it is published."""
    if sys.stdout is None:
        raise OutputError("standard output: it is closed; redirect it to a file or to /dev/null")
    with _reporting_failure():
        os.write(STDOUT, b"")


def write_answer(text: str | bytes) -> None:
    """Write to stdout and be sure that it went out; raise OutputError where it did not."""
    check_stdout()
    with _reporting_failure():
        if isinstance(text, bytes):
            sys.stdout.flush()
            sys.stdout.buffer.write(text)
        else:
            _write_text(sys.stdout, text)
        sys.stdout.flush()


def write_talk(text: str) -> None:
    """Write one line to stderr; that nobody can hear it is no reason to fail."""
    if sys.stderr is not None:
        with suppress(OSError):
            _write_text(sys.stderr, one_line(text) + "\n")
            sys.stderr.flush()


def one_line(text: str) -> str:
    """Return the text on one line, with what could steer a terminal written out."""
    return harmless(" ".join(text.split()))


def harmless(text: str) -> str:
    """Return the text with what could steer a terminal written out; lines end where they did."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() or mark == "\n" else ascii(mark)[1:-1] for mark in text)


def _write_text(stream: TextIO, text: str) -> None:
    """Write text to a stream whose encoding may not know all of its letters."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))


def drop_stdout() -> None:
    """Point stdout at nothing, so that what is left in its buffer cannot fail once more at exit."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


@contextmanager
def _reporting_failure() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # the reader has had enough, which is no fault
    except OSError as error:
        drop_stdout()
        raise OutputError(f"standard output: {error.strerror}; see that it can be written") from error
