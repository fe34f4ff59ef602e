"""The whole forecaster: members on their scales, combined, leaning on a simple forecast, calibrated."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.windows import Windows
from lstmcast.network.bank import forecasters
from lstmcast.network.batch import Batch, cut_windows
from lstmcast.network.calibration import Calibration, calibrate
from lstmcast.network.cells import Floats
from lstmcast.network.forward import Weights
from lstmcast.network.history import history_steps
from lstmcast.network.scales import ScaledPanels
from lstmcast.network.side_by_side import side_by_side
from lstmcast.network.spec import MemberSpec, ModelSpec, member_name, member_shapes

Places = slice | list[int]  # among the quantiles
ALL = slice(None)

MEAN_OF_SIMPLE = "mean_of_simple"  # a baseline made of the simple forecasters together
SMOOTHING_OF_HISTORY = "smoothing_of_history"  # a baseline that sees more than the context


@dataclass(frozen=True)
class Ensemble:
    """A trained forecaster: its networks, and how what they say together is calibrated."""

    spec: ModelSpec
    weights: Weights
    calibration: Calibration

    def calibrated_by(self, calibration: Calibration) -> "Ensemble":
        """Return the same networks with another calibration."""
        return replace(self, calibration=calibration)


def weights_of(member: int, spec: ModelSpec, weights: Weights) -> dict[str, Floats]:
    """Return the weights of one member under their own names."""
    return {name: weights[member_name(member, name)] for name in member_shapes(spec, spec.members[member])}


def forecast_member(
    scaled: ScaledPanels, windows: Windows, spec: ModelSpec, member: MemberSpec, weights: Weights
) -> FloatArray:
    """Return one member's (N, H, Q) quantiles, as logarithms if the data are positive."""

    def forecast(some: Windows) -> FloatArray:
        return Batch(scaled, some, spec).forecast(member, weights)

    return _joined(side_by_side(forecast, cut_windows(windows, spec, (member,))), spec, len(spec.quantiles))


def simple_forecasters(spec: ModelSpec) -> list[str]:
    """Return the forecasters of the bank that a weak network may lean on."""
    found = forecasters(spec.members[0].context, spec.periods)
    wanted = ["naive", "theta"]
    if spec.season > 1:
        wanted = ["naive", f"seasonal_naive_{spec.season}", f"slow_theta_{spec.season}"]
    return [name for name in wanted if name in found]


def rows_needed(spec: ModelSpec, calibration: Calibration) -> int:
    """Return how many rows of a series a forecast is made of; its scale depends on all that are there."""
    of_history = calibration.leans and calibration.baseline == SMOOTHING_OF_HISTORY
    return max(spec.context, history_steps(spec.periods, spec.horizon) if of_history else 0)


def spell_baseline(name: str) -> str:
    """Return how sentences call a forecast that the network leans on."""
    spelt = {MEAN_OF_SIMPLE: "the mean of simple forecasts", SMOOTHING_OF_HISTORY: "smoothing of the history"}
    return spelt.get(name, f"plain {name}")


def forecast_baseline(scaled: ScaledPanels, windows: Windows, spec: ModelSpec, name: str) -> FloatArray:
    """Return the (N, H) forecast that a network may lean on, as logarithms if the data are positive."""
    parts = cut_windows(windows, spec, spec.members[:1])
    forecasts = [_baseline_of(Batch(scaled, some, spec), name) for some in parts]
    return np.concatenate(forecasts) if forecasts else np.zeros((0, spec.horizon))


def combine(members: Sequence[FloatArray]) -> FloatArray:
    """Return the median over the members, quantile by quantile."""
    if len(members) == 1:
        return members[0]
    if len(members) == 2:
        return (members[0] + members[1]) / 2
    if len(members) == 4:  # as np.median, which sorts, at a fifth of the time
        one, two, three, four = members
        low = np.maximum(np.minimum(one, two), np.minimum(three, four))
        high = np.minimum(np.maximum(one, two), np.maximum(three, four))
        return (low + high) / 2
    return np.asarray(np.median(np.stack(members), axis=0))


def to_values(forecast: FloatArray, scaled: ScaledPanels, series: IntArray, spec: ModelSpec) -> FloatArray:
    """Return (N, ...) forecasts on the panel's own scale; nothing falls below zero that never has."""
    if not spec.positive:
        lowest = np.where(scaled.extent.take(series).never_negative, 0.0, -np.inf)
        return np.asarray(np.maximum(forecast, lowest.reshape((-1,) + (1,) * (forecast.ndim - 1))))
    with np.errstate(over="ignore"):  # an absurd forecast becomes infinite, and is refused as implausible
        return np.exp(forecast)


def to_bands(forecast: FloatArray, scaled: ScaledPanels, series: IntArray, spec: ModelSpec) -> FloatArray:
    """Return (N, H, Q) quantiles on the panel's own scale, none farther out than the history makes likely.

    Logarithms know no such limit: after one huge step a bound may stand at a hundred times what ever was. Beyond both
    the history and the forecast, bounds have as much room as the history is wide.
    """
    values, extent = to_values(forecast, scaled, series, spec), scaled.extent.take(series)
    middle, room = values[..., values.shape[-1] // 2], extent.room[:, None]
    lowest = np.minimum(middle, extent.lowest[:, None]) - room
    highest = np.maximum(middle, extent.highest[:, None]) + room
    np.maximum(values, lowest[..., None], out=values)
    return np.minimum(values, highest[..., None], out=values)


def forecast_windows(scaled: ScaledPanels, windows: Windows, ensemble: Ensemble, places: Places = ALL) -> FloatArray:
    """Return the (N, H, Q) quantiles of the whole forecaster on the panel's own scale; of them those at the places.

    Among the places the median is the middle one.
    """
    spec, calibration = ensemble.spec, ensemble.calibration
    own = [weights_of(place, spec, ensemble.weights) for place in range(len(spec.members))]

    def forecast(some: Windows) -> FloatArray:
        batch = Batch(scaled, some, spec)
        members = [batch.forecast(member, of_member) for member, of_member in zip(spec.members, own, strict=True)]
        combined = combine(members)
        baseline = _baseline_of(batch, calibration.baseline) if calibration.leans else combined[..., spec.median]
        measure = scaled.measure(calibration.measure, spec.positive, some.series)
        calibrated = calibrate(combined, baseline, measure, calibration).T[places].T  # windows stay side by side
        return to_bands(calibrated, scaled, some.series, spec)

    return _joined(side_by_side(forecast, cut_windows(windows, spec, spec.members)), spec, count_places(spec, places))


def count_places(spec: ModelSpec, places: Places) -> int:
    """Return how many of the quantiles stand at these places."""
    return len(np.array(spec.quantiles)[places])


def _baseline_of(batch: Batch, name: str) -> FloatArray:
    if name == SMOOTHING_OF_HISTORY:
        return batch.history_forecast()
    if name != MEAN_OF_SIMPLE:
        return batch.simple_forecast(name)
    return np.asarray(np.mean([batch.simple_forecast(simple) for simple in simple_forecasters(batch.spec)], axis=0))


def _joined(parts: list[FloatArray], spec: ModelSpec, quantiles: int) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros((0, spec.horizon, quantiles))
