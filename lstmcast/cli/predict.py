"""`lstmcast predict`: a forecast from a trained version."""

from datetime import datetime
from pathlib import Path

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import (
    FILE_PATH,
    config_options,
    data_option,
    manner_options,
    model_option,
    now_option,
    partial_option,
    read_given_config,
    refuse_partial,
    refuse_two_answers,
    timeout_option,
)
from lstmcast.cli.stops import time_limit
from lstmcast.cli.streams import write_answer
from lstmcast.cli.terminal import answer, open_talk

OTHER_PICTURES = (".pdf", ".svg", ".eps", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff")


@click.command(name="predict")
@config_options
@model_option
@data_option
@click.option(
    "--output",
    "-o",
    metavar="FILE|-",
    help="Where the forecast goes; - is stdout.  [default: forecast.csv in the workspace]",
)
@click.option("--plot", type=FILE_PATH, help="Draw the forecast as a PNG.")
@partial_option
@now_option
@timeout_option
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    model: str | None,
    data: str | None,
    output: str | None,
    plot: Path | None,
    allow_partial: bool,
    now: datetime,
    timeout: str | None,
    manner: Manner,
) -> None:
    """Forecast from the current model version, or from --model."""
    refuse_two_answers(manner, output)
    if plot == Path("-"):
        raise click.UsageError("--plot draws into a file; name one, such as forecast.png")
    if plot is not None and plot.suffix.lower() in OTHER_PICTURES:
        raise click.UsageError(f"--plot draws a PNG; name {plot.with_suffix('.png').name!r} instead of {plot.name!r}")
    config = read_given_config(config_path, sets, output, plot)
    from lstmcast.jobs.predict import predict

    with open_talk(manner) as talk, time_limit(timeout or config.job.timeout):
        result = predict(
            config,
            now=now,
            model=model,
            data=data,
            output=output,
            plot=plot,
            allow_partial=allow_partial,
            talk=talk,
        )
    if result.csv is not None:
        write_answer(result.csv)  # asked for by name, so --quiet does not keep it back
    else:
        paths = [path for path in (result.csv_path, result.plot_path) if path is not None]
        answer(manner, result.as_json(), "".join(f"{path}\n" for path in paths))
    refuse_partial(result.left_out)
