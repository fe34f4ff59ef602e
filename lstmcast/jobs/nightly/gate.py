"""The gate: a new model takes the present one's place only if it beats the baseline and is not worse than that one.

Both models forecast the same windows. Those that the present one was trained on would flatter it, so only later ones
count. Where there is none, the baseline decides, and what the present one achieved in its own test is the yardstick for
damage: data that were shuffled or shifted can be forecast by a model that beats the baseline, and yet are worthless.
A present one of another problem, such as another target or horizon, is no yardstick, nor could it go on forecasting.

Two models of the same kind, of nearly the same data, are about equally good, and luck says which errs less on a few
windows. Nor do they compete as equals: the present version is a whole ensemble, while networks stand in for the new one
that are fewer and know less of the past, so that the windows are new to them; on five panels they were up to 3% behind.
If the new one had to win, the oldest model would stay for ever. So it is refused only where it is worse beyond both: by
more than the handicap and clearly, or by so much that no handicap and hardly any luck explains it.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lstmcast.config.schema import Config, GateConfig
from lstmcast.data.contract import check_contract
from lstmcast.data.panel import FloatArray, IntArray, Panel
from lstmcast.data.windows import Windows
from lstmcast.errors import ContractError
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, skill
from lstmcast.evaluation.bootstrap import Skill, clusters_of, skill_against
from lstmcast.evaluation.metrics import NOTHING, Ratio, Scored, ratios
from lstmcast.network.ensemble import forecast_windows
from lstmcast.network.scales import scale_for_members
from lstmcast.store.artifact import LoadedVersion

if TYPE_CHECKING:
    from lstmcast.jobs.model.training import Trained

GATE, TRAINED_UNTIL = "gate", "trained_until"
HANDICAP = 0.05  # of the present version's error: what those that stand in for the new model may be behind
FAR_BEHIND = 0.25  # that much is refused even where there are too few windows to tell it from luck
SLIGHT = 0.05  # usual changes: an error as good as none, where nothing happened that a baseline could be wrong about
WORST = 2.0  # times the present version's own error
SEED = 1  # of what is drawn again for the interval
INSTEAD = ("mase", "wql")  # of a score that the data do not allow; sMAPE is as good as blind to what is right, near 0
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
    nothing: float = NOTHING  # a score so small is as good as 0: where a series stands still, only rounding is wrong

    @property
    def behind(self) -> float:
        """Return how much more the new one errs, as a share of the present one's error."""
        return -self.skill.skill

    @property
    def is_worse(self) -> bool:
        """Return whether the new one is worse by more than its handicap and luck explain."""
        if self.new <= self.nothing or self.behind <= HANDICAP:
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


@dataclass(frozen=True)
class Deciding:
    """The score that decides, of the new model and of the baseline."""

    metric: str
    model: Ratio
    baseline: Ratio


def judge(config: Config, trained: "Trained", panel: Panel, present: LoadedVersion | None) -> Verdict:
    """Return whether a new model may be promoted, and why not."""
    gate, model = config.evaluate.gate, trained.scored[config.model.cell]
    deciding = find_deciding(gate.metric, model, trained.scored[gate.against])
    compared = (
        compare_with(present, deciding.model, panel, trained.windows, deciding.metric) if present is not None else None
    )
    refusal = refuse_promotion(gate, deciding, compared)
    if (
        refusal is None
        and compared is None
        and present is not None
        and is_same_problem(present, panel, trained.windows)
    ):
        refusal = refuse_damage(ratios(model, ())[YARDSTICK].value, present)
    noted: dict[str, Any] = {
        "metric": deciding.metric,
        "model": deciding.model.value,
        gate.against: deciding.baseline.value,
        "refusal": refusal,
    }
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
    remark = compared.describe(deciding.metric) if compared is not None and refusal is None else None
    return Verdict(refusal, remark, noted)


def find_deciding(wanted: str, model: Scored, baseline: Scored) -> Deciding:
    """Return the scores that decide: as wanted, or others where these data have none of that."""
    mine, theirs = ratios(model, ()), ratios(baseline, ())
    metric = next((one for one in (wanted, *INSTEAD) if not np.isnan(theirs[one].value)), wanted)
    return Deciding(metric, mine[metric], theirs[metric])


def refuse_promotion(gate: GateConfig, deciding: Deciding, compared: Comparison | None) -> str | None:
    """Return why a model with these scores may not be promoted, if so."""
    metric, model, baseline = deciding.metric, deciding.model.value, deciding.baseline.value
    found = skill(model, baseline, deciding.model.nothing)
    if np.isnan(found) and gate.min_skill > 0:
        return (
            f"{gate.metric} of {gate.against} cannot be told from these data, so there is no skill; "
            f"evaluate.gate.min_skill is {gate.min_skill:.1%}"
        )
    was_quiet = metric == "mase" and baseline <= NOTHING and gate.min_skill <= 0  # days without rain prove nothing
    enough = found >= gate.min_skill - NOTHING or model <= deciding.model.nothing or (was_quiet and model <= SLIGHT)
    if not (np.isnan(found) or enough):
        instead = "" if metric == gate.metric else f", since these data allow no {gate.metric}"
        return (
            f"{metric} {model:.4g} of the model against {baseline:.4g} of {gate.against}{instead}: "
            f"skill {found:.1%}, evaluate.gate.min_skill is {gate.min_skill:.1%}"
        )
    if compared is not None and compared.is_worse:
        return f"{compared.describe(metric)}; {compared.reason}"
    return None


def is_same_problem(present: LoadedVersion, panel: Panel, held: HeldOutWindows) -> bool:
    """Return whether a version forecasts what the new model does: the same target, as far and in the same steps."""
    contract = present.artifact.contract
    theirs = (contract.target, contract.id_names, dict(contract.frequency), present.artifact.spec.horizon)
    return theirs == (panel.target, panel.id_names, panel.frequency.to_json(), held.truth.shape[1])


def refuse_damage(error: float, present: LoadedVersion) -> str | None:
    """Return why a model that errs so much cannot be of sound data, if so."""
    rows = present.artifact.metrics.get("scores")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    before = first.get(YARDSTICK)
    if not isinstance(before, int | float) or not before > 0 or error <= WORST * before:
        return None
    if np.isnan(error):
        return (
            f"all values of the test are 0, and were not in that of the present version {present.id}; "
            "look whether they are sound"
        )
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
    if not isinstance(until, int) or not is_same_problem(present, panel, held):
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
    return Comparison(present.id, len(unseen), mine.value, theirs.value, found, new.nothing)


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
