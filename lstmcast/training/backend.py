"""Imports TensorFlow and Keras quietly: what they print while loading would be mailed by cron."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Hold back what native code writes to stderr; show it only if the import fails."""
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(kept, held.read())
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
with _quiet_stderr():
    import keras
    import tensorflow as tf
    from keras import layers, ops

__all__ = ["keras", "layers", "ops", "tf"]
