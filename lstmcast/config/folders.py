"""Where relative paths start from."""

import os
from pathlib import Path

from lstmcast.errors import MissingError


def current_folder() -> Path:
    """Return the folder that the command was called in; MissingError where it was removed since."""
    try:
        return Path.cwd()
    except OSError as error:
        raise MissingError("current folder: is not there any more; change to another one") from error


def from_here(path: Path) -> Path:
    """Return the absolute path of one that starts in the current folder."""
    return path if path.is_absolute() else current_folder() / path


def folder_of(path: Path) -> str:
    """Return the real folder that a file lies in, or would."""
    return os.path.realpath(from_here(path.parent))
