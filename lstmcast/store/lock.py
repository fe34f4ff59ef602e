"""Lets one run at a time write into a workspace."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from lstmcast.errors import LockedError, OutputError
from lstmcast.files import ensure_folder, reporting_failure

LOCK_NAME = "lock"


@contextmanager
def hold_workspace(workspace: Path) -> Iterator[None]:
    """Hold the workspace until the end of the block; LockedError at once if another run holds it.

    The kernel lets go of the lock when the process ends in whatever way, so a lock is never stale.
    The file itself stays: removing it would let two runs hold two different files.
    """
    ensure_folder(workspace)
    path = workspace / LOCK_NAME
    descriptor = _open_lock(path)
    try:
        _take_lock(descriptor, path)
        try:
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)  # nobody holds it now
    finally:
        os.close(descriptor)


def _open_lock(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with reporting_failure(path, "be opened"):
        descriptor = os.open(path, flags, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OutputError(f"{path}: is not a regular file; remove it")
    return descriptor


def _take_lock(descriptor: int, path: Path) -> None:
    with reporting_failure(path, "be locked"):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError(
                f"{path.parent}: is held by another run{_describe_holder(descriptor)}; try again when that has ended"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _describe_holder(descriptor: int) -> str:
    holder = os.pread(descriptor, 20, 0).decode(errors="replace").strip()
    if not (holder.isascii() and holder.isdigit()):
        return ""
    since = datetime.fromtimestamp(int(os.fstat(descriptor).st_mtime), UTC)  # it wrote its number when it began
    return f" (process {holder}, since {since:%Y-%m-%dT%H:%M:%SZ})"
