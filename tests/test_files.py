import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.drafts import draft_file, draft_folder, nameless_file, remove_drafts
from lstmcast.errors import OutputError
from lstmcast.files import (
    check_writable,
    ensure_folder,
    hash_bytes,
    is_file,
    is_folder,
    is_there,
    remove_folder,
    safe_file_name,
    write_all_whole,
    write_folder_whole,
    write_whole,
)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def fail_at(monkeypatch, function, call, code):
    """Let the operating system refuse one call, as a full or dying disk does."""
    real, calls = getattr(os, function), []

    def refuse(*args, **options):
        calls.append(args)
        if len(calls) == call:
            raise OSError(code, os.strerror(code))
        return real(*args, **options)

    monkeypatch.setattr(os, function, refuse)


def run_and_kill(code, function, call, folder):
    """Run `code` in a process of its own that dies, as if by kill -9, right before a call of the operating system."""
    script = f"""
import os, signal, sys
from pathlib import Path
from lstmcast.files import *
folder, calls, real = Path(sys.argv[1]), [], os.{function}
def die(*args, **options):
    calls.append(args)
    if len(calls) == {call}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **options)
os.{function} = die
{code}
"""
    return subprocess.run([sys.executable, "-c", script, str(folder)], timeout=60).returncode


def test_write_whole_replaces_the_old_content(tmp_path):
    path = tmp_path / "forecast.csv"
    path.write_bytes(b"old and longer")

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert names_in(tmp_path) == ["forecast.csv"]


def test_write_whole_makes_a_file_that_others_may_read_as_the_umask_says(tmp_path):
    before = os.umask(0o022)

    try:
        write_whole(tmp_path / "a.csv", b"")
        write_folder_whole(tmp_path / "folder", {"b": b""})
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "folder" / "b").stat().st_mode) == 0o644


def test_write_whole_replaces_a_planted_link_and_leaves_what_it_leads_to(tmp_path):
    canary = tmp_path / "canary"
    canary.write_text("alive")
    (tmp_path / "out.csv").symlink_to(canary)

    write_whole(tmp_path / "out.csv", b"new")

    assert canary.read_text() == "alive"
    assert not (tmp_path / "out.csv").is_symlink()


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("missing/out.csv", "no such file or directory; make the folder first"),
        ("folder", "is a directory; choose another name"),
        ("file/out.csv", "not a directory; choose another place"),
        ("pipe", "is not a regular file; write to '-' for standard output"),
    ],
)
def test_write_whole_names_the_path_and_the_reason(tmp_path, place, message):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    before = names_in(tmp_path)

    with pytest.raises(OutputError, match=message) as caught:
        write_whole(tmp_path / place, b"x")

    assert str(tmp_path / place) in str(caught.value)
    assert names_in(tmp_path) == before


def test_write_whole_never_replaces_a_device():
    with pytest.raises(OutputError, match="write to '-'"):
        write_whole(Path("/dev/stdout"), b"x")


@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize(
    ("function", "call", "code", "message"),
    [
        ("write", 1, errno.ENOSPC, "no space left on device; free some space there"),
        ("fsync", 1, errno.EIO, "input/output error"),
        ("rename", 1, errno.EROFS, "read-only file system"),
        ("fsync", 2, errno.EIO, "input/output error"),
    ],
)
def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path, monkeypatch, old, function, call, code, message):
    path = tmp_path / "forecast.csv"
    if old is not None:
        path.write_bytes(old)
    fail_at(monkeypatch, function, call, code)

    with pytest.raises(OutputError, match=message):
        write_whole(path, b"new")

    monkeypatch.undo()
    assert (path.read_bytes() if path.exists() else None) == old
    assert names_in(tmp_path) == (["forecast.csv"] if old is not None else [])


def test_a_failed_write_puts_a_planted_link_back_as_it_was(tmp_path, monkeypatch):
    (tmp_path / "canary").write_text("alive")
    (tmp_path / "out.csv").symlink_to("canary")
    fail_at(monkeypatch, "fsync", 2, errno.EIO)

    with pytest.raises(OutputError):
        write_whole(tmp_path / "out.csv", b"new")

    assert (tmp_path / "out.csv").readlink() == Path("canary")
    assert (tmp_path / "canary").read_text() == "alive"


