import io
import sys

import pytest

from lstmcast.cli.streams import one_line, write_answer, write_talk
from lstmcast.errors import OutputError


def test_bytes_reach_stdout_as_they_are(capfdbinary):
    write_answer(b"a\r\n\xff")

    assert capfdbinary.readouterr().out == b"a\r\n\xff"


def test_letters_that_stdout_does_not_know_are_written_out(monkeypatch):
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stdout)

    write_answer("Zürich 北\n")

    assert stdout.buffer.getvalue() == b"Z\\xfcrich \\u5317\n"


def test_a_closed_stdout_is_an_output_error(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)

    with pytest.raises(OutputError, match="standard output: it is closed; redirect it to a file or to /dev/null"):
        write_answer("x")


def test_a_closed_stderr_is_no_error_and_what_was_to_go_there_goes_nowhere_else(monkeypatch, capfd):
    monkeypatch.setattr(sys, "stderr", None)

    write_talk("x")

    assert capfd.readouterr() == ("", "")


def test_one_line_keeps_letters_of_all_languages_and_writes_out_the_rest():
    assert one_line("Zürich\t北\r\n\x1b[31m\u202e\udcff") == "Zürich 北 \\x1b[31m\\u202e\\udcff"
