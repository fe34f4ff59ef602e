"""What held-out blocks decide: the recipe (scale of the members, when to stop) and the calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.data.panel import FloatArray
from lstmcast.evaluation.backtest import thin_out
from lstmcast.evaluation.bands import stretch_factors
from lstmcast.evaluation.held_out import Errors, HeldOut, window_losses
from lstmcast.evaluation.validation import choose_leaning, choose_stop, prefers_mixture
from lstmcast.jobs.model.fitting import Recipe
from lstmcast.jobs.model.problem import Problem
from lstmcast.jobs.model.rehearsal import Block, Rehearsal, forecast_with, hold_out_rounds, on_common_scale
from lstmcast.network.calibration import Calibration, calibrate
from lstmcast.network.ensemble import MEAN_OF_SIMPLE, THETA_OF_HISTORY, forecast_baseline, simple_forecasters, to_values

ENOUGH_HELD_OUT = 200  # windows whose errors need no support from earlier ones
ENOUGH_TO_COMPARE = 3.0  # independent windows that tell half of how network and simple forecast compare


@dataclass(frozen=True)
class Earlier:
    """The simple forecast that did best on training windows, and what it missed there.

    It learns nothing, so that its errors there are honest, which those of the network are not.
    """

    baseline: str
    errors: Errors


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


def decide_calibration(blocks: Sequence[Block], recipe: Recipe, earlier: Earlier | None) -> Calibration:
    """Return the calibration that the held-out windows of all blocks teach together."""
    spec, held = blocks[0].rehearsal.spec, _joined_truth(blocks)
    forecast = np.concatenate([forecast_block(block, recipe) for block in blocks])
    median = forecast[..., spec.median]
    baselines = {
        name: np.concatenate(
            [forecast_baseline(b.rehearsal.scaled, b.windows.windows, b.rehearsal.spec, name) for b in blocks]
        )
        for name in (*simple_forecasters(spec), MEAN_OF_SIMPLE, THETA_OF_HISTORY)
    }
    usual = None if spec.future else THETA_OF_HISTORY  # which sees nothing of what is known ahead
    leaning = choose_leaning(held, median, baselines, usual)
    kept = np.asarray(leaning.kept)
    centre = kept * median + (1 - kept) * baselines[leaning.baseline]
    factors = stretch_factors(
        Errors(held.truth - centre, forecast - median[..., None]),
        spec.quantiles,
        windows=held.independent_windows,
        moments=held.moments,
        earlier=_as_if_of_network(earlier, held, centre, baselines) if earlier else None,
    )
    return Calibration(baseline=leaning.baseline, weights=leaning.kept, factors=factors)


def calibrated_block(block: Block, recipe: Recipe, calibration: Calibration) -> FloatArray:
    """Return the (N, H, Q) forecasts of a block after calibration, on the panel's own scale."""
    rehearsal = block.rehearsal
    baseline = forecast_baseline(rehearsal.scaled, block.windows.windows, rehearsal.spec, calibration.baseline)
    return to_values(calibrate(forecast_block(block, recipe), baseline, calibration), rehearsal.spec)


def earlier_errors(problem: Problem, block: Block, recipe: Recipe) -> Earlier | None:
    """Return what a simple forecast missed on training windows; None where enough errors are held out anyway."""
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
    simple = {
        name: forecast_baseline(rehearsal.scaled, windows.windows, rehearsal.spec, name)
        for name in simple_forecasters(rehearsal.spec)
    }
    best = min(simple, key=lambda name: float(window_losses(truth, simple[name]).mean()))
    spread = forecast - forecast[..., rehearsal.spec.median, None]
    return Earlier(best, Errors(truth.truth - simple[best], spread))


def _members_of(rehearsal: Rehearsal, recipe: Recipe) -> list[int]:
    positive = rehearsal.spec.positive
    return [m for m, one in enumerate(rehearsal.spec.members) if recipe.mixes_scales or one.log == positive]


def _median_on(blocks: Sequence[Block], log: bool, step: int) -> FloatArray:
    """Return the (N, H) medians over all blocks of the members on one scale, at a look."""
    return np.concatenate(
        [np.median([block.median_of(member, step) for member in block.members_on(log)], axis=0) for block in blocks]
    )


def _as_if_of_network(
    earlier: Earlier, held: HeldOut, centre: FloatArray, baselines: Mapping[str, FloatArray]
) -> Errors:
    """Return the earlier errors of the simple forecast, made as large as those of the network seem to be."""
    simple = float(window_losses(held, baselines[earlier.baseline]).mean())
    ratio = float(window_losses(held, centre).mean()) / simple if simple else 1.0
    trust = held.independent_windows / (held.independent_windows + ENOUGH_TO_COMPARE)
    return Errors(earlier.errors.error * ratio**trust, earlier.errors.spread)


def _joined_truth(blocks: Sequence[Block]) -> HeldOut:
    parts = [block.truth for block in blocks]
    firsts = np.cumsum([0, *(part.moment.max(initial=-1) + 1 for part in parts)])
    return HeldOut(
        truth=np.concatenate([part.truth for part in parts]),
        unit=np.concatenate([part.unit for part in parts]),
        moment=np.concatenate([part.moment + first for part, first in zip(parts, firsts, strict=False)]),
        overlap=max(part.overlap for part in parts),
    )
