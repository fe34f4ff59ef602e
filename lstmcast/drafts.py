"""Drafts: what is being written stands beside its target under a name that nobody can guess, until it replaces it.

A lock marks a draft as alive: one without it was left behind by a killed run.
"""

import errno
import fcntl
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

DRAFT_NAME = re.compile(r"\.draft-[0-9a-f]{16}")
PATIENCE_FOR_BACKUPS = 20  # tries, a hundredth of a second apart
NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def remove_drafts(folder: Path) -> None:
    """Remove what killed runs left in `folder`; drafts that a living run is writing stay."""
    try:
        with os.scandir(folder) as entries:
            drafts = [folder / entry.name for entry in entries if DRAFT_NAME.fullmatch(entry.name)]
    except OSError:
        return  # no folder, no drafts
    for draft in drafts:
        with suppress(OSError):  # another user's, or gone already
            _remove_if_dead(draft)


def draft_file(folder: Path) -> AbstractContextManager[tuple[Path, int]]:
    """Give a new file that is gone afterwards, unless it was renamed."""
    return _draft(folder, _begin_file, _remove_file)


def draft_folder(parent: Path) -> AbstractContextManager[tuple[Path, int]]:
    """Give a new folder that is gone afterwards, unless it was renamed."""
    return _draft(parent, _begin_folder, _remove_folder)


def nameless_file(folder: Path) -> int:
    """Return a new open file that is gone when it is closed."""
    draft = folder / draft_name()
    try:
        return os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    finally:
        _remove_file(draft)  # unless another run took it for a dead one


@contextmanager
def replaced_by(draft: Path, descriptor: int, path: Path) -> Iterator[None]:
    """Rename the draft over `path`; put back what was there if that or anything inside the block fails."""
    existed = os.path.lexists(path)
    with _backup(path) as backup:
        draft.rename(path)
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # it is a draft no longer: others may take it as their backup
        try:
            sync_folder(path.parent)
            yield
        except BaseException:  # a signal that asks us to stop, too
            if backup is not None:
                backup.rename(path)
            elif not existed:
                path.unlink()
            raise


def sync(descriptor: int) -> None:
    """Let what was written reach the disk itself; on macOS, fsync leaves it in the cache of the drive."""
    flush = getattr(fcntl, "F_FULLFSYNC", None)
    if flush is not None:
        with suppress(OSError):  # a file system that knows of no such thing, or a disk that fails: fsync says which
            fcntl.fcntl(descriptor, flush)
            return
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Let what was made, renamed or removed in a folder reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems sync no folders
            raise
    finally:
        os.close(descriptor)


def draft_name() -> str:
    """Return a name that nobody can guess."""
    return f".draft-{os.urandom(8).hex()}"


@contextmanager
def _draft(parent: Path, begin: Callable[[Path], int], remove: Callable[[Path], None]) -> Iterator[tuple[Path, int]]:
    while True:
        draft, descriptor = parent / draft_name(), None
        try:  # before it is there: a signal may come at any moment
            descriptor = begin(draft)
            if not _claim(descriptor, draft):
                continue
            yield draft, descriptor
            return
        finally:
            remove(draft)
            if descriptor is not None:
                os.close(descriptor)


def _begin_file(draft: Path) -> int:
    return os.open(draft, NEW_FILE, 0o666)


def _remove_file(draft: Path) -> None:
    with suppress(OSError):
        draft.unlink()


def _begin_folder(draft: Path) -> int:
    draft.mkdir()
    return os.open(draft, _FOLDER)


def _remove_folder(draft: Path) -> None:
    shutil.rmtree(draft, ignore_errors=True)


def _claim(descriptor: int, draft: Path, kind: int = fcntl.LOCK_EX) -> bool:
    """Mark a new draft as alive; false if another run has swept it away in the moment before."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # a file system without locks: there, nobody sweeps either
    return os.path.lexists(draft)


def _remove_if_dead(draft: Path) -> None:
    mode = os.lstat(draft).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return  # not made here
    descriptor = os.open(draft, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if stat.S_ISDIR(mode):
            shutil.rmtree(draft)
        else:
            draft.unlink()
    finally:
        os.close(descriptor)


@contextmanager
def _backup(path: Path) -> Iterator[Path | None]:
    """Give a second name of what stands at `path`; None where nothing does, or where nothing can be linked.

    Runs that replace the same file at the same time share the mark of life on it, so that none is swept. Where another
    program has locked the file for itself, that lock does as well: nobody sweeps what is locked.
    """
    backup = path.parent / draft_name()
    descriptor, tries = None, PATIENCE_FOR_BACKUPS
    try:
        while descriptor is None and _link(path, backup):
            descriptor = _claim_backup(backup, is_last_try=tries == 0)
            tries -= 1
        yield backup if descriptor is not None else None
    finally:
        with suppress(OSError):
            backup.unlink()
        if descriptor is not None:
            os.close(descriptor)


def _link(path: Path, backup: Path) -> bool:
    try:
        os.link(path, backup, follow_symlinks=False)
    except OSError:
        return False  # nothing there, or a file system without hard links: there is no way back then
    return True


def _claim_backup(backup: Path, *, is_last_try: bool) -> int | None:
    """Return the open backup, marked as alive; None if another run is sweeping it away, or holds it for a moment."""
    try:
        descriptor = os.open(backup, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        return os.open(backup.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)  # a link, which nobody sweeps
    if _claim(descriptor, backup, fcntl.LOCK_SH) or is_last_try:
        return descriptor
    os.close(descriptor)
    with suppress(OSError):
        backup.unlink()
    time.sleep(0.01)
    return None
