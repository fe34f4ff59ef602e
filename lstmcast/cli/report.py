"""`lstmcast report`: one HTML page of all that the workspace holds."""

from datetime import datetime
from pathlib import Path

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import (
    config_options,
    manner_options,
    model_option,
    now_option,
    read_given_config,
    refuse_two_answers,
    timeout_option,
)
from lstmcast.cli.stops import time_limit
from lstmcast.cli.streams import write_answer
from lstmcast.cli.terminal import answer, open_talk


@click.command(name="report")
@config_options
@model_option
@click.option(
    "--output",
    "-o",
    metavar="FILE|-",
    help="Where the page goes; - is stdout.  [default: report.html in the workspace]",
)
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    model: str | None,
    output: str | None,
    now: datetime,
    timeout: str | None,
    manner: Manner,
) -> None:
    """Write one HTML page: forecast, backtest, calibration, residuals, model, training, data, versions.

    The page needs no network and opens from disk; it shows what the workspace holds, and for
    what is missing which command to run. Many series: a selection of them.
    """
    refuse_two_answers(manner, output)
    config = read_given_config(config_path, sets, output)

    from lstmcast.jobs.report import report

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = report(config, model=model, output=output, now=now, talk=talk)
    if result.html is not None:
        write_answer(result.html)  # asked for by name, so --quiet does not keep it back
    else:
        answer(manner, result.as_json(), f"{result.path}\n")
