"""Where results may lie: off the data, and off what a workspace lives on, for they replace what was there."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lstmcast.config.data_config import DataConfig
from lstmcast.config.schema import Config
from lstmcast.data.table.csv_bytes import find_paths
from lstmcast.drafts import remove_drafts
from lstmcast.errors import MissingError, OutputError
from lstmcast.files import (
    check_folder_of,
    ensure_folder,
    is_same,
    is_same_place,
    refuse_what_is_no_file,
    reporting_failure,
)
from lstmcast.jobs.common.folders import DETECT, SCORES
from lstmcast.store.checkpoint import checkpoint_folder
from lstmcast.store.forecasts import FORECAST, FORECASTS, manifest_path
from lstmcast.store.lock import LOCK_NAME
from lstmcast.store.versions import CURRENT, MODELS

STANDARD_OUTPUT = "-"


def check_outputs(config: Config, *outputs: Path | None) -> None:
    """Raise an OutputError if a result would take the place of the data, of another one, or of what commands keep."""
    wanted = [output for output in outputs if output is not None]
    workspace = Path(config.output.dir)
    for place, output in enumerate(wanted):
        if any(is_same_place(output, other) for other in wanted[:place]):
            raise OutputError(f"{output}: two results cannot both be written there; choose another name for one")
        if os.path.lexists(output) and any(is_same(output, source) for source in _sources(config.data)):
            raise OutputError(f"{output}: the data are read from there, and would be lost; choose another place")
        if _is_kept(output, workspace, wanted):
            raise OutputError(f"{output}: the workspace keeps what it needs there; choose another place")


def drawing_cache(config: Config) -> Path:
    """Return where drawing keeps the fonts that it has found: in the workspace, since a home may not be there."""
    return Path(config.output.dir) / ".cache"


def make_place(path: Path, own: Path) -> None:
    """See that a result can lie there: a folder of our own is made and cleared of drafts, any other has to be there."""
    if path.parent == own:
        ensure_folder(own)
        remove_drafts(own)
    else:
        check_folder_of(path)
    with reporting_failure(path):
        refuse_what_is_no_file(path)


def _is_kept(output: Path, workspace: Path, results: list[Path]) -> bool:
    """Return whether a workspace keeps there what commands read again; a manifest goes with its forecast."""
    folders = [workspace / name for name in (MODELS, FORECASTS, DETECT, SCORES)] + [checkpoint_folder(workspace)]
    kept = [workspace / CURRENT, workspace / LOCK_NAME]
    if workspace / FORECAST not in results:
        kept.append(manifest_path(workspace / FORECAST))
    above = [output.parent, *output.parent.parents]
    return any(is_same_place(output, path) for path in (*folders, *kept)) or any(
        is_same(parent, folder) for parent in above for folder in folders
    )


def _sources(data: DataConfig) -> Iterator[Path]:
    for path in (data.path, data.future_path):
        with suppress(MissingError):  # that no file matches is said when they are read
            yield from find_paths(path) if path is not None else ()
