"""The work of `compare` that needs TensorFlow: the same problem for every cell and seed, trained and scored."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.data.windows import NUMPY, Windows, training_origins
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, score_baselines
from lstmcast.evaluation.tally import Tally, join_tallies, tally
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.budget import begin_training
from lstmcast.jobs.model.fitting import Fitted
from lstmcast.jobs.model.problem import Problem
from lstmcast.jobs.model.rehearsal import hold_out_every_test
from lstmcast.jobs.model.rolling import Forecaster, fit_forecaster, known_at
from lstmcast.jobs.model.workshop import Workshop
from lstmcast.network.ensemble import weights_of
from lstmcast.network.inputs import make_inputs, make_targets
from lstmcast.network.scales import scale_for_members
from lstmcast.network.spec import Cell, expected_shapes
from lstmcast.training.gradient_flow import measure_gradient_flow

SEED_STEP = 1000  # members of neighbouring seeds would be the same networks
FLOW_WINDOWS = 64
TIMED = 3  # forecasts; the quickest counts


@dataclass(frozen=True)
class Run:
    """One cell trained from one seed."""

    cell: Cell
    seed: int
    tally: Tally
    parameters: int
    seconds: float  # of training
    milliseconds: float  # to forecast every series once
    flow: Mapping[str, FloatArray]  # by state: (T,) gradient norm over the lag, in steps of the cell
    segment: int  # steps of the series in a step of the cell
    clipped: float  # share of the training steps whose gradient was cut


@dataclass(frozen=True)
class Compared:
    """All runs, and the baselines on the same windows."""

    held: HeldOutWindows
    runs: tuple[Run, ...]
    baselines: Mapping[str, Tally]


def run_all(
    problem: Problem,
    config: Config,
    cells: Sequence[Cell],
    seeds: int,
    baselines: Sequence[str],
    levels: Sequence[float],
    talk: Talk,
) -> Compared:
    """Return every cell trained from every seed before the first origin, and scored at all of them."""
    config, problem, workshop = begin_training(config, problem, talk)
    spans, settings = problem.spans, problem.settings
    held = hold_out_every_test(problem, spans.test_start)
    runs: list[Run] = []
    for number in range(seeds):
        for cell in cells:  # in turn: if the machine slows down, it does for all of them
            label = f" {cell}, {len(runs) + 1} of {seeds * len(cells)}"
            variant = with_cell(config, cell, config.train.seed + number * SEED_STEP)
            runs.append(_run(problem, variant, held, levels, workshop, label))
    simple = []
    for place, here in enumerate(_by_origin(held, spans.test_rounds)):
        past = problem.panel.until(known_at(problem, place))
        simple.append(score_baselines(past, here, baselines, settings.season, settings.quantiles))
    joined = {name: join_tallies([tally(one[name], levels) for one in simple]) for name in simple[0]}
    return Compared(held, tuple(runs), joined)


def with_cell(config: Config, cell: Cell, seed: int) -> Config:
    """Return the config with another cell and seed."""
    model = config.model.changed({"cell": cell})
    train = config.train.changed({"seed": seed % 2**32})
    return config.changed({"model": model, "train": train})


def _run(
    problem: Problem, config: Config, held: HeldOutWindows, levels: Sequence[float], workshop: Workshop, label: str
) -> Run:
    started = time.monotonic()
    forecaster = fit_forecaster(config, problem.panel, known_at(problem, 0), workshop, label)
    seconds = time.monotonic() - started
    fitted, quantiles, tallies = forecaster.fitted, problem.settings.quantiles, []
    for place, here in enumerate(_by_origin(held, problem.spans.test_rounds)):
        values = forecaster.forecast(problem.panel.until(known_at(problem, place)), here.windows)
        tallies.append(tally(model_scored(here, quantiles, values), levels))
    spec = fitted.spec
    return Run(
        cell=spec.cell,
        seed=config.train.seed,
        tally=join_tallies(tallies),
        parameters=sum(prod(shape) for shape in expected_shapes(spec).values()),
        seconds=seconds,
        milliseconds=1000 * _time_forecast(forecaster, problem),
        flow=_gradient_flow(fitted, problem.panel.until(known_at(problem, 0))) if spec.recurrent_layers else {},
        segment=spec.members[0].segment,
        clipped=float(np.mean([one.clipped for one in fitted.trained])),
    )


def _by_origin(held: HeldOutWindows, origins: int) -> list[HeldOutWindows]:
    return [held.take(np.flatnonzero(held.round_of == place)) for place in range(origins)]


def _time_forecast(forecaster: Forecaster, problem: Problem) -> float:
    """Return how many seconds a forecast of every series takes, once TensorFlow and NumPy are loaded."""
    known = known_at(problem, 0)
    past, series = problem.panel.until(known), np.flatnonzero(known > 0)
    windows, taken = Windows(series, known[series]), []
    for _ in range(TIMED):
        started = time.perf_counter()
        forecaster.forecast(past, windows)
        taken.append(time.perf_counter() - started)
    return min(taken)


def _gradient_flow(fitted: Fitted, past: Panel) -> dict[str, FloatArray]:
    """Return the gradient norm over the lag of each state of the first member's cell, on windows it trained on."""
    spec, member = fitted.spec, fitted.spec.members[0]
    origins = training_origins(past.known, member.context, spec.horizon, spec.season)
    random = np.random.default_rng(0)
    place = random.integers(0, len(origins.series), FLOW_WINDOWS)
    series, origin = origins.series[place], random.integers(origins.first[place], origins.last[place] + 1)
    arrays = scale_for_members(past, past, spec, spec.members).arrays[member.log]
    inputs = make_inputs(NUMPY, arrays, series, origin, spec, member)
    truth, counts = make_targets(NUMPY, arrays, series, origin, inputs, spec.horizon)
    weights = weights_of(0, spec, fitted.weights)
    flow = measure_gradient_flow(inputs, truth, counts, spec, member, weights)
    return {name: flow.mean(name).astype(np.float64) for name in flow.norms}
