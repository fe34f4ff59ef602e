import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading

import pytest

from lstmcast.errors import LockedError, OutputError
from lstmcast.store.lock import hold_workspace, taking_turns

HOLD = """
import sys
from pathlib import Path
from lstmcast.store.lock import hold_workspace
with hold_workspace(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path):
    """A process of its own that holds the workspace."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_is_refused_at_once_and_told_who_holds_the_workspace(tmp_path, holder):
    with (
        pytest.raises(LockedError, match=rf"held by another run \(process {holder.pid}, since 20..-.*Z\); try again"),
        hold_workspace(tmp_path),
    ):
        pass


def test_a_killed_run_leaves_no_stale_lock(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with hold_workspace(tmp_path):
        held = (tmp_path / "lock").read_text()

    assert held == f"{os.getpid()}\n"


def test_a_workspace_can_be_held_again_after_the_block_whatever_happened_in_it(tmp_path):
    with pytest.raises(ZeroDivisionError), hold_workspace(tmp_path / "new"):
        raise ZeroDivisionError

    with hold_workspace(tmp_path / "new"):
        pass

    assert (tmp_path / "new" / "lock").read_bytes() == b""


def test_a_run_cannot_hold_its_workspace_twice(tmp_path):
    with (
        hold_workspace(tmp_path),
        pytest.raises(LockedError, match=f"process {os.getpid()}"),
        hold_workspace(tmp_path),
    ):
        pass


def test_a_lock_that_holds_rubbish_is_held_without_a_name(tmp_path):
    with hold_workspace(tmp_path):
        (tmp_path / "lock").write_bytes(b"\xff\n\x1b[2J")

        with pytest.raises(LockedError, match=r"is held by another run; try again"), hold_workspace(tmp_path):
            pass


def test_a_planted_link_is_not_followed(tmp_path):
    (tmp_path / "canary").write_text("alive")
    (tmp_path / "lock").symlink_to("canary")

    with pytest.raises(OutputError, match="lock: cannot be opened"), hold_workspace(tmp_path):
        pass

    assert (tmp_path / "canary").read_text() == "alive"


def test_a_planted_pipe_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "lock")

    with pytest.raises(OutputError, match="lock: is not a regular file"), hold_workspace(tmp_path):
        pass


def test_a_full_disk_is_an_output_error(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", refuse)

    with pytest.raises(OutputError, match="no space left"), hold_workspace(tmp_path):
        pass


def test_a_number_that_a_killed_run_left_is_replaced_to_its_end(tmp_path):
    (tmp_path / "lock").write_text("12345678901234567890\n")

    with hold_workspace(tmp_path):
        held = (tmp_path / "lock").read_text()

    assert held == f"{os.getpid()}\n"


def test_with_patience_a_run_waits_for_the_one_before(tmp_path, holder):
    threading.Timer(0.2, holder.kill).start()

    with hold_workspace(tmp_path, patience=600):
        held = (tmp_path / "lock").read_text()

    assert held == f"{os.getpid()}\n"


def test_patience_has_an_end(tmp_path, holder):
    with (
        pytest.raises(LockedError, match=f"held by another run .process {holder.pid}, "),
        hold_workspace(tmp_path, patience=0.1),
    ):
        pass


def test_turns_are_taken_in_a_folder_and_leave_nothing_there(tmp_path):
    with taking_turns(tmp_path, 600) as first, taking_turns(tmp_path, 0.1) as second:
        found = (first, second)

    with taking_turns(tmp_path, 0) as third:
        assert (*found, third) == (True, False, True)

    assert list(tmp_path.iterdir()) == []


def test_where_a_folder_cannot_be_locked_nobody_waits(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))  # as a network file system does

    monkeypatch.setattr(fcntl, "flock", refuse)

    with taking_turns(tmp_path, 600) as here, taking_turns(tmp_path / "missing", 600) as there:
        assert (here, there) == (True, True)