def test_write_whole_works_where_there_are_no_hard_links(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_bytes(b"old")
    fail_at(monkeypatch, "link", 1, errno.EPERM)

    write_whole(tmp_path / "a.csv", b"new")

    assert (tmp_path / "a.csv").read_bytes() == b"new"


@pytest.mark.parametrize(("function", "call"), [("fsync", 1), ("rename", 1), ("fsync", 2), ("unlink", 1)])
def test_a_killed_write_leaves_the_old_or_the_new_file_and_the_next_run_sweeps(tmp_path, function, call):
    path = tmp_path / "forecast.csv"
    path.write_bytes(b"old")

    code = run_and_kill("write_whole(folder / 'forecast.csv', b'new')", function, call, tmp_path)

    assert code == -signal.SIGKILL
    assert path.read_bytes() == (b"old" if (function, call) in {("fsync", 1), ("rename", 1)} else b"new")
    remove_drafts(tmp_path)
    assert names_in(tmp_path) == ["forecast.csv"]


def at_folder_sync(monkeypatch, action):
    """Do something in the moment when a new file stands in the place of the old one, but is not safe there yet."""
    real, once = os.fsync, [action]

    def sync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode) and once:
            once.pop()()
        return real(descriptor)

    monkeypatch.setattr(os, "fsync", sync)


