"""A simple forecast of the history of a series, which a network leans on that sees one context and no more.

The season is taken off as far as it stands out from its noise, and the rest is smoothed in many ways (`smoothing.py`).
Nothing is learnt from other series.

Shapes are those of the equations, (N, L); in memory series lie side by side, and what is summed are rows of series.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.network.smoothing import Counts, known_alone, smooth_on

Matrix = npt.NDArray[Any]  # of the kind of number that the values are

SHORT_SEASONS, LONG_SEASONS, HORIZONS, FEWEST_STEPS = 10, 3, 4, 60  # of history that are looked at
SURE_ROUNDS = 2  # beyond the two that a mean season takes: so many tell what its noise is


@dataclass(frozen=True)
class History:
    """Values before a horizon, the newest last; the first ones of a short series are not there, and stand as 0."""

    values: Matrix  # (N, L)
    known: Counts  # (N,) how many of them are there: the last ones; (1,) if that is the same for all


def history_steps(periods: tuple[int, ...], horizon: int) -> int:
    """Return how many steps of the past are looked at: what lies farther back tells little of season and trend."""
    seasons = (SHORT_SEASONS * periods[0], LONG_SEASONS * periods[-1]) if periods else ()
    return max(*seasons, HORIZONS * horizon, FEWEST_STEPS)


def forecast_history(history: History, periods: tuple[int, ...], horizon: int) -> Matrix:
    """Return the (N, H) forecasts."""
    ahead = np.zeros((horizon, len(history.values)), history.values.dtype)
    for period in periods:
        if history.values.shape[1] >= fewest_with_season(period):
            history, season = take_off_season(history, period)
            ahead += season.T[np.arange(horizon) % period]
    ahead += smooth_on(history.values.T, history.known, horizon)
    return ahead.T


def fewest_with_season(period: int) -> int:
    """Return how many values tell of a season: a quarter of it has to have come again."""
    return period + max(1, period // 4)


def take_off_season(history: History, period: int) -> tuple[History, Matrix]:
    """Return the history without its additive season, and the (N, P) season from the first step of the horizon on.

    Of the season as it was on average there remains the share that its noise cannot explain. What the noise is, few
    rounds do not tell: there the share is rather what repeats itself from one round to the next, and where there are
    not even two, the season is that of the newest round.
    """
    length, rounds = history.values.shape[1], _in_rounds(history.values, period)
    season, share, spare = _average_season(rounds, history.known, period)
    unsure = np.clip(1 - spare / (SURE_ROUNDS * period), 0, 1) ** 2
    is_seen_twice = history.known >= 2 * period
    if (unsure > 0).any():
        repeats = _share_that_repeats(history, period)
        share = np.where(is_seen_twice, share + unsure * (repeats - share), repeats)
        newest = rounds[-1] - rounds[-1].mean(axis=0)
        season = np.where(is_seen_twice, season, newest)
    season *= np.where(history.known >= fewest_with_season(period), share, 0)
    left = _steps(rounds - season)[-length:]
    return History(known_alone(left, history.known).T, history.known), season.T


def _average_season(rounds: Matrix, known: Counts, period: int) -> tuple[Matrix, Matrix, Matrix]:
    """Return the (P, N) mean season around the moving mean, the (N,) shares of it that its noise cannot explain, and
    the (N,) values beyond one round that this noise is known from.
    """
    trend, half, first = _moving_mean(_steps(rounds), period), period // 2, rounds.shape[0] * period - known
    seen = np.arange(len(trend))[:, None] >= first  # where the whole mean lies inside the history
    detrended, counted = np.zeros_like(rounds), np.zeros((*rounds.shape[:2], len(first)), rounds.dtype)
    middle = slice(half, half + len(trend))
    _steps(counted)[middle] = seen
    np.subtract(_steps(rounds)[middle], trend, out=_steps(detrended)[middle])
    detrended *= counted
    counts = counted.sum(axis=0)  # (P, N), 0 is the first step of the horizon
    season = detrended.sum(axis=0) / np.maximum(counts, 1)
    squares = np.einsum("rpn,rpn->n", detrended, detrended) - (counts * season**2).sum(axis=0)
    season -= season.mean(axis=0)
    spare = np.maximum(counts.sum(axis=0) - period, 0)
    noise = squares / np.maximum(spare, 1)
    noise *= (1 / np.maximum(counts, 1)).sum(axis=0) * (period - 1) / period
    share = np.clip(1 - noise / np.maximum((season**2).sum(axis=0), np.finfo(season.dtype).tiny), 0, 1)
    return season, share, spare


def _share_that_repeats(history: History, period: int) -> Matrix:
    """Return the (N,) shares of a mean season that come again, from how values go with those of a season before.

    If that correlation is r, the mean of k rounds goes with another mean of k by k r / (1 + (k - 1) r).
    """
    mean = history.values.sum(axis=1) / history.known
    values = known_alone((history.values - mean[:, None]).T, history.known)
    again = np.maximum(history.known - period, 0)
    newer = known_alone(values, again)
    newer, older = newer[period:], values[:-period]
    product, *squares = (np.einsum("tn,tn->n", *pair) for pair in ((newer, older), (newer, newer), (older, older)))
    size = np.maximum(np.sqrt(squares[0]) * np.sqrt(squares[1]), np.finfo(values.dtype).tiny)
    alike, rounds = np.clip(product / size, 0, 1), np.maximum(again / period, 1)
    return np.asarray(rounds * alike / (1 + (rounds - 1) * alike))


def _in_rounds(values: Matrix, period: int) -> Matrix:
    """Return (N, L) values as (R, P, N) rounds of a season; the last one ends with them, the first may begin with 0."""
    series, length = values.shape
    rounds = -(-length // period)
    if length < rounds * period:
        whole = np.zeros((rounds * period, series), values.dtype)
        whole[-length:] = values.T
    else:
        whole = values.T
    return whole.reshape(rounds, period, series)


def _steps(rounds: Matrix) -> Matrix:
    """Return (R, P, N) rounds as (R * P, N) steps."""
    return rounds.reshape(-1, rounds.shape[2])


def _moving_mean(steps: Matrix, period: int) -> Matrix:
    """Return the (T, N) centred means over a period; for an even one the two ends count half.

    Not by a running sum, as in `bank.moving_mean`: in single precision it would lose digits.
    """
    sums, length, taken, width = np.zeros(0), len(steps) - period + 1, 0, 1
    while width <= period:  # sums over 1, 2, 4, 8 ... steps, of which some make up the period
        if period & width:
            sums = sums + steps[taken : taken + length] if taken else steps[:length].copy()
            taken += width
        steps, width = steps[:-width] + steps[width:], 2 * width
    sums /= period
    return sums if period % 2 else (sums[1:] + sums[:-1]) / 2
