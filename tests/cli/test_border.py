import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lstmcast.cli.border import run
from lstmcast.cli.terminal import answer
from lstmcast.errors import DataError, GateError
from tests.cli.programs import a_program, fail_with


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
