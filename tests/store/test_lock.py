import errno
import os
import signal
import subprocess
import sys

import pytest

from lstmcast.errors import LockedError, OutputError
from lstmcast.store.lock import hold_workspace

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
