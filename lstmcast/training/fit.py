"""Trains one member, look by look."""

from collections.abc import Callable, Iterator
from threading import Event

import numpy as np

from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import TrainingOrigins
from lstmcast.errors import DivergedError
from lstmcast.network.spec import MemberSpec, ModelSpec
from lstmcast.training.backend import tf
from lstmcast.training.checkpoint import Checkpoint, Position, are_sound, forget
from lstmcast.training.initial import initial_weights
from lstmcast.training.loss_units import measure_units
from lstmcast.training.plan import FitPlan
from lstmcast.training.program import program_for


def fit_member(
    arrays: SeriesArrays,
    origins: TrainingOrigins,
    spec: ModelSpec,
    member: MemberSpec,
    plan: FitPlan,
    stop: Event | None = None,
    *,
    start: Position | None = None,
    keep: Callable[[Position], None] = forget,
) -> Iterator[Checkpoint]:
    """Yield a checkpoint at each look, the last one after `plan.stop` steps; a loss that is not finite is an error.

    Once `stop` is set no step is begun any more, and no further checkpoint comes. `keep` hears where training is after
    each look, and where it stops; with such a `start` it goes on from there, to the same end.
    """
    if start is not None and start.looked == plan.stop:
        return
    weights = initial_weights(spec, member)
    units = measure_units(arrays, origins, spec, member, weights)
    program = program_for(spec, member, plan)
    state = program.start(weights | {"typical_error": units.typical_error})
    data = program.tensors(arrays, origins, units)
    program.compile(state, data)
    state, seen, step = program.at(start, state)
    for first, last in plan.looks:
        if start is not None and last <= start.looked:
            continue
        state, seen, step = program.run(state, seen, data, range(step, last), plan, member.seed, stop)
        if stop is not None and stop.is_set():
            keep(program.position(state, seen, step, first))
            return
        losses, clipped = (seen / (last - first)).numpy().tolist()
        trained = program.averaged(state, units)
        if not (np.isfinite(losses) and are_sound(trained)):
            raise DivergedError(
                f"training: loss or weights are no longer finite numbers of a sensible size after {last} steps; "
                "lower train.learning_rate, or leave it at auto"
            )
        yield Checkpoint(last, losses, clipped, trained)
        seen = tf.zeros(2)
        keep(Position(last, last) if last == plan.stop else program.position(state, seen, last, last))
