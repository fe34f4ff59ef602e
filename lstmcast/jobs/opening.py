"""How a job that writes into its workspace opens: the folder held and cleared, the data read, the problem posed."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from lstmcast.config.auto import describe_dropped_seasons
from lstmcast.config.schema import Config
from lstmcast.data.read import Reading, read_panel
from lstmcast.data.survey.profile import describe_odd
from lstmcast.files import check_writable, ensure_folder, is_folder
from lstmcast.jobs.freshness import check_not_from_the_future, notes_of
from lstmcast.jobs.model.problem import Problem, make_problem
from lstmcast.jobs.outputs import check_outputs
from lstmcast.jobs.talk import Talk
from lstmcast.store.forecasts import FORECAST
from lstmcast.store.lock import hold_workspace
from lstmcast.store.versions import remove_leftovers


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
    for note in (*describe_dropped_seasons(config, reading.panel.known), *describe_odd(reading)):
        talk.warn(note)
    return problem


@contextmanager
def hold_folder(config: Config, name: str = "") -> Iterator[Path]:
    """Hold the workspace until the end of the block, and yield its folder `name`: there, cleared and writable."""
    workspace = Path(config.output.dir)
    folder = workspace / name
    check_outputs(config, workspace / FORECAST)
    with hold_workspace(workspace):
        is_new = not is_folder(folder)
        ensure_folder(folder)
        try:
            remove_leftovers(workspace)
            check_writable(folder)
            yield folder
        except BaseException:
            if is_new:
                with suppress(OSError):  # it is not empty
                    folder.rmdir()
            raise


def read_present(config: Config, now: datetime, talk: Talk) -> Reading:
    """Return the data of the config, which may not come from the future, and tell what was noted in reading them."""
    tell = partial(talk.progress, "reading")
    reading = read_panel(config.data, horizon=config.forecast.horizon, progress=tell)
    check_not_from_the_future(reading, now)
    for note in notes_of(reading, config.forecast.horizon):
        talk.say(note)
    return reading
