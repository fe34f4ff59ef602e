"""`lstmcast check`: config and data against each other."""

import os
from pathlib import Path

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options
from lstmcast.cli.terminal import answer


@click.command(name="check")
@config_options
@manner_options
def command(config: Path, sets: tuple[str, ...], manner: Manner) -> None:
    """Check the config and its data against each other, without training.

    Prints what would be trained on, or names the file, row, column or key that is wrong.
    """
    from lstmcast.jobs.check import check

    result = check(config, sets=sets, environment=os.environ)
    answer(manner, result.as_json(), "".join(f"{line}\n" for line in result.lines))
