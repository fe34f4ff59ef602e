import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest

from lstmcast.cli.border import run
from lstmcast.cli.stops import PAUSE, Guard, stop_signals_raised, time_limit
from tests.cli.programs import a_program


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [(signal.SIGINT, "interrupted", 130), (signal.SIGTERM, "terminated", 143), (signal.SIGHUP, "hung-up", 129)],
)
def test_a_stop_signal_unwinds_and_ends_with_its_code(request, capsys, number, name, code):
    kept = signal.signal(number, signal.SIG_DFL)  # `nohup`, under which tests may run, has us ignore one
    request.addfinalizer(lambda: signal.signal(number, kept))
    cleared = []

    def wait_for_the_signal(_manner):
        try:
            signal.raise_signal(number)
        finally:
            signal.raise_signal(number)  # a second one must not break the clearing up
            cleared.append(True)

    found = run(a_program(wait_for_the_signal), ["work"])

    assert (found, cleared) == (code, [True])
    assert capsys.readouterr().err.startswith(f"lstmcast: error[{name}]: stopped by {number.name}")


@pytest.fixture
def no_threads(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)


@pytest.mark.usefixtures("no_threads")
def test_a_signal_stops_where_no_thread_can_be_started(capsys):
    assert run(a_program(lambda _manner: signal.raise_signal(signal.SIGTERM)), ["work"]) == 143
    assert capsys.readouterr().err == "lstmcast: error[terminated]: stopped by SIGTERM\n"


@pytest.mark.usefixtures("no_threads")
def test_want_of_threads_is_no_bug(capsys):
    assert run(a_program(lambda _manner: threading.Thread().start()), ["work"]) == 43
    assert capsys.readouterr().err == (
        "lstmcast: error[memory]: threads: no further one can be started; "
        "allow more of them (`ulimit -u`, the container, the unit)\n"
    )


def test_a_time_limit_unwinds_and_ends_with_its_code(capsys):
    cleared = []

    def work_for_ever(_manner):
        try:
            with time_limit("0.05s"):
                time.sleep(30)
        finally:
            cleared.append(True)

    code = run(a_program(work_for_ever), ["work"])

    assert (code, cleared) == (42, [True])
    assert capsys.readouterr().err == (
        "lstmcast: error[timeout]: took longer than 0.05s; "
        "allow more by --timeout or job.timeout, or make the work smaller\n"
    )


def test_what_ends_in_time_knows_nothing_of_a_limit():
    before = signal.getsignal(signal.SIGALRM)

    with time_limit("1h"), time_limit(None):
        pass

    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_what_does_not_clear_up_in_time_is_ended_all_the_same():
    script = """
import click, time
from lstmcast.cli import border, stops
stops.GRACE = 0.2

@click.command()
def work():
    try:
        with stops.time_limit("0.1s"):
            time.sleep(30)
    finally:
        time.sleep(30)

group = click.Group(commands={"work": work})
border.run(group, ["work"])
"""

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)

    assert ended.returncode == 42
    assert ended.stderr.startswith("lstmcast: error[timeout]: took longer than 0.1s")


class Swallows:
    """Raises where Python raises nothing."""

    def __init__(self, action):
        self.action = action

    def __del__(self):
        self.action()


def test_a_signal_that_comes_where_python_raises_nothing_stops_all_the_same(capsys):
    cleared = []

    def work_for_ever(_manner):
        try:
            Swallows(lambda: signal.raise_signal(signal.SIGTERM))
            time.sleep(30)
        finally:
            cleared.append(True)

    code = run(a_program(work_for_ever), ["work"])

    assert (code, cleared) == (143, [True])
    assert capsys.readouterr().err == "lstmcast: error[terminated]: stopped by SIGTERM\n"


def test_a_limit_that_is_reached_where_python_raises_nothing_ends_the_work_all_the_same(capsys):
    def work_for_ever(_manner):
        with time_limit("0.05s"):
            Swallows(lambda: time.sleep(1))
            time.sleep(30)

    assert run(a_program(work_for_ever), ["work"]) == 42
    assert capsys.readouterr().err.startswith("lstmcast: error[timeout]: took longer than 0.05s")


def test_a_signal_that_other_code_loses_stops_all_the_same(capsys):
    def lose_one_and_work_on(_manner):
        with suppress(BaseException):
            signal.raise_signal(signal.SIGTERM)
        time.sleep(30)

    assert run(a_program(lose_one_and_work_on), ["work"]) == 143
    assert capsys.readouterr().err == "lstmcast: error[terminated]: stopped by SIGTERM\n"


def test_clearing_up_is_not_disturbed_however_long_it_takes():
    cleared = []

    @contextmanager
    def slow_to_leave():
        try:
            yield
        finally:
            time.sleep(5 * PAUSE)
            cleared.append("a context")

    def work(_manner):
        try:
            with slow_to_leave():
                signal.raise_signal(signal.SIGTERM)
        except BaseException:
            with suppress(KeyError):
                {}["a second error"]
            time.sleep(5 * PAUSE)
            cleared.append("what is caught")
            raise
        finally:
            try:
                time.sleep(5 * PAUSE)
            finally:
                cleared.append("an end")

    assert run(a_program(work), ["work"]) == 143
    assert cleared == ["a context", "what is caught", "an end"]


def test_who_has_ended_before_a_stop_reaches_him_is_left_alone():
    before = sys.unraisablehook, signal.getsignal(signal.SIGALRM)

    code = run(a_program(lambda _manner: Swallows(lambda: signal.raise_signal(signal.SIGTERM)) and None), ["work"])

    assert code == 0
    assert (sys.unraisablehook, signal.getsignal(signal.SIGALRM)) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert not guards_at_work()


def guards_at_work():
    """Return the threads that would end this process in some seconds; one that was called off has five to end."""
    last = time.monotonic() + 5
    while (threads := [thread for thread in threading.enumerate() if isinstance(thread, Guard)]) and (
        time.monotonic() < last
    ):
        time.sleep(0.01)  # on a busy machine it may not even have begun, and cannot be joined
    return threads


def test_other_errors_where_python_raises_nothing_are_told_as_ever(monkeypatch):
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(str(unraisable.exc_value)))

    assert run(a_program(lambda _manner: Swallows(lambda: [].remove(1)) and None), ["work"]) == 0
    assert told == ["list.remove(x): x not in list"]


def test_a_signal_that_was_ignored_from_outside_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals_raised():
            signal.raise_signal(signal.SIGHUP)

            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
