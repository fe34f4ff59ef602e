"""The gate: a new model takes its place only if it is worse neither than the baseline nor than the present one.

Worse is what `rivals` calls so: beyond luck, and beyond the handicap of the networks that stand in for the new model.
If it had to win, three windows of luck would leave many a newcomer without a forecast, though the model is ahead of the
baseline later, and the oldest model would stay for ever. Who asks for a skill above 0 gets it.

Against the present one, both forecast the same windows. Those that it was trained on would flatter it, so only later
ones count. Where there is none, the baseline decides, and what the present one achieved in its own test is the
yardstick for damage: data that were shuffled or shifted can be forecast by a model that beats the baseline, and yet are
worthless. A present one of another problem, such as another target or horizon, is no yardstick, nor could it go on.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lstmcast.config.schema import Config, GateConfig
from lstmcast.data.panel import Panel
from lstmcast.evaluation.metrics import NOTHING, Ratio, Scored, ratios
from lstmcast.jobs.gate.rivals import Comparison, compare_baseline, compare_present, is_same_problem
from lstmcast.store.artifact import LoadedVersion

if TYPE_CHECKING:
    from lstmcast.jobs.model.training import Trained

SLIGHT = 0.05  # of what values usually change: an error as good as none, where a baseline could not be wrong
WORST = 2.0  # times the present version's own error
INSTEAD = ("mase", "wql")  # of a score that the data do not allow; sMAPE is as good as blind to what is right, near 0
YARDSTICK = "wql"  # against the size of the values, which damage does not change, as it does the unit of MASE


@dataclass(frozen=True)
class Verdict:
    """What the gate says of a new model, and the scores that it looked at."""

    refusal: str | None
    doubt: str | None  # both scores, where the model is let through though it errs more than the baseline
    remark: str | None  # both scores, where it takes the place of another
    scores: dict[str, Any]


@dataclass(frozen=True)
class Deciding:
    """The score that decides, of the new model and of the baseline."""

    metric: str
    model: Ratio
    baseline: Ratio
    instead: str = ""  # why it is this one, where another was asked for
    slight: float = 0.0  # a score that is as good as none, where the baseline is never wrong


def judge(config: Config, trained: "Trained", panel: Panel, present: LoadedVersion | None) -> Verdict:
    """Return whether a new model may be promoted, and why not."""
    gate, held = config.evaluate.gate, trained.windows
    model = trained.scored[config.model.cell]
    deciding = find_deciding(gate.metric, model, trained.scored[gate.against])
    beside = compare_baseline(gate.against, deciding.model, deciding.baseline, held)
    older = None if present is None else compare_present(present, deciding.model, panel, held, deciding.metric)
    refusal = refuse_unskilled(gate, deciding, beside)
    if refusal is None and older is not None:
        refusal = refuse_step_back(deciding.metric, older)
    elif refusal is None and present is not None and is_same_problem(present, panel, held):
        refusal = refuse_damage(ratios(model, ())[YARDSTICK].value, present)
    passed = refusal is None
    doubt = describe_doubt(gate, deciding, beside) if passed else None
    return Verdict(
        refusal,
        doubt,
        remark=older.describe(deciding.metric) if passed and older is not None else None,
        scores={
            "metric": deciding.metric,
            "model": beside.new,
            gate.against: beside.other,
            **beside.as_json(),
            "refusal": refusal,
            "doubt": doubt,
        }
        | ({} if older is None or present is None else {"present": _describe_present(present, older)}),
    )


def find_deciding(wanted: str, model: Scored, baseline: Scored) -> Deciding:
    """Return the scores that decide: as wanted, or others where these data have none of that."""
    mine, theirs = ratios(model, ()), ratios(baseline, ())
    metric = next((one for one in (wanted, *INSTEAD) if not np.isnan(theirs[one].value)), wanted)
    instead = "" if metric == wanted else f", as these data allow no {wanted}"
    return Deciding(metric, mine[metric], theirs[metric], instead, _slight_score(metric, model))


def refuse_unskilled(gate: GateConfig, deciding: Deciding, beside: Comparison) -> str | None:
    """Return why a model is not good enough beside the baseline, if so."""
    skill = beside.skill.skill
    if np.isnan(skill):
        if gate.min_skill <= 0:
            return None
        return (
            f"{gate.metric} of {gate.against} cannot be told from these data, so there is no skill; "
            f"evaluate.gate.min_skill is {gate.min_skill:.1%}"
        )
    if skill >= gate.min_skill - NOTHING or beside.new <= beside.nothing:
        return None
    if gate.min_skill > 0:
        asked = f"evaluate.gate.min_skill is {gate.min_skill:.1%}{deciding.instead}"
        return f"{beside.describe(deciding.metric)}; {asked}"
    if not beside.is_worse or _proves_nothing(deciding, beside):
        return None
    return f"{beside.describe(deciding.metric)}; {beside.reason}{deciding.instead}"


def refuse_step_back(metric: str, older: Comparison) -> str | None:
    """Return why a model may not take the place of the present one, if so."""
    return f"{older.describe(metric)}; {older.reason}" if older.is_worse else None


def describe_doubt(gate: GateConfig, deciding: Deciding, beside: Comparison) -> str | None:
    """Return what to say of a model that is let through though it errs more than the baseline, if so."""
    if not beside.behind > NOTHING or beside.new <= beside.nothing or _proves_nothing(deciding, beside):
        return None
    limit = f"too little to hold it back at evaluate.gate.min_skill {gate.min_skill:.1%}{deciding.instead}"
    return f"{beside.describe(deciding.metric)}; {limit}"


def _proves_nothing(deciding: Deciding, beside: Comparison) -> bool:
    """Return whether nothing happened that the baseline could be wrong about, as on days without rain."""
    return beside.other <= beside.nothing and beside.new <= deciding.slight


def _slight_score(metric: str, model: Scored) -> float:
    """Return the score of errors that are slight beside what the values change from season to season, or, where each
    season is as the one before, from step to step.
    """
    if metric != "wql":
        return SLIGHT if metric == "mase" else 0.0
    known = np.where(np.isfinite(model.truth), model.truth, 0.0)
    steps = np.diff(model.truth, axis=1)
    size = float(np.abs(known).mean())
    return SLIGHT * float(np.nanmean(np.abs(steps))) / size if size and np.isfinite(steps).any() else 0.0


def _describe_present(present: LoadedVersion, older: Comparison) -> dict[str, Any]:
    """Return the scores beside the present version, as plain values."""
    return {
        "version": present.id,
        "windows": older.windows,
        "model": older.new,
        "present": older.other,
    } | older.as_json()


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
