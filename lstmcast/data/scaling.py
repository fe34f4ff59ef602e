"""Brings a panel to the numbers that the network works on, with statistics of a known past only."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.by_series import by_part, mean_of, over_known, parts_of, with_series
from lstmcast.data.covariate.covariates import Covariates, cycle_phases
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Tensor

ALIGNMENT = 64  # bytes: an array that begins at a multiple can be lent to the training backend
SMALLEST_UNIT = 1e-9
ROUNDING = 1e-9  # of a value: what differs by no more is the same number, written or computed in another way
SMALLEST_CHANGE = 1e-4  # of the unit: below it a series counts as flat
LEAST_OF_A_STEP = 0.1  # a season that repeats itself to the last bit does not make its steps look huge
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

    def part(self, series: slice) -> "Scaling":
        """Return the statistics of some neighbouring series."""
        return Scaling(
            self.log,
            self.anchor[series],
            self.unit[series],
            self.typical[series],
            self.flat[series],
            self.floor[series],
        )

    def usual_change(self, series: IntArray) -> FloatArray:
        """Return that of each of the series on the panel's own scale, or its logarithm."""
        return self.typical[series] * self.unit[series]

    def unscale(self, scaled: FloatArray, series: IntArray) -> FloatArray:
        """Return (N, ...) scaled values on the panel's own scale, or its logarithm."""
        shape = (-1,) + (1,) * (scaled.ndim - 1)
        values = scaled * self.unit[series].reshape(shape)
        values += self.anchor[series].reshape(shape)
        return values


@dataclass(frozen=True)
class SeriesArrays:
    """What windows are gathered from: NumPy arrays, or the same as tensors."""

    log: Tensor  # () whether the values are logarithms
    interpolated: Tensor  # () whether what was made up comes from both sides of its gap
    flat: Tensor  # (rows,) scaled values, 0 where unknown
    trusted: Tensor  # (rows,) False where a value is unknown or was made up
    start: Tensor  # (series,) first row
    rows: Tensor  # (series,)
    base: Tensor  # (series,) what was subtracted, in units
    typical: Tensor  # (series,) usual seasonal change, in units
    phase: Tensor  # (series, cycles) place of the first row in each calendar cycle
    past: Tensor  # (rows, past covariates)
    future: Tensor  # (rows, future covariates)

    def until(self, known: IntArray) -> "SeriesArrays":
        """Return the same for training on so many values of each series: no truth of a window comes from later ones."""
        return replace(self, rows=np.minimum(known, self.rows).astype(self.rows.dtype))


def fit_scaling(panel: Panel, *, log: bool, season: int) -> Scaling:
    """Return the statistics of the panel's known values."""
    return Scaling(log, *by_part(panel, partial(_fit_part, log=log, season=season)))


def scale_panel(panel: Panel, scaling: Scaling, covariates: Covariates) -> SeriesArrays:
    """Return the panel's known values as (value - anchor) / unit, or the same of their logarithms."""
    return scale_panels(panel, {scaling.log: scaling}, covariates)[scaling.log]


def scale_panels(panel: Panel, scalings: Mapping[bool, Scaling], covariates: Covariates) -> dict[bool, SeriesArrays]:
    """Return the same on several scales; what does not depend on the scale is shared."""
    index = np.int32 if len(panel.values) < 2**31 - 1 else np.int64
    trusted, start = _trusted(panel), panel.offsets[:-1].astype(index)
    rows, phase = np.diff(panel.offsets).astype(index), cycle_phases(panel.first, covariates.periods)
    return {
        log: SeriesArrays(
            log=np.bool_(log),
            interpolated=np.bool_(panel.interpolated),
            flat=_scaled(panel, scaling),
            trusted=trusted,
            start=start,
            rows=rows,
            base=(scaling.anchor / scaling.unit).astype(np.float32),
            typical=scaling.typical.astype(np.float32),
            phase=phase,
            past=covariates.past,
            future=covariates.future,
        )
        for log, scaling in scalings.items()
    }


def usual_change(panel: Panel, season: int) -> FloatArray:
    """Return the mean absolute change of each series over a season (over a step, where little is known).

    What is no more than rounding is no change: 0.
    """
    return by_part(panel, lambda part: (_beyond_rounding(part, _usual_change(part, part.values, season)),))[0]


