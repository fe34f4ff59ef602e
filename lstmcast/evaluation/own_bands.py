"""How wide the bands of series must be that little was held out of: as far as a simple forecast has erred all along.

One or two held-out windows hardly tell how far the next ones will be off, and a network that has seen little hardly
knows it. The history of a series has room for dozens of origins, at each of which a forecast that learns nothing from
what comes later can be tried.
"""

from statistics import NormalDist

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.bands import share_believed

FIRST_SHARE = 0.8  # of these widths in a band, where nothing was held out; it falls as more is believed of what was
HALF_LIFE = 0.2  # of the history, after which an error counts half
SIGMAS = 1.2533  # standard deviations in a mean absolute error, if errors are normal
HEAVY_TAILS = 0.05  # farther out for each standard deviation: how large errors are is not known well either
SMALLEST_ERROR = 0.01  # usual changes


def width_share(windows: float) -> float:
    """Return the share of the widths of the past in a band that so many independent windows have tested."""
    return round(FIRST_SHARE * (1 - share_believed(windows)), 4)


def typical_errors(error: FloatArray, age: FloatArray) -> FloatArray | None:
    """Return the (H,) mean sizes of (N, H) errors, older ones counting less; None where no error is known.

    Few errors stand behind each step, so it is drawn half way to a power of the steps ahead.
    """
    known = ~np.isnan(error)
    if not known.any():
        return None
    weight = 0.5 ** (age / max(HALF_LIFE * float(age.max(initial=0)), 1.0))[:, None] * known
    counts, sums = weight.sum(axis=0), (weight * np.abs(np.where(known, error, 0.0))).sum(axis=0)
    sizes = np.where(counts > 0, sums / np.maximum(counts, 1e-300), sums.sum() / counts.sum())
    logs, steps = np.log(np.maximum(sizes, SMALLEST_ERROR)), np.log(np.arange(1, len(sizes) + 1))
    steps -= steps.mean()
    power = np.clip(steps @ logs / max(steps @ steps, 1e-300), 0, 1)
    return np.asarray(np.exp((logs + logs.mean() + power * steps) / 2))


def usual_widths(typical: FloatArray, quantiles: tuple[float, ...]) -> tuple[tuple[float, ...], ...]:
    """Return the distance of each quantile from the median at each step, for errors of these (H,) mean sizes."""
    out = np.abs([NormalDist().inv_cdf(quantile) for quantile in quantiles])
    widths = typical[:, None] * SIGMAS * out * (1 + HEAVY_TAILS * out)
    return tuple(tuple(row) for row in widths.round(6).tolist())
