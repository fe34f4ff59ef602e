import errno
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import click
import pytest

from lstmcast.cli.border import run, stop_signals_raised, time_limit
from lstmcast.cli.manner import Manner
from lstmcast.cli.options import manner_options
from lstmcast.cli.terminal import answer
from lstmcast.errors import DataError, GateError


def a_program(action):
    @click.group()
    def program() -> None:
        """A program of one command."""

    @program.command(name="work")
    @manner_options
    def work(manner: Manner) -> None:
        action(manner)

    return program


def fail_with(error):
    def action(_manner):
        raise error

    return a_program(action)


def test_a_success_ends_with_0_and_its_answer(capsys):
    program = a_program(lambda manner: answer(manner, {"rows": 2}, "2 rows\n"))

    code = run(program, ["work"])

    assert code == 0
    assert capsys.readouterr() == ("2 rows\n", "")


def test_a_quiet_success_writes_not_one_byte(capsys):
    program = a_program(lambda manner: answer(manner, {"rows": 2}, "2 rows\n"))

    code = run(program, ["work", "--quiet", "--log-format", "json"])

    assert code == 0
    assert capsys.readouterr() == ("", "")


def test_json_is_one_document_even_when_quiet(capsys):
    program = a_program(lambda manner: answer(manner, {"rows": 2}, "2 rows\n"))

    run(program, ["work", "--json", "--quiet"])

    assert capsys.readouterr() == ('{\n  "rows": 2\n}\n', "")


def test_a_foreseen_failure_ends_with_its_code_and_one_line(capsys):
    program = fail_with(DataError("load.csv: row 3: 'x' is no number; mend it"))

    code = run(program, ["work", "-q"])

    assert code == 12
    assert capsys.readouterr() == ("", "lstmcast: error[data]: load.csv: row 3: 'x' is no number; mend it\n")


def test_a_message_stays_on_one_line_and_cannot_steer_the_terminal(capsys):
    program = fail_with(GateError("a\nb\x1b[2J\u202ec"))

    code = run(program, ["work"])

    assert code == 31
    assert capsys.readouterr().err == "lstmcast: error[gate]: a b\\x1b[2J\\u202ec\n"


def test_a_failure_with_json_leaves_one_document_and_one_line(capsys):
    program = fail_with(DataError("load.csv: empty"))

    run(program, ["work", "--json"])

    out, err = capsys.readouterr()
    assert json.loads(out) == {"error": {"name": "data", "message": "load.csv: empty", "exit_code": 12}}
    assert err == "lstmcast: error[data]: load.csv: empty\n"


def test_the_last_object_of_a_json_log_carries_the_exit_code(capsys):
    program = fail_with(DataError("load.csv: empty"))

    run(program, ["work", "--log-format", "json"])

    last = json.loads(capsys.readouterr().err.splitlines()[-1])
    run_id, seconds = last.pop("run"), last.pop("seconds")
    del last["time"]
    assert re.fullmatch("[0-9a-f]{12}", run_id)
    assert 0 <= seconds < 60
    assert list(last)[-1] == "exit_code"
    assert last == {
        "level": "error",
        "command": "work",
        "message": "load.csv: empty",
        "error": "data",
        "exit_code": 12,
    }


def test_a_success_ends_a_json_log_too(capsys):
    run(a_program(lambda _manner: None), ["work", "--log-format=json"])

    last = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (last["level"], last["message"], last["exit_code"]) == ("info", "done", 0)


def test_a_usage_error_is_told_in_the_manner_that_was_asked_for(capsys):
    code = run(a_program(lambda _manner: None), ["work", "--nope", "--log-format", "json"])

    last = json.loads(capsys.readouterr().err)
    assert code == 2
    assert (last["error"], last["exit_code"]) == ("usage", 2)


def test_a_full_disk_that_nobody_foresaw_is_an_output_error(capsys):
    program = fail_with(OSError(errno.ENOSPC, "No space left on device", "/runs/x.csv"))

    code = run(program, ["work"])

    assert code == 41
    assert capsys.readouterr().err == (
        "lstmcast: error[output]: /runs/x.csv: No space left on device; see that it can be written\n"
    )


def test_too_little_memory_is_told_with_what_numpy_says_of_it(capsys):
    program = fail_with(MemoryError("Unable to allocate 8 GiB"))

    code = run(program, ["work"])

    assert code == 43
    assert capsys.readouterr().err == (
        "lstmcast: error[memory]: memory: there was not enough of it (Unable to allocate 8 GiB); allow more, or make "
        "the work smaller\n"
    )


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        run(fail_with(ZeroDivisionError("bug")), ["work"])


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
from lstmcast.cli import border
border.GRACE = 0.2

@click.command()
def work():
    try:
        with border.time_limit("0.1s"):
            time.sleep(30)
    finally:
        time.sleep(30)

group = click.Group(commands={"work": work})
border.run(group, ["work"])
"""

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=20)

    assert ended.returncode == 42
    assert ended.stderr.startswith("lstmcast: error[timeout]: took longer than 0.1s")


def test_a_signal_that_was_ignored_from_outside_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_signals_raised():
            signal.raise_signal(signal.SIGHUP)

            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def run_schema_into(stdout) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lstmcast", "schema"]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True)


def test_a_full_stdout_is_an_output_error_and_nothing_else():
    with Path("/dev/full").open("wb") as full:
        ended = run_schema_into(full)

    assert ended.returncode == 41
    assert ended.stderr == (
        "lstmcast: error[output]: standard output: No space left on device; see that it can be written\n"
    )


def test_a_reader_that_went_away_ends_the_program_without_a_word():
    reader, writer = os.pipe()
    os.close(reader)

    ended = run_schema_into(writer)

    os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, "")


def test_talk_that_nobody_can_hear_changes_nothing():
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([sys.executable, "-m", "lstmcast", "doctor", "nope.yaml"], stderr=full)

    assert ended.returncode == 11
