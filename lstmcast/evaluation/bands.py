"""How far each quantile must be stretched for held-out errors to fall inside the bands as often as they say."""

from statistics import NormalDist

import numpy as np

from lstmcast.data.panel import FloatArray
from lstmcast.evaluation.held_out import Errors

FACTOR_BOUNDS = (0.5, 5.0)
ENOUGH_WINDOWS = 10.0  # independent windows that count as much as everything known beforehand
USUAL_STRETCH = 0.3  # that bands take beyond 1, for each standard deviation that a bound lies out, and
ENOUGH_TO_DOUBT_IT = 5.0  # independent windows that speak as loud as that rule
ENOUGH_MOMENTS = 10.0  # moments that it takes to believe half of a narrowing: one quiet time proves little


def stretch_factors(
    errors: Errors, quantiles: tuple[float, ...], *, windows: float, moments: float, earlier: Errors | None = None
) -> tuple[float, ...]:
    """Return, for each quantile, how much farther out it has to be for the errors to fall as it says.

    Both sides of a level share one factor: what few windows missed on one side, the next ones may miss on the other.
    What very few windows say is mostly chance, so it is drawn towards what bands take as a rule: more in the tails,
    since how large errors are at all is then not known well either.
    """
    trust = windows / (windows + ENOUGH_WINDOWS)
    heard = windows / (windows + ENOUGH_TO_DOUBT_IT)
    narrowing = moments / (moments + ENOUGH_MOMENTS)
    widening = 1 - trust / (moments + 2)  # many series at one bad moment are one bad moment
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
            told = wanted ** (widening if wanted > 1 else narrowing)
            usual = 1 + USUAL_STRETCH * -NormalDist().inv_cdf(quantiles[low])
            factors[[low, -1 - low]] = told**heard * usual ** (1 - heard)
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
