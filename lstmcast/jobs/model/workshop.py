"""Where the networks of one job are trained: on how many threads, who hears of it, and where what is done is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from lstmcast.config.values import Auto
from lstmcast.control_groups import memory_limit
from lstmcast.cores import usable_cores
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.checkpoints import Checkpoints, Stage
from lstmcast.network.spec import ModelSpec
from lstmcast.training.freeing import keep_little
from lstmcast.training.members import MemberTask, TrainedMember, Watch, train_members, use_threads

MEMORY, MEMORY_OF_VALUES = 1_000_000_000, 3  # bytes of a training, most of them of the compiler; times the values


@dataclass(frozen=True)
class Workshop:
    """What all trainings of one job share; without checkpoints, an interrupted one begins anew."""

    threads: int
    talk: Talk
    checkpoints: Checkpoints | None = None

    def stage(self, label: str, *, every_look: bool) -> Stage | None:
        """Return what is kept of one of the trainings, if anything is."""
        return self.checkpoints.stage(label, every_look=every_look) if self.checkpoints else None

    def train(
        self,
        spec: ModelSpec,
        tasks: Sequence[MemberTask],
        watch: Watch,
        stage: Stage | None = None,
        coming: Sequence[MemberTask] = (),
    ) -> list[TrainedMember]:
        """Return the trained members in the order of the tasks, each gone on with from what the stage has kept.

        What is compiled for the `coming` ones, which are trained later, is compiled beside.
        """
        if stage is None:
            return train_members(spec, tasks, self.threads, watch, coming=coming)
        tasks = [stage.resume(place, spec, task) for place, task in enumerate(tasks)]
        return train_members(spec, tasks, self.threads, stage.noting(watch), stage.keep, coming)


def open_workshop(wanted: int | Auto, values: int, talk: Talk, checkpoints: Checkpoints | None = None) -> Workshop:
    """Return where to train on `values` bytes of them; TensorFlow does not change its threads any more after that."""
    threads = usable_cores() if wanted == "auto" else wanted
    use_threads(threads)
    keep_little(threads)
    _warn_of_tight_memory(values, talk)
    return Workshop(threads, talk, checkpoints)


def _warn_of_tight_memory(values: int, talk: Talk) -> None:
    """Say what will be the matter if the process is killed without a word of its own."""
    limit, needed = memory_limit(), MEMORY + MEMORY_OF_VALUES * values
    if limit is not None and limit < needed:
        talk.warn(
            f"the container or unit may use {limit / 1e9:.2f} GB of memory, and this training may take up to "
            f"{needed / 1e9:.2f}: if it is killed (137), allow more"
        )
