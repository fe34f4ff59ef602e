"""The compiled training step: it gathers random windows by index, steps, and averages the weights."""

from dataclasses import fields
from functools import lru_cache
from threading import Event, Lock
from typing import Any

import numpy as np

from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import TrainingOrigins
from lstmcast.network.cells import Floats
from lstmcast.network.inputs import make_inputs, make_targets
from lstmcast.network.spec import MemberSpec, ModelSpec, Shape, member_shapes
from lstmcast.training.backend import ops, tf
from lstmcast.training.checkpoint import Position
from lstmcast.training.freeing import give_back
from lstmcast.training.keras_model import build_model, weight_variables
from lstmcast.training.lean_layer import LeanLayer
from lstmcast.training.lending import lend
from lstmcast.training.loss_units import LossUnits
from lstmcast.training.optimizer import Progress, clip_gradients, learning_rate, start_from, update
from lstmcast.training.plan import FitPlan

LOUDEST_WINDOW = 10.0  # times the average weight: one wild window must not drown the rest
STEPS_AT_ONCE = 16  # of one call: what it costs to call is shared by so many; an interruption waits for them

_one_at_a_time = Lock()  # Keras builds and calls models of one thread at a time


def program_for(spec: ModelSpec, member: MemberSpec, plan: FitPlan) -> "Program":
    """Return the program that trains such a member; members that start side by side get the same one."""
    with _one_at_a_time:
        return build_program(_shape_of(spec, member), plan.batch, plan.dropout, plan.compiled)


def compile_ahead(
    arrays: SeriesArrays, origins: TrainingOrigins, spec: ModelSpec, member: MemberSpec, plan: FitPlan
) -> None:
    """Compile what such a member will be trained with, before it is its turn."""
    program = program_for(spec, member, plan)
    zeros = {name: np.zeros(shape, np.float32) for name, shape in member_shapes(spec, member).items()}
    units = LossUnits(zeros["typical_error"], 1.0, 1.0, 1.0)
    program.compile(program.start(zeros), program.tensors(arrays, origins, units))


@lru_cache(maxsize=16)
def build_program(spec: ModelSpec, batch: int, dropout: float, compiled: bool) -> "Program":
    """Return the program of the only member of a model."""
    return Program(spec, spec.members[0], batch, dropout, compiled)


