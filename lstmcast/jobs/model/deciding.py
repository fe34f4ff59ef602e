"""What held-out blocks decide: the recipe (scale of the members, when to stop) and the calibration."""

from collections.abc import Sequence

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.bands import stretch_factors
from lstmcast.evaluation.held_out import Errors, HeldOut, window_losses
from lstmcast.evaluation.own_bands import usual_widths, width_share
from lstmcast.evaluation.unrest_bands import draw_to_unrest
from lstmcast.evaluation.validation import Leaning, choose_leaning, choose_stop, prefers_mixture
from lstmcast.jobs.model.fitting import Recipe
from lstmcast.jobs.model.rehearsal import Block, Rehearsal, forecast_with, joined_truth
from lstmcast.network.calibration import Calibration, calibrate
from lstmcast.network.ensemble import (
    MEAN_OF_SIMPLE,
    SMOOTHING_OF_HISTORY,
    forecast_baseline,
    simple_forecasters,
    to_bands,
)
from lstmcast.network.spec import ModelSpec

ENOUGH_TO_COMPARE = 3.0  # independent windows that tell half of how network and simple forecast compare


def decide_recipe(blocks: Sequence[Block]) -> Recipe:
    """Return what the held-out windows of all blocks decide together."""
    truth = joined_truth(blocks)
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


def decide_calibration(blocks: Sequence[Block], recipe: Recipe, simple_errors: FloatArray | None) -> Calibration:
    """Return the calibration that the held-out windows of all blocks teach together.

    `simple_errors` (H,) are those of all the past, where little is held out.
    """
    spec, held = blocks[0].rehearsal.spec, joined_truth(blocks)
    median, spread = _median_and_spread(blocks, recipe)
    baselines = {
        name: np.concatenate(
            [forecast_baseline(b.rehearsal.scaled, b.windows.windows, b.rehearsal.spec, name) for b in blocks]
        )
        for name in (*simple_forecasters(spec), MEAN_OF_SIMPLE, SMOOTHING_OF_HISTORY)
    }
    usual = None if spec.future else SMOOTHING_OF_HISTORY  # which sees nothing of what is known ahead
    leaning = choose_leaning(held, median, baselines, usual)
    kept = np.asarray(leaning.kept)
    centre = kept * median + (1 - kept) * baselines[leaning.baseline]
    errors = Errors(held.truth - centre, spread)
    if not width_share(held.independent_windows):
        return _following_unrest(blocks, held, errors, leaning)
    calibration = Calibration(baseline=leaning.baseline, weights=leaning.kept, factors=_factors(spec, held, errors))
    if simple_errors is None:
        return calibration
    typical = simple_errors * _compared(held, centre, baselines[SMOOTHING_OF_HISTORY])
    widths, share = usual_widths(typical, spec.quantiles), width_share(held.independent_windows)
    return calibration.changed({"widths": widths, "share": share})


def calibrated_block(block: Block, recipe: Recipe, calibration: Calibration) -> FloatArray:
    """Return the (N, H, Q) forecasts of a block after calibration, on the panel's own scale."""
    scaled, spec, windows = block.rehearsal.scaled, block.rehearsal.spec, block.windows.windows
    baseline = forecast_baseline(scaled, windows, spec, calibration.baseline)
    measure = scaled.measure(calibration.measure, spec.positive, windows.series)
    calibrated = calibrate(forecast_block(block, recipe), baseline, measure, calibration)
    return to_bands(calibrated, scaled, windows.series, spec)


def _median_and_spread(blocks: Sequence[Block], recipe: Recipe) -> tuple[FloatArray, FloatArray]:
    """Return the (N, H) medians over all blocks, and the (N, H, Q) distances of the quantiles from them."""
    forecast = np.concatenate([forecast_block(block, recipe) for block in blocks])
    median = forecast[..., blocks[0].rehearsal.spec.median].copy()
    forecast -= median[..., None]  # in place: of many series it is large
    return median, forecast


def _following_unrest(blocks: Sequence[Block], held: HeldOut, errors: Errors, leaning: Leaning) -> Calibration:
    """Return the calibration of well-tested bands, which follow the unrest of each series if there are enough."""
    spec = blocks[0].rehearsal.spec
    of_windows = np.concatenate([block.windows.windows.series for block in blocks])
    unrest = np.concatenate([b.rehearsal.scaled.unrest[b.windows.windows.series] for b in blocks])
    drawn = draw_to_unrest(held, errors, unrest, len(np.unique(of_windows)), spec.quantiles)
    factors = _factors(spec, held, errors)
    calibration = Calibration(baseline=leaning.baseline, weights=leaning.kept, factors=factors)
    if drawn is None:
        return calibration
    widths = tuple(tuple(row) for row in (drawn.widths * factors).round(6).tolist())
    return calibration.changed({"widths": widths, "share": drawn.share, "measure": "unrest"})


def _factors(spec: ModelSpec, held: HeldOut, errors: Errors) -> tuple[float, ...]:
    windows, moments = held.independent_windows, held.moments
    return stretch_factors(errors, spec.quantiles, windows=windows, moments=moments)


def _members_of(rehearsal: Rehearsal, recipe: Recipe) -> list[int]:
    positive = rehearsal.spec.positive
    return [m for m, one in enumerate(rehearsal.spec.members) if recipe.mixes_scales or one.log == positive]


def _median_on(blocks: Sequence[Block], log: bool, step: int) -> FloatArray:
    """Return the (N, H) medians over all blocks of the members on one scale, at a look."""
    return np.concatenate(
        [np.median([block.median_of(member, step) for member in block.members_on(log)], axis=0) for block in blocks]
    )


def _compared(held: HeldOut, centre: FloatArray, baseline: FloatArray) -> float:
    """Return how large the errors are beside those of a simple forecast, as far as what is held out can tell."""
    simple = float(window_losses(held, baseline).mean())
    ratio = float(window_losses(held, centre).mean()) / simple if simple else 1.0
    return float(ratio ** (held.independent_windows / (held.independent_windows + ENOUGH_TO_COMPARE)))
