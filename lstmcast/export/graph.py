"""The whole forecaster as one Keras model made of layers and operations of Keras alone, as `network.ensemble` has it.

What comes in are the newest rows of each series as they stand in the data, what goes out are quantiles on the same
scale. Nothing of lstmcast is needed to load it.

Of two that are added, the wider one stands last: what is long on one axis alone Keras takes for a bias, of whichever
axis of the first one is as long. With as many windows as steps ahead that would be the wrong one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmcast.data.scaling import SMALLEST_SHARE, SeriesArrays
from lstmcast.data.windows import Tensor
from lstmcast.export.history import forecast_rows
from lstmcast.export.own_rows import OWN, OWN_ROWS
from lstmcast.export.statistics import (
    FAR,
    OwnExtent,
    OwnScaling,
    Rows,
    extent_of_rows,
    log_against,
    rows_of,
    scale_rows,
    unrest_of_rows,
)
from lstmcast.network.bank import forecasters
from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import MEAN_OF_SIMPLE, SMOOTHING_OF_HISTORY, simple_forecasters, weights_of
from lstmcast.network.forward import SPREAD_UNIT, Weights, spread_start
from lstmcast.network.history import history_steps
from lstmcast.network.inputs import Inputs, make_inputs
from lstmcast.network.spec import CovariateScale, MemberSpec, ModelSpec
from lstmcast.training.backend import keras, layers, ops
from lstmcast.training.keras_model import build_network, sum_outwards, trained_variables

CELLS: Mapping[str, Any] = {"lstm": layers.LSTM, "gru": layers.GRU, "rnn": layers.SimpleRNN}
SMALLEST = 1e-30  # of what is above zero: its logarithm is taken


@dataclass(frozen=True)
class Forecaster:
    """A trained forecaster, and how many rows of each series it is shown."""

    spec: ModelSpec
    weights: Weights
    calibration: Calibration
    rows: int


def build_graph(forecaster: Forecaster, *, windows: int | None) -> Any:
    """Return the Keras model for so many windows at a time; None is any number.

    `values` (N, L) in, and where the forecaster reads them `past` (N, L, P), `future` (N, L + H, F) and `calendar`
    (N, cycles); `quantiles` (N, H, Q) out.
    """
    spec, length = forecaster.spec, forecaster.rows

    def given(name: str, *shape: int) -> Any:
        return keras.Input(shape, batch_size=windows, name=name)

    inputs = {"values": given("values", length)}
    if spec.past:
        inputs["past"] = given("past", length, len(spec.past))
    if spec.future:
        inputs["future"] = given("future", length + spec.horizon, len(spec.future))
    if spec.calendar:
        inputs["calendar"] = given("calendar", len(spec.calendar))
    quantiles = _Graph(forecaster, inputs).quantiles()
    return keras.Model(inputs, {"quantiles": quantiles}, name="lstmcast")


class _Graph:
    """The graph while it is built."""

    def __init__(self, forecaster: Forecaster, inputs: Mapping[str, Tensor]) -> None:
        self.spec, self.calibration, self.weights = forecaster.spec, forecaster.calibration, forecaster.weights
        self.length, self.inputs = forecaster.rows, inputs
        self.rows: Rows = rows_of(inputs["values"])
        self.extent: OwnExtent = extent_of_rows(self.rows, self.spec.horizon)
        scales = sorted({member.log for member in self.spec.members})
        self.scalings = {log: scale_rows(self.rows, self.extent, self.spec.season, log=log) for log in scales}
        self.made: dict[tuple[int, int, bool], Inputs] = {}

    def quantiles(self) -> Tensor:
        """Return what `network.ensemble.forecast_windows` does, and NaN for a series with a gap."""
        members = [self._forecast_member(place) for place in range(len(self.spec.members))]
        combined = _median(members)
        bands = self._to_bands(self._calibrated(combined))
        return ops.where(self.rows.breaks[..., None] > 0.0, np.float32("nan"), bands)

    def _forecast_member(self, place: int) -> Tensor:
        """Return one member's (N, H, Q) quantiles, as logarithms if the data are positive."""
        spec, member = self.spec, self.spec.members[place]
        inputs, scaling = self._inputs(member), self.scalings[member.log]
        weights = weights_of(place, spec, self.weights)
        read, median, spread = build_network(spec, member, CELLS)
        given = [inputs.segments, inputs.features, inputs.context, inputs.ahead]
        if not spec.horizon_features:  # then nothing reads it
            read, given = read[:-1], given[:-1]
        network = keras.Model(read, [median, spread], name=f"network{place}")
        for name, variable in trained_variables(network, spec, member).items():
            variable.assign(weights[name])
        median, spread = network(given)
        unit = np.float32(SPREAD_UNIT) * weights["typical_error"][None, :, None]
        steps = ops.softplus(spread + spread_start(spec.quantiles)) * unit
        scale = ops.where(scaling.flat, 0.0, inputs.scale)[..., None]
        return self._to_common_scale(inputs.level[..., None] + sum_outwards(median, steps, _plus) * scale, scaling)

    def _inputs(self, member: MemberSpec) -> Inputs:
        kind = (member.context, member.segment, member.log)
        if kind not in self.made:
            self.made[kind] = make_inputs(OWN_ROWS, self._arrays(member.log), OWN, self._known(), self.spec, member)
        return self.made[kind]

    def _known(self) -> Tensor:
        return ops.cast(ops.maximum(self.rows.known[:, 0], 1.0), "int32")  # without a value, rows are still in place

    def _arrays(self, log: bool) -> SeriesArrays:
        """Return the rows of each window as those of a series of its own, which may begin later than they do."""
        scaling, spec, known = self.scalings[log], self.spec, self.rows.known
        calendar = self.inputs["calendar"] - known if spec.calendar else known
        return SeriesArrays(
            log=np.bool_(log),
            interpolated=np.bool_(False),
            flat=scaling.scaled,
            trusted=self.rows.mask,
            start=self.length - self._known(),
            rows=self._known() + self.spec.horizon,
            base=(scaling.anchor / scaling.unit)[:, 0],
            typical=scaling.typical[:, 0],
            phase=calendar,
            past=self._scaled("past", spec.past),
            future=self._scaled("future", spec.future),
        )

    def _scaled(self, name: str, scales: Sequence[CovariateScale]) -> Tensor:
        """Return covariates as the network reads them: 0, the usual, where unknown."""
        if not scales:
            return self.rows.mask[..., None][..., :0]
        offsets = np.array([[[scale.offset for scale in scales]]], np.float32)
        units = np.array([[[scale.scale for scale in scales]]], np.float32)
        scaled = (self.inputs[name] - offsets) / units
        return ops.where(ops.isnan(scaled), 0.0, scaled)

    def _to_common_scale(self, forecast: Tensor, scaling: OwnScaling) -> Tensor:
        """Return (N, H, ...) forecasts on the scale of the values, or as logarithms if they are positive."""
        more = (slice(None), slice(None), *([None] * (len(forecast.shape) - 2)))
        values = scaling.anchor[more] + forecast * scaling.unit[more]
        if scaling.log or not self.spec.positive:
            return values
        values = ops.maximum(values, ops.maximum(SMALLEST_SHARE * self.extent.lowest, SMALLEST)[more])
        return log_against(values, self.rows.newest[more])

    def _calibrated(self, quantiles: Tensor) -> Tensor:
        """Return what `network.calibration.calibrate` does."""
        calibration, middle = self.calibration, self.spec.median
        median = centre = quantiles[..., middle]
        if calibration.leans:
            kept = np.array(calibration.weights, np.float32)[None]
            centre = median * kept + self._baseline() * (1 - kept)
        answer = (quantiles - median[..., None]) * np.array(calibration.factors, np.float32)
        if calibration.share > 0:
            side = np.sign(np.arange(len(self.spec.quantiles)) - middle)
            widths = side * np.asarray(calibration.widths) ** calibration.share
            scaling = self.scalings[self.spec.positive]
            measure = scaling.typical * scaling.unit
            if calibration.measure == "unrest":
                measure = unrest_of_rows(self.rows, scaling, self.spec.season)
            own = measure[..., None] ** calibration.share
            answer = ops.abs(answer) ** (1 - calibration.share) * widths.astype(np.float32) * own
        return ops.sort(centre[..., None] + answer, axis=-1)

    def _baseline(self) -> Tensor:
        """Return the (N, H) forecast that the network leans on, as logarithms if the data are positive."""
        spec, name = self.spec, self.calibration.baseline
        scaling = self.scalings[spec.members[0].log]
        if name == SMOOTHING_OF_HISTORY:
            steps = min(history_steps(spec.periods, spec.horizon), self.length)
            known = ops.minimum(self.rows.known, float(steps))
            forecast = forecast_rows(scaling.scaled[:, -steps:], known, spec.periods, spec.horizon)
            return self._to_common_scale(forecast, scaling)
        names = simple_forecasters(spec) if name == MEAN_OF_SIMPLE else [name]
        forecasts = [self._to_common_scale(self._simple_forecast(each), scaling) for each in names]
        return ops.mean(ops.stack(forecasts, axis=-1), axis=-1)

    def _simple_forecast(self, name: str) -> Tensor:
        """Return the (N, H) scaled forecast of an untrained forecaster of the bank: it is linear, so one matrix."""
        member = self.spec.members[0]
        inputs = self._inputs(member)
        forecaster = forecasters(member.context, self.spec.periods)[name]
        dense = layers.Dense(self.spec.horizon, use_bias=False, trainable=False, name=name)
        forecast = dense(inputs.context)
        dense.set_weights([forecaster(np.eye(member.context), self.spec.horizon).astype(np.float32)])
        return inputs.level + forecast * inputs.scale

    def _to_bands(self, forecast: Tensor) -> Tensor:
        """Return what `network.ensemble.to_bands` does."""
        lowest, highest, room = self.extent.lowest, self.extent.highest, self.extent.room
        values = self.rows.newest[..., None] * ops.exp(forecast) if self.spec.positive else forecast
        if not self.spec.positive:
            values = ops.maximum(values, ops.where(lowest >= 0.0, 0.0, -FAR)[..., None])
        middle = values[..., self.spec.median]
        values = ops.maximum(values, (ops.minimum(middle, lowest) - room)[..., None])
        return ops.minimum(values, (room + ops.maximum(middle, highest))[..., None])


def _plus(one: Tensor, other: Tensor) -> Tensor:
    """Return the sum, by a way on which nothing is taken for a bias: neither of the two may be the wider one."""
    return one - (-other)


def _median(members: Sequence[Tensor]) -> Tensor:
    """Return the median over the members, number by number."""
    if len(members) == 1:
        return members[0]
    count = len(members)
    ranked = ops.sort(ops.stack(members, axis=-1), axis=-1)
    return (ranked[..., (count - 1) // 2] + ranked[..., count // 2]) / 2.0
