"""What held-out origins decide: the scale of the members, when to stop, how far to lean on a simple one, the bands.

All of it happens on the common scale of the ensemble (logarithms for positive data), where the truth is (N, H).
A choice leaves its default only for a gain that is larger than its own standard error.
"""

from dataclasses import dataclass

import numpy as np

from lstmcast.data.panel import FloatArray
from lstmcast.network.calibration import Calibration

KEPT_SHARES = (0.0, 0.25, 0.5, 0.75)  # of the network, when it leans on a simple forecast
FACTOR_BOUNDS = (0.5, 5.0)
ENOUGH_WINDOWS = 30.0  # independent windows that count as much as everything known beforehand
ENOUGH_MOMENTS = 10.0  # moments that it takes to believe half of a narrowing: one quiet time proves little
FEWEST_WINDOWS = 2
COMMON_SHOCK = 0.01  # correlation of what different series suffer at the same moment


@dataclass(frozen=True)
class HeldOut:
    """Held-out windows on the common scale."""

    truth: FloatArray  # (N, H) NaN where it does not count
    unit: FloatArray  # (N,) usual change of each series, on that scale
    overlap: float  # how many windows of a series share a step
    origins: int = 0  # different moments; 0: each window has its own

    @property
    def moments(self) -> float:
        """Return how many moments the windows speak of, as if they did not overlap."""
        return max(1.0, (self.origins or len(self.truth)) / self.overlap)

    @property
    def independent_windows(self) -> float:
        """Return how many windows would say as much if they neither overlapped nor shared their moments."""
        together = max(1.0, len(self.truth) / self.overlap / self.moments)
        return self.moments * together / (1 + (together - 1) * COMMON_SHOCK)


@dataclass(frozen=True)
class Errors:
    """What was missed, beside how far the forecast said that it might be off."""

    error: FloatArray  # (N, H) NaN where it does not count
    spread: FloatArray  # (N, H, Q) distance of the quantiles from the median


def window_losses(held: HeldOut, median: FloatArray) -> FloatArray:
    """Return (N,) mean absolute errors in units of each series' usual change."""
    error = np.abs(held.truth - median)
    counted = ~np.isnan(error)
    total = np.where(counted, error, 0.0).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    return np.asarray(total / held.unit)


def is_clear_gain(held: HeldOut, before: FloatArray, after: FloatArray) -> bool:
    """Return whether the (N,) losses fall by more than one standard error of the difference."""
    gain = before - after
    if len(gain) < FEWEST_WINDOWS:
        return False  # one window proves nothing
    return bool(gain.mean() > gain.std() / np.sqrt(held.independent_windows))


def choose_stop(held: HeldOut, medians: list[tuple[int, FloatArray]]) -> int:
    """Return after how many steps to stop: the end of the budget, unless an earlier look was clearly better."""
    losses = {step: window_losses(held, median) for step, median in medians}
    last = max(losses)
    best = min(losses, key=lambda step: float(losses[step].mean()))
    return best if is_clear_gain(held, losses[last], losses[best]) else last


def prefers_mixture(held: HeldOut, logarithmic: FloatArray, linear: FloatArray) -> bool:
    """Return whether half the members should work on the linear scale; linear alone is never chosen."""
    mixed = (logarithmic + linear) / 2
    return is_clear_gain(held, window_losses(held, logarithmic), window_losses(held, mixed))


def choose_calibration(
    held: HeldOut,
    forecast: FloatArray,
    quantiles: tuple[float, ...],
    baselines: dict[str, FloatArray],
    earlier: Errors | None,
) -> Calibration:
    """Return how far to lean on which of the (N, H) baselines, and the stretch of each quantile of (N, H, Q).

    `earlier` are the errors of a simple forecast on training windows: they speak where few errors are held out.
    """
    median = forecast[..., len(quantiles) // 2]
    own = window_losses(held, median)
    name, kept, least = "naive", 1.0, own.mean()
    for candidate, baseline in baselines.items():
        for share in KEPT_SHARES:
            losses = window_losses(held, share * median + (1 - share) * baseline)
            if losses.mean() < least and is_clear_gain(held, own, losses):
                name, kept, least = candidate, share, losses.mean()
    centre = median if kept == 1 else kept * median + (1 - kept) * baselines[name]
    errors = Errors(held.truth - centre, forecast - median[..., None])
    factors = stretch_factors(
        errors, quantiles, windows=held.independent_windows, moments=held.moments, earlier=earlier
    )
    return Calibration(baseline=name, weights=(kept,) * median.shape[1], factors=factors)


def stretch_factors(
    errors: Errors, quantiles: tuple[float, ...], *, windows: float, moments: float, earlier: Errors | None = None
) -> tuple[float, ...]:
    """Return, for each quantile, how much farther out it has to be for the errors to fall as it says.

    Both sides of a level share one factor: what few windows missed on one side, the next ones may miss on the other.
    """
    trust = windows / (windows + ENOUGH_WINDOWS)
    narrowing = moments / (moments + ENOUGH_MOMENTS)
    factors = np.ones(len(quantiles))
    for low in range(len(quantiles) // 2):
        ratios = _ratios(errors, low)
        weights = np.full(len(ratios), trust / max(len(ratios), 1))
        if earlier is not None:
            before = _ratios(earlier, low)
            ratios = np.concatenate([ratios, before])
            weights = np.concatenate([weights, np.full(len(before), (1 - trust) / max(len(before), 1))])
        if len(ratios):
            wanted = np.clip(_weighted_quantile(ratios, weights, 1 - 2 * quantiles[low]), *FACTOR_BOUNDS)
            factors[[low, -1 - low]] = wanted if wanted > 1 else wanted**narrowing
    return tuple(factors.tolist())


def _ratios(errors: Errors, low: int) -> FloatArray:
    """Return how far out each error lies, in distances from the median to the bound on its side."""
    below, above = errors.spread[..., low], errors.spread[..., -1 - low]
    away = np.abs(np.where(errors.error < 0, below, above))
    counted = ~np.isnan(errors.error) & (away > 0)
    return np.asarray(np.abs(errors.error[counted]) / away[counted])


def _weighted_quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1])])
