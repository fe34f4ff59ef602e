"""Imports TensorFlow and Keras quietly: what they print while loading would be mailed by cron."""

import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from lstmcast.errors import MissingError, OutOfMemoryError

LEAST_ADDRESS_SPACE = 3_000_000_000  # bytes: with less, TensorFlow aborts the process while it loads or trains


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Hold back what native code writes to stderr; show it only if the import fails in a way that says nothing."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except ImportError:
            raise
        except BaseException:
            held.seek(0)
            os.write(kept, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


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


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
_refuse_tight_limit()
try:
    with _quiet_stderr():
        import keras
        import tensorflow as tf
        from keras import layers, ops
except ImportError as error:
    raise MissingError(
        f"tensorflow: cannot be loaded: {_cause(error)}; install it anew, or allow the process more memory"
    ) from error

__all__ = ["keras", "layers", "ops", "tf"]
