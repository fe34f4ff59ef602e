"""The work of `backtest` that needs TensorFlow: at each origin a forecaster that knows what was known then, scored.

Whatever fits, decides, scales or forecasts gets a panel in which all that came after the origin is gone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Windows
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, score_baselines
from lstmcast.evaluation.metrics import Scored
from lstmcast.evaluation.since_training import stretch_since
from lstmcast.evaluation.tally import Tally, join_tallies, symmetric_levels, tally
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.budget import begin_training
from lstmcast.jobs.model.deciding import decide_calibration, decide_recipe
from lstmcast.jobs.model.fitting import Fitted, fit_ensemble
from lstmcast.jobs.model.past_errors import past_errors
from lstmcast.jobs.model.problem import Problem, make_earlier_problem
from lstmcast.jobs.model.rehearsal import Block, hold_out_every_test, hold_out_validation, rehearse
from lstmcast.jobs.model.workshop import Workshop
from lstmcast.network.calibration import Calibration, stretched
from lstmcast.network.ensemble import Ensemble, forecast_windows
from lstmcast.network.scales import scale_for_members

Refit = Literal["always", "never"]


@dataclass(frozen=True)
class Forecaster:
    """A trained ensemble with its calibration, as `train` would have saved it."""

    fitted: Fitted
    calibration: Calibration
    trained: IntArray  # how many values of each series

    def forecast(self, past: Panel, windows: Windows) -> FloatArray:
        """Return the (N, H, Q) forecasts of the windows from what `past` holds, as `predict` would."""
        spec = self.fitted.spec
        ensemble = Ensemble(spec, self.fitted.weights, self.calibration)
        stretch = stretch_since(past, np.minimum(self.trained, past.known), ensemble)
        scaled = scale_for_members(past, past, spec, spec.members, self.calibration.measure)
        return forecast_windows(scaled, windows, ensemble.calibrated_by(stretched(self.calibration, stretch)))


@dataclass(frozen=True)
class Rolled:
    """What every forecaster did at all origins, the model first."""

    held: HeldOutWindows
    median: FloatArray  # (N, H) of the model
    tallies: Mapping[str, Tally]
    levels: tuple[float, ...]  # of all intervals that were scored, in percent
    calibrations: tuple[Calibration, ...]  # of each fit


def roll_origins(problem: Problem, config: Config, baselines: Sequence[str], refit: Refit, talk: Talk) -> Rolled:
    """Return the scores of model and baselines at each origin; `problem` is that of all data."""
    config, problem, workshop = begin_training(config, problem, talk)
    spans, settings = problem.spans, problem.settings
    held = hold_out_every_test(problem, spans.test_start)
    levels = symmetric_levels(settings.quantiles)
    forecasters: list[Forecaster] = []
    tallies: dict[str, list[Tally]] = {}
    medians: list[FloatArray] = []
    for place in range(spans.test_rounds):
        here = held.take(np.flatnonzero(held.round_of == place))
        known = known_at(problem, place)
        if not forecasters or refit == "always":
            label = f" for origin {place + 1} of {spans.test_rounds}" if refit == "always" else ""
            forecasters.append(fit_forecaster(config, problem.panel, known, workshop, label))
        past = problem.panel.until(known)
        values = forecasters[-1].forecast(past, here.windows)
        medians.append(values[..., len(settings.quantiles) // 2])
        scored: dict[str, Scored] = {config.model.cell: model_scored(here, settings.quantiles, values)}
        scored |= score_baselines(past, here, baselines, settings.season, settings.quantiles)
        for name, one in scored.items():
            tallies.setdefault(name, []).append(tally(one, levels))
    joined = {name: join_tallies(one) for name, one in tallies.items()}
    return Rolled(held, np.concatenate(medians), joined, levels, tuple(one.calibration for one in forecasters))


def known_at(problem: Problem, place: int) -> IntArray:
    """Return how many values of each series are known at an origin, 0 being the oldest."""
    spans = problem.spans
    back = problem.horizon + (spans.test_rounds - 1 - place) * spans.test_step
    return np.maximum(problem.panel.known - back, 0)


def fit_forecaster(config: Config, panel: Panel, known: IntArray, workshop: Workshop, label: str = "") -> Forecaster:
    """Return what `train` would have made of the first `known` values of each series, and of nothing else."""
    problem = make_earlier_problem(config, panel, known)
    spans, settings = problem.spans, problem.settings
    validation = hold_out_validation(problem)
    sizes = settings.members[:1]
    block = Block(rehearse(problem, spans.validation_start, [validation], sizes, workshop, f"validating{label}"), 0)
    recipe = decide_recipe([block])
    simple_errors = past_errors(problem, [block], problem.panel.known)
    calibration = decide_calibration([block], recipe, simple_errors)
    fitted = fit_ensemble(problem, recipe, workshop, f"training{label}")
    return Forecaster(fitted, calibration, known)
