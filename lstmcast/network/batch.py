"""Some windows at a time, so few that they stay close to the processor; what the networks read of them is made once."""

from dataclasses import dataclass, field

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.scaling import Scaling, SeriesArrays
from lstmcast.data.windows import NUMPY, Windows
from lstmcast.network.bank import forecasters
from lstmcast.network.forward import Weights, forward
from lstmcast.network.history import History, forecast_history, history_steps
from lstmcast.network.inputs import Inputs, known_then, make_inputs
from lstmcast.network.scales import ScaledPanels
from lstmcast.network.spec import MemberSpec, ModelSpec

BATCH_NUMBERS = 600_000  # in the largest of the arrays that are made on the way


@dataclass(frozen=True)
class Batch:
    """Windows, and what was made of them so far for members that read the same."""

    scaled: ScaledPanels
    windows: Windows
    spec: ModelSpec
    _made: dict[tuple[int, int, bool], Inputs] = field(default_factory=dict, init=False)

    def forecast(self, member: MemberSpec, weights: Weights) -> FloatArray:
        """Return one member's (N, H, Q) quantiles, as logarithms if the data are positive."""
        inputs, scaling = self._inputs(member), self.scaled.scalings[member.log]
        quantiles = forward(inputs, self.spec, member, weights)
        flat = scaling.flat[self.windows.series][:, None, None]  # a series that never changed goes on as it is
        quantiles *= np.where(flat, 0, inputs.scale[..., None])
        quantiles += inputs.level[..., None]
        return self._to_common_scale(quantiles.astype(np.float64), scaling)

    def simple_forecast(self, name: str) -> FloatArray:
        """Return the (N, H) forecast of an untrained forecaster of the bank, as logarithms if the data are positive."""
        member = self.spec.members[0]
        inputs = self._inputs(member)
        answer = forecasters(member.context, self.spec.periods)[name]
        forecast = inputs.level + inputs.scale * answer(inputs.context.astype(np.float64), self.spec.horizon)
        return self._to_common_scale(forecast.astype(np.float64), self.scaled.scalings[member.log])

    def history_forecast(self) -> FloatArray:
        """Return the (N, H) simple forecast of the history of each window, as logarithms if the data are positive."""
        spec, series, origin = self.spec, self.windows.series, self.windows.origin
        log = spec.members[0].log
        steps = max(1, min(history_steps(spec.periods, spec.horizon), int(origin.max(initial=0))))
        history = _history_of(self.scaled.arrays[log], series, origin, steps)
        return self._to_common_scale(forecast_history(history, spec.periods, spec.horizon), self.scaled.scalings[log])

    def _inputs(self, member: MemberSpec) -> Inputs:
        kind = (member.context, member.segment, member.log)
        if kind not in self._made:
            arrays = self.scaled.arrays[member.log]
            series, origin = self.windows.series, self.windows.origin
            self._made[kind] = make_inputs(NUMPY, arrays, series, origin, self.spec, member)
        return self._made[kind]

    def _to_common_scale(self, forecast: FloatArray, scaling: Scaling) -> FloatArray:
        values = scaling.unscale(forecast, self.windows.series)
        if scaling.log or not self.spec.positive:
            return values
        floor = self.scaled.extent.take(self.windows.series).floor.reshape((-1,) + (1,) * (forecast.ndim - 1))
        return np.asarray(np.log(np.maximum(values, floor)))


def cut_windows(windows: Windows, spec: ModelSpec, members: tuple[MemberSpec, ...]) -> list[Windows]:
    """Return windows in batches that are small enough for each of the members."""
    size = max(1, BATCH_NUMBERS // max(_numbers_of_a_window(spec, member) for member in members))
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
        member.segments * spec.units,
    )


def _history_of(arrays: SeriesArrays, series: IntArray, origin: IntArray, steps: int) -> History:
    """Return the last so many values before each origin."""
    start, known = arrays.start[series], np.minimum(origin, steps)
    end = start + origin.astype(start.dtype)
    rows = np.arange(-steps, 0, dtype=start.dtype)[:, None] + end
    if arrays.interpolated:
        rows = np.where(rows < start, rows, known_then(NUMPY, arrays, np.maximum(rows, start).T, end).T)
    if known.min(initial=steps) == steps:
        return History(arrays.flat.take(rows).T, known[:1])
    values = arrays.flat.take(np.maximum(rows, start))
    values[rows < start] = 0
    return History(values.T, known)
