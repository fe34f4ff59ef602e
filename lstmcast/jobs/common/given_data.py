"""Data that a command is given instead of those of its config."""

from pathlib import Path

from lstmcast.config.folders import from_here
from lstmcast.config.schema import Config
from lstmcast.config.values import check_path
from lstmcast.errors import ConfigError

STANDARD_INPUT = "-"


def with_data(config: Config, data: str) -> Config:
    """Return the config with another file of the same form, named from the current folder."""
    try:
        path = data if data == STANDARD_INPUT else str(from_here(Path(check_path(data))))
    except ValueError as error:
        raise ConfigError(f"--data: {error}") from error
    return config.changed({"data": config.data.changed({"path": path})})
