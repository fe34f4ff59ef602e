"""`lstmcast export`: the current version as a file for other runtimes."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import (
    FILE_PATH,
    config_options,
    manner_options,
    model_option,
    now_option,
    read_given_config,
    timeout_option,
)
from lstmcast.cli.stops import time_limit
from lstmcast.cli.table import prose_lines
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.export.file_names import FILES, FormatName

if TYPE_CHECKING:
    from lstmcast.jobs.export import ExportResult


@click.command(name="export")
@config_options
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FILES)),
    required=True,
    help="keras: a Keras model; litert: for phones and small devices; onnx: for ONNX Runtime and others.",
)
@model_option
@click.option(
    "--rows",
    type=click.IntRange(2, 1_000_000),
    metavar="N",
    help="How many of the newest rows of a series go in.  [default: as many as there are now, up to 2000]",
)
@click.option(
    "--output",
    type=FILE_PATH,
    metavar="PATH",
    help="The file to write; what goes in and comes out is told in PATH.json.  [default: in export/ in the workspace]",
)
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    name: FormatName,
    model: str | None,
    rows: int | None,
    output: Path | None,
    now: datetime,
    timeout: str | None,
    manner: Manner,
) -> None:
    """Write the current version as one file for another runtime.

    Raw values in, quantiles out: scaling, networks, calibration and all are in the file, and
    nothing of lstmcast is needed to run it. It is run once before it is kept, and has to say what
    predict says of the same rows.
    """
    if output == Path("-"):
        raise click.UsageError("--output writes a file and its description; name a file, such as model.onnx")
    config = read_given_config(config_path, sets, output)

    from lstmcast.jobs.export import export

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = export(config, name=name, model=model, rows=rows, output=output, now=now, talk=talk)
    answer(manner, result.as_json(), _describe(result))


def _describe(result: "ExportResult") -> str:
    """Return where the file is, and how near it comes to our own forecast."""
    lines = [
        f"version {result.version_id} for {result.format}: {result.file}, {result.size / 1e6:.1f} MB",
        f"takes the newest {result.rows} rows of a series; {result.description.name} tells what goes in and what comes "
        "out, with an example",
        f"run on {result.windows} series, it was off our own forecast by {result.difference:.2g} of an interval's "
        "width at most",
    ]
    return "".join(f"{line}\n" for text in lines for line in prose_lines(text))
