"""`lstmcast compare`: RNN, GRU, LSTM and a linear network beside each other."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options, now_option, read_given_config, timeout_option
from lstmcast.cli.stops import time_limit
from lstmcast.cli.table import Column, prose_lines, render_table, score_column
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.evaluation.titles import title_of
from lstmcast.plurals import count_things

if TYPE_CHECKING:
    from lstmcast.jobs.comparison.compare_result import CompareResult


@click.command(name="compare")
@config_options
@click.option(
    "--seeds",
    type=click.IntRange(1, 100),
    default=3,
    show_default=True,
    metavar="N",
    help="Train every cell from so many seeds; one cannot tell seed noise.",
)
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path, sets: tuple[str, ...], seeds: int, now: datetime, timeout: str | None, manner: Manner
) -> None:
    """Compare LSTM, GRU, RNN and a linear network on the same windows, seeds and budget.

    Says which to use, whether the difference is more than seed noise, and how far back each
    cell's gradient reaches. Trains all four anew from each seed; saves no version and promotes
    nothing. Tables and a picture go to compare/ in the workspace.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.compare import compare

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = compare(config, seeds=seeds, now=now, talk=talk)
    answer(manner, result.as_json(), describe(result))


def describe(result: "CompareResult") -> str:
    """Return what to use and why, the table, and where the rest is."""
    costs = {row.forecaster: row for row in result.costs}
    rows: list[dict[str, object]] = []
    for row in result.scores:
        cost = costs.get(str(row["forecaster"]))
        spent = {"parameters": cost.parameters, "seconds": cost.seconds, "ms": cost.milliseconds} if cost else {}
        rows.append({**row, **spent})
    shown = dict.fromkeys([result.metric, "seed_spread", "mase", "wql"])
    levels = [field for field in result.scores[0] if field.startswith("coverage_")]
    columns = [
        Column("forecaster", "forecaster"),
        *(Column(field, "+- seeds") if field == "seed_spread" else score_column(field) for field in shown),
        *(score_column(field) for field in levels),
        Column("parameters", "weights", spare=2),
        Column("seconds", "train s", ",.1f", spare=1),
        Column("ms", "forecast ms", ",.1f", spare=1),
    ]
    origins, seeds = len(result.cutoffs), len(result.seeds)
    counted = f"{count_things(origins, 'origin')}, {result.series:,} series"
    lines = [
        f"{counted}, means over {count_things(seeds, 'seed')}; lower is better",
        "",
        render_table(rows, columns),
    ]
    for sentence in result.words:
        lines += prose_lines(sentence, "- ", "  ")
    lines += ["", f"{title_of(result.metric)} decides; {result.resampled}"]
    lines.append(f"saved in {result.folder}, {result.seconds:.0f} s")
    return "".join(f"{line}\n" for line in lines)
