"""The folder of a job, held and cleared, and its data as they are now."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from lstmcast.config.schema import Config
from lstmcast.data.read import Reading, read_panel
from lstmcast.files import check_writable, ensure_folder, is_folder
from lstmcast.jobs.common.freshness import check_not_from_the_future, notes_of
from lstmcast.jobs.common.outputs import check_outputs
from lstmcast.jobs.common.talk import Talk
from lstmcast.store.forecasts import FORECAST
from lstmcast.store.lock import hold_workspace
from lstmcast.store.versions import remove_leftovers


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
