"""`lstmcast backtest`: scores by rolling origin, beside the baselines."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options, now_option, read_given_config, timeout_option
from lstmcast.cli.stops import time_limit
from lstmcast.cli.table import ABSENT, Column, render_table, score_columns
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.evaluation.titles import skill_interval, title_of
from lstmcast.plurals import count_things

if TYPE_CHECKING:
    from lstmcast.jobs.backtesting.backtest_result import BacktestResult


@click.command(name="backtest")
@config_options
@click.option(
    "--refit",
    type=click.Choice(["never", "always"]),
    default="never",
    show_default=True,
    help="Train once before the first origin, or everything anew before each one.",
)
@click.option(
    "--covariates",
    is_flag=True,
    help="Also train without covariates, score both on the same origins, and say whether they help.",
)
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    refit: Literal["never", "always"],
    covariates: bool,
    now: datetime,
    timeout: str | None,
    manner: Manner,
) -> None:
    """Score the model by rolling origin, beside the baselines.

    The model is trained on what came before the origins alone; no version is saved. Scores by
    step, origin and series go to backtest/ in the workspace. The origins are those of
    evaluate.windows and evaluate.step.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.backtest import backtest

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = backtest(config, refit=refit, weigh_covariates=covariates, now=now, talk=talk)
    answer(manner, result.as_json(), describe(result))


def describe(result: "BacktestResult") -> str:
    """Return the scores, what may be said of them, and where the rest is."""
    origins = len(result.cutoffs)
    counted = f"{count_things(origins, 'origin')} ({result.cutoffs[0]} to {result.cutoffs[-1]})"
    refits = "trained once before the first" if result.refit == "never" else "trained anew before each"
    title = title_of(result.metric)
    skills = [
        {
            "baseline": row.baseline,
            "skill": row.skill,
            "interval": ABSENT if row.low is None or row.high is None else skill_interval(row.low, row.high),
            "verdict": row.verdict,
            "series": row.series_better,
        }
        for row in result.skills
        if row.metric == result.metric
    ]
    columns = [
        Column("baseline", f"{result.model} against"),
        Column("skill", f"{title} saved", "+.1%"),
        Column("interval", "95% interval"),
        Column("verdict", "verdict"),
        *([Column("series", "series better", ".0%", spare=1)] if result.series > 1 else []),
    ]
    lines = [
        *result.notes,
        f"{counted if origins > 1 else f'one origin ({result.cutoffs[0]})'}, {result.series:,} series, {refits}; "
        "lower is better",
        "",
        render_table(result.scores, score_columns(result.scores)),
        render_table(skills, columns),
        f"interval: {result.resampled}",
        f"saved in {result.folder}, {result.seconds:.0f} s",
    ]
    return "".join(f"{line}\n" for line in lines)
