"""Reads the files of a folder that may be hostile: real files only, never through a link, never more than allowed."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from lstmcast.errors import ArtifactError, NoModelError
from lstmcast.store.damage import DamagedError

Damage = Callable[[str], ArtifactError]  # what refuses a file, from what is wrong with it

_READ_ONLY = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # nonblocking: a pipe must not hang


@dataclass(frozen=True)
class RealFolder:
    """An open folder; its members are reached through it alone, whatever happens to the path meanwhile."""

    path: Path
    descriptor: int

    def names(self, most: int) -> set[str]:
        """Return the names of the members, which are at most so many."""
        with _refusing(self.path), os.scandir(self.descriptor) as entries:
            found = {entry.name for entry in islice(entries, most + 1)}
        if len(found) > most:
            raise DamagedError(f"{self.path}: holds more than {most} files, so it is no version of lstmcast")
        return found

    def read(self, name: str, limit: int) -> bytes:
        """Return the content of a member of at most `limit` bytes."""
        where = self.path / name
        with _refusing(where):
            _refuse_irregular(os.stat(name, dir_fd=self.descriptor, follow_symlinks=False), where, DamagedError)
            descriptor = os.open(name, _READ_ONLY, dir_fd=self.descriptor)
            try:
                return _read_regular(descriptor, limit, where, DamagedError)
            finally:
                os.close(descriptor)


@contextmanager
def open_folder(path: Path) -> Iterator[RealFolder]:
    """Open a folder that is one itself: no link to a folder, no file."""
    with _refusing(path):
        try:
            mode = os.lstat(path).st_mode
        except FileNotFoundError as error:
            raise NoModelError(f"{path}: there is no such folder; `lstmcast models list` names the versions") from error
        if stat.S_ISLNK(mode):
            raise ArtifactError(f"{path}: is a symbolic link; name the folder itself")
        if not stat.S_ISDIR(mode):
            raise ArtifactError(
                f"{path}: is not a folder that `lstmcast train` saved; no other kind of model is ever loaded"
            )
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        yield RealFolder(path, descriptor)
    finally:
        os.close(descriptor)


def list_names(folder: Path) -> tuple[str, ...]:
    """Return the names of all that is in a folder; none where there is no such folder."""
    with _refusing(folder):
        try:
            return tuple(os.listdir(folder))  # noqa: PTH208 -- names, no paths
        except (FileNotFoundError, NotADirectoryError):
            return ()


def read_small_file(path: Path, limit: int, damage: Damage) -> bytes | None:
    """Return the content of a regular file of at most `limit` bytes, or None if nothing is there."""
    with _refusing(path):
        try:
            status = os.lstat(path)
        except FileNotFoundError:
            return None
        _refuse_irregular(status, path, damage)
        descriptor = os.open(path, _READ_ONLY)
        try:
            return _read_regular(descriptor, limit, path, damage)
        finally:
            os.close(descriptor)


def _read_regular(descriptor: int, limit: int, where: Path, damage: Damage) -> bytes:
    status = os.fstat(descriptor)
    _refuse_irregular(status, where, damage)
    if status.st_size > limit:
        raise damage(f"{where}: has {status.st_size:,} bytes, where at most {limit:,} are expected")
    with open(descriptor, "rb", closefd=False) as file:
        content = file.read(status.st_size)
    if len(content) != status.st_size:
        raise damage(f"{where}: changed while it was read")
    return content


def _refuse_irregular(status: os.stat_result, where: Path, damage: Damage) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise damage(f"{where}: is a symbolic link, and is not followed")
    if not stat.S_ISREG(status.st_mode):
        raise damage(f"{where}: is not a regular file")


@contextmanager
def _refusing(where: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ArtifactError(f"{where}: cannot be read: {reason}; check who may read it") from error
