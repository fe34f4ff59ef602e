"""What stops a command from outside, a signal or its time limit: an exception unwinds it, so that nothing is left."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner, manner_of
from lstmcast.cli.terminal import Ending, tell_ending
from lstmcast.errors import INTERRUPTED, TERMINATED, TimeoutReachedError

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

HUNG_UP = 129
GRACE = 8.0  # seconds for clearing up after a signal: whoever sent it waits ten before he kills
PAUSE = 0.1  # seconds, before a stop is raised again that was lost
STOPS = {
    signal.SIGINT: Ending(INTERRUPTED, "interrupted", "stopped by SIGINT"),
    signal.SIGTERM: Ending(TERMINATED, "terminated", "stopped by SIGTERM"),
    signal.SIGHUP: Ending(HUNG_UP, "hung-up", "stopped by SIGHUP: the terminal went away"),
}
STOPPED = {TimeoutReachedError.exit_code, *(ending.exit_code for ending in STOPS.values())}


class StopError(BaseException):
    """Something from outside ends the work: it unwinds all, as KeyboardInterrupt does, so that locks and drafts go."""

    def __init__(self, ending: Ending) -> None:
        """Remember how that ends the program."""
        super().__init__(ending.message)
        self.ending = ending

    @property
    def exit_code(self) -> int:
        """Return the exit code that the program ends with."""
        return self.ending.exit_code


class Guard(threading.Timer):
    """Ends the process where the clearing up after a stop does not end."""

    def __init__(self, ending: Ending) -> None:
        """Make a guard of the call that is under way."""
        manner = manner_of(click.get_current_context(silent=True)) or Manner("")
        super().__init__(GRACE, _end_at_once, [ending, manner])
        self.daemon = True


@contextmanager
def stop_signals_raised() -> Iterator[None]:
    """Turn the first signal that asks us to stop into an exception; a signal ignored from outside stays ignored."""
    before = {number: signal.getsignal(number) for number in (*STOPS, signal.SIGALRM)}
    hook = sys.unraisablehook

    def stop(number: int, _frame: FrameType | None) -> None:
        raise _begin_to_stop(StopError(STOPS[signal.Signals(number)]))

    def tell(unraisable: "UnraisableHookArgs") -> None:
        if not isinstance(unraisable.exc_value, StopError):  # which is raised again
            hook(unraisable)

    for number in STOPS:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, stop)
    sys.unraisablehook = tell
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook
        for thread in threading.enumerate():
            if isinstance(thread, Guard):
                thread.cancel()


@contextmanager
def time_limit(limit: str | None) -> Iterator[None]:
    """End the block once it has taken as long as `limit`, a length of time as a config has it, says."""
    if limit is None:
        yield
        return
    from lstmcast.config.durations import parse_duration

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _begin_to_stop(StopError(_end_of_time(limit)))

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, parse_duration(limit).total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _end_of_time(limit: str) -> Ending:
    """Return how a command ends that has taken as long as it may."""
    message = f"took longer than {limit}; allow more by --timeout or job.timeout, or make the work smaller"
    return Ending(TimeoutReachedError.exit_code, TimeoutReachedError.name, message)


def _begin_to_stop(error: StopError) -> StopError:
    """Return the error, after seeing to it that it arrives, that nothing breaks the clearing up, and that this ends.

    An error is lost where one cannot be raised, as in a destructor, and where C code asks whether something is there:
    an import has many such places.
    """
    for other in STOPS:
        signal.signal(other, signal.SIG_IGN)  # a second one must not break the clearing up

    def insist(_number: int, _frame: FrameType | None) -> None:
        if not _is_being_handled(error):
            raise error

    signal.signal(signal.SIGALRM, insist)
    signal.setitimer(signal.ITIMER_REAL, PAUSE, PAUSE)
    with suppress(RuntimeError):  # no thread can be started
        Guard(error.ending).start()
    return error


def _is_being_handled(error: BaseException) -> bool:
    """Return whether what runs now does so because of the error: a `finally`, an `except`, the end of a `with`."""
    handled = sys.exception()
    while handled is not None and handled is not error:
        handled = handled.__context__
    return handled is error


def _end_at_once(ending: Ending, manner: Manner) -> None:
    """End the process although something is still at work: its locks go with it, and the next run clears up."""
    try:
        tell_ending(ending, manner)
    finally:
        os._exit(ending.exit_code)
