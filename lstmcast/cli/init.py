"""`lstmcast init`: a config for a file that nobody has described yet."""

from pathlib import Path
from shlex import quote

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import ANY_PATH, DEFAULT_CONFIG, FILE_PATH, manner_options, set_option
from lstmcast.cli.terminal import answer, open_talk


@click.command(name="init")
@click.argument("csv", type=ANY_PATH)
@click.option(
    "--output",
    "-o",
    type=FILE_PATH,
    help=f"Where the config goes.  [default: {DEFAULT_CONFIG} in the current folder]",
)
@click.option("--force", is_flag=True, help="Replace a config that is there already.")
@set_option
@manner_options
def command(csv: Path, output: Path | None, force: bool, sets: tuple[str, ...], manner: Manner) -> None:
    """Look at the file CSV and write a commented config for it.

    It finds the time column and its format, the frequency, the id columns, the target and the season.
    What it finds wrong can be corrected in the file, or here with --set, such as --set data.target=load.
    """
    if output == Path("-"):
        raise click.UsageError(f"--output writes a file; name one, such as {DEFAULT_CONFIG}")
    from lstmcast.jobs.init import init

    with open_talk(manner) as talk:
        result = init(csv, output=output or DEFAULT_CONFIG, force=force, sets=sets, talk=talk)
    lines = [f"wrote {result.path}", *result.notes, f"next: lstmcast train {quote(str(result.path))}"]
    answer(manner, result.as_json(), "".join(f"{line}\n" for line in lines))
