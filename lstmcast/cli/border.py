"""The border between the program and the shell: what was raised becomes one line and an exit code."""

import os
import signal
from collections.abc import Sequence

import click

from lstmcast.cli.manner import manner_of, manner_spelled_in
from lstmcast.cli.stops import STOPS, StopError, stop_signals_raised
from lstmcast.cli.streams import drop_stdout
from lstmcast.cli.terminal import PROGRAM, Ending, tell_ending
from lstmcast.errors import LstmcastError, foreseen_fault
from lstmcast.one_line import shorten

USAGE = 2
READER_LEFT = 141  # what a shell reports for any program whose reader went away
# Those of Python in part: `_ending_of` knows which.
FORESEEN = (click.ClickException, LstmcastError, StopError, KeyboardInterrupt, MemoryError, OSError, RuntimeError)


def run(group: click.Group, arguments: Sequence[str]) -> int:
    """Return the exit code of what `arguments` ask for, with every foreseen failure told in one line."""
    context = None
    try:
        completed = _complete_for_shell(group)
        if completed is not None:
            return completed
        with stop_signals_raised(), group.make_context(PROGRAM, list(arguments)) as context:
            group.invoke(context)
        ending = Ending(0)
    except click.exceptions.Exit as error:  # --help and --version end this way
        return error.exit_code
    except BrokenPipeError:
        drop_stdout()
        return READER_LEFT
    except FORESEEN as error:
        foreseen = _ending_of(error, arguments)
        if foreseen is None:
            raise
        ending = foreseen
    tell_ending(ending, manner_of(context) or manner_spelled_in(arguments))
    return ending.exit_code


def _ending_of(error: BaseException, arguments: Sequence[str]) -> Ending | None:
    """Return how a foreseen error ends what `arguments` ask for; None for a bug, which keeps its traceback."""
    fault = foreseen_fault(error)
    if fault is not None:
        answer = fault.answer.as_json() if fault.answer else {}
        faults = tuple(map(shorten, fault.faults))
        wrong = {"wrong": list(faults)} if faults else {}
        return Ending(fault.exit_code, fault.name, shorten(str(fault)), {**answer, **wrong}, faults)
    if isinstance(error, click.ClickException):
        return Ending(USAGE, "usage", shorten(_usage_message(error, arguments)))
    if isinstance(error, StopError):
        return error.ending
    if isinstance(error, KeyboardInterrupt):
        return STOPS[signal.SIGINT]
    return None


def _usage_message(error: click.ClickException, arguments: Sequence[str]) -> str:
    """Return what is wrong with the command line and where its help is."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else f"{PROGRAM} {manner_spelled_in(arguments).command}".rstrip()
    command = path.removeprefix(PROGRAM).strip() or "command line"
    if isinstance(error, click.NoSuchOption):
        near = repr(error.possibilities[0]) if error.possibilities else _key_called(error.option_name)
        message = f"no option {error.option_name!r}{f' (did you mean {near}?)' if near else ''}"
    elif "unexpected extra argument" in error.format_message():
        message = f"{error.format_message().rstrip('.')}: quote a name that holds blanks"
    else:
        message = error.format_message().rstrip(".")
    if not message[:2].isupper():
        message = message[:1].lower() + message[1:]
    return f"{command}: {message}; see {path} --help"


def _key_called(option: str) -> str:
    """Return how to set the key of the config that is called like an option, if there is one."""
    from lstmcast.config.keys import dotted_keys

    name = option.lstrip("-").replace("-", "_")
    key = next((key for key in dotted_keys() if key.rpartition(".")[2] == name), "")
    return f"'--set {key}=VALUE'" if key else ""


def _complete_for_shell(group: click.Group) -> int | None:
    """Answer a shell that asks for completions, and return the exit code; None where no shell asks."""
    variable = f"_{PROGRAM.upper()}_COMPLETE"
    instruction = os.environ.get(variable)
    if not instruction:
        return None
    from click.shell_completion import shell_complete

    return shell_complete(group, {}, PROGRAM, variable, instruction)
