"""`lstmcast train`: a new model version, and its scores beside the baselines."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options, now_option, read_given_config, timeout_option
from lstmcast.cli.stops import time_limit
from lstmcast.cli.table import render_table, score_columns
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.errors import GateError
from lstmcast.plurals import count_things

if TYPE_CHECKING:
    from lstmcast.jobs.train import TrainResult


@click.command(name="train")
@config_options
@click.option("--resume", is_flag=True, help="Go on from where a training of the same was interrupted.")
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path, sets: tuple[str, ...], resume: bool, now: datetime, timeout: str | None, manner: Manner
) -> None:
    """Train a model, score it beside the baselines, save it as a version.

    The version becomes the current one if it passes the gate; if not, the exit code is 31,
    the version is saved all the same, and the one that was current stays so.

    A training that is interrupted or reaches its time limit leaves a checkpoint. --resume goes on from it,
    to the same version as without the interruption; with other data or another config it begins anew.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.train import TrainResult, train

    try:
        with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
            result = train(config, resume=resume, now=now, talk=talk)
    except GateError as error:
        if isinstance(error.answer, TrainResult) and not manner.as_json:
            answer(manner, {}, _describe(error.answer))
        raise
    answer(manner, result.as_json(), _describe(result))


def _describe(result: "TrainResult") -> str:
    """Return the table of scores and what became of the version."""
    windows = count_things(result.test_windows, "test window")
    lines = [
        *result.notes,
        f"scores by rolling origin over {windows}, lower is better",
        "",
        render_table(result.scores, score_columns(result.scores)),
        f"version {result.version_id} {'is current now' if result.promoted else 'was saved, not promoted'}",
        f"saved in {result.folder}, {result.seconds:.0f} s",
    ]
    return "".join(f"{line}\n" for line in lines)
