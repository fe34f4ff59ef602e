"""What would change a forecast: the forecast of a window in which one thing is a usual amount different."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.network.probe import Probe
from lstmcast.network.spec import CovariateScale

Kind = Literal["newest value", "newest season", "past", "future"]


@dataclass(frozen=True)
class WhatIf:
    """One change of a usual size, and what it does to the median forecast."""

    kind: Kind
    name: str  # of the covariate
    amount: float  # what was added, in its own units
    effect: FloatArray  # (H,) in the target's units


def ask_what_if(probe: Probe, usual: float) -> tuple[WhatIf, ...]:
    """Return the effect of each change, the strongest first; `usual` is the usual change of the series."""
    forecast = probe.forecast()[0]
    found = [
        WhatIf("newest value", "", usual, probe.forecast(_raised(probe, 1, usual))[0] - forecast),
        *_of_season(probe, usual, forecast),
        *_of_covariates(probe, forecast),
    ]
    return tuple(sorted(found, key=lambda one: -float(np.abs(one.effect).mean())))


def _raised(probe: Probe, steps: int, by: float) -> FloatArray:
    context = probe.context[None].copy()
    context[0, -steps:] += by
    return context


def _of_season(probe: Probe, usual: float, forecast: FloatArray) -> Iterator[WhatIf]:
    season = probe.spec.season
    if 1 < season < len(probe.context):
        yield WhatIf("newest season", "", usual, probe.forecast(_raised(probe, season, usual))[0] - forecast)


def _of_covariates(probe: Probe, forecast: FloatArray) -> Iterator[WhatIf]:
    """Yield what a past covariate in the newest season and a future one over the horizon would do."""
    length, season = len(probe.context), probe.spec.season
    for place, scale in enumerate(probe.spec.past):
        rows = slice(max(0, length - season), length)
        changed, amount = _changed(probe.panel.past, place, rows, scale)
        yield WhatIf("past", scale.name, amount, probe.forecast(past=changed)[0] - forecast)
    for place, scale in enumerate(probe.spec.future):
        changed, amount = _changed(probe.panel.future, place, slice(length, None), scale)
        yield WhatIf("future", scale.name, amount, probe.forecast(future=changed)[0] - forecast)


def _changed(columns: FloatArray, place: int, rows: slice, scale: CovariateScale) -> tuple[FloatArray, float]:
    """Return the covariates with one of them a usual amount higher; a switch is turned the other way."""
    changed = columns.copy()
    if scale.centred:
        changed[rows, place] += scale.scale
        return changed, scale.scale
    is_on = bool(np.nanmean(columns[rows, place]) > scale.offset + scale.scale / 2)
    changed[rows, place] = scale.offset if is_on else scale.offset + scale.scale
    return changed, -scale.scale if is_on else scale.scale
