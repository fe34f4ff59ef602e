"""Writes docs/cli.md from the commands themselves: `python -m lstmcast.cli.reference` rewrites it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from lstmcast.cli.border import READER_LEFT, USAGE
from lstmcast.cli.documents import document_rows
from lstmcast.cli.main import lstmcast
from lstmcast.cli.stops import HUNG_UP
from lstmcast.errors import INTERRUPTED, TERMINATED, LstmcastError

INTRODUCTION = """\
# The command line

This page is written by `python -m lstmcast.cli.reference`; change the commands, not the page.

`CONFIG` is the path of a config; left out, it is `lstmcast.yaml` in the current folder.
Paths inside a config are relative to the config's own folder.
What `--set` says goes before the `LSTMCAST_*` variables of the environment, and these before the file.

stdout is the answer, stderr the talk: progress bars on a terminal, plain lines elsewhere, JSON objects with
`--log-format json` (the last one carries `exit_code`; their `time` is the real one, whatever `--now` says).
With `--quiet` a success writes nothing, and a failure writes one line on stderr; only what is asked for by name
still goes to stdout, by `--json` or `--output -`.
With `--json` stdout is [one JSON document](#what---json-prints), after a failure
`{"error": {"name": …, "message": …, "exit_code": …}}`, with the fields of a success beside it where `train` was
refused by the gate (31), a fault began (33) or `check` found the data wrong. With 15 there is `left_out`, no `error`.
Where several keys of the config are wrong, each has its line on stderr before the last one (but with `--quiet`), and
all are in the document under `wrong`.

For completion in bash: `eval "$(_LSTMCAST_COMPLETE=bash_source lstmcast)"` (also `zsh_source`, `fish_source`).
"""

JSON = """\
## What `--json` prints

Scores are those of the [guide](guide.md#reading-the-scores), in full: `coverage_80` is the share inside the 80%
interval, `width_80` its width. What is not there is `null`. `schema` prints the schema itself.
"""

EXIT_CODES = """\
## Exit codes

A failure's last line on stderr is `lstmcast: error[NAME]: where: what is wrong; what to do`.
"""

SHARED = "## Options of every command\n"


def cli_reference() -> str:
    """Return the page: the shared options, every command with its own ones, JSON and exit codes."""
    context = click.Context(lstmcast, info_name="lstmcast")
    found = list(_walk_commands(context, lstmcast))
    everywhere = _shared_options([command for _, command in found if not isinstance(command, click.Group)])
    shared = SHARED + _options_table(context, everywhere.values())
    sections = [_command_section(inner, command, everywhere) for inner, command in found]
    return "\n".join([INTRODUCTION, shared, *sections, JSON, _document_table(), EXIT_CODES, _exit_code_table()])


def _shared_options(commands: Sequence[click.Command]) -> dict[str | None, click.Parameter]:
    """Return the options that all of the commands have, by their names."""
    by_name = [{parameter.name: parameter for parameter in command.params} for command in commands]
    return {name: option for name, option in by_name[0].items() if all(name in others for others in by_name)}


def _walk_commands(context: click.Context, group: click.Group) -> Iterator[tuple[click.Context, click.Command]]:
    """Yield every command below the group, depth first."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, parent=context, info_name=name)
        yield inner, command
        if isinstance(command, click.Group):
            yield from _walk_commands(inner, command)


def _command_section(
    context: click.Context, command: click.Command, shared: Mapping[str | None, click.Parameter]
) -> str:
    """Return one command's heading, description and the options that not all have."""
    usage = " ".join(command.collect_usage_pieces(context))
    lines = [f"## `{context.command_path}`", "", "```text", f"{context.command_path} {usage}", "```", ""]
    lines += [*(line.strip() for line in (command.help or "").strip().splitlines()), ""]
    own = [option for option in command.params if option.name not in shared]
    return "\n".join(lines) + _options_table(context, own)


def _options_table(context: click.Context, parameters: Iterable[click.Parameter]) -> str:
    """Return a table of the options among the parameters, or nothing; arguments stand in the usage line."""
    options = [parameter for parameter in parameters if isinstance(parameter, click.Option)]
    records = filter(None, (option.get_help_record(context) for option in options))
    rows = [f"| `{_escape_cell(option)}` | {_escape_cell(text)} |\n" for option, text in records]
    return "\n| option | does |\n|---|---|\n" + "".join(rows) if rows else ""


def _document_table() -> str:
    """Return the fields of the document that each command prints with `--json`."""
    return "| command | fields |\n|---|---|\n" + "".join(f"| {one} | {fields} |\n" for one, fields in document_rows())


def _exit_code_table() -> str:
    """Return every exit code with its name and meaning."""
    rows = [(0, "", "Done, and durable."), (1, "", "A bug: please report the traceback.")]
    rows.append((USAGE, "usage", "The command line cannot be understood."))
    errors = sorted(LstmcastError.__subclasses__(), key=lambda error: error.exit_code)
    rows += [(error.exit_code, error.name, (error.__doc__ or "").strip().splitlines()[0]) for error in errors]
    rows.append((HUNG_UP, "hung-up", "The terminal went away."))
    rows.append((INTERRUPTED, "interrupted", "Stopped by Ctrl-C (SIGINT)."))
    rows.append((READER_LEFT, "", "The program that reads stdout went away first."))
    rows.append((TERMINATED, "terminated", "Stopped by SIGTERM."))
    head = "| code | name | meaning |\n|---|---|---|\n"
    return head + "".join(f"| {code} | {f'`{name}`' if name else ''} | {text} |\n" for code, name, text in rows)


def _escape_cell(text: str) -> str:
    """Return text that a cell of a Markdown table can hold."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(__file__).parents[2].joinpath("docs", "cli.md").write_text(cli_reference(), encoding="utf-8")
