"""Seasonal naive with intervals from its own past errors: what is published when no model can answer."""

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.windows import latest_windows
from lstmcast.evaluation.baselines import seasonal_naive


def forecast_naive(panel: Panel, horizon: int, season: int, quantiles: tuple[float, ...]) -> FloatArray:
    """Return (S, H, Q) forecasts; `quantiles` lie evenly around 0.5, as 0.1, 0.5 and 0.9 do.

    A bound lies as far out as so many of the past changes over the same number of seasons did: of single steps, for
    a series that is shorter than a season. Nothing falls below zero that never has.
    """
    median = seasonal_naive(panel, latest_windows(panel), horizon, season)
    wanted = np.array([abs(1 - 2 * quantile) for quantile in quantiles])
    values = np.empty((panel.series_count, horizon, len(quantiles)))
    for series in range(panel.series_count):
        start = panel.offsets[series]
        known = panel.values[start : start + panel.known[series]]
        cycle = season if len(known) >= season else 1
        half = np.stack([_half_widths(known, lag, wanted) for lag in _lags(horizon, cycle)])
        half = np.maximum.accumulate(half)[np.arange(horizon) // cycle]  # farther ahead is never surer
        values[series] = median[series][:, None] + half * np.sign(np.array(quantiles) - 0.5)
        if len(known) and known.min() >= 0:
            values[series] = np.maximum(values[series], 0.0)
    return values


def _lags(horizon: int, cycle: int) -> range:
    return range(cycle, horizon + cycle, cycle)


def _half_widths(known: FloatArray, lag: int, shares: FloatArray) -> FloatArray:
    """Return how far the shares of the changes over `lag` steps reached; the farthest, where they are too few."""
    if len(known) <= lag:
        changes = np.abs(known - known.mean()) if len(known) else np.zeros(1)
    else:
        changes = np.abs(known[lag:] - known[:-lag])
    place = np.ceil(shares * (len(changes) + 1)).astype(int) - 1
    return np.asarray(np.where(shares > 0, np.sort(changes)[np.clip(place, 0, len(changes) - 1)], 0.0))
