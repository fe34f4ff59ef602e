"""How far each quantile must be stretched for held-out errors to fall inside the bands as often as they say."""

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.held_out import Errors

FACTOR_BOUNDS = (0.5, 5.0)
ENOUGH_WINDOWS = 10.0  # independent windows that count as much as everything known beforehand
ENOUGH_TO_BELIEVE = 30.0  # independent windows; of what fewer say, a share in proportion is believed
LEARNT_SINCE = 0.97  # of the errors is left: what is saved has learnt from newer data, and has more members
ENOUGH_MOMENTS = 10.0  # moments that it takes to believe half of a narrowing: one quiet time proves little


def share_believed(windows: float) -> float:
    """Return how much of what so many independent windows say about the width of bands is believed."""
    return min(1.0, windows / ENOUGH_TO_BELIEVE)


def stretch_factors(
    errors: Errors, quantiles: tuple[float, ...], *, windows: float, moments: float
) -> tuple[float, ...]:
    """Return, for each quantile, how much farther out it has to be for the errors to fall as it says.

    Both sides of a level share one factor: what few windows missed on one side, the next ones may miss on the other.
    What few windows say is mostly chance, so it is drawn towards 1.
    """
    believed = share_believed(windows)
    narrowing = moments / (moments + ENOUGH_MOMENTS)
    trust = windows / (windows + ENOUGH_WINDOWS)
    widening = 1 - trust / (moments + 2)  # many series at one bad moment are one bad moment
    factors = np.ones(len(quantiles))
    for low in range(len(quantiles) // 2):
        ratios = _ratios(errors, low)
        if len(ratios):
            missed = np.quantile(ratios, 1 - 2 * quantiles[low], method="inverted_cdf")
            wanted = np.clip(missed, *FACTOR_BOUNDS)
            told = wanted ** (widening if wanted > 1 else narrowing)
            factors[[low, -1 - low]] = (told * LEARNT_SINCE) ** believed
    return tuple(factors.tolist())


def _ratios(errors: Errors, low: int) -> FloatArray:
    """Return how far out each error lies, in distances from the median to the bound on its side."""
    below, above = errors.spread[..., low], errors.spread[..., -1 - low]
    away = np.abs(np.where(errors.error < 0, below, above))
    counted = ~np.isnan(errors.error) & (away > 0)
    return np.asarray(np.abs(errors.error[counted]) / away[counted])
