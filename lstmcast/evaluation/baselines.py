"""The simple forecasts that everything here has to beat, for windows by index."""

from collections.abc import Callable, Mapping

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.schema import EvaluateConfig
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Windows

Baseline = Callable[[Panel, Windows, int, int], FloatArray]  # (panel, windows, horizon, season) -> (N, H)

AVERAGED_SEASONS = 4


def naive(panel: Panel, windows: Windows, horizon: int, season: int) -> FloatArray:  # noqa: ARG001  # one signature
    """Return the last known value for every step."""
    return np.repeat(_value(panel, windows, windows.origin - 1)[:, None], horizon, axis=1)


def seasonal_naive(panel: Panel, windows: Windows, horizon: int, season: int) -> FloatArray:
    """Return the value of one season ago; the last value where less than a season is known."""
    return _seasons_back(panel, windows, horizon, season, 1)


def drift(panel: Panel, windows: Windows, horizon: int, season: int) -> FloatArray:  # noqa: ARG001  # one signature
    """Return the line through the first and the last known value."""
    first, last = _value(panel, windows, np.zeros_like(windows.origin)), _value(panel, windows, windows.origin - 1)
    slope = (last - first) / np.maximum(windows.origin - 1, 1)
    return last[:, None] + slope[:, None] * np.arange(1, horizon + 1)


def seasonal_average(panel: Panel, windows: Windows, horizon: int, season: int) -> FloatArray:
    """Return the mean of the same step of the last seasons."""
    rounds = [_seasons_back(panel, windows, horizon, season, back) for back in range(1, AVERAGED_SEASONS + 1)]
    there = [(windows.origin >= back * season)[:, None] for back in range(1, AVERAGED_SEASONS + 1)]
    there[0] = np.ones_like(there[0])  # the first answers always
    total = sum(np.where(known, forecast, 0.0) for known, forecast in zip(there, rounds, strict=True))
    return np.asarray(total / np.sum(there, axis=0))


BASELINES: Mapping[str, Baseline] = {
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "drift": drift,
    "seasonal_average": seasonal_average,
}


def all_baselines(config: EvaluateConfig) -> tuple[str, ...]:
    """Return the names of the simple forecasts and of those that the config adds, the one of its gate first."""
    return tuple(dict.fromkeys((config.gate.against, *BASELINES, *config.baselines)))


def _seasons_back(panel: Panel, windows: Windows, horizon: int, season: int, back: int) -> FloatArray:
    cycle = np.where(windows.origin >= back * season, season, 1)[:, None]
    step = windows.origin[:, None] - back * cycle + np.arange(horizon)[None] % cycle
    step = np.where(cycle == season, step, windows.origin[:, None] - 1)
    step = np.minimum(step, panel.newest_given(windows.series, windows.origin)[:, None])
    return np.asarray(panel.values[panel.offsets[windows.series][:, None] + step])


def _value(panel: Panel, windows: Windows, step: IntArray) -> FloatArray:
    step = np.minimum(step, panel.newest_given(windows.series, windows.origin))
    return np.asarray(panel.values[panel.offsets[windows.series] + step])
