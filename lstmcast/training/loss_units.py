"""Measures what makes the loss of different windows comparable, on a sample of them."""

from dataclasses import dataclass

import numpy as np

from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import NUMPY, TrainingOrigins
from lstmcast.network.cells import Floats
from lstmcast.network.inputs import make_inputs, make_targets
from lstmcast.network.spec import MemberSpec, ModelSpec

WARM_SAMPLE = 2048  # windows that set the units of the loss
SMALLEST_ERROR = 1e-3


@dataclass(frozen=True)
class LossUnits:
    """What makes the loss of different windows comparable."""

    typical_error: Floats  # (H,)
    scaled: float  # mean error of the untrained forecast, against the usual change
    relative: float  # the same, against the size of the values
    use_relative: float  # 1 for positive data, else 0


def measure_units(
    arrays: SeriesArrays,
    origins: TrainingOrigins,
    spec: ModelSpec,
    member: MemberSpec,
    weights: dict[str, Floats],
) -> LossUnits:
    """Return the units of the loss from how wrong the untrained forecast is on a sample of windows."""
    random = np.random.default_rng(0)
    place = random.integers(0, len(origins.series), WARM_SAMPLE)
    first, last = origins.first[place], origins.last[place]
    origin = first + np.floor(random.random(WARM_SAMPLE) * (last - first + 1)).astype(np.int64)
    series = origins.series[place]
    inputs = make_inputs(NUMPY, arrays, series, origin, spec, member)
    truth, counts = make_targets(NUMPY, arrays, series, origin, inputs, spec.horizon)
    forecast = np.zeros_like(truth)
    if member.bank:
        bank = inputs.context @ weights["bank/kernel"]
        forecast = bank.reshape(len(truth), -1, spec.horizon).mean(axis=1)
    error = np.abs(truth - forecast) * counts
    error = np.minimum(error, np.percentile(error, 99.5))
    by_window = error.sum(axis=1) / np.maximum(counts.sum(axis=1), 1.0)
    typical = arrays.typical[series]
    weight = inputs.scale / typical[:, None]  # as in the loss: a window of next to no scale has absurd errors
    return LossUnits(
        typical_error=np.maximum(_weighted_mean(error, counts * weight), SMALLEST_ERROR).astype(np.float32),
        scaled=max(float((by_window * inputs.scale[:, 0] / typical).mean()), 1e-6),
        relative=max(float((by_window * inputs.relative[:, 0]).mean()), 1e-9),
        use_relative=float(spec.positive),
    )


def _weighted_mean(error: Floats, weight: Floats) -> Floats:
    return np.asarray((error * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-6))
