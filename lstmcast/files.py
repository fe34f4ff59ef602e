"""Writes files and folders that appear whole or not at all, and that a power cut cannot take back once written.

Everything is drafted beside its target under a name that nobody can guess, and a lock marks the draft as alive:
a draft without one was left behind by a killed run.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
import stat
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from lstmcast.errors import OutputError

DRAFT_NAME = re.compile(r"\.draft-[0-9a-f]{16}")
PATIENCE_FOR_BACKUPS = 20  # tries, a hundredth of a second apart
LONGEST_NAME = 120  # bytes; file systems allow 255, and suffixes come on top

Content = bytes | Iterable[bytes]  # as a whole, or in pieces that can be had again

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_HASHED_NAME = re.compile(r".*-[0-9a-f]{12}")
_ADVICE = {
    errno.ENOSPC: "free some space there",
    errno.EDQUOT: "free some space there",
    errno.EROFS: "choose another place",
    errno.EACCES: "check who may write there",
    errno.EPERM: "check who may write there",
    errno.ENOENT: "make the folder first",
    errno.ENOTDIR: "choose another place",
    errno.EISDIR: "choose another name",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EEXIST: "choose another name",
}


@contextmanager
def reporting_failure(path: Path, action: str = "be written") -> Iterator[None]:
    """Turn what the operating system refuses inside the block into an OutputError that names the path."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        advice = _ADVICE.get(error.errno or 0, "mend it, or choose another place")
        raise OutputError(f"{path}: cannot {action}: {reason}; {advice}") from error


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` to `path`: the old file stands until the new one is safe on disk.

    A symbolic link there is replaced, never followed. When it fails, the old file stands.
    """
    write_all_whole({path: content})


def write_all_whole(contents: Mapping[Path, Content]) -> None:
    """Write files that belong together, each as `write_whole` does, the last one last.

    All are safe on disk before the first replaces anything; when one fails, all the old ones stand.
    """
    with ExitStack() as drafts, ExitStack() as replaced:
        ready: dict[Path, tuple[Path, int]] = {}
        for path, content in contents.items():
            with reporting_failure(path):
                _refuse_a_device(path)
                ready[path] = drafts.enter_context(_draft_file(path.parent))
                _write_and_sync(ready[path][1], content)
        for path, (draft, descriptor) in ready.items():
            with reporting_failure(path):
                replaced.enter_context(_replaced(draft, descriptor, path))


def write_folder_whole(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write a new folder with these files, by their plain names; it appears complete, or not at all."""
    with reporting_failure(target), _draft_folder(target.parent) as (draft, descriptor):
        for name, content in contents.items():
            member = os.open(name, _NEW_FILE, 0o666, dir_fd=descriptor)
            try:
                _write_and_sync(member, content)
            finally:
                os.close(member)
        _sync(descriptor)
        if os.path.lexists(target):  # rename would replace an empty folder
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        draft.rename(target)
        try:
            _sync_folder(target.parent)
        except OSError:
            target.rename(draft)
            raise


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it: it is gone at once, or stands whole."""
    with reporting_failure(folder, "be removed"):
        draft = folder.parent / _draft_name()
        folder.rename(draft)
        _sync_folder(folder.parent)
        if draft.is_symlink():
            draft.unlink()  # what it leads to is not ours
        else:
            shutil.rmtree(draft, ignore_errors=True)  # another run may sweep it meanwhile; the next one will


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


def ensure_folder(path: Path) -> None:
    """Make the folder, and those above it, where they are not there yet."""
    if is_folder(path, "be made"):
        return
    if path.parent != path:
        ensure_folder(path.parent)
    with reporting_failure(path, "be made"):
        with suppress(FileExistsError):  # another run was quicker, or a file is in the way
            path.mkdir()
            _sync_folder(path.parent)
        if not is_folder(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def is_there(path: Path) -> bool:
    """Return whether anything stands where something is to be written; OutputError where that cannot be told."""
    return _mode_of(path) != 0


def is_file(path: Path) -> bool:
    """Return whether a file stands where one is to be written; OutputError where that cannot be told."""
    return stat.S_ISREG(_mode_of(path))


def is_folder(path: Path, action: str = "be reached") -> bool:
    """Return whether a folder is there to be written into; OutputError where that cannot be told."""
    return stat.S_ISDIR(_mode_of(path, action))


def check_writable(folder: Path, *, room: int = 65_536) -> None:
    """Try to write `room` bytes into `folder`, so that a full or read-only place is found before the work."""
    with reporting_failure(folder, "be written to"), _draft_file(folder) as (_, descriptor):
        _write_and_sync(descriptor, bytes(room))


def safe_file_name(text: str) -> str:
    """Return `text` as a plain file name; where it had to be changed, a hash keeps different texts apart."""
    plain = "".join(letter if letter.isalnum() or letter in "._-+=@ " else "_" for letter in text)
    plain = unicodedata.normalize("NFC", plain).lstrip(".- ").rstrip(". ")
    if plain == text and not _HASHED_NAME.fullmatch(text) and 0 < len(text.encode()) <= LONGEST_NAME:
        return text
    kept = plain.encode()[: LONGEST_NAME - 13].decode(errors="ignore")
    return f"{kept or '_'}-{hash_bytes(text.encode(errors='surrogatepass'))[:12]}"


def nameless_file(folder: Path) -> int:
    """Return a new open file that is gone when it is closed."""
    draft = folder / _draft_name()
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with suppress(FileNotFoundError):  # another run took it for a dead one
        draft.unlink()
    return descriptor


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content`, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def _mode_of(path: Path, action: str = "be reached") -> int:
    """Return 0 where nothing is; a name that is too long, or a folder that may not be entered, is a failure."""
    with reporting_failure(path, action):
        try:
            return path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return 0


