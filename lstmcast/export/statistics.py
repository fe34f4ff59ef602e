"""What `data.scaling`, `data.unrest` and `network.scales` measure of a panel, of the rows that each window brings."""

from dataclasses import dataclass

import numpy as np

from lstmcast.data.scaling import LEAST_OF_A_STEP, SMALLEST_CHANGE, SMALLEST_SHARE, SMALLEST_UNIT
from lstmcast.data.unrest import BOUND, FEWEST, HALF_LIFE
from lstmcast.data.windows import Tensor
from lstmcast.network.scales import LEAST_HORIZONS
from lstmcast.training.backend import ops

FAR = 1e38  # farther out than values go in single precision, which ends at three times as much
NEAR = 0.5  # of the newest value: what lies so near is told from it digit by digit


@dataclass(frozen=True)
class Rows:
    """Values of windows, the newest last; those before the beginning of a series are not there, and stand as 0."""

    values: Tensor  # (N, L)
    mask: Tensor  # (N, L) 1 where there is a value
    known: Tensor  # (N, 1) how many there are

    @property
    def newest(self) -> Tensor:
        """Return the (N, 1) newest values."""
        return self.values[:, -1:]

    @property
    def breaks(self) -> Tensor:
        """Return how often values end, of each window (N, 1): where a gap begins, or before the newest row."""
        ends = ops.maximum(self.mask[:, :-1] - self.mask[:, 1:], 0.0)
        return ops.sum(ends, axis=1, keepdims=True) + (1.0 - self.mask[:, -1:])


@dataclass(frozen=True)
class OwnScaling:
    """As `data.scaling.Scaling`, each (N, 1); logarithms are those of values against the newest one."""

    log: bool
    anchor: Tensor
    unit: Tensor
    typical: Tensor
    flat: Tensor
    scaled: Tensor  # (N, L)


@dataclass(frozen=True)
class OwnExtent:
    """As `network.scales.Extent`, each (N, 1)."""

    lowest: Tensor
    highest: Tensor
    room: Tensor


def rows_of(values: Tensor) -> Rows:
    """Return the (N, L) values with what is missing, NaN, told from what is there."""
    is_missing = ops.isnan(values)
    mask = 1.0 - ops.cast(is_missing, "float32")
    return Rows(ops.where(is_missing, 0.0, values), mask, ops.sum(mask, axis=1, keepdims=True))


def extent_of_rows(rows: Rows, horizon: int) -> OwnExtent:
    """Return how far the values of each window went."""
    lowest = ops.min(rows.values + FAR * (1.0 - rows.mask), axis=1, keepdims=True)
    highest = ops.max(rows.values - FAR * (1.0 - rows.mask), axis=1, keepdims=True)
    tells = ops.logical_and(rows.known >= float(LEAST_HORIZONS * horizon), highest > lowest)
    return OwnExtent(lowest, highest, ops.where(tells, highest - lowest, FAR))


def scale_rows(rows: Rows, extent: OwnExtent, season: int, *, log: bool) -> OwnScaling:
    """Return the values on a scale, and what that scale is made of."""
    mask, values = rows.mask, rows.values
    if log:
        values = ops.maximum(values, SMALLEST_SHARE * extent.lowest) * mask + rows.newest * (1.0 - mask)
        values = log_against(values, rows.newest) * mask
    mean = _mean(values, rows.known)
    size = mean * 0.0 + 1.0 if log else _mean(ops.abs(values), rows.known)
    unit = ops.where(size > SMALLEST_UNIT, size, 1.0)
    by_step = _mean_change(values, mask, rows.known, 1)
    usual = by_step
    if 1 < season < values.shape[1]:
        by_season = _mean_change(values, mask, rows.known, season)
        usual = ops.where(rows.known > float(season + 1), by_season, by_step)
    change = ops.maximum(usual, LEAST_OF_A_STEP * by_step)
    smallest = ops.maximum(SMALLEST_CHANGE * (size / unit), 1e-8)
    scaled = (values - mean) / unit * mask
    return OwnScaling(log, mean, unit, ops.maximum(change / unit, smallest), by_step <= 0.0, scaled)


def unrest_of_rows(rows: Rows, scaling: OwnScaling, season: int) -> Tensor:
    """Return the (N, 1) unrest of each window, on the scale of the values or of their logarithms."""
    found = _unrest(scaling.scaled, rows, 1)
    if 1 < season < scaling.scaled.shape[1] - 1:
        found = ops.where(rows.known >= float(season + FEWEST), _unrest(scaling.scaled, rows, season), found)
    usual = scaling.typical
    found = ops.where(rows.known >= float(FEWEST), found, usual)
    return ops.minimum(ops.maximum(found, usual / BOUND), usual * BOUND) * scaling.unit


def log_against(values: Tensor, newest: Tensor) -> Tensor:
    """Return the logarithms of values against the newest one, with all digits of what is small between them.

    The logarithm of a billion has no digit left for a change of a hundred. What rounding 1 + change has lost of the
    change is in the quotient, by which the logarithm of the rounded number is mended.
    """
    change = (values - newest) / newest
    near = 1.0 + change
    is_one = ops.equal(near, 1.0)
    mended = ops.log(ops.maximum(near, 1.0 - NEAR)) * (change / ops.where(is_one, 1.0, near - 1.0))
    far = ops.log(values / newest)
    return ops.where(ops.abs(change) < NEAR, ops.where(is_one, change, mended), far)


def _mean(values: Tensor, count: Tensor) -> Tensor:
    return ops.sum(values, axis=1, keepdims=True) / ops.maximum(count, 1.0)


def _unrest(values: Tensor, rows: Rows, lag: int) -> Tensor:
    """Return the (N, 1) unrest of changes over a lag; 0 where there are not two."""
    there = rows.mask[:, :-lag]
    age = np.arange(1 - there.shape[1], 1, dtype=np.float32)[None]  # the newest change is the last one
    rate = float(np.log(2) / HALF_LIFE) / ops.maximum(rows.known - float(lag), 1.0)
    weight = ops.exp(rate * age) * there
    change = (values[:, lag:] - values[:, :-lag]) * there
    away = ops.abs(change - _weighed(change, weight)) * there
    turn = ops.abs(change[:, 1:] - change[:, :-1])
    return ops.sqrt(_weighed(away, weight) * _weighed(turn, weight[:, :-1]))


def _weighed(values: Tensor, weight: Tensor) -> Tensor:
    """Return the (N, 1) weighed means; 0 where nothing has a weight."""
    total = ops.sum(weight, axis=1, keepdims=True)
    return ops.sum(values * weight, axis=1, keepdims=True) / ops.maximum(total, 1e-30)


def _mean_change(values: Tensor, mask: Tensor, known: Tensor, lag: int) -> Tensor:
    change = ops.abs(values[:, lag:] - values[:, :-lag]) * mask[:, :-lag]
    return _mean(change, known - float(lag))
