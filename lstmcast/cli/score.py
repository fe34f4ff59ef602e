"""`lstmcast score`: published forecasts against what has happened since."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options, now_option, read_given_config, timeout_option
from lstmcast.cli.stops import time_limit
from lstmcast.cli.table import Column, earlier_lines, render_table, score_columns
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.evaluation.titles import skill_of_late

if TYPE_CHECKING:
    from lstmcast.jobs.score import ScoreResult

SHOWN = 14  # origins; the table has them all


@click.command(name="score")
@config_options
@now_option
@timeout_option
@manner_options
def command(config_path: Path, sets: tuple[str, ...], now: datetime, timeout: str | None, manner: Manner) -> None:
    """Score every published forecast against what has happened since.

    Scores go to scores/ in the workspace, one row for each origin. The last line says whether the
    present version still does what its backtest promised.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.score import score

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = score(config, now=now, talk=talk)
    answer(manner, result.as_json(), _describe(result))


def _describe(result: "ScoreResult") -> str:
    """Return the newest scores and what follows from all of them."""
    if not result.rows:
        return "no published forecast has come true yet\n"
    fields = dict.fromkeys(name for row in result.rows for name in row if name.startswith("coverage_"))
    columns = [
        Column("cutoff", "cutoff"),
        Column("model", "model", spare=1),
        Column("values", "values", ",.0f"),
        Column("mase", "MASE"),
        Column("mase_seasonal_naive", "seasonal naive"),
        Column("skill", "skill", "+.1%"),
        Column("bias", "bias"),
        *score_columns([fields]),
    ]
    lines = [
        *earlier_lines(len(result.rows) - SHOWN, "origin", result.table),
        render_table(result.rows[-SHOWN:], columns),
        *([] if result.skill is None else [skill_of_late(result.skill)]),
        result.verdict,
    ]
    return "".join(f"{line}\n" for line in lines)