def _refuse_a_device(path: Path) -> None:
    """Renaming over /dev/stdout or a pipe would replace it for everyone."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # nothing there, or a link that leads nowhere
    if stat.S_ISDIR(mode) and not path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or path.parent.absolute() == Path("/dev"):
        raise OutputError(f"{path}: is not a regular file; write to '-' for standard output")


def _draft_name() -> str:
    return f".draft-{os.urandom(8).hex()}"


@contextmanager
def _draft_file(folder: Path) -> Iterator[tuple[Path, int]]:
    """Give a new file that is gone afterwards, unless it was renamed."""
    while True:
        draft = folder / _draft_name()
        descriptor = os.open(draft, _NEW_FILE, 0o666)
        try:
            if not _claim(descriptor, draft):
                continue
            yield draft, descriptor
            return
        finally:
            with suppress(OSError):
                draft.unlink()
            os.close(descriptor)


@contextmanager
def _draft_folder(parent: Path) -> Iterator[tuple[Path, int]]:
    """Give a new folder that is gone afterwards, unless it was renamed."""
    while True:
        draft = parent / _draft_name()
        draft.mkdir()
        descriptor = os.open(draft, _FOLDER)
        try:
            if not _claim(descriptor, draft):
                continue
            yield draft, descriptor
            return
        finally:
            shutil.rmtree(draft, ignore_errors=True)
            os.close(descriptor)


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


def write_pieces(descriptor: int, content: Content) -> None:
    """Write all of a content to an open file."""
    for piece in (content,) if isinstance(content, bytes) else content:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _write_and_sync(descriptor: int, content: Content) -> None:
    write_pieces(descriptor, content)
    _sync(descriptor)


def _sync(descriptor: int) -> None:
    """Let what was written reach the disk itself; on macOS, fsync leaves it in the cache of the drive."""
    flush = getattr(fcntl, "F_FULLFSYNC", None)
    if flush is not None:
        with suppress(OSError):  # a file system that knows of no such thing, or a disk that fails: fsync says which
            fcntl.fcntl(descriptor, flush)
            return
    os.fsync(descriptor)


@contextmanager
def _replaced(draft: Path, descriptor: int, path: Path) -> Iterator[None]:
    """Rename the draft over `path`; put back what was there if that or anything inside the block fails."""
    existed = os.path.lexists(path)
    with _backup(path) as backup:
        draft.rename(path)
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)  # it is a draft no longer: others may take it as their backup
        try:
            _sync_folder(path.parent)
            yield
        except BaseException:  # a signal that asks us to stop, too
            if backup is not None:
                backup.rename(path)
            elif not existed:
                path.unlink()
            raise


@contextmanager
def _backup(path: Path) -> Iterator[Path | None]:
    """Give a second name of what stands at `path`; None where nothing does, or where nothing can be linked.

    Runs that replace the same file at the same time share the mark of life on it, so that none is swept. Where another
    program has locked the file for itself, that lock does as well: nobody sweeps what is locked.
    """
    backup = path.parent / _draft_name()
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


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _sync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # some network file systems sync no folders
            raise
    finally:
        os.close(descriptor)
