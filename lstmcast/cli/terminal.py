"""How a command speaks: its answer, its talk and its last word, each in the manner that was asked for."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lstmcast.cli.live import LiveTalk
from lstmcast.cli.manner import Manner
from lstmcast.cli.streams import harmless, one_line, write_answer, write_talk
from lstmcast.errors import OutputError, PartialError
from lstmcast.jobs.common.talk import SilentTalk, Talk
from lstmcast.json_text import json_document

PROGRAM = "lstmcast"
SECONDS_BETWEEN_LINES = 10.0  # of progress, where there is no terminal to redraw it on


@dataclass(frozen=True)
class Ending:
    """How a call ends: its exit code and, for a failure, a name and a message."""

    exit_code: int
    name: str = ""
    message: str = ""
    answer: Mapping[str, Any] = field(default_factory=dict)  # what a failure has to tell beside its message
    faults: tuple[str, ...] = ()  # all that is wrong, where it is more than the message tells


class Ration:
    """Allows one line of progress every some seconds, the first after as many."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin to wait."""
        self._clock = clock
        self._last = clock()

    def allows_another(self) -> bool:
        """Return whether the last line is old enough; if so, there is a new last one."""
        now = self._clock()
        if now - self._last < SECONDS_BETWEEN_LINES:
            return False
        self._last = now
        return True


class PlainTalk:
    """Talks in lines of text; progress in a line now and then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start the clock by which progress is rationed."""
        self._ration = Ration(clock)

    def say(self, text: str) -> None:
        """Write one line."""
        write_talk(text)

    def warn(self, text: str) -> None:
        """Write one line that starts with `warning:`."""
        write_talk(f"warning: {text}")

    def progress(self, label: str, done: int, total: int, detail: str = "") -> None:
        """Write one line if the last one is some seconds old."""
        if self._ration.allows_another():
            write_talk(progress_text(label, done, total, detail))

    def step(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002 -- a person sees what comes
        """Write nothing."""
        return nullcontext()


class JsonTalk:
    """Talks in JSON, one object a line."""

    def __init__(self, manner: Manner, clock: Callable[[], float] = time.monotonic) -> None:
        """Start the clock by which progress is rationed."""
        self._manner = manner
        self._clock = clock
        self._ration = Ration(clock)
        self._steps: list[str] = []

    def say(self, text: str) -> None:
        """Write one object of level info."""
        self._write("info", text)

    def warn(self, text: str) -> None:
        """Write one object of level warning."""
        self._write("warning", text)

    def progress(self, label: str, done: int, total: int, detail: str = "") -> None:
        """Write one object with the count if the last one is some seconds old."""
        if self._ration.allows_another():
            self._write("info", progress_text(label, done, total, detail), done=done, total=total)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Write one object when the step ends, however it does, with the seconds that it took."""
        self._steps.append(name)
        started, outcome = self._clock(), "failed"
        try:
            yield
            outcome = "done"
        finally:
            self._write("info", f"{name}: {outcome}", seconds=round(self._clock() - started, 3))
            self._steps.pop()

    def _write(self, level: str, message: str, **more: Any) -> None:
        step = {"step": self._steps[-1]} if self._steps else {}
        write_talk(_log_line(level, self._manner, message, **step, **more))


@contextmanager
def open_talk(manner: Manner) -> Iterator[Talk]:
    """Yield the talk that `manner` and the terminal ask for, and close it."""
    if manner.quiet:
        yield SilentTalk()
    elif manner.log_format == "json":
        yield JsonTalk(manner)
    elif sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        talk = LiveTalk()
        try:
            yield talk
        finally:
            talk.close()
    else:
        yield PlainTalk()


def answer(manner: Manner, document: Mapping[str, Any], text: str) -> None:
    """Write the answer to stdout: the document with `--json`, else the text unless `--quiet`."""
    if manner.as_json:
        write_answer(json_document(document))
    elif not manner.quiet and text:
        write_answer(harmless(text))


def tell_ending(ending: Ending, manner: Manner) -> None:
    """Write the last line, and with `--json` the one document, that a failure leaves; a success only its log line.

    Lines before the last one tell what else is wrong.
    """
    failed = ending.exit_code != 0
    level, message = ("error", ending.message) if failed else ("info", "done")
    if failed and manner.as_json and ending.exit_code != PartialError.exit_code:  # whose answer is out already
        error = {"name": ending.name, "message": one_line(ending.message), "exit_code": ending.exit_code}
        with suppress(OutputError, BrokenPipeError):
            write_answer(json_document({**ending.answer, "error": error}))
    if failed and not manner.quiet:
        for fault in ending.faults[1:]:
            line = f"wrong: {fault}"
            write_talk(line if manner.log_format == "text" else _log_line(level, manner, line))
    if manner.log_format == "json" and (failed or not manner.quiet):
        name = {"error": ending.name} if failed else {}
        seconds = round(time.monotonic() - manner.started, 3)
        write_talk(_log_line(level, manner, message, **name, seconds=seconds, exit_code=ending.exit_code))
    elif failed:
        write_talk(f"{PROGRAM}: error[{ending.name}]: {ending.message}")


def _log_line(level: str, manner: Manner, message: str, **more: Any) -> str:
    """Return one JSON object on one line; the time is the real one, whatever `--now` says."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    origin = {"time": now, "level": level, "command": manner.command, "run": manner.run}
    record = {**origin, "message": one_line(message), **more}
    return json.dumps(record, ensure_ascii=False, allow_nan=False)


def progress_text(label: str, done: int, total: int, detail: str) -> str:
    """Return progress as a line, such as `training: 300 of 2000 (15%), MASE 0.91`."""
    text = f"{label}: {done} of {total} ({done * 100 // max(total, 1)}%)"
    return f"{text}, {detail}" if detail else text
