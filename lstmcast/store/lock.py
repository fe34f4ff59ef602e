"""Lets one run at a time write into a workspace."""

import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from lstmcast.errors import LockedError, OutputError
from lstmcast.files import ensure_folder, reporting_failure

LOCK_NAME = "lock"
PAUSE = 0.02  # seconds between two tries


@contextmanager
def hold_workspace(workspace: Path, patience: float = 0.0) -> Iterator[None]:
    """Hold the workspace until the end of the block; LockedError if another run holds it for so many seconds.

    The kernel lets go of the lock when the process ends in whatever way, so a lock is never stale.
    The file itself stays: removing it would let two runs hold two different files.
    """
    ensure_folder(workspace)
    path = workspace / LOCK_NAME
    descriptor = _open_lock(path)
    try:
        _take_lock(descriptor, path, patience)
        try:
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)  # nobody holds it now
    finally:
        os.close(descriptor)


@contextmanager
def taking_turns(folder: Path, patience: float) -> Iterator[bool]:
    """Let one run at a time be in such a block for a folder; false to one that goes on since it has waited enough.

    The folder itself is locked, so that nothing is left in it. Where it cannot be, nobody waits.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield True
        return
    try:
        yield _is_my_turn(descriptor, patience)
    finally:
        os.close(descriptor)


def _is_my_turn(descriptor: int, patience: float) -> bool:
    try:
        _lock_in_time(descriptor, patience)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks, or without those of folders
    return True


def _open_lock(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with reporting_failure(path, "be opened"):
        descriptor = os.open(path, flags, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OutputError(f"{path}: is not a regular file; remove it")
    return descriptor


def _take_lock(descriptor: int, path: Path, patience: float) -> None:
    with reporting_failure(path, "be locked"):
        try:
            _lock_in_time(descriptor, patience)
        except BlockingIOError as error:
            raise LockedError(
                f"{path.parent}: is held by another run{_describe_holder(descriptor)}; try again when that has ended"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _lock_in_time(descriptor: int, patience: float) -> None:
    """Take the lock, or raise the BlockingIOError of the last try."""
    last = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= last:
                raise
            time.sleep(PAUSE)  # tried again and again: a signal ends this at once, and no alarm is needed
        else:
            return


def _describe_holder(descriptor: int) -> str:
    holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
    if not (holder.isascii() and holder.isdigit()):
        return ""
    since = datetime.fromtimestamp(int(os.fstat(descriptor).st_mtime), UTC)  # it wrote its number when it began
    return f" (process {holder}, since {since:%Y-%m-%dT%H:%M:%SZ})"
