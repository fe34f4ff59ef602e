"""The columns that a config wants of its files, by their role."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lstmcast.config.data_config import DataConfig
from lstmcast.config.values import names_in
from lstmcast.data.table.table import ColumnError, no_column
from lstmcast.errors import ConfigError, DataError

FORECAST_COLUMNS = re.compile(r"cutoff|model|forecast|(lo|hi)-\d+(\.\d+)?")


@dataclass(frozen=True)
class Names:
    """The names of all columns that a config wants, by their role."""

    time: tuple[str, ...]  # () where rows are in order
    ids: tuple[str, ...]
    targets: tuple[str, ...]
    past: tuple[str, ...]
    future: tuple[str, ...]
    static: tuple[str, ...]
    categories: frozenset[str] = frozenset()  # the covariates that hold texts

    @property
    def covariates(self) -> tuple[str, ...]:
        """Return the columns that help."""
        return (*self.past, *self.future, *self.static)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the columns that are read as text."""
        return (*self.time, *self.ids, *(name for name in self.covariates if name in self.categories))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the columns that are read as numbers."""
        return (*self.targets, *(name for name in self.covariates if name not in self.categories))

    @property
    def is_wide(self) -> bool:
        """Return whether each target is a series."""
        return len(self.targets) > 1


def names_of(config: DataConfig) -> Names:
    """Return the names in a config, or refuse those that every forecast file has."""
    ids, time = names_in(config.id), names_in(config.time)
    refuse_taken((*ids, *time), FORECAST_COLUMNS, "a column of every forecast file")
    return Names(time, ids, tuple(sorted(names_in(config.target))), config.past, config.future, config.static)


def refuse_taken(names: Iterable[str], taken: re.Pattern[str], where: str) -> None:
    """Refuse columns of the data that a table of ours has under the same name."""
    for name in names:
        if taken.fullmatch(name):
            raise ConfigError(f"data: column {name!r} is also {where}; rename it in the data")


def choose_columns(names: Names, path: Path, columns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which columns are read as texts and which as numbers, or name the one that a file lacks."""
    for name in (*names.texts, *names.numbers):
        if name not in columns:
            hint = "; is data.csv.separator right?" if len(columns) == 1 else ""
            kind = ColumnError if name in names.covariates else DataError
            raise kind(f"{no_column(path, name, columns)}{hint}")
    return names.texts, names.numbers
