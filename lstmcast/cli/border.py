"""The border between the program and the shell: what was raised becomes one line and an exit code."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType

import click

from lstmcast.cli.manner import Manner, manner_of, manner_spelled_in
from lstmcast.cli.streams import drop_stdout
from lstmcast.cli.terminal import PROGRAM, Ending, tell_ending
from lstmcast.errors import INTERRUPTED, TERMINATED, LstmcastError, TimeoutReachedError, foreseen_fault

USAGE = 2
HUNG_UP = 129
GRACE = 8.0  # seconds for clearing up after a signal: whoever sent it waits ten before he kills
READER_LEFT = 141  # what a shell reports for any program whose reader went away
STOPS = {
    signal.SIGINT: Ending(INTERRUPTED, "interrupted", "stopped by SIGINT"),
    signal.SIGTERM: Ending(TERMINATED, "terminated", "stopped by SIGTERM"),
    signal.SIGHUP: Ending(HUNG_UP, "hung-up", "stopped by SIGHUP: the terminal went away"),
}


STOPPED = {TimeoutReachedError.exit_code, *(ending.exit_code for ending in STOPS.values())}


class StopSignalError(BaseException):
    """A signal asks us to stop: it unwinds everything, as KeyboardInterrupt does, so that locks and drafts go."""

    guard: threading.Timer | None = None  # ends the process where the clearing up does not end

    def __init__(self, number: int) -> None:
        """Remember which signal it was."""
        super().__init__(signal.Signals(number).name)
        self.ending = STOPS[signal.Signals(number)]

    @property
    def exit_code(self) -> int:
        """Return the exit code that a stop by this signal ends with."""
        return self.ending.exit_code


class TimeUpError(StopSignalError):
    """The time limit is reached: it unwinds everything, too."""

    def __init__(self, limit: str) -> None:
        """Remember how long the limit was."""
        BaseException.__init__(self, limit)
        message = f"took longer than {limit}; allow more by --timeout or job.timeout, or make the work smaller"
        self.ending = Ending(TimeoutReachedError.exit_code, TimeoutReachedError.name, message)


# Those of Python in part: `ending_of` knows which.
FORESEEN = (click.ClickException, LstmcastError, StopSignalError, KeyboardInterrupt, MemoryError, OSError, RuntimeError)


def run(group: click.Group, arguments: Sequence[str]) -> int:
    """Return the exit code of what `arguments` ask for, with every foreseen failure told in one line."""
    complete_for_shell(group)
    context = None
    try:
        with stop_signals_raised(), group.make_context(PROGRAM, list(arguments)) as context:
            group.invoke(context)
        ending = Ending(0)
    except click.exceptions.Exit as error:  # --help and --version end this way
        return error.exit_code
    except BrokenPipeError:
        drop_stdout()
        return READER_LEFT
    except FORESEEN as error:
        foreseen = ending_of(error)
        if foreseen is None:
            raise
        ending = foreseen
        if isinstance(error, StopSignalError) and error.guard is not None:
            error.guard.cancel()
    tell_ending(ending, manner_of(context) or manner_spelled_in(arguments))
    return ending.exit_code


def ending_of(error: BaseException) -> Ending | None:
    """Return how a foreseen error ends the program; None for a bug, which keeps its traceback."""
    fault = foreseen_fault(error)
    if fault is not None:
        answer = fault.answer.as_json() if fault.answer else {}
        wrong = {"wrong": list(fault.faults)} if fault.faults else {}
        return Ending(fault.exit_code, fault.name, str(fault), {**answer, **wrong}, fault.faults)
    if isinstance(error, click.ClickException):
        return Ending(USAGE, "usage", usage_message(error))
    if isinstance(error, StopSignalError):
        return error.ending
    if isinstance(error, KeyboardInterrupt):
        return STOPS[signal.SIGINT]
    return None


def usage_message(error: click.ClickException) -> str:
    """Return what is wrong with the command line and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else PROGRAM
    command = path.removeprefix(PROGRAM).strip() or "command line"
    if isinstance(error, click.NoSuchOption):
        near = repr(error.possibilities[0]) if error.possibilities else key_called(error.option_name)
        message = f"no option {error.option_name!r}{f' (did you mean {near}?)' if near else ''}"
    elif "unexpected extra argument" in error.format_message():
        message = f"{error.format_message().rstrip('.')}: quote a name that holds blanks"
    else:
        message = error.format_message().rstrip(".")
    if not message[:2].isupper():
        message = message[:1].lower() + message[1:]
    return f"{command}: {message}; see {path} --help"


def key_called(option: str) -> str:
    """Return how to set the key of the config that is called like an option, if there is one."""
    from lstmcast.config.keys import dotted_keys

    name = option.lstrip("-").replace("-", "_")
    key = next((key for key in dotted_keys() if key.rpartition(".")[2] == name), "")
    return f"'--set {key}=VALUE'" if key else ""


@contextmanager
def stop_signals_raised() -> Iterator[None]:
    """Turn the first signal that asks us to stop into an exception; a signal ignored from outside stays ignored."""
    before = {number: signal.getsignal(number) for number in STOPS}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]

    def stop(number: int, _frame: FrameType | None) -> None:
        raise begin_to_stop(StopSignalError(number))

    for number in heeded:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number])


@contextmanager
def time_limit(limit: str | None) -> Iterator[None]:
    """End the block once it has taken as long as `limit`, a length of time as a config has it, says."""
    if limit is None:
        yield
        return
    from lstmcast.config.durations import parse_duration

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise begin_to_stop(TimeUpError(limit))

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, parse_duration(limit).total_seconds())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def begin_to_stop(error: StopSignalError) -> StopSignalError:
    """Return the error, after seeing to it that nothing breaks the clearing up, and that this does not last."""
    for other in (*STOPS, signal.SIGALRM):
        signal.signal(other, signal.SIG_IGN)  # a second one must not break the clearing up
    manner = manner_of(click.get_current_context(silent=True)) or Manner("")
    error.guard = threading.Timer(GRACE, end_at_once, [error.ending, manner])
    error.guard.daemon = True
    with suppress(RuntimeError):  # no thread can be started
        error.guard.start()
    return error


def end_at_once(ending: Ending, manner: Manner) -> None:
    """End the process although something is still at work: its locks go with it, and the next run clears up."""
    try:
        tell_ending(ending, manner)
    finally:
        os._exit(ending.exit_code)


def complete_for_shell(group: click.Group) -> None:
    """Answer a shell that asks for completions, and exit; else do nothing."""
    variable = f"_{PROGRAM.upper()}_COMPLETE"
    instruction = os.environ.get(variable)
    if instruction:
        from click.shell_completion import shell_complete

        raise SystemExit(shell_complete(group, {}, PROGRAM, variable, instruction))
