"""`lstmcast check`: config and data against each other."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options, now_option, read_given_config
from lstmcast.cli.table import fold_lines
from lstmcast.cli.terminal import answer, open_talk
from lstmcast.errors import LstmcastError

if TYPE_CHECKING:
    from lstmcast.jobs.check import CheckResult


@click.command(name="check")
@config_options
@now_option
@manner_options
def command(config_path: Path, sets: tuple[str, ...], now: datetime, manner: Manner) -> None:
    """Check the config and its data against each other, without training.

    Prints what is there and what would be trained on, or all that is wrong: rows, columns and keys, and what to set.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.check import CheckResult, check

    try:
        with open_talk(manner) as talk:
            result = check(config, config_path=config_path, now=now, talk=talk)
    except LstmcastError as error:
        if isinstance(error.answer, CheckResult) and not manner.as_json:
            answer(manner, {}, _text_of(error.answer))
        raise
    answer(manner, result.as_json(), _text_of(result))


def _text_of(result: "CheckResult") -> str:
    """Return the lines of what was found."""
    from lstmcast.jobs.setup.check_text import LABEL

    return "".join(f"{line}\n" for line in fold_lines(result.lines, LABEL))
