"""What the gate calls worse: a new model beside a baseline or the present version, on the same test windows.

A few windows of one series say little, and nothing but luck may put a model a little behind. Nor do the two compete as
equals: networks stand in for the new model that are fewer and know less of the past, so that the windows are new to
them (on five panels they were up to 3% behind the whole ensemble); a baseline and the present version are all there. So
worse is what is beyond both: by more than the handicap and clearly, or by so much that no handicap and hardly any luck
explains it.
"""

from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.contract import check_contract
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Windows, known_at
from lstmcast.errors import ContractError
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, or_none
from lstmcast.evaluation.bootstrap import Skill, clusters_of, skill_against
from lstmcast.evaluation.metrics import NOTHING, Ratio, ratios
from lstmcast.evaluation.titles import skill_interval
from lstmcast.jobs.common.version_data import trained_until
from lstmcast.network.ensemble import forecast_windows
from lstmcast.network.scales import scale_for_members
from lstmcast.plurals import count_things
from lstmcast.store.artifact import LoadedVersion

HANDICAP = 0.05  # of the rival's error: what those that stand in for the new model may be behind
FAR_BEHIND = 0.25  # that much is worse even where there are too few windows to tell it from luck
SEED = 1  # of what is drawn again for the interval


@dataclass(frozen=True)
class Comparison:
    """The scores of the new model and of its rival on the same windows."""

    rival: str
    windows: int
    which: str  # of all windows, in words
    new: float
    other: float
    skill: Skill  # of the new one against its rival
    nothing: float = NOTHING  # a score so small is as good as 0: where a series stands still, only rounding is wrong

    @property
    def behind(self) -> float:
        """Return how much more the new one errs, as a share of its rival's error."""
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
        scores = f"{metric} {self.new:.4g} of the model against {self.other:.4g} of {self.rival}"
        return f"{scores}, on the {count_things(self.windows, 'window')} {self.which}: {self._difference}"

    def as_json(self) -> dict[str, float | None]:
        """Return the skill and where it lies, as plain values."""
        return {"skill": or_none(self.skill.skill), "low": self.skill.low, "high": self.skill.high}

    @property
    def _difference(self) -> str:
        if self.other <= self.nothing < self.new:
            return "there was nothing to be wrong about"
        said = f"{abs(self.behind):.1%} {'worse' if self.behind > 0 else 'better'}"
        if self.skill.low is None or self.skill.high is None:
            return f"{said}, too little for an interval"
        return f"{said}, skill {skill_interval(self.skill.low, self.skill.high)}"


def compare_baseline(name: str, new: Ratio, baseline: Ratio, held: HeldOutWindows) -> Comparison:
    """Return how the new model compares with a baseline, on all windows of the test."""
    return _compare(new, baseline, held, name, "of the test")


def compare_present(
    present: LoadedVersion, new: Ratio, panel: Panel, held: HeldOutWindows, metric: str
) -> Comparison | None:
    """Return both models' scores on windows that neither had seen; None if there is none, or it cannot answer them."""
    until = trained_until(present.artifact)
    spec, contract = present.artifact.spec, present.artifact.contract
    if until is None or not is_same_problem(present, panel, held):
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
    return _compare(mine, theirs, here, f"the present version {present.id}", "that neither had seen")


def is_same_problem(present: LoadedVersion, panel: Panel, held: HeldOutWindows) -> bool:
    """Return whether a version forecasts what the new model does: the same target, as far and in the same steps."""
    contract = present.artifact.contract
    theirs = (contract.target, contract.id_names, dict(contract.frequency), present.artifact.spec.horizon)
    return theirs == (panel.target, panel.id_names, panel.frequency.to_json(), held.truth.shape[1])


def _compare(new: Ratio, other: Ratio, held: HeldOutWindows, rival: str, which: str) -> Comparison:
    (found,) = skill_against([new], {rival: [other]}, clusters_of(held), seed=SEED)[rival]
    return Comparison(rival, len(held.windows), which, new.value, other.value, found, new.nothing)


def _forecast(version: LoadedVersion, panel: Panel, held: HeldOutWindows) -> FloatArray:
    """Return the (N, H, Q) forecasts of a version, each window from what was known at its origin."""
    artifact = version.artifact
    values = np.empty((len(held.windows), artifact.spec.horizon, len(artifact.spec.quantiles)))
    for place in np.unique(held.round_of):
        rows = np.flatnonzero(held.round_of == place)
        windows = Windows(held.windows.series[rows], held.windows.origin[rows])
        past = panel.until(known_at(panel, windows))
        measure = artifact.calibration.measure
        scaled = scale_for_members(past, past, artifact.spec, artifact.spec.members, measure)
        values[rows] = forecast_windows(scaled, windows, artifact.ensemble)
    return values
