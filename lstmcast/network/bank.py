"""The bank: classical forecasters as matrices.

Each of them is linear in the context, so running it on the identity matrix gives its matrix (C, H).
The network starts from these matrices and trains them; validation may lean on one of them as it is.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Forecaster = Callable[[Matrix, int], Matrix]  # (N, C) contexts and the horizon -> (N, H)

LARGEST_BANK = 2_000_000  # weights; above, only the forecasters that matter most are kept
LARGEST_BLOCK = 4_000_000  # numbers of the identity matrix at once: a long context must not fill the memory
HOLT_WINTERS_LONGEST = 60  # a seasonal state for each step of a longer season learns too slowly


def forecasters(context: int, periods: tuple[int, ...]) -> dict[str, Forecaster]:
    """Return the forecasters that a context of this length can feed, the most useful first."""
    usable = [period for period in periods if context >= 2 * period]
    found: dict[str, Forecaster] = {"naive": _last_forecast}
    for period in usable:
        found |= _seasonal_forecasters(period)
    if len(usable) > 1:
        short, long = usable[0], usable[-1]
        found[f"moved_naive_{long}"] = lambda past, horizon: _moved_naive(past, short, long, horizon)
    return found | {
        "ses": _level_forecast,
        "theta": _theta,
        "damped_trend": _damped_trend,
        "drift": _drift,
    }


@lru_cache(maxsize=32)
def bank_names(context: int, horizon: int, periods: tuple[int, ...]) -> tuple[str, ...]:
    """Return the names of the forecasters in the bank: all, unless their matrices would be too large."""
    most = max(1, LARGEST_BANK // (context * horizon))
    return tuple(forecasters(context, periods))[:most]


@lru_cache(maxsize=32)
def build_bank(context: int, horizon: int, periods: tuple[int, ...]) -> Mapping[str, Matrix]:
    """Return the forecasters of the bank by name, each as its (C, H) matrix."""
    rows = max(1, LARGEST_BLOCK // context)
    blocks = [np.eye(min(rows, context - first), context, first, order="F") for first in range(0, context, rows)]
    found = forecasters(context, periods)
    names = bank_names(context, horizon, periods)
    return MappingProxyType({name: np.concatenate([found[name](block, horizon) for block in blocks]) for name in names})


def _seasonal_forecasters(period: int) -> dict[str, Forecaster]:
    found: dict[str, Forecaster] = {f"seasonal_naive_{period}": partial(_seasonal_naive, period)}
    for name, memory in (("slow", 1.0), ("fast", 0.4)):
        found[f"{name}_theta_{period}"] = partial(_with_season, period, memory, _theta)
        found[f"{name}_ses_{period}"] = partial(_with_season, period, memory, _level_forecast)
        found[f"{name}_naive_{period}"] = partial(_with_season, period, memory, _last_forecast)
    if period <= HOLT_WINTERS_LONGEST:
        found[f"holt_winters_{period}"] = lambda past, horizon: _holt_winters(past, period, horizon)
    return found


def _seasonal_naive(period: int, past: Matrix, horizon: int) -> Matrix:
    return np.asarray(past[:, -period:][:, np.arange(horizon) % period])


def _with_season(period: int, memory: float, forecast: Forecaster, past: Matrix, horizon: int) -> Matrix:
    adjusted, season = _split_season(past, period, horizon, memory)
    return forecast(adjusted, horizon) + season


def _level_forecast(past: Matrix, horizon: int) -> Matrix:
    return _flat(_smooth(past, 0.3), horizon)


def _last_forecast(past: Matrix, horizon: int) -> Matrix:
    return _flat(past[:, -1], horizon)


def _drift(context: Matrix, horizon: int) -> Matrix:
    """Return the line through the first and the last value."""
    slope = (context[:, -1] - context[:, 0]) / (context.shape[1] - 1)
    return np.asarray(context[:, -1:] + slope[:, None] * np.arange(1, horizon + 1))


def _moved_naive(context: Matrix, short: int, long: int, horizon: int) -> Matrix:
    """Return the long season's naive forecast, moved by how the level changed since."""
    length = context.shape[1]
    moved = context[:, length - short :].mean(1) - context[:, length - long - short : length - long].mean(1)
    return np.asarray(context[:, -long:][:, np.arange(horizon) % long] + moved[:, None])


def _smooth(context: Matrix, rate: float) -> Matrix:
    """Return the (N,) level of simple exponential smoothing."""
    level = context[:, 0].copy()
    for step in range(1, context.shape[1]):
        level += rate * (context[:, step] - level)
    return np.asarray(level)


def _theta(context: Matrix, horizon: int) -> Matrix:
    """Return the theta forecast: smoothing plus half of the linear trend."""
    centred = np.arange(context.shape[1]) - (context.shape[1] - 1) / 2
    slope = (context * centred).sum(1) / (centred**2).sum()
    return np.asarray(_smooth(context, 0.5)[:, None] + 0.5 * slope[:, None] * np.arange(1, horizon + 1))


def _damped_trend(
    context: Matrix, horizon: int, rates: tuple[float, float] = (0.8, 0.3), damping: float = 0.9
) -> Matrix:
    """Return Holt's forecast with a damped trend."""
    level, trend = context[:, 0].copy(), np.zeros(len(context))
    for step in range(1, context.shape[1]):
        before = level
        level = level + damping * trend + rates[0] * (context[:, step] - level - damping * trend)
        trend = damping * trend + rates[1] * ((level - before) - damping * trend)
    return level[:, None] + trend[:, None] * np.cumsum(damping ** np.arange(1, horizon + 1))


def _holt_winters(context: Matrix, period: int, horizon: int, rate: float = 0.3) -> Matrix:
    """Return the forecast of additive exponential smoothing of level and season."""
    level = context[:, :period].mean(1)
    season = context[:, :period] - level[:, None]
    for step in range(period, context.shape[1]):
        place = step % period
        error = context[:, step] - level - season[:, place]
        level = level + rate * error
        season[:, place] += rate * error
    return np.asarray(level[:, None] + season[:, (context.shape[1] + np.arange(horizon)) % period])


def _split_season(context: Matrix, period: int, horizon: int, memory: float) -> tuple[Matrix, Matrix]:
    """Return the context without its season, and the season ahead; `memory` is the weight of one period older."""
    length = context.shape[1]
    trend = _moving_mean(context, period)
    start = period // 2
    steps = np.arange(trend.shape[1])
    detrended = context[:, start : start + trend.shape[1]] - trend
    weight = memory ** ((trend.shape[1] - 1 - steps) // period)
    place = np.eye(period)[(steps + start) % period] * weight[:, None]  # (T, period)
    season = detrended @ place / place.sum(0)
    season -= season.mean(1, keepdims=True)
    return context - season[:, np.arange(length) % period], season[:, (length + np.arange(horizon)) % period]


def _moving_mean(context: Matrix, period: int) -> Matrix:
    """Return the centred mean over a period; for an even one the two ends count half."""
    sums = np.zeros((len(context), context.shape[1] + 1))
    np.cumsum(context, axis=1, out=sums[:, 1:])
    means = sums[:, period:] - sums[:, :-period]
    means /= period
    return means if period % 2 else (means[:, 1:] + means[:, :-1]) / 2


def _flat(level: Matrix, horizon: int) -> Matrix:
    return np.repeat(level[:, None], horizon, axis=1)
