"""The operations of `data.windows` for a graph in which each window brings its own rows, however many windows come."""

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.data.windows import Tensor
from lstmcast.training.backend import ops

OWN = None  # the series of a window: its own
MOST_STEPS = 1_000_000  # that lie before the beginning of a series


class _OwnRows:
    """`keras.ops`, but to take rows is to take them from those that a window has brought.

    Constants are arrays of NumPy: the way to ONNX forgets tensors that were made before.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(ops, name)

    @staticmethod
    def take(values: Tensor, index: Tensor, axis: int) -> Tensor:
        """Return (N, R) or (N, R, F) values at the (N, C) places of each window; what stands for a series is its own.

        `axis` is that of an array in which all windows have their rows.
        """
        assert axis == 0, "rows stand on the first axis of an array of all rows"
        if index is OWN:
            return values
        if len(values.shape) == 2:
            return ops.take_along_axis(values, index, axis=1)
        if not values.shape[2]:
            return values  # nobody reads it
        columns = [ops.take_along_axis(values[:, :, place], index, axis=1) for place in range(values.shape[2])]
        return ops.stack(columns, axis=2)

    @staticmethod
    def cast(values: Any, dtype: Any) -> Any:
        """Return the values as numbers of this kind; single precision is as far as small machines go."""
        dtype = "float32" if dtype == "float64" else dtype
        return values.astype(dtype) if isinstance(values, np.ndarray) else ops.cast(values, dtype)

    @staticmethod
    def arange(stop: int) -> npt.NDArray[np.int32]:
        """Return whole numbers as a constant."""
        return np.arange(stop, dtype=np.int32)

    @staticmethod
    def floor_divide(values: Tensor, divisor: int) -> Tensor:
        """Return whole quotients; ONNX knows those of numbers from zero on only."""
        more = MOST_STEPS // divisor + 1
        return ops.floor_divide(values + more * divisor, divisor) - more

    @staticmethod
    def arcsinh(values: Tensor) -> Tensor:
        """Return it made of what LiteRT knows."""
        return ops.sign(values) * ops.log(ops.abs(values) + ops.sqrt(values * values + 1.0))


OWN_ROWS: Any = _OwnRows()
