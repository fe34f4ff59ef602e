"""Brings a panel to the numbers that the network works on, with statistics of a known past only."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstmcast.data.covariate.covariates import Covariates, cycle_phases
from lstmcast.data.panel import BoolArray, FloatArray, IntArray, Panel
from lstmcast.data.windows import Tensor

SMALLEST_UNIT = 1e-9
SMALLEST_CHANGE = 1e-4  # of the unit: below it a series counts as flat
SMALLEST_SHARE = 0.05  # of the smallest known value: the floor before a logarithm is taken


@dataclass(frozen=True)
class Scaling:
    """Statistics of each series, taken from what was known when they were fitted."""

    log: bool
    anchor: FloatArray  # (series,) mean, of the logarithms if `log`
    unit: FloatArray  # (series,) mean size; 1 for logarithms
    typical: FloatArray  # (series,) usual seasonal change, in units
    flat: BoolArray  # (series,) True where nothing ever changes
    floor: FloatArray  # (series,) below it no logarithm is taken

    def unscale(self, scaled: FloatArray, series: IntArray) -> FloatArray:
        """Return (N, ...) scaled values on the panel's own scale, or its logarithm."""
        shape = (-1,) + (1,) * (scaled.ndim - 1)
        return scaled * self.unit[series].reshape(shape) + self.anchor[series].reshape(shape)


@dataclass(frozen=True)
class SeriesArrays:
    """What windows are gathered from: NumPy arrays, or the same as tensors."""

    log: Tensor  # () whether the values are logarithms
    flat: Tensor  # (rows,) scaled values, 0 where unknown
    trusted: Tensor  # (rows,) False where a value is unknown or was made up
    start: Tensor  # (series,) first row
    rows: Tensor  # (series,)
    base: Tensor  # (series,) what was subtracted, in units
    typical: Tensor  # (series,) usual seasonal change, in units
    phase: Tensor  # (series, cycles) place of the first row in each calendar cycle
    past: Tensor  # (rows, past covariates)
    future: Tensor  # (rows, future covariates)


def fit_scaling(panel: Panel, *, log: bool, season: int) -> Scaling:
    """Return the statistics of the panel's known values."""
    is_known = panel.is_known
    lowest = lowest_of(panel)
    floor = SMALLEST_SHARE * np.where(np.isfinite(lowest) & log, lowest, 0.0)
    values = np.log(np.where(is_known, panel.values, 1.0)) if log else np.where(is_known, panel.values, 0.0)
    size = _mean_of(np.abs(values), is_known, panel.offsets)
    unit = np.ones_like(size) if log else np.where(size > SMALLEST_UNIT, size, 1.0)
    anchor = _mean_of(values, is_known, panel.offsets)
    change = _usual_change(values, is_known, panel, season)
    never_changes = _mean_change(values, is_known, panel, 1) == 0
    smallest = np.maximum(SMALLEST_CHANGE * (1.0 if log else size / unit), 1e-8)
    return Scaling(log, anchor, unit, np.maximum(change / unit, smallest), never_changes, floor)


def scale_panel(panel: Panel, scaling: Scaling, covariates: Covariates) -> SeriesArrays:
    """Return the panel's known values as (value - anchor) / unit, or the same of their logarithms."""
    is_known, series = panel.is_known, panel.series_of_row
    values = np.where(is_known, panel.values, 1.0)
    if scaling.log:
        values = np.log(np.maximum(values, scaling.floor[series]))
    scaled = np.where(is_known, (values - scaling.anchor[series]) / scaling.unit[series], 0.0)
    index = np.int32 if len(values) < 2**31 - 1 else np.int64
    return SeriesArrays(
        log=np.bool_(scaling.log),
        flat=scaled.astype(np.float32),
        trusted=is_known & ~panel.filled,
        start=panel.offsets[:-1].astype(index),
        rows=np.diff(panel.offsets).astype(index),
        base=(scaling.anchor / scaling.unit).astype(np.float32),
        typical=scaling.typical.astype(np.float32),
        phase=cycle_phases(panel.first, covariates.periods),
        past=covariates.past,
        future=covariates.future,
    )


def usual_change(panel: Panel, season: int) -> FloatArray:
    """Return the mean absolute change of each series over a season (over a step, where little is known)."""
    return _usual_change(np.where(panel.is_known, panel.values, 0.0), panel.is_known, panel, season)


def usual_swing(panel: Panel, season: int) -> FloatArray:
    """Return the root mean square change of each series over a season (over a step, where little is known)."""
    values = np.where(panel.is_known, panel.values, 0.0)
    return np.sqrt(_usual_change(values, panel.is_known, panel, season, power=2))


def lowest_of(panel: Panel) -> FloatArray:
    """Return the smallest known value of each series; infinity where none is known."""
    return _reduce(np.minimum, np.where(panel.is_known, panel.values, np.inf), panel.offsets, np.inf)


def highest_of(panel: Panel) -> FloatArray:
    """Return the largest known value of each series; minus infinity where none is known."""
    return _reduce(np.maximum, np.where(panel.is_known, panel.values, -np.inf), panel.offsets, -np.inf)


def _usual_change(values: FloatArray, is_known: BoolArray, panel: Panel, season: int, *, power: int = 1) -> FloatArray:
    by_step = _mean_change(values, is_known, panel, 1, power)
    by_season = _mean_change(values, is_known, panel, season, power)
    return np.where(panel.known > season + 1, by_season, by_step)


def _mean_change(values: FloatArray, is_known: BoolArray, panel: Panel, lag: int, power: int = 1) -> FloatArray:
    change = np.zeros(len(values))
    if lag >= len(values):
        return np.zeros(panel.series_count)
    change[lag:] = np.abs(values[lag:] - values[:-lag]) ** power
    row_in_series = np.arange(len(values)) - panel.offsets[panel.series_of_row]
    return _mean_of(change, is_known & (row_in_series >= lag), panel.offsets)


def _mean_of(values: FloatArray, counted: BoolArray, offsets: IntArray) -> FloatArray:
    """Return the mean of the counted rows, summed series by series: a large one must not blur a small one."""
    sums = _reduce(np.add, np.where(counted, values, 0.0), offsets, 0.0)
    counts = _reduce(np.add, counted.astype(np.float64), offsets, 0.0)
    return np.asarray(sums / np.maximum(counts, 1.0))


def _reduce(operation: np.ufunc, values: npt.NDArray[np.float64], offsets: IntArray, empty: float) -> FloatArray:
    reduced = np.full(len(offsets) - 1, empty)
    filled = np.flatnonzero(np.diff(offsets) > 0)  # reduceat has no notion of an empty slice
    if len(filled):
        reduced[filled] = operation.reduceat(values, offsets[filled])
    return reduced
