"""Windows as positions: which rows are the context and the horizon of an origin.

No window is ever copied into a table: a window is a pair (series, origin), and its rows are gathered by index
when a batch is made. The origin is the number of values known before the horizon.
Axes: N windows, C context, H horizon, F features, Q quantiles.

The functions that take `xp` serve NumPy and Keras alike: both have these operations by the same names, so that
training and prediction cannot come apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.auto import enough_past
from lstmcast.data.panel import Panel

Tensor = Any  # a NumPy array, or a tensor of the training backend
Operations = Any  # NUMPY, or keras.ops

TAUGHT_HORIZONS = 8  # to learn from: a short series gives up some past for them
PARTIAL_HORIZON = 0.34  # a training window may reach past the end, if at least this part of its horizon is known


class _Numpy:
    """NumPy under the names of `keras.ops`; in memory, windows lie side by side: the first axis has the neighbours.

    NumPy's own sums and products of arrays then run along the windows, and keep them so.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)

    @staticmethod
    def take(values: npt.NDArray[Any], index: npt.NDArray[np.integer], axis: int) -> npt.NDArray[Any]:
        return np.take(values, index.T, axis=axis).swapaxes(0, index.ndim - 1)

    @staticmethod
    def concatenate(parts: Sequence[npt.NDArray[Any]], axis: int) -> npt.NDArray[Any]:
        windows = max(len(part) for part in parts)  # a part of length 1 is the same for all
        parts = [part if len(part) == windows else np.broadcast_to(part, (windows, *part.shape[1:])) for part in parts]
        shape = list(parts[0].shape)
        shape[axis] = sum(part.shape[axis] for part in parts)
        joined = np.moveaxis(np.empty((*shape[1:], shape[0]), parts[0].dtype), -1, 0)
        return np.concatenate(parts, axis=axis, out=joined)

    @staticmethod
    def cast(values: Any, dtype: str) -> npt.NDArray[Any]:
        return np.asarray(values).astype(dtype, copy=False)


NUMPY: Operations = _Numpy()


@dataclass(frozen=True)
class Windows:
    """Windows by index: `series[n]` and how many of its values are known at `origin[n]`."""

    series: IntArray  # (N,)
    origin: IntArray  # (N,)

    def __len__(self) -> int:
        return len(self.series)


@dataclass(frozen=True)
class TrainingOrigins:
    """The origins that training may draw from: `first[k]` to `last[k]`, both included, of `series[k]`."""

    series: IntArray
    first: IntArray
    last: IntArray

    @property
    def count(self) -> int:
        """Return how many windows there are."""
        return int((self.last - self.first + 1).sum())


def training_origins(known: IntArray, context: int, horizon: int, season: int) -> TrainingOrigins:
    """Return the origins with enough past to say something and enough future to learn from.

    What is enough past is less where little would be left to learn from: a season then, or a horizon.
    """
    shorter = np.maximum(known - TAUGHT_HORIZONS * horizon, max(season, horizon))
    first = np.minimum(np.minimum(enough_past(context, horizon, season), shorter), np.maximum(known - horizon, 2))
    last = known - max(1, int(np.ceil(PARTIAL_HORIZON * horizon)))
    series = np.flatnonzero(last >= first)
    return TrainingOrigins(series, first[series], last[series])


def latest_windows(panel: Panel) -> Windows:
    """Return one window for each series: the one whose horizon is the future."""
    return Windows(np.arange(panel.series_count), panel.known)


def rolling_windows(known: IntArray, horizon: int, count: int, step: int, minimum_past: int) -> list[Windows]:
    """Return, oldest first, the windows of `count` origins, `step` apart; the last horizon ends with the known values.

    A series takes part in an origin when at least `minimum_past` values come before it.
    """
    rounds = []
    for back in range(count - 1, -1, -1):
        origin = known - horizon - back * step
        series = np.flatnonzero(origin >= minimum_past)
        rounds.append(Windows(series, origin[series]))
    return rounds


def context_positions(
    xp: Operations, start: Tensor, origin: Tensor, context: int, season: int
) -> tuple[Tensor, Tensor]:
    """Return the (N, C) rows of the contexts and which exist; a short past is continued back by its first season.

    In NumPy, what exists is (1, C) where it is the same for all.
    """
    end = start + origin
    if xp is NUMPY and (np.minimum(origin, context) == np.minimum(origin[:1], context)).all():
        origin = origin[:1]  # seen from their ends, all contexts are alike: it is found out once
    steps = origin + (xp.cast(xp.arange(context), start.dtype)[:, None] - context)  # (C, N), counted from the first row
    exists = steps >= 0
    in_season = steps - xp.floor_divide(steps, season) * season  # the remainder, at a fraction of the time
    steps = xp.where(exists, steps, in_season * xp.cast(origin >= season, start.dtype))
    return xp.transpose(end + (steps - origin)), xp.transpose(exists)


def horizon_positions(
    xp: Operations, start: Tensor, origin: Tensor, rows: Tensor, horizon: int
) -> tuple[Tensor, Tensor]:
    """Return the (N, H) rows of the horizons, kept inside the series, and which of them lie inside it."""
    steps = origin[:, None] + xp.cast(xp.arange(horizon), start.dtype)[None]
    exists = steps < rows[:, None]
    return start[:, None] + xp.minimum(steps, rows[:, None] - 1), exists


def known_at(panel: Panel, windows: Windows) -> IntArray:
    """Return how many values of each series are known at the origins, one a series at most; none of any other."""
    known = np.zeros_like(panel.known)
    known[windows.series] = windows.origin
    return known


def pasts_of(panel: Panel, windows: Windows) -> Iterator[FloatArray]:
    """Yield what was known before each window; what a gap that is still open made up is the last known value."""
    newest = panel.newest_given(windows.series, windows.origin)
    for last, series, origin in zip(newest, windows.series, windows.origin, strict=True):
        past = panel.values[panel.offsets[series] :][:origin].copy()
        past[last + 1 :] = past[last]
        yield past


def truth_of(panel: Panel, windows: Windows, horizon: int) -> FloatArray:
    """Return the (N, H) values that followed; NaN where there is none that counts."""
    start, rows = panel.offsets[windows.series], np.diff(panel.offsets)[windows.series]
    positions, exists = horizon_positions(NUMPY, start, windows.origin, rows, horizon)
    counts = exists & ~panel.filled[positions]
    return np.where(counts, panel.values[positions], np.nan)
