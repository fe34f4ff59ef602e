"""Scores of forecasts against the truth, each a ratio of two sums over windows, so that any part of them has its own.

Each window counts as one in a mean, however much of it is known; WQL weighs windows by the size of their truth.
Truth that was made up by a gap policy, or is not there, is NaN and does not count. A forecast that is NaN does.

These are NumPy functions of our own although `utilsforecast` has them: it wants long tables with a row for each step,
which for 100,000 series are gigabytes, and it knows neither truth that does not count nor the sums that the bootstrap
needs. The tests hold them against hand-computed cases, and against that library.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.scaling import ROUNDING

Floats = npt.NDArray[np.floating]
NOTHING = 1e-6  # an error so small is none: forecasts are computed in single precision
DECILES = tuple(round(0.1 * k, 1) for k in range(1, 10))


@dataclass(frozen=True)
class Scored:
    """Forecasts of some windows beside what happened."""

    truth: FloatArray  # (N, H) NaN where it does not count
    median: FloatArray  # (N, H)
    quantiles: tuple[float, ...]  # () for a forecaster without intervals
    values: FloatArray  # (N, H, Q)
    change: FloatArray  # (N,) usual seasonal change of the series before the window: the unit of MASE
    swing: FloatArray  # (N,) root mean square of these changes: the unit of RMSSE
    in_coverage: BoolArray  # (N,) whether what its interval holds counts

    def at_step(self, step: int) -> "Scored":
        """Return the same for one step ahead alone."""
        here = slice(step, step + 1)
        return replace(self, truth=self.truth[:, here], median=self.median[:, here], values=self.values[:, here])


@dataclass(frozen=True)
class Ratio:
    """A score as what each window adds above and below the line."""

    top: FloatArray  # (N,)
    bottom: FloatArray  # (N,) 0 for a window that does not count
    nothing: float = NOTHING  # a score so small is as good as 0

    @property
    def value(self) -> float:
        """Return the score over all windows; NaN where none counts."""
        return float(_divide(self.top.sum(), self.bottom.sum()))

    def by(self, group: IntArray, count: int) -> FloatArray:
        """Return the (count,) scores of groups of windows; NaN where none counts."""
        top, bottom = (np.bincount(group, part, count).astype(np.float64) for part in (self.top, self.bottom))
        return _divide(top, bottom)


def ratios(scored: Scored, levels: Sequence[float]) -> dict[str, Ratio]:
    """Return all scores by their names; those of intervals only where the forecaster has them."""
    found = {
        "mase": mase(scored),
        "smape": smape(scored),
        "rmsse": rmsse(scored),
        "wql": weighted_quantile_loss(scored),
        "bias": bias(scored),
    }
    found |= {f"coverage_{level:g}": coverage(scored, level) for level in levels}
    return found | {f"width_{level:g}": width(scored, level) for level in levels}


def mase(scored: Scored) -> Ratio:
    """Return the mean absolute scaled error; series that never change have no scale and do not count."""
    error = _mean_over_steps(scored, np.abs(scored.truth - scored.median))
    return replace(_scaled(error, scored.change), nothing=_rounding(scored, scored.change))


def rmsse(scored: Scored) -> Ratio:
    """Return the root mean square scaled error, the root taken for each window."""
    squares = _mean_over_steps(scored, (scored.truth - scored.median) ** 2)
    error = _scaled(Ratio(np.sqrt(squares.top), squares.bottom), scored.swing)
    return replace(error, nothing=_rounding(scored, scored.swing))


def smape(scored: Scored) -> Ratio:
    """Return the symmetric mean absolute percentage error, 0 to 200; 0 where truth and forecast are both 0."""
    size = np.abs(scored.truth) + np.abs(scored.median)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(size == 0, 0.0, np.abs(scored.truth - scored.median) / size)
    return replace(_mean_over_steps(scored, 200 * share), nothing=100 * NOTHING)


def bias(scored: Scored) -> Ratio:
    """Return the mean error (forecast minus truth) in units of the usual change."""
    return _scaled(_mean_over_steps(scored, scored.median - scored.truth), scored.change)


def weighted_quantile_loss(scored: Scored) -> Ratio:
    """Return the pinball loss over the deciles against the size of the truth; a point counts at every decile."""
    counted = ~np.isnan(scored.truth)
    total = np.zeros(len(counted))
    for level in DECILES:
        error = scored.truth - _at_quantile(scored, level)
        total += _sum_over_steps(np.maximum(level * error, (level - 1) * error), counted)
    return Ratio(2 * total / len(DECILES), _sum_over_steps(np.abs(scored.truth), counted))


def coverage(scored: Scored, level: float) -> Ratio:
    """Return the share of the truth inside the interval of a level in percent; nothing counts without that interval.

    A bound as near as rounding is no miss: where a series stands still, its interval is one number.
    """
    bounds = interval(scored, level)
    if bounds is None:
        return _nothing(scored)
    near = ROUNDING * np.abs(scored.truth)
    inside = (scored.truth >= bounds[0] - near) & (scored.truth <= bounds[1] + near)
    return _only(scored.in_coverage, _mean_over_steps(scored, inside.astype(float)))


def width(scored: Scored, level: float) -> Ratio:
    """Return the mean width of the interval of a level, in units of the usual change."""
    bounds = interval(scored, level)
    if bounds is None:
        return _nothing(scored)
    everywhere = np.ones(len(scored.change))
    return _scaled(Ratio((bounds[1] - bounds[0]).mean(axis=1), everywhere), scored.change)


def counts_in_coverage(change: FloatArray) -> BoolArray:
    """Return which windows tell something by what their intervals hold, from the usual changes of their series.

    Where a series never changes, a point is right every time: beside others it would hide what they miss. Where there
    are no others, all count.
    """
    moving = change > 0
    return moving if moving.any() else np.ones_like(moving)


def interval(scored: Scored, level: float) -> tuple[FloatArray, FloatArray] | None:
    """Return the (N, H) lower and upper bounds of a level in percent, if the forecaster gives them."""
    places = [place_of(scored.quantiles, side) for side in ((1 - level / 100) / 2, (1 + level / 100) / 2)]
    if places[0] is None or places[1] is None:
        return None
    return scored.values[..., places[0]], scored.values[..., places[1]]


def place_of(quantiles: tuple[float, ...], quantile: float) -> int | None:
    """Return the place of a quantile, if it is there."""
    near = [place for place, q in enumerate(quantiles) if abs(q - quantile) < 1e-6]
    return near[0] if near else None


def _at_quantile(scored: Scored, quantile: float) -> FloatArray:
    place = place_of(scored.quantiles, quantile)
    return scored.median if place is None else scored.values[..., place]


def _mean_over_steps(scored: Scored, losses: FloatArray) -> Ratio:
    """Return each window's mean of the (N, H) losses whose truth counts; a window with none does not count."""
    counted = ~np.isnan(scored.truth)
    steps = counted.sum(axis=1)
    return Ratio(_sum_over_steps(losses, counted) / np.maximum(steps, 1), (steps > 0).astype(float))


def _sum_over_steps(losses: FloatArray, counted: BoolArray) -> FloatArray:
    return np.asarray(np.where(counted, losses, 0.0).sum(axis=1))


def _rounding(scored: Scored, unit: FloatArray) -> float:
    """Return which score in such units is as good as 0: less than usual where one wild value made the units huge."""
    size, units = float(np.nansum(np.abs(scored.truth).mean(axis=1))), float(unit.sum())
    return NOTHING * min(1.0, size / units) if 0 < size < np.inf and 0 < units < np.inf else NOTHING


def _scaled(ratio: Ratio, unit: FloatArray) -> Ratio:
    counted = unit > 0
    return _only(counted, Ratio(ratio.top / np.where(counted, unit, 1.0), ratio.bottom))


def _only(counted: BoolArray, ratio: Ratio) -> Ratio:
    """Return the score over the windows that count."""
    return Ratio(np.where(counted, ratio.top, 0.0), ratio.bottom * counted)


def _nothing(scored: Scored) -> Ratio:
    return Ratio(np.zeros(len(scored.truth)), np.zeros(len(scored.truth)))


def _divide(top: Floats | np.float64, bottom: Floats | np.float64) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(bottom == 0, np.nan, top / bottom))
