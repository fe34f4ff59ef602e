"""Held-out windows as evidence: how much was missed, and when a difference is more than luck.

All of it happens on the common scale of the ensemble (logarithms for positive data), where the truth is (N, H).
"""

from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray

FEWEST_WINDOWS = 2
FEWEST_MOMENTS = 3  # from so many on, how much moments differ is measured rather than assumed
LOUDEST = 50.0  # usual changes
COMMON_SHOCK = 0.01  # assumed correlation of what different series suffer at the same moment


@dataclass(frozen=True)
class HeldOut:
    """Held-out windows on the common scale."""

    truth: FloatArray  # (N, H) NaN where it does not count
    unit: FloatArray  # (N,) usual change of each series, on that scale
    moment: IntArray  # (N,) at which origin each window stands; series share them
    overlap: float  # how many windows of a series share a step

    @property
    def moments(self) -> float:
        """Return how many moments the windows speak of, as if they did not overlap."""
        return max(1.0, len(np.unique(self.moment)) / self.overlap)

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


def window_losses(held: HeldOut, median: FloatArray, steps: slice = slice(None)) -> FloatArray:
    """Return (N,) mean absolute errors in units of each series' usual change, over all or some of the steps ahead.

    One that is absurd counts as `LOUDEST`: it must not drown the others.
    """
    return in_usual_changes(held, np.abs(held.truth[:, steps] - median[:, steps]))


def in_usual_changes(held: HeldOut, losses: FloatArray) -> FloatArray:
    """Return the (N,) means of (N, H) losses over the steps that count, in units of each series' usual change."""
    counted = ~np.isnan(losses)
    mean = np.where(counted, losses, 0.0).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)
    return np.asarray(np.minimum(mean / held.unit, LOUDEST))


def is_clear_gain(held: HeldOut, before: FloatArray, after: FloatArray, *, errors: float) -> bool:
    """Return whether the (N,) losses fall by more than so many standard errors of the difference."""
    gain = before - after
    if len(gain) < FEWEST_WINDOWS:
        return False  # one window proves nothing
    return bool(gain.mean() > errors * _standard_error(held, gain))


def _standard_error(held: HeldOut, gain: FloatArray) -> float:
    """Return that of the mean gain: as if few things happened to all series at once, or what the moments show."""
    assumed = gain.std() / np.sqrt(held.independent_windows)
    moments, place = np.unique(held.moment, return_inverse=True)
    if len(moments) < FEWEST_MOMENTS:
        return float(assumed)
    by_moment = np.bincount(place, gain) / np.bincount(place)
    return float(max(assumed, by_moment.std(ddof=1) / np.sqrt(held.moments)))
