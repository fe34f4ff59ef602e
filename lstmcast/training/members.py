"""Trains the members of an ensemble side by side, one on each core."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain
from threading import Event

from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import TrainingOrigins
from lstmcast.network.cells import Floats
from lstmcast.network.spec import MemberSpec, ModelSpec
from lstmcast.training.backend import tf
from lstmcast.training.checkpoint import Checkpoint, Position
from lstmcast.training.fit import fit_member
from lstmcast.training.freeing import give_back
from lstmcast.training.plan import FitPlan
from lstmcast.training.program import compile_ahead


@dataclass(frozen=True)
class MemberTask:
    """One member to train: on what, and how; of one that was begun before, what was seen, and where it goes on."""

    arrays: SeriesArrays
    origins: TrainingOrigins
    member: MemberSpec
    plan: FitPlan
    seen: tuple[Checkpoint, ...] = ()
    start: Position | None = None


@dataclass(frozen=True)
class Look:
    """What was seen at one checkpoint."""

    step: int
    loss: float
    clipped: float  # share of the steps whose gradient was cut


@dataclass(frozen=True)
class TrainedMember:
    """A trained member and what was seen on the way."""

    weights: dict[str, Floats]
    looks: tuple[Look, ...]

    @property
    def clipped(self) -> float:
        """Return the share of all steps whose gradient was cut."""
        starts = (0, *(look.step for look in self.looks[:-1]))
        cut = sum(look.clipped * (look.step - start) for look, start in zip(self.looks, starts, strict=True))
        return cut / self.looks[-1].step


Watch = Callable[[int, Checkpoint], None]  # which task, and how far it is
Keep = Callable[[int, Position], None]  # which task, and where it could go on


def _forget(_place: int, _position: Position) -> None:
    """Keep nothing."""


def use_threads(threads: int) -> None:
    """Set how many threads TensorFlow may use; once it works, the first answer stays."""
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(threads)


def train_members(
    spec: ModelSpec,
    tasks: Sequence[MemberTask],
    threads: int,
    watch: Watch,
    keep: Keep = _forget,
    coming: Sequence[MemberTask] = (),
) -> list[TrainedMember]:
    """Return the trained members in the order of the tasks; the first failure stops them all.

    What the `coming` ones will be trained with is compiled beside, where there are threads for it.
    """
    give_back()
    stop = Event()
    ahead = coming if threads > 1 else ()
    pool = ThreadPoolExecutor(max_workers=max(1, threads) + len(ahead))
    try:
        futures = [
            pool.submit(_train, spec, task, partial(watch, place), partial(keep, place), stop)
            for place, task in enumerate(tasks)
        ]
        later = [pool.submit(compile_ahead, one.arrays, one.origins, spec, one.member, one.plan) for one in ahead]
        trained = [future.result() for future in futures]
        for future in later:
            future.result()
        return trained
    finally:
        stop.set()  # an interruption must not wait for the steps that are left
        pool.shutdown(wait=True, cancel_futures=True)


def _train(
    spec: ModelSpec,
    task: MemberTask,
    watch: Callable[[Checkpoint], None],
    keep: Callable[[Position], None],
    stop: Event,
) -> TrainedMember:
    looks = []
    weights: dict[str, Floats] = {}
    later = fit_member(task.arrays, task.origins, spec, task.member, task.plan, stop, start=task.start, keep=keep)
    for checkpoint in chain(task.seen, later):
        weights = checkpoint.weights
        looks.append(Look(checkpoint.step, checkpoint.loss, checkpoint.clipped))
        watch(checkpoint)
    return TrainedMember(weights, tuple(looks))
