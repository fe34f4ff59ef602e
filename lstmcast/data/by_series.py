"""Numbers of each series, made of the rows of a panel: whole arrays at a time, and some series at a time."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel

ROWS_AT_ONCE = 1_000_000  # more than that only of one series: memory grows with what is kept alone


def by_part(panel: Panel, work: Callable[[Panel], tuple[npt.NDArray[Any], ...]]) -> list[npt.NDArray[Any]]:
    """Return arrays with one number for each series, made of some series at a time."""
    parts = [work(part) for _, _, part in parts_of(panel)]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]


def parts_of(panel: Panel) -> Iterator[tuple[slice, slice, Panel]]:
    """Yield rows and series of some neighbouring series at a time, and these series alone."""
    if len(panel.values) <= ROWS_AT_ONCE:
        yield slice(0, len(panel.values)), slice(0, panel.series_count), panel
        return
    for series in panel.slices(ROWS_AT_ONCE):
        yield slice(int(panel.offsets[series.start]), int(panel.offsets[series.stop])), series, panel.part(series)


def with_series(
    operation: np.ufunc, panel: Panel, values: FloatArray, of_series: FloatArray, out: FloatArray | None = None
) -> FloatArray:
    """Return an operation on each value and the number of its series."""
    rows = np.diff(panel.offsets)
    if (rows == rows[:1]).all() and len(values):  # series below each other: no number has to be repeated
        square = (len(rows), int(rows[0]))
        whole = operation(values.reshape(square), of_series[:, None], out=None if out is None else out.reshape(square))
        return np.asarray(whole.reshape(-1))
    return np.asarray(operation(values, np.repeat(of_series, rows), out=out))


def mean_of(panel: Panel, values: FloatArray, lag: int = 0) -> FloatArray:
    """Return the mean of each series' known values, or of their changes over a lag; 0 where there are none."""
    return np.asarray(over_known(np.add, panel, values, 0.0, lag) / np.maximum(panel.known - lag, 1))


def over_known(operation: np.ufunc, panel: Panel, values: FloatArray, empty: float, lag: int = 0) -> FloatArray:
    """Return a reduction of each series' known values, or of their changes over a lag: none blurs another."""
    reduced = np.full(panel.series_count, empty)
    first, last = panel.offsets[:-1], panel.offsets[:-1] + panel.known - lag
    some = np.flatnonzero(last > first)  # reduceat has no notion of an empty slice
    if len(some):
        ends = np.column_stack([first[some], last[some]]).ravel()
        ends = ends[: np.searchsorted(ends, len(values))]  # the last slice goes to the end anyway
        reduced[some] = operation.reduceat(values, ends)[::2]
    return reduced
