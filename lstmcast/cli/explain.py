"""`lstmcast explain`: what the gates of a trained version do, and what moves its forecast."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import (
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

if TYPE_CHECKING:
    from lstmcast.jobs.explain import ExplainResult


@click.command(name="explain")
@config_options
@model_option
@click.option(
    "--series", metavar="ID", help="The series to explain; ids are joined by /.  [default: the most typical one]"
)
@click.option(
    "--origin", metavar="TIME", help="The last known time of the window, as the data write it.  [default: the newest]"
)
@click.option(
    "--windows",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Explain the mean over N windows of all series instead of one window.",
)
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    model: str | None,
    series: str | None,
    origin: str | None,
    windows: int | None,
    now: datetime,
    timeout: str | None,
    manner: Manner,
) -> None:
    """Say what the model remembers, whom it follows, and what moves its forecast.

    In words, with pictures and all figures in explain/ in the workspace: gate openings and cell
    state beside the series, the memory of each unit, the bank of classical forecasts, and the
    influence of past values, covariates and calendar. Needs no training and no TensorFlow.
    """
    if windows is not None and (series is not None or origin is not None):
        raise click.UsageError("--windows takes windows of all series; leave out --series and --origin")
    config = read_given_config(config_path, sets)

    from lstmcast.jobs.explain import explain

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = explain(config, model=model, series=series, origin=origin, windows=windows, now=now, talk=talk)
    answer(manner, result.as_json(), describe(result))


def describe(result: "ExplainResult") -> str:
    """Return the sentences under their headings, and where the pictures are."""
    lines = [*prose_lines(f"version {result.version_id}: {result.windows}"), ""]
    for heading, sentences in result.words.items():
        lines.append(heading)
        for sentence in sentences:
            lines += prose_lines(sentence, "  - ", "    ")
        lines.append("")
    pictures = ", ".join(path.name for path in result.pictures)
    lines.append(f"saved in {result.folder}: explain.json{f', {pictures}' if pictures else ''}")
    return "".join(f"{line}\n" for line in lines)
