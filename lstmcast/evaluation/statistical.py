"""The statistical forecasters that people reach for, fitted to each series anew at each origin, by `statsforecast`.

This is its only home; it is an optional extra, so it is imported when it is asked for.
"""

import warnings
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Windows, pasts_of
from lstmcast.errors import ConfigError
from lstmcast.evaluation.tally import symmetric_levels

STATISTICAL: Mapping[str, str] = {"autoets": "AutoETS", "autotheta": "AutoTheta", "autoarima": "AutoARIMA"}
FEWEST_VALUES = 10  # below, the library refuses or makes up what it cannot know: the last value goes on instead
REFUSALS = (ArithmeticError, IndexError, NotImplementedError, ValueError, np.linalg.LinAlgError)  # on odd series


def check_installed(names: Iterable[str]) -> None:
    """Refuse baselines that need `statsforecast` where it is not installed."""
    wanted = [name for name in names if name in STATISTICAL]
    if wanted and find_spec("statsforecast") is None:
        raise ConfigError(
            f"evaluate.baselines: {', '.join(wanted)} need the package statsforecast, which is not installed; "
            "install it by pip install 'lstmcast[peers]', or leave them out"
        )


def forecast_statistical(
    name: str, panel: Panel, windows: Windows, horizon: int, season: int, quantiles: tuple[float, ...]
) -> FloatArray:
    """Return the (N, H, Q) quantiles of symmetric `quantiles`, each window from the values before its origin."""
    from statsforecast import models

    values = np.empty((len(windows), horizon, len(quantiles)))
    for place, past in enumerate(pasts_of(panel, windows)):
        values[place] = _forecast_one(
            getattr(models, STATISTICAL[name])(season_length=season), past, horizon, quantiles
        )
    return values


def _forecast_one(model: Any, past: FloatArray, horizon: int, quantiles: tuple[float, ...]) -> FloatArray:
    """Return (H, Q) quantiles; the last value at all of them where the library has no answer."""
    if len(past) >= FEWEST_VALUES:
        levels = list(symmetric_levels(quantiles))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # divisions by zero on constant series, which it handles
                found = model.forecast(y=past, h=horizon, level=levels or None)
        except Exception as error:
            if not (isinstance(error, REFUSALS) or type(error) is Exception):  # bare: AutoTheta's, at 1e150
                raise
            found = {"mean": np.full(horizon, np.nan)}
        if np.isfinite(found["mean"]).all():
            return np.stack([_at(found, quantile) for quantile in quantiles], axis=1)
    return np.full((horizon, len(quantiles)), past[-1])


def _at(found: Mapping[str, FloatArray], quantile: float) -> FloatArray:
    """Return one quantile from the bounds of the levels; their middle is the mean."""
    middle = np.asarray(found["mean"], np.float64)
    if quantile == 0.5:
        return middle
    wanted = abs(100 * (1 - 2 * quantile))
    side = "lo-" if quantile < 0.5 else "hi-"
    name = min((name for name in found if name.startswith(side)), key=lambda one: abs(float(one[3:]) - wanted))
    bound = np.asarray(found[name], np.float64)
    return np.where(np.isfinite(bound), bound, middle)
