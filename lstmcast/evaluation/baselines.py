"""The simple forecasts that everything here has to beat, for windows by index."""

from collections.abc import Callable, Mapping

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.schema import EvaluateConfig
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Windows, pasts_of
from lstmcast.evaluation.naive2 import naive2

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


def _naive2(panel: Panel, windows: Windows, horizon: int, season: int) -> FloatArray:
    """Return the last value with the season of the past, where a test finds one: series by series, so it takes time."""
    values = np.empty((len(windows), horizon))
    for place, past in enumerate(pasts_of(panel, windows)):
        values[place] = naive2(past, season, horizon)
    return values


ALWAYS: Mapping[str, Baseline] = {
    "naive": naive,
    "seasonal_naive": seasonal_naive,
    "drift": drift,
    "seasonal_average": seasonal_average,
}
BASELINES: Mapping[str, Baseline] = {**ALWAYS, "naive2": _naive2}


def all_baselines(config: EvaluateConfig) -> tuple[str, ...]:
    """Return the names of the forecasts that cost nothing and of those in the config, the one of its gate first."""
    return tuple(dict.fromkeys((config.gate.against, *ALWAYS, *config.baselines)))


def _seasons_back(panel: Panel, windows: Windows, horizon: int, season: int, back: int) -> FloatArray:
    cycle = np.where(windows.origin >= back * season, season, 1)[:, None]
    step = windows.origin[:, None] - back * cycle + np.arange(horizon)[None] % cycle
    step = np.where(cycle == season, step, windows.origin[:, None] - 1)
    step = np.minimum(step, panel.newest_given(windows.series, windows.origin)[:, None])
    return np.asarray(panel.values[panel.offsets[windows.series][:, None] + step])


def _value(panel: Panel, windows: Windows, step: IntArray) -> FloatArray:
    step = np.minimum(step, panel.newest_given(windows.series, windows.origin))
    return np.asarray(panel.values[panel.offsets[windows.series] + step])
