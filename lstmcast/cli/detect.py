"""`lstmcast detect`: observed values against what was forecast for them."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import (
    config_options,
    data_option,
    manner_options,
    now_option,
    partial_option,
    read_given_config,
    refuse_partial,
    timeout_option,
)
from lstmcast.cli.stops import time_limit
from lstmcast.cli.table import Column, earlier_lines, render_table
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.plurals import count_things

if TYPE_CHECKING:
    from lstmcast.jobs.detect import DetectResult

SHOWN = 20  # alarms; the table has them all


@click.command(name="detect")
@config_options
@click.option("--model", metavar="ID|DIR", help="Look back with this version or its folder.")
@data_option
@click.option("--since", metavar="TIME", help="Look back: judge everything anew, and show what came since TIME.")
@click.option("--fail-on-anomaly", is_flag=True, help="End with exit code 33 if a fault began.")
@partial_option
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    model: str | None,
    data: str | None,
    since: str | None,
    fail_on_anomaly: bool,
    allow_partial: bool,
    now: datetime,
    timeout: str | None,
    manner: Manner,
) -> None:
    """Find values and stretches unlike what was forecast for them.

    Each run judges the values that came since the last one, and adds them to detect/anomalies.csv
    in the workspace. A look back (--since, --model) begins anew, writes detect/look.csv, and leaves
    alone what the runs remember.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.detect import detect

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = detect(
            config,
            now=now,
            model=model,
            data=data,
            since=since,
            allow_partial=allow_partial,
            talk=talk,
        )
    if not (fail_on_anomaly and result.new_alarms and manner.as_json):  # else it stands beside the error
        answer(manner, result.as_json(), _describe(result))
    if fail_on_anomaly:
        _refuse_anomalies(result)
    refuse_partial(result.left_out, "detect", "judged")


def _describe(result: "DetectResult") -> str:
    """Return the alarms, and what was looked at."""
    columns = [
        Column("series", "series"),
        Column("time", "from"),
        Column("until", "until", spare=1),
        Column("kind", "kind", spare=2),
        Column("why", "why"),
        Column("value", "value", ",.6g"),
        Column("forecast", "forecast", ",.6g"),
        Column("score", "score", ".1f"),
        Column("strange", "strange values", spare=3),
        *([Column("note", "note")] if any(alarm.trained for alarm in result.alarms) else []),
    ]
    rows = [{**alarm.as_json(), "note": "trained on it" if alarm.trained else ""} for alarm in result.alarms]
    lines = [
        *earlier_lines(len(rows) - SHOWN, "alarm", result.table),
        *([render_table(rows[-SHOWN:], columns)] if rows else []),
        _summary(result),
        f"saved in {result.table}{f' and {result.picture.name}' if result.picture else ''}",
    ]
    return "".join(f"{line}\n" for line in lines)


def _summary(result: "DetectResult") -> str:
    """Return how many values were looked at, and what came of it."""
    if not result.rows:
        return "no value to judge" if result.is_look else "no value to judge since the last run"
    trained = f", {result.trained_rows:,} of which the model was trained on" if result.trained_rows else ""
    values = count_things(result.rows, "value")
    alarms = count_things(len(result.alarms), "alarm") if result.alarms else "no alarms"
    return f"{values} judged{trained}; {alarms}"


def _refuse_anomalies(result: "DetectResult") -> None:
    """Raise an AnomalyError if a fault began, with what was found."""
    from lstmcast.errors import AnomalyError

    alarms = result.new_alarms
    if not alarms:
        return
    first = alarms[0]
    more = f", and {len(alarms) - 1} more" if len(alarms) > 1 else ""
    error = AnomalyError(
        f"{first.series}: a strange {'stretch' if first.kind == 'stretch' else 'value'} from {first.time} on: "
        f"{first.value:.6g} where {first.forecast:.6g} was forecast "
        f"({first.why}, score {first.score:.1f}){more}; see {result.table}"
    )
    error.answer = result
    raise error
