"""Imports TensorFlow and Keras so that they leave no trace: what they print would be mailed by cron.

Keras would keep settings in the home of whoever calls, and obey those that lie there. It imports matplotlib as well, to
draw pictures that nobody asks for, and that looks for a home of its own for a list of fonts.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from lstmcast.errors import MissingError, OutOfMemoryError
from lstmcast.training.compiler import compile_quickly

LEAST_ADDRESS_SPACE = 3_000_000_000  # bytes: with less, TensorFlow aborts the process while it loads or trains

NO_PLACE = "/tmp"  # noqa: S108 -- nothing is written there


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Hold back what native code writes to stderr; show it only if the block fails in a way that says nothing."""
    if sys.stderr is not None:  # nobody hears us
        sys.stderr.flush()
    kept, held = os.dup(2), _nameless_file()
    os.dup2(held, 2)
    try:
        yield
    except ImportError:
        raise
    except Exception:  # a signal that ends us, or a time limit, speaks for itself
        os.lseek(held, 0, os.SEEK_SET)
        with open(held, "rb", closefd=False) as file:
            os.write(kept, file.read())
        raise
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(held)


def _have_a_temporary_folder() -> None:
    """Name one where none can be written to: TensorFlow makes names of files in it, and no files."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        tempfile.tempdir = NO_PLACE


@contextmanager
def _without_matplotlib() -> Iterator[None]:
    """Let no import of it succeed inside the block, which Keras is prepared for; later ones do."""
    is_blocked = "matplotlib" not in sys.modules
    if is_blocked:
        sys.modules["matplotlib"] = None  # type: ignore[assignment]  # that is how an import is made to fail
    try:
        yield
    finally:
        if is_blocked:
            del sys.modules["matplotlib"]


def _nameless_file() -> int:
    """Return an open file in memory: there may be no place for temporary ones that can be written to."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("lstmcast")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _refuse_tight_limit() -> None:
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < LEAST_ADDRESS_SPACE:
        raise OutOfMemoryError(
            f"memory: this process may use {limit / 1e9:.1f} GB of addresses (`ulimit -v`), and TensorFlow needs "
            f"{LEAST_ADDRESS_SPACE / 1e9:.0f}; allow more"
        )


def _cause(error: BaseException) -> str:
    """Return what went wrong first: what TensorFlow raises after it is a page of advice."""
    while error.__context__ is not None:
        error = error.__context__
    return str(error)


os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # whatever the machine sets for others: nothing but our own words goes out
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["KERAS_HOME"] = os.devnull  # a folder in which nothing is, and nothing can be
compile_quickly()
_refuse_tight_limit()
_have_a_temporary_folder()
try:
    with quiet_stderr(), _without_matplotlib():
        import keras
        import tensorflow as tf
        from keras import layers, ops
except ImportError as error:
    raise MissingError(
        f"tensorflow: cannot be loaded: {_cause(error)}; install it anew, or allow the process more memory"
    ) from error

__all__ = ["keras", "layers", "ops", "tf"]
