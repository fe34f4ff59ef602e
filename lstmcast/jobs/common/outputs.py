"""Where results may lie: off the files that the data come from, for what is written replaces what was there."""

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

STANDARD_OUTPUT = "-"


def check_outputs(config: Config, *outputs: Path | None) -> None:
    """Raise an OutputError if a result would take the place of a file of the data, or of another result."""
    wanted = [output for output in outputs if output is not None]
    for place, output in enumerate(wanted):
        if any(is_same_place(output, other) for other in wanted[:place]):
            raise OutputError(f"{output}: two results cannot both be written there; choose another name for one")
        if os.path.lexists(output) and any(is_same(output, source) for source in _sources(config.data)):
            raise OutputError(f"{output}: the data are read from there, and would be lost; choose another place")


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


def _sources(data: DataConfig) -> Iterator[Path]:
    for path in (data.path, data.future_path):
        with suppress(MissingError):  # that no file matches is said when they are read
            yield from find_paths(path) if path is not None else ()
