"""The whole forecaster: members on their scales, combined, leaning on a simple forecast, calibrated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstmcast.data.covariate.covariates import Covariates, scale_columns
from lstmcast.data.panel import FloatArray, Panel
from lstmcast.data.scaling import SMALLEST_SHARE, Scaling, SeriesArrays, fit_scaling, lowest_of, scale_panel
from lstmcast.data.windows import NUMPY, Windows
from lstmcast.network.bank import forecasters
from lstmcast.network.calibration import Calibration, calibrate
from lstmcast.network.cells import Floats
from lstmcast.network.forward import Weights, forward
from lstmcast.network.inputs import make_inputs
from lstmcast.network.side_by_side import side_by_side
from lstmcast.network.spec import MemberSpec, ModelSpec, member_name, member_shapes

MEAN_OF_SIMPLE = "mean_of_simple"  # a baseline made of the simple forecasters together
BATCH_NUMBERS = 1_200_000  # largest intermediate of a batch: few enough to stay close to the processor


@dataclass(frozen=True)
class ScaledPanels:
    """A panel on the scales that the members need: linear, logarithmic or both, by `member.log`."""

    scalings: Mapping[bool, Scaling]
    arrays: Mapping[bool, SeriesArrays]
    floor: FloatArray  # (series,) no positive forecast falls below it before logarithms are taken


def scale_for_members(panel: Panel, past: Panel, spec: ModelSpec, members: Sequence[MemberSpec]) -> ScaledPanels:
    """Return `panel` scaled with statistics of `past`: the same panel, or as it stood earlier."""
    covariates = scale_covariates(panel, spec)
    scalings = {log: fit_scaling(past, log=log, season=spec.season) for log in {member.log for member in members}}
    arrays = {log: scale_panel(panel, scaling, covariates) for log, scaling in scalings.items()}
    lowest = lowest_of(past)
    return ScaledPanels(scalings, arrays, SMALLEST_SHARE * np.where(np.isfinite(lowest), lowest, 1.0))


def scale_covariates(panel: Panel, spec: ModelSpec) -> Covariates:
    """Return the panel's covariates and cycles as the model was fitted to them."""
    return Covariates(
        past=scale_columns(panel.past, tuple(c.offset for c in spec.past), tuple(c.scale for c in spec.past)),
        future=scale_columns(panel.future, tuple(c.offset for c in spec.future), tuple(c.scale for c in spec.future)),
        periods=tuple(cycle.period for cycle in spec.calendar),
    )


def weights_of(member: int, spec: ModelSpec, weights: Weights) -> dict[str, Floats]:
    """Return the weights of one member under their own names."""
    return {name: weights[member_name(member, name)] for name in member_shapes(spec, spec.members[member])}


def forecast_member(
    scaled: ScaledPanels, windows: Windows, spec: ModelSpec, member: MemberSpec, weights: Weights
) -> FloatArray:
    """Return one member's (N, H, Q) quantiles, as logarithms if the data are positive."""

    def forecast(batch: Windows) -> FloatArray:
        return _forecast_batch(scaled, batch, spec, member, weights)

    return _joined(side_by_side(forecast, _batches(windows, spec, member)), spec)


def simple_forecasters(spec: ModelSpec) -> list[str]:
    """Return the forecasters of the bank that a weak network may lean on."""
    found = forecasters(spec.members[0].context, spec.periods)
    wanted = ["naive", "theta"]
    if spec.season > 1:
        wanted = ["naive", f"seasonal_naive_{spec.season}", f"slow_theta_{spec.season}"]
    return [name for name in wanted if name in found]


def spell_baseline(name: str) -> str:
    """Return how sentences call a forecast that the network leans on."""
    return "the mean of simple forecasts" if name == MEAN_OF_SIMPLE else f"plain {name}"


