"""The gate: a new model takes the present one's place only if it beats the baseline and is not worse than that one.

Both models forecast the same windows. Those that the present one was trained on would flatter it, so only later ones
count. Where there is none, the baseline decides, and what the present one achieved in its own test is the yardstick for
damage: data that were shuffled or shifted can be forecast by a model that beats the baseline, and yet are worthless.

Two models of the same kind, of nearly the same data, are about equally good, and luck says which errs less on a few
windows. Nor do they compete as equals: the present version is a whole ensemble, while networks stand in for the new one
that are fewer and know less of the past, so that the windows are new to them; on five panels they were up to 3% behind.
If the new one had to win, the oldest model would stay for ever. So it is refused only where it is worse beyond both: by
more than the handicap and clearly, or by so much that no handicap and hardly any luck explains it.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lstmcast.config.schema import Config
from lstmcast.data.contract import check_contract
from lstmcast.data.panel import FloatArray, IntArray, Panel
from lstmcast.data.windows import Windows
from lstmcast.errors import ContractError
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, skill
from lstmcast.evaluation.bootstrap import Skill, clusters_of, skill_against
from lstmcast.evaluation.metrics import Ratio, ratios
from lstmcast.network.ensemble import forecast_windows
from lstmcast.network.scales import scale_for_members
from lstmcast.store.artifact import LoadedVersion

if TYPE_CHECKING:
    from lstmcast.jobs.model.training import Trained

GATE, TRAINED_UNTIL = "gate", "trained_until"
HANDICAP = 0.05  # of the present version's error: what those that stand in for the new model may be behind
FAR_BEHIND = 0.25  # that much is refused even where there are too few windows to tell it from luck
WORST = 2.0  # times the present version's own error
SEED = 1  # of what is drawn again for the interval
NOTHING = 1e-6  # an error so small is none: where a series stands still, all forecasts are right but for rounding
YARDSTICK = "wql"  # against the size of the values, which damage does not change, as it does the unit of MASE


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a new model, and the scores that it looked at."""

    refusal: str | None
    remark: str | None  # both scores, where the new model takes the place of another
    scores: dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """The scores of the new and of the present model on the windows that neither had seen."""

    version: str
    windows: int
    new: float
    present: float
    skill: Skill  # of the new one against the present one

    @property
    def behind(self) -> float:
        """Return how much more the new one errs, as a share of the present one's error."""
        return -self.skill.skill

    @property
    def is_worse(self) -> bool:
        """Return whether the new one is worse by more than its handicap and luck explain."""
        if self.new <= NOTHING or self.behind <= HANDICAP:
            return False
        return self.behind > FAR_BEHIND or self.skill.verdict == "worse"

    @property
    def reason(self) -> str:
        """Return which of the limits it is beyond."""
        if self.behind > FAR_BEHIND:
            return f"more than {FAR_BEHIND:.0%} worse is never let through"
        return f"clearly worse, and by more than the {HANDICAP:.0%} that are let through"

    def describe(self, metric: str) -> str:
        """Return both scores in words."""
        windows = "window" if self.windows == 1 else "windows"
        return (
            f"{metric} {self.new:.4g} of the model against {self.present:.4g} of the present version "
            f"{self.version}, on the {self.windows} {windows} that neither had seen: {self._difference}"
        )

    @property
    def _difference(self) -> str:
        said = f"{abs(self.behind):.1%} {'worse' if self.behind > 0 else 'better'}"
        if self.skill.low is None or self.skill.high is None:
            return f"{said}, too little for an interval"
        return f"{said}, skill {self.skill.low:+.1%} to {self.skill.high:+.1%}"


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
            "skill": compared.skill.skill,
            "low": compared.skill.low,
            "high": compared.skill.high,
        }
    remark = compared.describe(gate.metric) if compared is not None and refusal is None else None
    return Verdict(refusal, remark, noted)


def refuse_promotion(config: Config, model: float, baseline: float, compared: Comparison | None) -> str | None:
    """Return why a model with these scores may not be promoted, if so."""
    gate = config.evaluate.gate
    found = skill(model, baseline)
    if np.isnan(found) and gate.min_skill > 0:
        return (
            f"{gate.metric} of {gate.against} cannot be told from these data, so there is no skill; "
            f"evaluate.gate.min_skill is {gate.min_skill:.1%}: set evaluate.gate.metric to another score"
        )
    if not (np.isnan(found) or found >= gate.min_skill or model <= NOTHING):
        return (
            f"{gate.metric} {model:.4g} of the model against {baseline:.4g} of {gate.against}: "
            f"skill {found:.1%}, evaluate.gate.min_skill is {gate.min_skill:.1%}"
        )
    if compared is not None and compared.is_worse:
        return f"{compared.describe(gate.metric)}; {compared.reason}"
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
    theirs = ratios(model_scored(here, spec.quantiles, _forecast(present, panel, here)), ())[metric]
    mine = replace(new, top=new.top[unseen], bottom=new.bottom[unseen])
    if not (np.isfinite(mine.value) and np.isfinite(theirs.value)):
        return None
    (found,) = skill_against([mine], {present.id: [theirs]}, clusters_of(here), seed=SEED)[present.id]
    return Comparison(present.id, len(unseen), mine.value, theirs.value, found)


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
