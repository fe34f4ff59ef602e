"""Theta over the history of a series: the forecast that a network, which sees one context, leans on.

It takes off the season as far as that stands out from its noise, smooths the rest at the rate that would have
forecast it best, and goes on with half of its trend. Nothing is learnt from other series.
"""

from dataclasses import dataclass
from typing import Any

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
    seen = np.arange(trend.shape[1]) >= first  # where the whole mean lies inside the history
    detrended = (history.values[:, half : half + trend.shape[1]] - trend) * seen
    counts = _rounds(seen, half, length, period).sum(axis=1)  # (N, P), 0 is the first step of the horizon
    season = _rounds(detrended, half, length, period).sum(axis=1) / np.maximum(counts, 1)
    squares = _rounds(detrended**2, half, length, period).sum(axis=1)
    residual = (squares - counts * season**2).sum(axis=1) / np.maximum(counts.sum(axis=1) - period, 1)
    season -= season.mean(axis=1, keepdims=True)
    noise = residual * (1 / np.maximum(counts, 1)).sum(axis=1) * (period - 1) / period
    share = np.clip(1 - noise / np.maximum((season**2).sum(axis=1), 1e-300), 0, 1)
    season *= np.where(counts.min(axis=1) > 0, share, 0.0)[:, None]
    left = _rounds(history.values, 0, length, period) - season[:, None]
    left = left.reshape(len(season), -1)[:, -length:] * (np.arange(length) >= first)
    return History(left, history.known), season


def smooth_best(history: History) -> tuple[Matrix, Matrix]:
    """Return the (N,) levels of simple exponential smoothing, and the rates that erred least over one step."""
    values, first = history.values, history.values.shape[1] - history.known[:, None]
    rows = np.arange(len(values))
    moves = np.diff(values, axis=1) * (np.arange(1, values.shape[1]) > first)
    errors, squares, square = np.zeros((3, len(RATES), len(values)))
    missed = np.repeat(1 - np.array(RATES)[:, None], len(values), axis=1)
    for move in np.ascontiguousarray(moves.T):
        errors *= missed  # what a level has not taken in yet is missed again, and so is the next move
        errors += move
        squares += np.multiply(errors, errors, out=square)
    best = squares.argmin(axis=0)
    return values[:, -1] - (missed * errors)[best, rows], np.array(RATES)[best]


def trend_slope(history: History) -> Matrix:
    """Return the (N,) slopes of the straight lines through the histories."""
    values, known = history.values, history.known
    steps = np.arange(values.shape[1]) - (values.shape[1] - 1.0)
    product = values @ steps + (known - 1) / 2 * values.sum(axis=1)  # with steps from the middle of what is known
    return np.asarray(product / np.maximum(known * (known**2 - 1) / 12, 0.5))


def _rounds(values: npt.NDArray[Any], first: int, length: int, period: int) -> Matrix:
    """Return the (N, R, P) rounds of a season of values that begin at a step; others, up to the horizon, are 0."""
    rounds = -(-length // period)
    whole = np.zeros((len(values), rounds * period))
    start = rounds * period - length + first
    whole[:, start : start + values.shape[1]] = values
    return whole.reshape(len(values), rounds, period)
