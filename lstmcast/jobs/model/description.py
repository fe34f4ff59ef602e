"""What a version says of itself: its contract, its scores, its history, and the config with `auto` decided."""

from collections.abc import Mapping, Sequence
from typing import Any

from lstmcast.config.auto import Settings
from lstmcast.config.schema import Config
from lstmcast.data.contract import Contract
from lstmcast.data.read import Reading
from lstmcast.data.scaling import highest_of, lowest_of
from lstmcast.data.whole import facts_of
from lstmcast.evaluation.backtest import ScoreRow, score_by_step
from lstmcast.evaluation.metrics import Scored
from lstmcast.jobs.model.fitting import Fitted, Recipe
from lstmcast.jobs.model.problem import Problem
from lstmcast.training.members import TrainedMember


def describe_contract(reading: Reading, problem: Problem) -> Contract:
    """Return what later data have to agree with."""
    panel = reading.panel
    newest = panel.frequency.stamps(panel.cutoffs.max(keepdims=True))
    return Contract(
        frequency=panel.frequency.to_json(),
        time_format=reading.time_format.to_json(),
        target=panel.target,
        id_names=panel.id_names,
        ids=tuple(tuple(map(str, column)) for column in panel.ids),
        past=panel.past_names,
        future=panel.future_names,
        cutoff=str(reading.time_format.render(newest)[0]),
        positive=problem.positive,
        lowest=tuple(lowest_of(panel).tolist()),
        highest=tuple(highest_of(panel).tolist()),
        covariates=reading.covariates,
        **facts_of(panel, max(member.context for member in problem.settings.members)),
    )


def written_out(config: Config, settings: Settings, reading: Reading) -> Config:
    """Return the config with what `auto` turned out to be."""
    data = {"freq": reading.panel.frequency.alias}
    model = {
        "units": settings.units,
        "layers": settings.layers,
        "context": settings.members[0].context,
        "segment": settings.members[0].segment,
        "dropout": settings.dropout,
        "members": len(settings.members),
    }
    training = {"steps": settings.steps, "batch": settings.batch, "learning_rate": settings.learning_rate}
    evaluate = {"step": settings.test_step, "season": settings.periods or 1}
    return config.changed(
        {
            "data": config.data.changed(data),
            "model": config.model.changed(model),
            "train": config.train.changed(training),
            "evaluate": config.evaluate.changed(evaluate),
        }
    )


def describe_scores(
    recipe: Recipe, fitted: Fitted, rows: tuple[ScoreRow, ...], scored: Mapping[str, Scored]
) -> dict[str, Any]:
    """Return the scores and what validation decided, as plain values."""
    return {
        "scores": [dict(row) for row in rows],
        "test_mase_by_step": score_by_step(scored),
        "validation": {
            "mixes_scales": recipe.mixes_scales,
            "stops": {"log" if log else "linear": steps for log, steps in recipe.stops.items()},
        },
        "members": len(fitted.spec.members),
        "clipped_steps": [round(one.clipped, 4) for one in fitted.trained],
    }


def describe_history(recipe: Recipe, rehearsed: Sequence[TrainedMember], fitted: Fitted) -> str:
    """Return losses and validation scores against steps, as CSV."""
    lines = ["phase,member,scale,step,loss,clipped,validation_score"]
    for place, (log, one) in enumerate(zip(recipe.curves, rehearsed, strict=True)):
        for look, (_, score) in zip(one.looks, recipe.curves[log], strict=True):
            scale = "log" if log else "linear"
            lines.append(f"validation,{place},{scale},{look.step},{look.loss:.6g},{look.clipped:.4g},{score:.6g}")
    for place, (member, one) in enumerate(zip(fitted.spec.members, fitted.trained, strict=True)):
        scale = "log" if member.log else "linear"
        lines += [f"training,{place},{scale},{look.step},{look.loss:.6g},{look.clipped:.4g}," for look in one.looks]
    return "".join(f"{line}\n" for line in lines)