def test_the_way_back_is_not_swept_by_another_run(tmp_path, monkeypatch):
    path = tmp_path / "forecast.csv"
    path.write_bytes(b"old")

    def sweep_and_fail():
        remove_drafts(tmp_path)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    at_folder_sync(monkeypatch, sweep_and_fail)

    with pytest.raises(OutputError, match="input/output error"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["forecast.csv"]


def test_two_runs_that_replace_the_same_file_at_once_leave_one_of_them_whole(tmp_path, monkeypatch):
    path = tmp_path / "forecast.csv"
    path.write_bytes(b"old")
    at_folder_sync(monkeypatch, lambda: write_whole(path, b"of the other run"))

    write_whole(path, b"new")

    assert path.read_bytes() == b"of the other run"
    assert names_in(tmp_path) == ["forecast.csv"]


@pytest.mark.parametrize("fails", [False, True])
def test_a_file_that_another_program_has_locked_is_replaced_or_put_back_all_the_same(tmp_path, monkeypatch, fails):
    path = tmp_path / "forecast.csv"
    path.write_bytes(b"old")
    if fails:
        fail_at(monkeypatch, "fsync", 2, errno.EIO)
    started = time.monotonic()

    with path.open("rb") as file, pytest.raises(OutputError) if fails else nullcontext():
        fcntl.flock(file, fcntl.LOCK_EX)
        write_whole(path, b"new")

    assert time.monotonic() - started < 5
    assert path.read_bytes() == (b"old" if fails else b"new")
    assert names_in(tmp_path) == ["forecast.csv"]


def test_write_folder_whole_writes_all_files(tmp_path):
    write_folder_whole(tmp_path / "version", {"a.json": b"{}", "b.csv": b""})

    assert names_in(tmp_path) == ["version"]
    assert (tmp_path / "version" / "a.json").read_bytes() == b"{}"
    assert names_in(tmp_path / "version") == ["a.json", "b.csv"]


@pytest.mark.parametrize("plant", ["mkdir", "touch"])
def test_write_folder_whole_replaces_nothing(tmp_path, plant):
    getattr(tmp_path / "version", plant)()

    with pytest.raises(OutputError, match="version: cannot be written: file exists"):
        write_folder_whole(tmp_path / "version", {"a": b""})

    assert names_in(tmp_path) == ["version"]


@pytest.mark.parametrize(
    ("function", "call"),
    [("write", 1), ("fsync", 1), ("fsync", 2), ("fsync", 3), ("fsync", 4), ("rename", 1), ("mkdir", 1)],
)
def test_a_failed_folder_is_not_there_at_all(tmp_path, monkeypatch, function, call):
    fail_at(monkeypatch, function, call, errno.EIO)

    with pytest.raises(OutputError, match="version: cannot be written: input/output error"):
        write_folder_whole(tmp_path / "version", {"a": b"1", "b": b"2"})

    assert names_in(tmp_path) == []


@pytest.mark.parametrize(("function", "call"), [("fsync", 1), ("fsync", 2), ("fsync", 3), ("rename", 1), ("fsync", 4)])
def test_a_killed_folder_is_complete_or_not_there(tmp_path, function, call):
    code = run_and_kill("write_folder_whole(folder / 'new', {'a': b'1', 'b': b'2'})", function, call, tmp_path)

    assert code == -signal.SIGKILL
    remove_drafts(tmp_path)
    assert names_in(tmp_path) == (["new"] if (function, call) == ("fsync", 4) else [])
    assert not (tmp_path / "new").exists() or names_in(tmp_path / "new") == ["a", "b"]


def test_remove_drafts_leaves_those_of_a_living_run_and_all_other_names(tmp_path):
    (tmp_path / ".draft-mine").touch()
    (tmp_path / ".draft-0123456789abcdef").touch()
    (tmp_path / "canary").touch()
    (tmp_path / ".draft-fedcba9876543210").symlink_to("canary")
    writing = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys; from lstmcast.drafts import draft_file; from pathlib import Path\n"
            "with draft_file(Path(sys.argv[1])): print('ready', flush=True); sys.stdin.read()",
            str(tmp_path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert writing.stdout.readline() == b"ready\n"

    remove_drafts(tmp_path)

    kept = names_in(tmp_path)
    writing.communicate()
    assert len(kept) == 4
    assert ".draft-0123456789abcdef" not in kept
    assert names_in(tmp_path) == [".draft-fedcba9876543210", ".draft-mine", "canary"]


def test_remove_drafts_of_a_folder_that_is_not_there_does_nothing(tmp_path):
    remove_drafts(tmp_path / "missing")

    assert names_in(tmp_path) == []


def test_remove_folder_removes_a_link_and_not_what_it_leads_to(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "canary").touch()
    (tmp_path / "link").symlink_to("real")

    remove_folder(tmp_path / "link")

    assert names_in(tmp_path) == ["real"]
    assert names_in(tmp_path / "real") == ["canary"]


def test_ensure_folder_makes_all_of_the_path_and_can_be_repeated(tmp_path):
    ensure_folder(tmp_path / "a" / "b")
    ensure_folder(tmp_path / "a" / "b")

    assert (tmp_path / "a" / "b").is_dir()


def test_ensure_folder_names_the_file_that_is_in_the_way(tmp_path):
    (tmp_path / "a").touch()

    with pytest.raises(OutputError, match="a: cannot be made: not a directory"):
        ensure_folder(tmp_path / "a" / "b")


@pytest.mark.parametrize(
    ("code", "message"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "read-only file system; choose another place")],
)
def test_check_writable_finds_a_full_or_read_only_place(tmp_path, monkeypatch, code, message):
    fail_at(monkeypatch, "open", 1, code)

    with pytest.raises(OutputError, match=message):
        check_writable(tmp_path)


def test_check_writable_leaves_nothing_behind(tmp_path):
    check_writable(tmp_path)

    assert names_in(tmp_path) == []


@pytest.mark.parametrize("text", ["north", "store 12", "a.b-c_d", "café", "=1+1"])
def test_safe_file_name_keeps_a_plain_name(text):
    assert safe_file_name(text) == text


@pytest.mark.parametrize(
    ("text", "beginning"),
    [
        ("../etc/passwd", "_etc_passwd-"),
        (".hidden", "hidden-"),
        ("a/b", "a_b-"),
        ("", "_-"),
        ("-rf", "rf-"),
        ("a\n", "a_-"),
    ],
)
def test_safe_file_name_mends_a_dangerous_one(text, beginning):
    name = safe_file_name(text)

    assert name.startswith(beginning)
    assert len(name) == len(beginning) + 12


def test_safe_file_name_of_a_name_that_looks_mended_is_another():
    assert safe_file_name(safe_file_name("a/b")) != safe_file_name("a/b")


@given(st.text(), st.text())
def test_safe_file_names_are_plain_short_and_differ(one, other):
    name = safe_file_name(one)

    assert "/" not in name
    assert "\0" not in name
    assert not name.startswith((".", "-"))
    assert len(name.encode()) <= 120
    assert (name == safe_file_name(other)) == (one == other)


def test_hash_bytes_is_the_sha256():
    assert hash_bytes(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_files_that_belong_together_are_all_written(tmp_path):
    write_all_whole({tmp_path / "a": b"1", tmp_path / "b": b"2"})

    assert names_in(tmp_path) == ["a", "b"]
    assert [(tmp_path / name).read_bytes() for name in "ab"] == [b"1", b"2"]


def test_when_one_of_several_files_cannot_be_written_all_the_old_ones_stand(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "folder").mkdir()

    with pytest.raises(OutputError, match="folder: cannot be written: is a directory"):
        write_all_whole({tmp_path / "a": b"new", tmp_path / "b": b"new", tmp_path / "folder": b"new"})

    assert names_in(tmp_path) == ["a", "folder"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_when_one_of_several_files_cannot_be_renamed_all_the_old_ones_stand(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")
    fail_at(monkeypatch, "rename", 2, errno.EIO)

    with pytest.raises(OutputError, match="b: cannot be written: input/output error"):
        write_all_whole({tmp_path / "a": b"new", tmp_path / "b": b"new"})

    assert names_in(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_what_stands_somewhere_is_told(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(b"")

    assert (is_there(path), is_file(path), is_folder(path)) == (True, True, False)
    assert (is_there(tmp_path), is_file(tmp_path), is_folder(tmp_path)) == (True, False, True)
    for nothing in (tmp_path / "none", path / "below"):
        assert (is_there(nothing), is_file(nothing), is_folder(nothing)) == (False, False, False)


@pytest.mark.parametrize("ask", [is_there, is_file, is_folder])
def test_a_place_that_cannot_be_asked_about_is_a_failure_to_write(tmp_path, ask):
    with pytest.raises(OutputError, match="x: cannot be reached: file name too long; choose a shorter name"):
        ask(tmp_path / ("x" * 300))


def test_a_folder_whose_name_is_too_long_cannot_be_made(tmp_path):
    with pytest.raises(OutputError, match="models: cannot be made: file name too long; choose a shorter name"):
        ensure_folder(tmp_path / ("x" * 300) / "models")


def test_a_stop_between_two_files_leaves_all_the_old_ones(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"old")

    def stop():
        raise KeyboardInterrupt

    at_folder_sync(monkeypatch, stop)

    with pytest.raises(KeyboardInterrupt):
        write_all_whole({tmp_path / "a": b"new", tmp_path / "b": b"new"})

    assert names_in(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_draft_that_another_run_sweeps_before_it_is_marked_is_made_anew(tmp_path, monkeypatch):
    real, once = os.open, [True]

    def open_and_be_swept(path, flags, *args, **options):
        descriptor = real(path, flags, *args, **options)
        if flags & os.O_CREAT and once:
            once.pop()
            remove_drafts(tmp_path)
        return descriptor

    monkeypatch.setattr(os, "open", open_and_be_swept)

    write_whole(tmp_path / "a.csv", b"new")

    assert once == []
    assert (tmp_path / "a.csv").read_bytes() == b"new"
    assert names_in(tmp_path) == ["a.csv"]


def note_folder_syncs(monkeypatch):
    """Return a list that gets the names in each folder when it is made safe on disk."""
    real, noted = os.fsync, []

    def sync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            noted.append(sorted(os.listdir(descriptor)))  # noqa: PTH208 -- an open folder, no path
        return real(descriptor)

    monkeypatch.delattr(fcntl, "F_FULLFSYNC", raising=False)
    monkeypatch.setattr(os, "fsync", sync)
    return noted


def test_a_new_folder_is_safe_on_disk_before_anything_is_written_into_it(tmp_path, monkeypatch):
    noted = note_folder_syncs(monkeypatch)

    ensure_folder(tmp_path / "a" / "b")

    assert noted == [["a"], ["b"]]


def test_a_removed_folder_is_gone_from_the_disk_before_its_files_are(tmp_path, monkeypatch):
    (tmp_path / "version").mkdir()
    (tmp_path / "version" / "weights").touch()
    noted = note_folder_syncs(monkeypatch)

    remove_folder(tmp_path / "version")

    ((draft,),) = noted
    assert draft.startswith(".draft-")
    assert names_in(tmp_path) == []


@pytest.mark.parametrize("refused", [False, True])
def test_where_the_cache_of_the_drive_can_be_flushed_it_is(tmp_path, monkeypatch, refused):
    flushed, synced = [], []

    def flush(_descriptor, command):
        flushed.append(command)
        if refused:
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", flush)
    monkeypatch.setattr(os, "fsync", synced.append)

    write_whole(tmp_path / "a.csv", b"new")

    assert flushed == [51, 51]  # the file, and the folder that names it
    assert len(synced) == (2 if refused else 0)


@pytest.mark.parametrize(
    ("make", "function"),
    [(draft_file, "open"), (draft_folder, "open"), (draft_folder, "mkdir"), (nameless_file, "open")],
)
def test_a_stop_at_the_moment_a_draft_is_made_leaves_none(tmp_path, monkeypatch, make, function):
    real = getattr(os, function)

    def make_and_stop(*arguments, **options):
        monkeypatch.undo()
        real(*arguments, **options)
        raise KeyboardInterrupt

    def make_one():
        made = make(tmp_path)
        return made if isinstance(made, int) else made.__enter__()

    monkeypatch.setattr(os, function, make_and_stop)
    with pytest.raises(KeyboardInterrupt):
        make_one()

    assert names_in(tmp_path) == []
