import errno
import io
import json
import sys
import threading
from contextlib import suppress

from lstmcast.cli.live import LiveTalk
from lstmcast.cli.manner import Manner
from lstmcast.cli.terminal import JsonTalk, PlainTalk, answer, open_talk, progress_text
from lstmcast.jobs.common.talk import SilentTalk


class Clock:
    """A clock that somebody else moves."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Terminal(io.StringIO):
    """A stream that calls itself a terminal, until it is gone."""

    is_gone = False

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.is_gone:
            raise OSError(errno.EIO, "Input/output error")
        return super().write(text)


def a_terminal(monkeypatch):
    """Return the terminal that talk goes to from now on."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    return terminal


def test_plain_talk_is_one_line_each(capsys):
    talk = PlainTalk()

    talk.say("read 144\nrows")
    talk.warn("2 gaps filled")

    assert capsys.readouterr() == ("", "read 144 rows\nwarning: 2 gaps filled\n")


def test_plain_progress_is_a_line_every_ten_seconds(capsys):
    clock = Clock()
    talk = PlainTalk(clock)

    for second in range(25):
        clock.seconds = float(second)
        talk.progress("training", second, 25, "MASE 0.9")

    assert capsys.readouterr().err == ("training: 10 of 25 (40%), MASE 0.9\ntraining: 20 of 25 (80%), MASE 0.9\n")


def test_json_talk_is_one_object_each(capsys):
    talk = JsonTalk(Manner("train"))

    talk.say("read 北 rows")
    talk.warn("2 gaps\nfilled")

    said, warned = map(json.loads, capsys.readouterr().err.splitlines())
    assert (said["level"], said["command"], said["message"]) == ("info", "train", "read 北 rows")
    assert (warned["level"], warned["message"]) == ("warning", "2 gaps filled")
    assert said["time"].endswith("+00:00")


def test_json_progress_carries_its_counts(capsys):
    clock = Clock()
    talk = JsonTalk(Manner("train"), clock)
    clock.seconds = 60.0

    talk.progress("training", 5, 20)

    record = json.loads(capsys.readouterr().err)
    assert (record["message"], record["done"], record["total"]) == ("training: 5 of 20 (25%)", 5, 20)


def test_json_progress_is_an_object_every_ten_seconds(capsys):
    clock = Clock()
    talk = JsonTalk(Manner("train"), clock)

    for second in range(25):
        clock.seconds = float(second)
        talk.progress("training", second, 25)

    assert [json.loads(line)["done"] for line in capsys.readouterr().err.splitlines()] == [10, 20]


def test_a_step_is_an_object_with_its_outcome_and_its_seconds(capsys):
    clock = Clock()
    talk = JsonTalk(Manner("run"), clock)

    with suppress(KeyError), talk.step("night"):
        with talk.step("read"):
            talk.say("144 rows")
            clock.seconds = 2.0
        clock.seconds = 3.5
        raise KeyError

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["message"], line["step"], line.get("seconds")) for line in lines] == [
        ("144 rows", "read", None),
        ("read: done", "read", 2.0),
        ("night: failed", "night", 3.5),
    ]


def test_progress_of_nothing_is_no_division_by_zero():
    assert progress_text("training", 0, 0, "") == "training: 0 of 0 (0%)"


def test_the_talk_follows_the_manner():
    with open_talk(Manner("train", quiet=True)) as quiet, open_talk(Manner("train")) as plain:
        assert isinstance(quiet, SilentTalk)
        assert isinstance(plain, PlainTalk)


def test_a_terminal_gets_bars_that_leave_nothing_behind(monkeypatch):
    screen = a_terminal(monkeypatch)
    with open_talk(Manner("train")) as talk:
        talk.say("reading [bold]")
        talk.progress("member 1 of 2", 1, 10, "MASE 0.9")
        talk.warn("a gap")

    assert isinstance(talk, LiveTalk)
    shown = screen.getvalue()
    assert shown.startswith("reading [bold]\n")
    assert "member 1 of 2" in shown
    assert "10%" in shown
    assert "MASE 0.9" in shown
    assert "warning: a gap" in shown
    assert shown.endswith("\n\x1b[?25h\r\x1b[1A\x1b[2K")  # the cursor is there again, and the line of the bar is empty


def test_a_bar_goes_once_its_work_is_done(monkeypatch):
    screen = a_terminal(monkeypatch)
    with open_talk(Manner("train")) as talk:
        talk.progress("member 1 of 2", 1, 10)
        before = screen.getvalue()
        talk.progress("member 1 of 2", 10, 10)
        drawn_since = screen.getvalue().removeprefix(before)

        assert drawn_since
        assert "member 1 of 2" not in drawn_since


def test_names_beside_a_bar_stay_as_they_are(monkeypatch):
    screen = a_terminal(monkeypatch)
    with open_talk(Manner("train")) as talk:
        talk.progress("member 1 of 2", 1, 10)
        talk.warn("series ':100:' [bold] is short")

    assert "warning: series ':100:' [bold] is short\n" in screen.getvalue()


def test_a_terminal_that_goes_away_is_no_reason_to_fail(monkeypatch):
    screen = a_terminal(monkeypatch)
    with open_talk(Manner("train")) as talk:
        talk.progress("member 1 of 2", 1, 10)
        shown = screen.getvalue()
        screen.is_gone = True
        talk.warn("a gap")
        talk.progress("member 1 of 2", 10, 10)
        talk.say("member 2 of 2")

    assert sys.stderr is screen
    assert screen.getvalue() == shown


def test_bars_need_no_thread(monkeypatch):
    screen = a_terminal(monkeypatch)
    before = set(threading.enumerate())

    with open_talk(Manner("predict")) as talk:
        talk.progress("reading", 1, 2)

        assert "reading" in screen.getvalue()
        assert not set(threading.enumerate()) - before


def test_a_terminal_without_progress_needs_no_bar(monkeypatch):
    screen = a_terminal(monkeypatch)
    with open_talk(Manner("predict")) as talk:
        talk.say("cutoff 1960-12")

    assert screen.getvalue() == "cutoff 1960-12\n"


def test_what_names_hold_cannot_steer_the_terminal(capsys):
    answer(Manner("check"), {}, "series  a\x1b[2Jb, Düsseldorf\nnext: c\x07\n")

    assert capsys.readouterr().out == "series  a\\x1b[2Jb, Düsseldorf\nnext: c\\x07\n"
