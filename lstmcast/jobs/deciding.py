"""What held-out blocks decide: the recipe (scale of the members, when to stop) and the calibration."""

from collections.abc import Sequence

import numpy as np

from lstmcast.data.panel import FloatArray
from lstmcast.evaluation.backtest import thin_out
from lstmcast.evaluation.validation import (
    Errors,
    HeldOut,
    choose_calibration,
    choose_stop,
    prefers_mixture,
    window_losses,
)
from lstmcast.jobs.fitting import Recipe
from lstmcast.jobs.problem import Problem
from lstmcast.jobs.rehearsal import Block, Rehearsal, forecast_with, hold_out_rounds, on_common_scale
from lstmcast.network.bank import forecasters
from lstmcast.network.calibration import Calibration, calibrate
from lstmcast.network.ensemble import forecast_baseline, to_values
from lstmcast.network.spec import ModelSpec

ENOUGH_HELD_OUT = 200  # windows whose errors need no support from earlier ones


def decide_recipe(blocks: Sequence[Block]) -> Recipe:
    """Return what the held-out windows of all blocks decide together."""
    truth = _joined_truth(blocks)
    logs = sorted({member.log for member in blocks[0].rehearsal.spec.members}, reverse=True)
    looks = sorted(blocks[0].rehearsal.medians[0])
    medians = {log: [(step, _median_on(blocks, log, step)) for step in looks] for log in logs}
    stops = {log: choose_stop(truth, medians[log]) for log in logs}
    chosen = [dict(medians[log])[stops[log]] for log in logs]
    mixes = len(logs) == 2 and prefers_mixture(truth, *chosen)
    curves = {
        log: tuple((step, float(window_losses(truth, median).mean())) for step, median in medians[log]) for log in logs
    }
    return Recipe(mixes, stops, curves)


def forecast_block(block: Block, recipe: Recipe) -> FloatArray:
    """Return the raw (N, H, Q) forecast of a block as the recipe has it, on the common scale."""
    return forecast_with(block.rehearsal, block.windows, _members_of(block.rehearsal, recipe), recipe.stops)


def decide_calibration(blocks: Sequence[Block], recipe: Recipe, earlier: Errors | None) -> Calibration:
    """Return the calibration that the held-out windows of all blocks teach together."""
    spec = blocks[0].rehearsal.spec
    forecast = np.concatenate([forecast_block(block, recipe) for block in blocks])
    baselines = {
        name: np.concatenate(
            [forecast_baseline(b.rehearsal.scaled, b.windows.windows, b.rehearsal.spec, name) for b in blocks]
        )
        for name in simple_forecasters(spec)
    }
    return choose_calibration(_joined_truth(blocks), forecast, spec.quantiles, baselines, earlier)


def calibrated_block(block: Block, recipe: Recipe, calibration: Calibration) -> FloatArray:
    """Return the (N, H, Q) forecasts of a block after calibration, on the panel's own scale."""
    rehearsal = block.rehearsal
    baseline = forecast_baseline(rehearsal.scaled, block.windows.windows, rehearsal.spec, calibration.baseline)
    return to_values(calibrate(forecast_block(block, recipe), baseline, calibration), rehearsal.spec)


def earlier_errors(problem: Problem, block: Block, recipe: Recipe) -> Errors | None:
    """Return what a simple forecast missed on training windows; None where enough errors are held out anyway.

    A simple forecast learns nothing, so that its errors there are honest, which those of the network are not.
    """
    if len(block.windows.windows) >= ENOUGH_HELD_OUT:
        return None
    past = problem.panel.until(problem.spans.validation_start)
    step = problem.spans.validation_step
    rounds = min(max(1, int(past.known.max()) // step), ENOUGH_HELD_OUT)
    windows = thin_out(hold_out_rounds(past, past.known, problem, rounds, step), ENOUGH_HELD_OUT)
    if not len(windows.windows):
        return None
    rehearsal = block.rehearsal
    forecast = forecast_with(rehearsal, windows, _members_of(rehearsal, recipe), recipe.stops)
    truth = on_common_scale(windows, rehearsal.scaled, rehearsal.spec)
    simple = [
        forecast_baseline(rehearsal.scaled, windows.windows, rehearsal.spec, name)
        for name in simple_forecasters(rehearsal.spec)
    ]
    best = min(simple, key=lambda one: float(window_losses(truth, one).mean()))
    return Errors(truth.truth - best, forecast - forecast[..., rehearsal.spec.median, None])


def simple_forecasters(spec: ModelSpec) -> list[str]:
    """Return the forecasters of the bank that a weak network may lean on."""
    found = forecasters(spec.members[0].context, spec.periods)
    wanted = ["naive", "theta"]
    if spec.season > 1:
        wanted = ["naive", f"seasonal_naive_{spec.season}", f"slow_theta_{spec.season}"]
    return [name for name in wanted if name in found]


def _members_of(rehearsal: Rehearsal, recipe: Recipe) -> list[int]:
    positive = rehearsal.spec.positive
    return [m for m, one in enumerate(rehearsal.spec.members) if recipe.mixes_scales or one.log == positive]


def _median_on(blocks: Sequence[Block], log: bool, step: int) -> FloatArray:
    """Return the (N, H) medians over all blocks of the members on one scale, at a look."""
    return np.concatenate(
        [np.median([block.median_of(member, step) for member in block.members_on(log)], axis=0) for block in blocks]
    )


def _joined_truth(blocks: Sequence[Block]) -> HeldOut:
    parts = [block.truth for block in blocks]
    return HeldOut(
        truth=np.concatenate([one.truth for one in parts]),
        unit=np.concatenate([one.unit for one in parts]),
        overlap=max(one.overlap for one in parts),
        origins=sum(one.origins for one in parts),
    )
