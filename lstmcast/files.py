"""Writes files and folders that appear whole or not at all, and that a power cut cannot take back once written."""

import errno
import hashlib
import json
import os
import re
import shutil
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from lstmcast.drafts import NEW_FILE, draft_file, draft_folder, draft_name, replaced_by, sync, sync_folder
from lstmcast.errors import OutputError

LONGEST_NAME = 120  # bytes; file systems allow 255, and suffixes come on top

Content = bytes | Iterable[bytes]  # as a whole, or in pieces that can be had again

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


def hash_json(parts: Mapping[str, Any]) -> str:
    """Return the SHA-256 of plain values, in whatever order they stand."""
    return hash_bytes(json.dumps(parts, sort_keys=True).encode())


def check_folder_of(path: Path) -> None:
    """Raise an OutputError if the folder that a file is to be written to is not there."""
    if not is_folder(path.parent):
        raise OutputError(f"{path}: cannot be written: there is no folder {path.parent}; make it, or write elsewhere")


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
                refuse_what_is_no_file(path)
                ready[path] = drafts.enter_context(draft_file(path.parent))
                _write_and_sync(ready[path][1], content)
        for path, (draft, descriptor) in ready.items():
            with reporting_failure(path):
                replaced.enter_context(replaced_by(draft, descriptor, path))


def write_pieces(descriptor: int, content: Content) -> None:
    """Write all of a content to an open file."""
    for piece in (content,) if isinstance(content, bytes) else content:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def write_folder_whole(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write a new folder with these files, by their plain names; it appears complete, or not at all."""
    with reporting_failure(target), draft_folder(target.parent) as (draft, descriptor):
        for name, content in contents.items():
            member = os.open(name, NEW_FILE, 0o666, dir_fd=descriptor)
            try:
                _write_and_sync(member, content)
            finally:
                os.close(member)
        sync(descriptor)
        if os.path.lexists(target):  # rename would replace an empty folder
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        draft.rename(target)
        try:
            sync_folder(target.parent)
        except OSError:
            target.rename(draft)
            raise


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it: it is gone at once, or stands whole."""
    with reporting_failure(folder, "be removed"):
        draft = folder.parent / draft_name()
        folder.rename(draft)
        sync_folder(folder.parent)
        if draft.is_symlink():
            draft.unlink()  # what it leads to is not ours
        else:
            shutil.rmtree(draft, ignore_errors=True)  # another run may sweep it meanwhile; the next one will


def ensure_folder(path: Path) -> None:
    """Make the folder, and those above it, where they are not there yet."""
    if is_folder(path, "be made"):
        return
    if path.parent != path:
        ensure_folder(path.parent)
    with reporting_failure(path, "be made"):
        with suppress(FileExistsError):  # another run was quicker, or a file is in the way
            path.mkdir()
            sync_folder(path.parent)
        if not is_folder(path):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))


def is_there(path: Path) -> bool:
    """Return whether anything stands where something is to be written; OutputError where that cannot be told."""
    return _mode_of(path) != 0


def is_file(path: Path) -> bool:
    """Return whether a file stands where one is to be written; OutputError where that cannot be told."""
    return stat.S_ISREG(_mode_of(path))


def remove_outdated(*pictures: Path) -> None:
    """Remove pictures of results that others have taken the place of; one that cannot go is no reason to fail."""
    for picture in pictures:
        with suppress(OSError):
            picture.unlink(missing_ok=True)


def is_folder(path: Path, action: str = "be reached") -> bool:
    """Return whether a folder is there to be written into; OutputError where that cannot be told."""
    return stat.S_ISDIR(_mode_of(path, action))


def is_same(path: Path, other: Path) -> bool:
    """Return whether two paths lead to one place, be anything there or not."""
    with suppress(OSError):  # one of them is not there
        return path.absolute() == other.absolute() or path.samefile(other)
    return False


def is_same_place(path: Path, other: Path) -> bool:
    """Return whether what is written to one path takes the place of what is written to the other.

    A link is replaced, never followed: two that lead to one file are two places.
    """
    with suppress(OSError):  # a name that cannot be is told where it is written
        if path.name == other.name and is_same(path.parent, other.parent):
            return True
        if path.is_symlink() or other.is_symlink():
            return False
    return is_same(path, other)


def refuse_what_is_no_file(path: Path) -> None:
    """Refuse a folder, a device or a pipe: renaming over /dev/stdout would replace it for everyone."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # nothing there, or a link that leads nowhere
    if stat.S_ISDIR(mode) and not path.is_symlink():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or path.parent.absolute() == Path("/dev"):
        raise OutputError(f"{path}: is not a regular file; write to '-' for standard output")


def text_or_nothing(path: Path) -> str:
    """Return the content of a file of the system, or nothing where there is no such file."""
    try:
        return path.read_text()
    except OSError:
        return ""


def check_writable(folder: Path, *, room: int = 65_536) -> None:
    """Try to write `room` bytes into `folder`, so that a full or read-only place is found before the work."""
    with reporting_failure(folder, "be written to"), draft_file(folder) as (_, descriptor):
        _write_and_sync(descriptor, bytes(room))


def safe_file_name(text: str) -> str:
    """Return `text` as a plain file name; where it had to be changed, a hash keeps different texts apart."""
    plain = "".join(letter if letter.isalnum() or letter in "._-+=@ " else "_" for letter in text)
    plain = unicodedata.normalize("NFC", plain).lstrip(".- ").rstrip(". ")
    if plain == text and not _HASHED_NAME.fullmatch(text) and 0 < len(text.encode()) <= LONGEST_NAME:
        return text
    kept = plain.encode()[: LONGEST_NAME - 13].decode(errors="ignore")
    return f"{kept or '_'}-{hash_bytes(text.encode(errors='surrogatepass'))[:12]}"


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


def _write_and_sync(descriptor: int, content: Content) -> None:
    write_pieces(descriptor, content)
    sync(descriptor)