def forecast_baseline(scaled: ScaledPanels, windows: Windows, spec: ModelSpec, name: str) -> FloatArray:
    """Return the (N, H) forecast of one untrained forecaster of the bank, as logarithms if the data are positive."""
    if name == MEAN_OF_SIMPLE:
        each = [forecast_baseline(scaled, windows, spec, simple) for simple in simple_forecasters(spec)]
        return np.asarray(np.mean(each, axis=0))
    member = spec.members[0]
    forecaster = forecasters(member.context, spec.periods)[name]
    arrays, scaling = scaled.arrays[member.log], scaled.scalings[member.log]
    parts = []
    for batch in _batches(windows, spec, member):
        inputs = make_inputs(NUMPY, arrays, batch.series, batch.origin, spec, member)
        forecast = inputs.level + inputs.scale * forecaster(inputs.context.astype(np.float64), spec.horizon)
        parts.append(_to_common_scale(forecast.astype(np.float64), scaled, scaling, batch, spec))
    return np.concatenate(parts) if parts else np.zeros((0, spec.horizon))


def combine(members: Sequence[FloatArray]) -> FloatArray:
    """Return the median over the members, quantile by quantile."""
    return np.asarray(np.median(np.stack(members), axis=0)) if len(members) > 1 else members[0]


def to_values(forecast: FloatArray, spec: ModelSpec) -> FloatArray:
    """Return forecasts on the panel's own scale."""
    if not spec.positive:
        return forecast
    with np.errstate(over="ignore"):  # an absurd forecast becomes infinite, and is refused as implausible
        return np.exp(forecast)


def forecast_windows(
    scaled: ScaledPanels, windows: Windows, spec: ModelSpec, weights: Weights, calibration: Calibration
) -> FloatArray:
    """Return the (N, H, Q) quantiles of the whole forecaster on the panel's own scale."""

    def forecast(some: Windows) -> FloatArray:
        return _forecast_some(scaled, some, spec, weights, calibration)

    widest = max(spec.members, key=lambda member: _numbers_of_a_window(spec, member))
    return _joined(side_by_side(forecast, _batches(windows, spec, widest)), spec)


def _forecast_some(
    scaled: ScaledPanels, windows: Windows, spec: ModelSpec, weights: Weights, calibration: Calibration
) -> FloatArray:
    members = [
        forecast_member(scaled, windows, spec, member, weights_of(index, spec, weights))
        for index, member in enumerate(spec.members)
    ]
    combined = combine(members)
    if min(calibration.weights) < 1:
        baseline = forecast_baseline(scaled, windows, spec, calibration.baseline)
    else:
        baseline = combined[..., spec.median]
    return to_values(calibrate(combined, baseline, calibration), spec)


def _forecast_batch(
    scaled: ScaledPanels, windows: Windows, spec: ModelSpec, member: MemberSpec, weights: Weights
) -> FloatArray:
    arrays, scaling = scaled.arrays[member.log], scaled.scalings[member.log]
    inputs = make_inputs(NUMPY, arrays, windows.series, windows.origin, spec, member)
    quantiles = forward(inputs, spec, member, weights)
    moves = ~scaling.flat[windows.series][:, None, None]  # a series that never changed goes on as it is
    forecast = inputs.level[..., None] + inputs.scale[..., None] * quantiles * moves
    return _to_common_scale(forecast.astype(np.float64), scaled, scaling, windows, spec)


def _to_common_scale(
    forecast: npt.NDArray[np.float64], scaled: ScaledPanels, scaling: Scaling, windows: Windows, spec: ModelSpec
) -> FloatArray:
    values = scaling.unscale(forecast, windows.series)
    if scaling.log or not spec.positive:
        return values
    floor = scaled.floor[windows.series].reshape((-1,) + (1,) * (forecast.ndim - 1))
    return np.asarray(np.log(np.maximum(values, floor)))


def _batches(windows: Windows, spec: ModelSpec, member: MemberSpec) -> list[Windows]:
    size = max(1, BATCH_NUMBERS // _numbers_of_a_window(spec, member))
    return [
        Windows(windows.series[start : start + size], windows.origin[start : start + size])
        for start in range(0, len(windows), size)
    ]


def _numbers_of_a_window(spec: ModelSpec, member: MemberSpec) -> int:
    """Return how many numbers the widest of the arrays that are made on the way has for each window."""
    return max(
        member.context * 4,
        spec.segment_features(member) * member.segments,
        len(member.bank) * spec.horizon,
        spec.horizon * max(len(spec.quantiles), spec.state if spec.horizon_features else 0),
        member.segments * spec.units * 4,
    )


def _joined(parts: list[FloatArray], spec: ModelSpec) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros((0, spec.horizon, len(spec.quantiles)))
