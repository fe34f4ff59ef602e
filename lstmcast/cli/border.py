"""The border between the program and the shell: what was raised becomes one line and an exit code."""

import errno
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import click

from lstmcast.cli.manner import manner_of, manner_spelled_in
from lstmcast.cli.streams import drop_stdout
from lstmcast.cli.terminal import PROGRAM, Ending, tell_ending
from lstmcast.errors import INTERRUPTED, TERMINATED, LstmcastError, OutputError

USAGE = 2
HUNG_UP = 129
READER_LEFT = 141  # what a shell reports for any program whose reader went away
CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}
STOPS = {
    signal.SIGINT: Ending(INTERRUPTED, "interrupted", "stopped by SIGINT"),
    signal.SIGTERM: Ending(TERMINATED, "terminated", "stopped by SIGTERM"),
    signal.SIGHUP: Ending(HUNG_UP, "hung-up", "stopped by SIGHUP: the terminal went away"),
}


class StopSignalError(BaseException):
    """A signal asks us to stop: it unwinds everything, as KeyboardInterrupt does, so that locks and drafts go."""

    def __init__(self, number: int) -> None:
        """Remember which signal it was."""
        super().__init__(signal.Signals(number).name)
        self.number = signal.Signals(number)


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
    except (click.ClickException, LstmcastError, StopSignalError, KeyboardInterrupt, OSError) as error:
        foreseen = ending_of(error)
        if foreseen is None:
            raise
        ending = foreseen
    tell_ending(ending, manner_of(context) or manner_spelled_in(arguments))
    return ending.exit_code


def ending_of(error: BaseException) -> Ending | None:
    """Return how a foreseen error ends the program; None for a bug, which keeps its traceback."""
    if isinstance(error, LstmcastError):
        return Ending(error.exit_code, error.name, str(error))
    if isinstance(error, click.ClickException):
        return Ending(USAGE, "usage", usage_message(error))
    if isinstance(error, StopSignalError):
        return STOPS[error.number]
    if isinstance(error, KeyboardInterrupt):
        return STOPS[signal.SIGINT]
    if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
        where = error.filename or "standard output"
        return Ending(OutputError.exit_code, OutputError.name, f"{where}: {error.strerror}; see that it can be written")
    return None


def usage_message(error: click.ClickException) -> str:
    """Return what is wrong with the command line and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else PROGRAM
    command = path.removeprefix(PROGRAM).strip() or "command line"
    if isinstance(error, click.NoSuchOption):
        near = f" (did you mean {error.possibilities[0]!r}?)" if error.possibilities else ""
        message = f"no option {error.option_name!r}{near}"
    else:
        message = error.format_message().rstrip(".")
    if not message[:2].isupper():
        message = message[:1].lower() + message[1:]
    return f"{command}: {message}; see {path} --help"


@contextmanager
def stop_signals_raised() -> Iterator[None]:
    """Turn the first signal that asks us to stop into an exception; a signal ignored from outside stays ignored."""
    before = {number: signal.getsignal(number) for number in STOPS}
    heeded = [number for number, handler in before.items() if handler is not signal.SIG_IGN]

    def stop(number: int, _frame: FrameType | None) -> None:
        for other in heeded:
            signal.signal(other, signal.SIG_IGN)  # a second one must not break the clearing up
        raise StopSignalError(number)

    for number in heeded:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in heeded:
            signal.signal(number, before[number])


def complete_for_shell(group: click.Group) -> None:
    """Answer a shell that asks for completions, and exit; else do nothing."""
    variable = f"_{PROGRAM.upper()}_COMPLETE"
    instruction = os.environ.get(variable)
    if instruction:
        from click.shell_completion import shell_complete

        raise SystemExit(shell_complete(group, {}, PROGRAM, variable, instruction))
