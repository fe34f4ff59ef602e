"""The gate: a new model takes the present one's place only if it is better than that one and than the baseline.

Both models forecast the same windows. Those that the present one was trained on would flatter it, so only later ones
count. Where there is none, the baseline decides, and what the present one achieved in its own test is the yardstick for
damage: data that were shuffled or shifted can be forecast by a model that beats the baseline, and yet are worthless.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lstmcast.config.schema import Config
from lstmcast.data.contract import check_contract
from lstmcast.data.panel import FloatArray, IntArray, Panel
from lstmcast.data.windows import Windows
from lstmcast.errors import ContractError
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, skill
from lstmcast.evaluation.metrics import Ratio, ratios
from lstmcast.network.ensemble import forecast_windows
from lstmcast.network.scales import scale_for_members
from lstmcast.store.artifact import LoadedVersion

if TYPE_CHECKING:
    from lstmcast.jobs.model.training import Trained

GATE, TRAINED_UNTIL = "gate", "trained_until"
WORST = 2.0  # times the present version's own error
NOTHING = 1e-6  # an error so small is none: where a series stands still, all forecasts are right but for rounding
YARDSTICK = "wql"  # against the size of the values, which damage does not change, as it does the unit of MASE


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a new model, and the scores that it looked at."""

    refusal: str | None
    scores: dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """The scores of the new and of the present model on the windows that neither had seen."""

    version: str
    windows: int
    new: float
    present: float


def judge(config: Config, trained: "Trained", panel: Panel, present: LoadedVersion | None) -> Verdict:
    """Return whether a new model may be promoted, and why not."""
    gate = config.evaluate.gate
    scores = {
        name: ratios(trained.scored[name], config.forecast.levels)[gate.metric]
        for name in (config.model.cell, gate.against)
    }
    model, baseline = (scores[name].value for name in (config.model.cell, gate.against))
    compared = (
        compare_with(present, scores[config.model.cell], panel, trained.windows, gate.metric) if present else None
    )
    refusal = refuse_promotion(config, model, baseline, compared)
    if refusal is None and compared is None and present is not None:
        refusal = refuse_damage(ratios(trained.scored[config.model.cell], ())[YARDSTICK].value, present)
    noted: dict[str, Any] = {"metric": gate.metric, "model": model, gate.against: baseline, "refusal": refusal}
    if compared is not None:
        noted["present"] = {
            "version": compared.version,
            "windows": compared.windows,
            "model": compared.new,
            "present": compared.present,
        }
    return Verdict(refusal, noted)


def refuse_promotion(config: Config, model: float, baseline: float, compared: Comparison | None) -> str | None:
    """Return why a model with these scores may not be promoted, if so."""
    gate = config.evaluate.gate
    found = skill(model, baseline)
    if not (found >= gate.min_skill or model <= NOTHING):
        return (
            f"{gate.metric} {model:.4g} of the model against {baseline:.4g} of {gate.against}: "
            f"skill {found:.1%}, evaluate.gate.min_skill is {gate.min_skill:.1%}"
        )
    if compared is not None and not (compared.new < compared.present or compared.new <= NOTHING):
        windows = "window" if compared.windows == 1 else "windows"
        return (
            f"{gate.metric} {compared.new:.4g} of the model against {compared.present:.4g} of the present version "
            f"{compared.version}, on the {compared.windows} {windows} that neither had seen"
        )
    return None


def refuse_damage(error: float, present: LoadedVersion) -> str | None:
    """Return why a model that errs so much cannot be of sound data, if so."""
    rows = present.artifact.metrics.get("scores")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    before = first.get(YARDSTICK)
    if not isinstance(before, int | float) or not before > 0 or error <= WORST * before:
        return None
    return (
        f"{YARDSTICK} {error:.4g} of the model against {before:.4g} of the present version {present.id} in its own "
        "test: the data are much harder to forecast than they were; look whether they are sound"
    )


def compare_with(
    present: LoadedVersion, new: Ratio, panel: Panel, held: HeldOutWindows, metric: str
) -> Comparison | None:
    """Return both models' scores on windows that neither had seen; None if there is none, or it cannot answer them."""
    until = present.artifact.metrics.get(TRAINED_UNTIL)
    spec, contract = present.artifact.spec, present.artifact.contract
    if not isinstance(until, int) or spec.horizon != held.truth.shape[1]:
        return None
    unseen = np.flatnonzero(panel.first[held.windows.series] + held.windows.origin > until)
    if not len(unseen):
        return None
    try:
        check_contract(panel, panel.frequency.to_json(), contract)
    except ContractError:
        return None
    here = held.take(unseen)
    theirs = ratios(model_scored(here, spec.quantiles, _forecast(present, panel, here)), ())[metric].value
    mine = Ratio(new.top[unseen], new.bottom[unseen]).value
    if not (np.isfinite(mine) and np.isfinite(theirs)):
        return None
    return Comparison(present.id, len(unseen), mine, theirs)


def _forecast(version: LoadedVersion, panel: Panel, held: HeldOutWindows) -> FloatArray:
    """Return the (N, H, Q) forecasts of a version, each window from what was known at its origin."""
    artifact = version.artifact
    values = np.empty((len(held.windows), artifact.spec.horizon, len(artifact.spec.quantiles)))
    for place in np.unique(held.round_of):
        rows = np.flatnonzero(held.round_of == place)
        windows = Windows(held.windows.series[rows], held.windows.origin[rows])
        past = panel.until(_known_at(panel, windows))
        scaled = scale_for_members(past, past, artifact.spec, artifact.spec.members)
        values[rows] = forecast_windows(scaled, windows, artifact.spec, artifact.weights, artifact.calibration)
    return values


def _known_at(panel: Panel, windows: Windows) -> IntArray:
    known = np.zeros_like(panel.known)
    known[windows.series] = windows.origin
    return known
