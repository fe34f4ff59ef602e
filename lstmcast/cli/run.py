"""`lstmcast run`: the nightly job."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import (
    config_options,
    manner_options,
    now_option,
    partial_option,
    read_given_config,
    refuse_partial,
    timeout_option,
)
from lstmcast.cli.stops import time_limit
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.evaluation.titles import skill_of_late
from lstmcast.plurals import count_things

if TYPE_CHECKING:
    from lstmcast.jobs.run import RunResult


@click.command(name="run")
@config_options
@partial_option
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    allow_partial: bool,
    now: datetime,
    timeout: str | None,
    manner: Manner,
) -> None:
    """Train if that is due, publish the forecast of the newest data, and score the earlier ones.

    Training is due if there is no version, job.retrain has passed, the config has changed, a series
    is new, or the model has drifted. A new version forecasts only if it passes the gate. What is
    done already is not done again: running twice is running once.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.run import run

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = run(config, now=now, allow_partial=allow_partial, talk=talk)
    answer(manner, result.as_json(), describe(result))
    refuse_partial(result.left_out)


def describe(result: "RunResult") -> str:
    """Return what was trained, published and scored."""
    verb = "not trained, though" if result.trained is None else "trained, since"
    lines = [f"{verb} {reason}" for reason in result.reasons]
    if result.trained is not None:
        lines.append(f"version {result.trained} {'is current now' if result.promoted else 'was saved, not promoted'}")
    lines.append(
        f"{'published' if result.published else 'was published already'}: {result.forecast}, "
        f"from {result.cutoff}, by {result.model}"
    )
    if result.origins:
        told = "" if result.skill is None else f"; {skill_of_late(result.skill)}"
        lines.append(f"scored {count_things(result.origins, 'earlier forecast')}{told}")
    if result.removed:
        lines.append(f"removed {', '.join(result.removed)}")
    return "".join(f"{line}\n" for line in lines)
