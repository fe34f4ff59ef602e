"""Fits training into `train.time_budget`: measures what a step takes here, and gives up first what is worth least.

Two members are nearly as good as four, and two thirds of the steps nearly as good as all of them; so these go first.
"""

import time
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from lstmcast.config.auto import CHEAP_STEPS
from lstmcast.config.durations import parse_duration
from lstmcast.config.schema import Config
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.checkpoints import Checkpoints
from lstmcast.jobs.model.fitting import LOOKS, check_size, make_member, make_spec, make_tasks, material_of
from lstmcast.jobs.model.problem import Problem, make_problem
from lstmcast.jobs.model.workshop import Workshop, open_workshop
from lstmcast.plurals import count_things
from lstmcast.training.checkpoint import Checkpoint

PROBE_STEPS = 8  # trained to see how fast it goes
USABLE = 0.85  # of the budget; the rest goes to forecasting the held-out windows, scoring and drawing
SIDE_BY_SIDE = 1.2  # a step takes so much longer while the other cores train as well
STEP_SHARES, MEMBERS = (1.0, 0.7, 0.5), (4, 2, 1)
FEWEST_STEPS = 20


@dataclass(frozen=True)
class Pace:
    """How fast training goes on this machine, in seconds."""

    compiling: float  # once for each length of context
    step: float


@dataclass(frozen=True)
class Size:
    """How much is trained."""

    members: int
    steps: int


def begin_training(
    config: Config, problem: Problem, talk: Talk, checkpoints: Checkpoints | None = None
) -> tuple[Config, Problem, Workshop]:
    """Return what is to be trained in the time that is allowed, and where; networks too large to be saved are refused.

    What was decided before an interruption is not decided anew.
    """
    check_size(problem)
    workshop = open_workshop(config.train.threads, problem.panel.values.nbytes, talk, checkpoints)
    if config.train.time_budget is None:
        return config, problem, workshop
    decided = None if checkpoints is None else checkpoints.decided
    size = _size_in_budget(config.train.time_budget, problem, workshop) if decided is None else Size(*decided)
    return *_resize(config, problem, size), workshop


def _size_in_budget(budget: str, problem: Problem, workshop: Workshop) -> Size:
    """Return how much can be trained in the time that is allowed, and say so where that is not all."""
    started = time.monotonic()
    seconds = USABLE * parse_duration(budget).total_seconds()
    wanted = Size(len(problem.settings.members), problem.settings.steps)
    pace = _measure_pace(problem, workshop)
    left = seconds - (time.monotonic() - started)
    size = choose_size(wanted, pace, left, scales=problem.scales, threads=workshop.threads)
    if size != wanted:
        workshop.talk.say(
            f"train.time_budget: {count_things(size.members, 'member')} of {size.steps} steps, "
            f"where {wanted.members} of {wanted.steps} would take about "
            f"{_seconds_for(wanted, pace, problem.scales, workshop.threads):.0f} s"
        )
    return size


def choose_size(wanted: Size, pace: Pace, seconds: float, *, scales: int, threads: int) -> Size:
    """Return the most accurate size that can be trained in so many seconds, or the smallest that makes sense."""
    counts = sorted({min(wanted.members, count) for count in (wanted.members, *MEMBERS)}, reverse=True)
    for share in STEP_SHARES:
        for members in counts:
            size = Size(members, max(1, round(share * wanted.steps)))
            if _seconds_for(size, pace, scales, threads) <= seconds:
                return size
    least = min(wanted.steps, FEWEST_STEPS)
    fitting = (
        steps
        for steps in range(wanted.steps // 2, least, -1)
        if _seconds_for(Size(1, steps), pace, scales, threads) <= seconds
    )
    return Size(1, next(fitting, least))


def _resize(config: Config, problem: Problem, size: Size) -> tuple[Config, Problem]:
    if size == Size(len(problem.settings.members), problem.settings.steps):
        return config, problem
    smaller = config.changed(
        {
            "model": config.model.changed({"members": size.members}),
            "train": config.train.changed({"steps": size.steps}),
        }
    )
    return smaller, make_problem(smaller, problem.panel)


def _seconds_for(size: Size, pace: Pace, scales: int, threads: int) -> float:
    """Return about how long it takes to train the networks that are tested, and then those that are kept."""
    contexts = min(2, size.members)
    tested = scales * (1 + (contexts if size.steps <= CHEAP_STEPS else 0))
    waves = [scales, tested - scales, size.members]
    steps = sum(-(-count // threads) for count in waves) * size.steps
    return pace.step * (SIDE_BY_SIDE if threads > 1 else 1) * steps + pace.compiling * (contexts - 1)


def _measure_pace(problem: Problem, workshop: Workshop) -> Pace:
    """Return the pace of the first member; what is compiled for it serves all members of its shape."""
    member = make_member(problem, problem.settings.members[0], problem.positive, 0)
    spec = make_spec(problem, problem.panel, [member])
    seen = [time.monotonic()]

    def watch(_: int, __: Checkpoint) -> None:
        seen.append(time.monotonic())

    material = material_of(problem.panel, spec)
    workshop.train(spec, make_tasks(problem, material, spec, [member], [min(PROBE_STEPS, LOOKS)]), watch)
    took = [after - before for before, after in pairwise(seen)]
    step = median(took[1:])
    return Pace(compiling=max(took[0] - step, 0.0), step=step)
