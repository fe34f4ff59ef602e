"""Naive2, the benchmark of the M competitions, and the score that the M4 was decided by.

Naive2 is the naive forecast of a series whose seasons were divided out, if a test finds that it has seasons. The
overall weighted average (OWA) is how a forecast fares beside it. One series at a time, plain arrays.
"""

from math import nan

import numpy as np

from lstmcast.arrays import FloatArray

SEASONAL_BEYOND = 1.645  # standard errors: the 90% bound of the competition's test


def naive2(past: FloatArray, season: int, horizon: int) -> FloatArray:
    """Return the naive forecast, with multiplicative seasons taken out before and put back after."""
    if not is_seasonal(past, season):
        return np.full(horizon, past[-1])
    factors = seasonal_factors(past, season)
    if not (np.isfinite(factors).all() and (factors > 0).all()):  # of values at or below zero: nothing to divide by
        return np.full(horizon, past[-1])
    last = len(past) - 1
    return np.asarray(past[-1] / factors[last % season] * factors[(last + 1 + np.arange(horizon)) % season])


def is_seasonal(past: FloatArray, season: int) -> bool:
    """Return whether the autocorrelation at one season is beyond what Bartlett's formula allows to chance."""
    length = len(past)
    longest_lag = int(10 * np.log10(length))  # R's acf() ends there, and the competition's code with it
    if season == 1 or length < 3 * season or season > longest_lag:
        return False
    correlations = autocorrelations(past, season)
    bound = SEASONAL_BEYOND * np.sqrt((1 + 2 * np.sum(correlations[:-1] ** 2)) / length)
    return bool(abs(correlations[-1]) > bound)


def autocorrelations(past: FloatArray, lags: int) -> FloatArray:
    """Return the autocorrelations at lags 1 to `lags`; 0 for a series that never changes."""
    centred = past - past.mean()
    power = centred @ centred
    if power == 0:
        return np.zeros(lags)
    return np.array([float(centred[lag:] @ centred[:-lag]) for lag in range(1, lags + 1)]) / float(power)


def seasonal_factors(past: FloatArray, season: int) -> FloatArray:
    """Return the (season,) factors of the classical decomposition, the first one that of the first value."""
    window = np.ones(season) / season if season % 2 else np.r_[0.5, np.ones(season - 1), 0.5] / season
    trend = np.convolve(past, window, mode="valid")
    half = len(window) // 2
    ratios = np.full(len(past), np.nan)
    ratios[half : half + len(trend)] = past[half : half + len(trend)] / trend
    factors = np.array([np.nanmean(ratios[place::season]) for place in range(season)])
    return np.asarray(factors / factors.mean(), np.float64)


def owa(smape: float, mase: float, naive2_smape: float, naive2_mase: float) -> float:
    """Return the overall weighted average of two scores beside those of Naive2: 1 is as good, less is better.

    NaN where Naive2 was right all the time.
    """
    if naive2_smape == 0 or naive2_mase == 0:
        return nan
    return (smape / naive2_smape + mase / naive2_mase) / 2
