"""Lends arrays to the training backend: what is large is in memory once."""

from typing import Any

import numpy.typing as npt

from lstmcast.data.scaling import ALIGNMENT
from lstmcast.training.backend import tf

WORTH_LENDING = 1_000_000  # bytes


def lend(array: npt.NDArray[Any]) -> Any:
    """Return an array as a tensor, which shares its memory if it is large and begins where tensors have to begin."""
    if array.nbytes < WORTH_LENDING or array.ctypes.data % ALIGNMENT or not array.flags.c_contiguous:
        return tf.constant(array)
    return tf.experimental.dlpack.from_dlpack(array.__dlpack__())
