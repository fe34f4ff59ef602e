"""Keeps results off the files that the data come from: what is written replaces what was there."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lstmcast.config.schema import Config, DataConfig
from lstmcast.data.table.csv_bytes import find_paths
from lstmcast.errors import MissingError, OutputError
from lstmcast.files import is_same


def check_outputs(config: Config, *outputs: Path | None) -> None:
    """Raise an OutputError if a result would take the place of a file of the data, or of another result."""
    wanted = [output for output in outputs if output is not None]
    for place, output in enumerate(wanted):
        if any(is_same(output, other) for other in wanted[:place]):
            raise OutputError(f"{output}: two results cannot both be written there; choose another name for one")
        if os.path.lexists(output) and any(is_same(output, source) for source in _sources(config.data)):
            raise OutputError(f"{output}: the data are read from there, and would be lost; choose another place")


def _sources(data: DataConfig) -> Iterator[Path]:
    for path in (data.path, data.future_path):
        with suppress(MissingError):  # that no file matches is said when they are read
            yield from find_paths(path) if path is not None else ()
