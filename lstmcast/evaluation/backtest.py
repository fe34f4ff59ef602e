"""Rolling origins: the held-out windows of a panel, and the scores of every forecaster on exactly these windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan, nan

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import usual_change, usual_swing
from lstmcast.data.windows import Windows, truth_of
from lstmcast.evaluation.baselines import BASELINES
from lstmcast.evaluation.metrics import NOTHING, Scored, counts_in_coverage, mase, ratios
from lstmcast.evaluation.statistical import STATISTICAL, forecast_statistical

ScoreRow = dict[str, str | float | None]


@dataclass(frozen=True)
class HeldOutWindows:
    """All windows of all held-out origins, one after the other, with what happened."""

    windows: Windows
    round_of: IntArray  # (N,) which origin, 0 is the oldest
    truth: FloatArray  # (N, H) NaN where it was never known or was made up
    change: FloatArray  # (N,) usual seasonal change of the series before its first origin
    swing: FloatArray  # (N,) root mean square of these changes
    in_coverage: BoolArray  # (N,) whether what an interval holds counts
    overlap: float  # how many windows of a series share a step

    @property
    def rounds(self) -> int:
        """Return how many origins there are."""
        return int(self.round_of.max()) + 1 if len(self.round_of) else 0

    def take(self, places: IntArray) -> "HeldOutWindows":
        """Return some of the windows."""
        return HeldOutWindows(
            windows=Windows(self.windows.series[places], self.windows.origin[places]),
            round_of=self.round_of[places],
            truth=self.truth[places],
            change=self.change[places],
            swing=self.swing[places],
            in_coverage=self.in_coverage[places],
            overlap=self.overlap,
        )


def hold_out(panel: Panel, rounds: Sequence[Windows], horizon: int, step: int, season: int) -> HeldOutWindows:
    """Return the windows of the rounds with their truth; each series is scaled by what came before its first origin."""
    known = np.zeros_like(panel.known)
    for windows in reversed(rounds):
        known[windows.series] = windows.origin
    before = panel.until(known)
    together = Windows(np.concatenate([w.series for w in rounds]), np.concatenate([w.origin for w in rounds]))
    change = usual_change(before, season)[together.series]
    return HeldOutWindows(
        windows=together,
        round_of=np.repeat(np.arange(len(rounds)), [len(w) for w in rounds]),
        truth=truth_of(panel, together, horizon),
        change=change,
        swing=usual_swing(before, season)[together.series],
        in_coverage=counts_in_coverage(change),
        overlap=min(len(rounds), max(1.0, horizon / step)),
    )


def thin_out(held: HeldOutWindows, most: int) -> HeldOutWindows:
    """Return at most so many of the windows, evenly taken: enough to decide by, whatever the number of series."""
    if len(held.windows) <= most:
        return held
    return held.take(np.linspace(0, len(held.windows) - 1, most).astype(np.int64))


def thin_out_series(held: HeldOutWindows, most: int) -> HeldOutWindows:
    """Return all windows of some of the series, evenly taken, so that there are at most about so many windows."""
    if len(held.windows) <= most:
        return held
    series = np.unique(held.windows.series)
    chosen = series[np.linspace(0, len(series) - 1, max(1, most * len(series) // len(held.windows))).astype(np.int64)]
    return held.take(np.flatnonzero(np.isin(held.windows.series, chosen)))


def score_baselines(
    panel: Panel, held: HeldOutWindows, names: Sequence[str], season: int, quantiles: tuple[float, ...] = ()
) -> dict[str, Scored]:
    """Return the baselines' forecasts of the held-out windows beside the truth, with quantiles where they have any."""
    horizon = held.truth.shape[1]
    scored = {}
    for name in names:
        if name in STATISTICAL:
            values = forecast_statistical(name, panel, held.windows, horizon, season, quantiles or (0.5,))
            scored[name] = model_scored(held, quantiles or (0.5,), values)
        else:
            scored[name] = point_scored(held, BASELINES[name](panel, held.windows, horizon, season))
    return scored


def point_scored(held: HeldOutWindows, median: FloatArray) -> Scored:
    """Return a forecast without intervals beside the truth."""
    return _scored(held, median, (), np.zeros((*median.shape, 0)))


def model_scored(held: HeldOutWindows, quantiles: tuple[float, ...], values: FloatArray) -> Scored:
    """Return a forecast with its quantiles beside the truth."""
    return _scored(held, values[..., len(quantiles) // 2], quantiles, values)


def score_rows(scored: Mapping[str, Scored], levels: Sequence[float]) -> tuple[ScoreRow, ...]:
    """Return one row of scores for each forecaster; None where a score does not exist."""
    return tuple(
        {"forecaster": name} | {metric: or_none(ratio.value) for metric, ratio in ratios(each, levels).items()}
        for name, each in scored.items()
    )


def score_by_step(scored: Mapping[str, Scored]) -> dict[str, list[float | None]]:
    """Return each forecaster's MASE for each step ahead."""
    return {
        name: [or_none(mase(each.at_step(step)).value) for step in range(each.truth.shape[1])]
        for name, each in scored.items()
    }


def skill(model: float, baseline: float, nothing: float = NOTHING) -> float:
    """Return the share of the baseline's error that the model saves; NaN where the data allow no score.

    Errors up to `nothing` are rounding: of two such forecasts none saves anything, and beside one all is lost.
    """
    if isnan(baseline):
        return nan
    if isnan(model):
        return -inf
    if model <= nothing and baseline <= nothing:
        return 0.0
    return 1 - model / baseline if baseline > nothing else -1.0


def or_none(value: float) -> float | None:
    """Return the score, or None where there is no finite one."""
    return value if isfinite(value) else None


def _scored(held: HeldOutWindows, median: FloatArray, quantiles: tuple[float, ...], values: FloatArray) -> Scored:
    return Scored(
        truth=held.truth,
        median=median,
        quantiles=quantiles,
        values=values,
        change=held.change,
        swing=held.swing,
        in_coverage=held.in_coverage,
    )
