"""The options that commands share, each written once."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lstmcast.cli.manner import LogFormat, Manner, remember_manner
from lstmcast.cli.streams import check_stdout
from lstmcast.errors import OutputError
from lstmcast.files import is_same
from lstmcast.plurals import name_some

if TYPE_CHECKING:
    from lstmcast.config.schema import Config

DEFAULT_CONFIG = Path("lstmcast.yaml")
ANY_PATH = click.Path(path_type=Path, readable=False)  # whether it can be read, the reader finds out and says
FILE_PATH = click.Path(path_type=Path, dir_okay=False, readable=False)
FIRST_YEAR, LAST_YEAR = 1000, 9900  # what lies before or after may not have an hour or a horizon more
NAMED = 5  # series that were left out

Function = Callable[..., None]


def manner_options(function: Function) -> Function:
    """Add --quiet, --json and --log-format, and hand them over as `manner`."""

    def with_manner(*args: Any, quiet: bool, as_json: bool, log_format: LogFormat, **options: Any) -> None:
        context = click.get_current_context()
        command = context.command_path.partition(" ")[2]
        manner = Manner(command, quiet=quiet, as_json=as_json, log_format=log_format)
        remember_manner(context, manner)
        if as_json or not quiet:
            check_stdout()
        function(*args, manner=manner, **options)

    decorate = (
        click.option("--quiet", "-q", is_flag=True, help="Say nothing on success, one line on failure."),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout."),
        click.option(
            "--log-format",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="Talk on stderr in lines of text, or in JSON objects, one a line.",
        ),
    )
    decorated: Function = update_wrapper(with_manner, function)
    for option in reversed(decorate):
        decorated = option(decorated)
    return decorated


def set_option(function: Function) -> Function:
    """Add --set, handed over as `sets`."""
    return click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="KEY=VALUE",
        help="Set a config value, such as forecast.horizon=24. Repeatable; goes before LSTMCAST_* and the file.",
    )(function)


def config_options(function: Function) -> Function:
    """Add the positional CONFIG, handed over as `config_path`, and --set; `read_given_config` takes both."""
    argument = click.argument("config_path", metavar="[CONFIG]", type=ANY_PATH, default=DEFAULT_CONFIG, required=False)
    return argument(set_option(function))


def read_given_config(path: Path, sets: tuple[str, ...], *results: Path | str | None) -> "Config":
    """Return the config that a command line means; OutputError if one of its results would take the place of that.

    A command calls this before it imports its job: what is wrong with a config is then said without pandas and NumPy.
    """
    from lstmcast.config.yaml_file import load_config  # `--help` needs no yaml

    config = load_config(path, sets=sets, environment=os.environ)
    for result in (*results, config.job.metrics):
        if result is not None and is_same(Path(result), path):
            raise OutputError(f"{result}: the config is read from there, and would be lost; choose another place")
    return config


def model_option(function: Function) -> Function:
    """Add --model, handed over as `model`; left out, it is the current version."""
    return click.option("--model", metavar="ID|DIR", help="A version or its folder.  [default: the current version]")(
        function
    )


def data_option(function: Function) -> Function:
    """Add --data, handed over as `data`; left out, it is the file of the config."""
    return click.option(
        "--data",
        metavar="PATH|-",
        help="A newer file of the same form; - is stdin.  [default: data.path of the config]",
    )(function)


def refuse_two_answers(manner: Manner, output: str | None) -> None:
    """Raise a usage error if both the JSON document and what is written would go to stdout."""
    if manner.as_json and output == "-":
        raise click.UsageError("--json and --output - both want stdout; give one of them", click.get_current_context())


def now_option(function: Function) -> Function:
    """Add --now, handed over as an instant with a zone; left out, it is the present one."""
    return click.option(
        "--now",
        metavar="ISO8601",
        callback=lambda _context, _option, text: datetime.now(UTC) if text is None else read_instant(text),
        help="Take this for the present time; without an offset it is UTC.",
    )(function)


def timeout_option(function: Function) -> Function:
    """Add --timeout, handed over as a length of time or None; `job.timeout` counts where it is None."""
    return click.option(
        "--timeout",
        metavar="TIME",
        callback=lambda _context, _option, text: None if text is None else read_length(text),
        help="Stop after this time, such as 90s, 10min or 2h, with exit code 42.  [default: job.timeout]",
    )(function)


def partial_option(function: Function) -> Function:
    """Add --allow-partial, handed over as `allow_partial`."""
    return click.option(
        "--allow-partial",
        is_flag=True,
        help="Leave out up to 100 series that cannot be forecast, and forecast the others, with exit code 15.",
    )(function)


def refuse_partial(left_out: tuple[str, ...], what: str = "forecast", done: str = "published") -> None:
    """Raise a PartialError if anything was left out, once the answer is out; it says what was done to the others."""
    if left_out:
        from lstmcast.errors import PartialError

        named = name_some([repr(name) for name in left_out[:NAMED]], len(left_out))
        raise PartialError(f"{what}: left out the series {named}; the others are {done}")


def read_length(text: str) -> str:
    """Return a length of time as a config has it; a bare number counts seconds."""
    from lstmcast.config.durations import parse_duration

    text = f"{text}s" if text.replace(".", "", 1).isdigit() else text
    try:
        parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    return text


def read_instant(text: str) -> datetime:
    """Return the instant that ISO 8601 text names, with its zone."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no ISO 8601 time, such as 2025-03-01T06:00:00Z") from error
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise click.BadParameter(f"{text!r} is not in the years {FIRST_YEAR} to {LAST_YEAR}")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
