"""Theta over the history of a series: the forecast that a network, which sees one context, leans on.

It takes off the season as far as that stands out from its noise, smooths the rest at the rate that would have
forecast it best, and goes on with half of its trend. Nothing is learnt from other series.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstmcast.network.bank import moving_mean

Matrix = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

SHORT_SEASONS, LONG_SEASONS, HORIZONS, FEWEST_STEPS = 10, 3, 4, 60  # of history that are looked at
RATES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True)
class History:
    """Values before a horizon, the newest last; the first ones of a short series are not there, and stand as 0."""

    values: Matrix  # (N, L)
    known: Counts  # (N,) how many of them are there: the last ones


def history_steps(periods: tuple[int, ...], horizon: int) -> int:
    """Return how many steps of the past are looked at: what lies farther back tells little of season and trend."""
    seasons = (SHORT_SEASONS * periods[0], LONG_SEASONS * periods[-1]) if periods else ()
    return max(*seasons, HORIZONS * horizon, FEWEST_STEPS)


def forecast_history(history: History, periods: tuple[int, ...], horizon: int) -> Matrix:
    """Return the (N, H) theta forecasts."""
    ahead = np.zeros((len(history.values), horizon))
    for period in periods:
        if history.values.shape[1] >= 2 * period:
            history, season = take_off_season(history, period)
            ahead += season[:, np.arange(horizon) % period]
    level, rate = smooth_best(history)
    slope = trend_slope(history) / 2
    lag = (1 - (1 - rate) ** history.known) / rate - 1  # steps by which a smoothed line stays behind its trend
    return ahead + level[:, None] + slope[:, None] * (np.arange(1, horizon + 1) + lag[:, None])


def take_off_season(history: History, period: int) -> tuple[History, Matrix]:
    """Return the history without its additive season, and the (N, P) season from the first step of the horizon on.

    Of the season as it was on average there remains the share that its noise cannot explain.
    """
    length = history.values.shape[1]
    half, first = period // 2, length - history.known[:, None]
    trend = moving_mean(history.values, period)
    steps = np.arange(trend.shape[1])
    counts = (steps >= first).astype(float)  # where the whole mean lies inside the history
    detrended = (history.values[:, half : half + trend.shape[1]] - trend) * counts
    places = np.eye(period)[(steps + half - length) % period]  # (T, P), 0 is the first step of the horizon
    seen = counts @ places
    season = detrended @ places / np.maximum(seen, 1)
    residual = (detrended**2 @ places - seen * season**2).sum(axis=1) / np.maximum(seen.sum(axis=1) - period, 1)
    season -= season.mean(axis=1, keepdims=True)
    noise = residual * (1 / np.maximum(seen, 1)).sum(axis=1) * (period - 1) / period
    share = np.clip(1 - noise / np.maximum((season**2).sum(axis=1), 1e-300), 0, 1)
    season *= np.where(seen.min(axis=1) > 0, share, 0.0)[:, None]
    inside = np.arange(length) >= first
    left = np.where(inside, history.values - season[:, (np.arange(length) - length) % period], 0.0)
    return History(left, history.known), season


def smooth_best(history: History) -> tuple[Matrix, Matrix]:
    """Return the (N,) levels of simple exponential smoothing, and the rates that erred least over one step."""
    values, first = history.values, history.values.shape[1] - history.known
    rates, rows = np.array(RATES)[:, None], np.arange(len(values))
    level = np.tile(values[rows, np.minimum(first, values.shape[1] - 1)], (len(RATES), 1))
    squares = np.zeros_like(level)
    for step in range(int(first.min(initial=values.shape[1])) + 1, values.shape[1]):
        error = np.where(step > first, values[:, step] - level, 0.0)
        squares += error**2
        level += rates * error
    best = squares.argmin(axis=0)
    return level[best, rows], rates[best, 0]


def trend_slope(history: History) -> Matrix:
    """Return the (N,) slopes of the straight lines through the histories."""
    length, known = history.values.shape[1], history.known[:, None]
    steps = np.arange(length) - (length - 1) + (known - 1) / 2  # counted from the middle of what is known
    steps = np.where(np.arange(length) >= length - known, steps, 0.0)
    return np.asarray((history.values * steps).sum(axis=1) / np.maximum((steps**2).sum(axis=1), 0.5))