def usual_swing(panel: Panel, season: int) -> FloatArray:
    """Return the root mean square change of each series over a season (over a step, where little is known).

    What is no more than rounding is no change: 0.
    """

    def of(part: Panel) -> tuple[FloatArray]:
        return (_beyond_rounding(part, np.sqrt(_usual_change(part, part.values, season, power=2))),)

    return by_part(panel, of)[0]


def lowest_of(panel: Panel) -> FloatArray:
    """Return the smallest known value of each series; infinity where none is known."""
    return by_part(panel, lambda part: (over_known(np.minimum, part, part.values, np.inf),))[0]


def highest_of(panel: Panel) -> FloatArray:
    """Return the largest known value of each series; minus infinity where none is known."""
    return by_part(panel, lambda part: (over_known(np.maximum, part, part.values, -np.inf),))[0]


def _fit_part(panel: Panel, *, log: bool, season: int) -> tuple[npt.NDArray[Any], ...]:
    """Return anchor, unit, typical change, flatness and floor of each series."""
    lowest = over_known(np.minimum, panel, panel.values, np.inf)
    floor = SMALLEST_SHARE * np.where(np.isfinite(lowest) & log, lowest, 0.0)
    values = np.log(panel.values) if log else panel.values
    mean = mean_of(panel, values)
    size = np.ones_like(mean) if log else _mean_size(panel, lowest, mean)
    unit = np.where(size > SMALLEST_UNIT, size, 1.0)
    by_step = _mean_change(panel, values, 1)
    change = np.maximum(_usual_change(panel, values, season, by_step), LEAST_OF_A_STEP * by_step)
    smallest = np.maximum(SMALLEST_CHANGE * (size / unit), 1e-8)
    return mean, unit, np.maximum(change / unit, smallest), by_step == 0, floor


def _mean_size(panel: Panel, lowest: FloatArray, mean: FloatArray) -> FloatArray:
    """Return the mean size of each series' values: the mean, if none is below zero."""
    return mean if (lowest >= 0).all() and panel.known.all() else mean_of(panel, np.abs(panel.values))


def _aligned(length: int, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    """Return an array without content that begins at a multiple of `ALIGNMENT`."""
    memory = np.empty(length * kind.itemsize + ALIGNMENT, np.uint8)
    first = -memory.ctypes.data % ALIGNMENT
    return memory[first : first + length * kind.itemsize].view(kind)


def _scaled(panel: Panel, scaling: Scaling) -> npt.NDArray[np.float32]:
    """Return the values on a scale, some series at a time; 0 where unknown."""
    flat = _aligned(len(panel.values), np.dtype(np.float32))
    for rows, series, part in parts_of(panel):
        flat[rows] = _scale_part(part, scaling.part(series))
    return flat


def _trusted(panel: Panel) -> BoolArray:
    """Return which values are known and were not made up."""
    trusted = _aligned(len(panel.values), np.dtype(bool))
    for rows, _, part in parts_of(panel):
        np.logical_not(part.filled, out=trusted[rows])
        if part.known.sum() < len(part.values):
            trusted[rows] &= part.is_known
    return trusted


def _scale_part(panel: Panel, scaling: Scaling) -> FloatArray:
    if scaling.log:
        values = with_series(np.maximum, panel, panel.values, scaling.floor)
        np.log(values, out=values)
        values = with_series(np.subtract, panel, values, scaling.anchor, out=values)
    else:
        values = with_series(np.subtract, panel, panel.values, scaling.anchor)
        values = with_series(np.divide, panel, values, scaling.unit, out=values)
    if panel.known.sum() < len(values):
        values[~panel.is_known] = 0.0
    return values


def _usual_change(
    panel: Panel, values: FloatArray, season: int, by_step: FloatArray | None = None, *, power: int = 1
) -> FloatArray:
    if by_step is None:
        by_step = _mean_change(panel, values, 1, power)
    by_season = by_step if season == 1 else _mean_change(panel, values, season, power)
    return np.where(panel.known > season + 1, by_season, by_step)


def _beyond_rounding(panel: Panel, change: FloatArray) -> FloatArray:
    """Return the change of each series, 0 where it is no more than rounding of its values."""
    return np.where(change > ROUNDING * mean_of(panel, np.abs(panel.values)), change, 0.0)


def _mean_change(panel: Panel, values: FloatArray, lag: int, power: int = 1) -> FloatArray:
    """Return the mean change of each series over a lag; 0 where less is known."""
    if lag >= len(values):
        return np.zeros(panel.series_count)
    change = values[lag:] - values[:-lag]
    np.abs(change, out=change)
    if power != 1:
        change **= power
    return mean_of(panel, change, lag)