class Program:
    """A training step, compiled by XLA or not; members of one shape share it, so that each shape is made once."""

    def __init__(self, spec: ModelSpec, member: MemberSpec, batch: int, dropout: float, compiled: bool) -> None:
        self.spec, self.member, self.batch = spec, member, batch
        self.model = build_model(spec, member, dropout=dropout)
        self.lean = [layer for layer in self.model.layers if isinstance(layer, LeanLayer)]
        names = {id(v): name for name, v in weight_variables(self.model, spec, member).items()}
        self.names = [names[id(v)] for v in self.model.trainable_variables]
        self.shapes = [tuple(v.shape) for v in self.model.trainable_variables]
        self.sizes = [int(np.prod(shape)) for shape in self.shapes]
        self.fixed = [names.get(id(v)) for v in self.model.non_trainable_variables]
        self.decays = np.repeat([name.endswith("/bias") for name in self.names], self.sizes) == 0
        self.steps = tf.function(self._steps, jit_compile=compiled, autograph=False)  # reading sources takes seconds
        self._compiling, self._is_compiled = Lock(), False

    @property
    def forms(self) -> list[tuple[str, Shape]]:
        """Return of what kind and shape the numbers of a position are."""
        trained = ("float32", (sum(self.sizes),))
        fixed = [(v.dtype, tuple(v.shape)) for v in self.model.non_trainable_variables]
        return [trained] * len(Progress._fields) + fixed

    def start(self, weights: dict[str, Floats]) -> Any:
        """Return the state before the first step: progress of the weights, and what is not trained."""
        trained = np.concatenate([weights[name].ravel() for name in self.names])
        fixed = [
            tf.identity(v.value) if name is None else tf.constant(weights[name])
            for name, v in zip(self.fixed, self.model.non_trainable_variables, strict=True)
        ]
        return start_from(tf.constant(trained)), fixed

    def tensors(self, arrays: SeriesArrays, origins: TrainingOrigins, units: LossUnits) -> Any:
        """Return the data as tensors whose shapes do not depend on how many series can be trained on."""
        length = len(arrays.start)
        drawn = [np.resize(column, length) for column in (origins.series, origins.first, origins.last)]
        numbers = np.array([units.scaled, units.relative, units.use_relative], np.float32)
        return (
            tuple(lend(getattr(arrays, field.name)) for field in fields(SeriesArrays)),
            tuple(tf.constant(column.astype(np.int32)) for column in drawn),
            tf.constant(len(origins.series)),
            tf.constant(numbers),
            tf.constant(self.decays.astype(np.float32)),
        )

    def compile(self, state: Any, data: Any) -> None:
        """Compile the steps for data of these shapes, if that was not done before; none is taken."""
        with self._compiling:
            if self._is_compiled:
                return
            nothing = (state, tf.zeros(2), data, tf.zeros(3, tf.int32), tf.ones(3))
            with _one_at_a_time:
                self.steps.get_concrete_function(*nothing)
            self.steps(*nothing)
            self._is_compiled = True
        give_back()

    def at(self, start: Position | None, state: Any) -> tuple[Any, Any, int]:
        """Return the state, the sums since the last look, and the step to go on from; `state` is that of the start."""
        if start is None:
            return state, tf.zeros(2), 0
        numbers, parts = [tf.constant(part) for part in start.numbers], len(Progress._fields)
        return (Progress(*numbers[:parts]), numbers[parts:]), tf.constant(start.seen), start.step

    def position(self, state: Any, seen: Any, step: int, looked: int) -> Position:
        """Return where training is."""
        progress, fixed = state
        return Position(step, looked, seen.numpy(), tuple(np.asarray(part) for part in (*progress, *fixed)))

    def run(
        self, state: Any, seen: Any, data: Any, steps: range, plan: FitPlan, seed: int, stop: Event | None
    ) -> tuple[Any, Any, int]:
        """Return the state after the steps, the sums of losses and clipped steps, and how far it came."""
        numbers = tf.constant(np.array([plan.steps, plan.learning_rate, plan.memory], np.float32))
        for first in range(steps.start, steps.stop, STEPS_AT_ONCE):
            if stop is not None and stop.is_set():
                return state, seen, first
            last = min(first + STEPS_AT_ONCE, steps.stop)
            state, seen = self.steps(state, seen, data, tf.constant([seed, first, last]), numbers)
        return state, seen, steps.stop

    def averaged(self, state: Any, units: LossUnits) -> dict[str, Floats]:
        """Return the averaged weights as arrays."""
        parts = np.split(state[0].averaged.numpy(), np.cumsum(self.sizes)[:-1])
        found = {name: part.reshape(shape) for name, part, shape in zip(self.names, parts, self.shapes, strict=True)}
        return found | {"typical_error": units.typical_error}

    def _steps(self, state: Any, seen: Any, data: Any, span: Any, numbers: Any) -> tuple[Any, Any]:
        """Return the state after the steps of a span: (seed, first step, last one excluded)."""

        def step(number: Any, state: Any, seen: Any, rooms: Any) -> tuple[Any, Any, Any, Any]:
            self._use(rooms)
            state, seen = self._step(state, seen, data, tf.stack([span[0], number]), numbers)
            return number + 1, state, seen, [layer.room for layer in self.lean]

        rooms = [layer.make_room(self.batch, self.member.segments) for layer in self.lean]
        start = (span[1], state, seen, rooms)
        _, state, seen, _ = tf.while_loop(lambda number, *_: number < span[2], step, start)
        self._use([None] * len(self.lean))
        return state, seen

    def _use(self, rooms: Any) -> None:
        for layer, room in zip(self.lean, rooms, strict=True):
            layer.room = room

    def _step(self, state: Any, seen: Any, data: Any, seed: Any, numbers: Any) -> tuple[Any, Any]:
        progress, fixed = state
        steps, peak, memory = tf.unstack(numbers)
        count = tf.cast(seed[1], tf.float32)
        series, origin = self._draw(data, seed)
        weights = [
            tf.reshape(part, shape)
            for part, shape in zip(tf.split(progress.weights, self.sizes), self.shapes, strict=True)
        ]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            loss, fixed = self._loss(weights, fixed, data, series, origin)
        gradient, clipped = clip_gradients(tape.gradient(loss, weights))
        progress = update(progress, gradient, data[4], count, learning_rate(count, steps, peak), memory)
        return (progress, fixed), seen + tf.stack([loss, clipped])

    def _draw(self, data: Any, seed: Any) -> tuple[Any, Any]:
        """Return a random batch: a series, each as likely, then one of its origins, each as likely."""
        series, first, last = data[1]
        chance = tf.random.stateless_uniform((2, self.batch), seed=seed)
        place = tf.minimum(tf.cast(chance[0] * tf.cast(data[2], tf.float32), tf.int32), data[2] - 1)
        low, high = tf.gather(first, place), tf.gather(last, place)
        offset = tf.cast(tf.cast(chance[1], tf.float64) * tf.cast(high - low + 1, tf.float64), tf.int32)
        return tf.gather(series, place), tf.minimum(low + offset, high)

    def _loss(self, weights: Any, fixed: Any, data: Any, series: Any, origin: Any) -> tuple[Any, Any]:
        arrays = SeriesArrays(*data[0])
        scaled_unit, relative_unit, use_relative = tf.unstack(data[3])
        inputs = make_inputs(ops, arrays, series, origin, self.spec, self.member)
        truth, counts = make_targets(ops, arrays, series, origin, inputs, self.spec.horizon)
        read = [inputs.segments, inputs.features, inputs.context, inputs.ahead]
        forecast, fixed = self.model.stateless_call(weights, fixed, read, training=True)
        error = truth[..., None] - forecast
        levels = tf.constant(self.spec.quantiles, tf.float32)
        pinball = tf.reduce_mean(tf.maximum(levels * error, (levels - 1) * error), axis=2)
        each = tf.abs(error[..., self.spec.median]) + 2 * pinball
        by_scale = inputs.scale / tf.gather(arrays.typical, series)[:, None] / scaled_unit
        by_size = inputs.relative / relative_unit
        weight = tf.where(use_relative > 0, 0.5 * by_scale + 0.5 * by_size, by_scale)
        weight = tf.minimum(weight, LOUDEST_WINDOW / scaled_unit) * counts
        return tf.reduce_sum(weight * each) / tf.maximum(tf.reduce_sum(counts), 1.0), fixed


def _shape_of(spec: ModelSpec, member: MemberSpec) -> ModelSpec:
    """Return the model of this one member without what does not change the compiled step."""
    plain = {
        name: tuple(scale.changed({"offset": 0.0, "scale": 1.0}) for scale in getattr(spec, name))
        for name in ("past", "future")
    }
    alone = member.changed({"seed": 0, "log": False})
    return spec.changed(plain | {"members": (alone,), "positive": True})
