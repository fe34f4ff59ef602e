"""How a job that writes into its workspace opens: the folder held and cleared, the data read, the problem posed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lstmcast.config.auto import describe_asked_in_vain
from lstmcast.config.schema import Config
from lstmcast.data.read import Reading
from lstmcast.data.survey.profile import describe_odd
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.workspace import hold_folder, read_present
from lstmcast.jobs.model.problem import Problem, make_problem


@dataclass(frozen=True)
class Opening:
    """What a job starts from, all of it known to be well."""

    workspace: Path
    folder: Path  # where the results go: the workspace, or a folder in it
    reading: Reading
    problem: Problem


@contextmanager
def open_job(config: Config, *, folder: str = "", now: datetime, talk: Talk) -> Iterator[Opening]:
    """Hold the workspace until the end of the block, and yield the problem of the config; results go to its `folder`.

    Nothing here needs TensorFlow: import what does inside the block, so that what is wrong is said before.
    """
    with hold_folder(config, folder) as held:
        reading = read_present(config, now, talk)
        yield Opening(Path(config.output.dir), held, reading, pose_problem(config, reading, talk))


def pose_problem(config: Config, reading: Reading, talk: Talk) -> Problem:
    """Return the problem that the config poses on these data, and warn of what it asks for in vain."""
    problem = make_problem(config, reading.panel)
    for note in (*describe_asked_in_vain(config, reading.panel.known), *describe_odd(reading)):
        talk.warn(note)
    return problem
