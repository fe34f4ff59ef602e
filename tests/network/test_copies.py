"""Each in a process of its own: one in which nothing else runs, as copies need it."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from lstmcast.network.copies import THREADS, can_be_copied

pytestmark = pytest.mark.skipif(not THREADS.is_dir(), reason="who runs here is told by /proc alone")

PREAMBLE = """
import os, signal, sys, time
import numpy as np
from lstmcast.network import copies
from lstmcast.network.side_by_side import filled_side_by_side

os.sched_getaffinity = lambda _process: {0, 1, 2}
MAIN, PARTS = os.getpid(), [slice(first, first + 3) for first in range(0, 300, 3)]

def numbers(part):
    time.sleep(0.01)
    return np.stack([np.arange(part.start, part.stop), np.full(3, os.getpid())], axis=1)

def fill(work=numbers):
    return filled_side_by_side(work, PARTS, (300, 2))

def is_whole(found):
    return found[:, 0].tolist() == list(range(300))

def has_children():
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return False
    return True
"""
environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}


def run(script: str) -> str:
    """Return what a script prints that finds the preamble's names."""
    ended = subprocess.run(
        [sys.executable, "-c", PREAMBLE + script], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_copies_do_their_part_of_the_work_and_go():
    script = """
found = fill()
print(is_whole(found), len(set(found[:, 1])), has_children(), len(os.listdir("/proc/self/fd")))
"""
    out = run(script)

    whole, processes, has_children, files = out.split()
    assert (whole, processes, has_children) == ("True", "3", "False")
    assert int(files) <= 4  # three streams, and the folder that is being read


def test_what_a_copy_that_was_killed_had_taken_is_done_all_the_same():
    script = """
def work(part):
    if os.getpid() != MAIN and part.start > 30:
        os.kill(os.getpid(), signal.SIGKILL)
    return numbers(part)

print(is_whole(fill(work)), has_children())
"""

    assert run(script).split() == ["True", "False"]


def test_where_the_end_of_children_is_ignored_there_are_none():
    script = """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
found = fill()
print(is_whole(found), set(found[:, 1]) == {MAIN})
"""

    assert run(script).split() == ["True", "True"]


def test_without_a_further_process_all_is_done_in_this_one():
    script = """
def refuse():
    raise BlockingIOError("no more processes")

os.fork = refuse
found = fill()
print(is_whole(found), set(found[:, 1]) == {MAIN})
"""

    assert run(script).split() == ["True", "True"]


@pytest.mark.parametrize("place", [0, 150, 297])
def test_what_fails_in_any_process_is_raised_in_this_one(place):
    script = f"""
def work(part):
    if part.start == {place}:
        raise ValueError("no such number")
    return numbers(part)

try:
    fill(work)
except ValueError as error:
    print(error, "-", has_children())
"""

    assert run(script) == "no such number - False\n"


def test_an_error_that_interrupts_the_work_ends_the_copies_too():
    script = """
def stop(number, frame):
    raise KeyboardInterrupt(f"in {'main' if os.getpid() == MAIN else 'copy'}")

signal.signal(signal.SIGALRM, stop)
signal.setitimer(signal.ITIMER_REAL, 0.1)
try:
    fill(lambda part: time.sleep(30))
except KeyboardInterrupt as error:
    print(error, has_children())
"""

    assert run(script) == "in main False\n"


def test_a_signal_to_all_is_answered_by_this_process_alone():
    script = """
def stop(number, frame):
    print("told in", "main" if os.getpid() == MAIN else "copy", flush=True)
    raise KeyboardInterrupt

signal.signal(signal.SIGTERM, stop)
os.setpgrp()

def work(part):
    if os.getpid() == MAIN:
        time.sleep(0.1)
        os.killpg(0, signal.SIGTERM)
    time.sleep(30)

try:
    fill(work)
except KeyboardInterrupt:
    print(has_children())
"""

    assert run(script) == "told in main\nFalse\n"


def test_copies_of_a_process_that_was_killed_do_not_go_on():
    script = """
def work(part):
    os.write(1, f"{os.getpid()}\\n".encode())  # number and end of the line at once: others write as well
    time.sleep(0.5)
    return numbers(part)

fill(work)
"""
    with subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + script], env=environment, stdout=subprocess.PIPE, text=True
    ) as main:
        processes = set()
        while len(processes) < 3:
            processes.add(int(main.stdout.readline()))
        main.kill()
        main.wait()
        copies, until = processes - {main.pid}, time.monotonic() + 10
        while any(map(is_there, copies)):
            assert time.monotonic() < until
            time.sleep(0.05)


def is_there(process: int) -> bool:
    """Return whether there is such a process; one that nobody has waited for yet is gone."""
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().split(") ")[-1][0] != "Z"
    return False


def test_a_process_with_another_thread_is_not_copied():
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert not can_be_copied()
    finally:
        ended.set()
        thread.join()

    assert run("print(copies.can_be_copied())") == "True\n"
