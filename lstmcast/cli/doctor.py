"""`lstmcast doctor`: what this machine and this installation are."""

import os
from pathlib import Path

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options, read_given_config
from lstmcast.cli.table import render_facts
from lstmcast.cli.terminal import answer


@click.command(name="doctor")
@config_options
@click.option("--deep", is_flag=True, help="Also import TensorFlow, in a process of its own, and time it.")
@manner_options
def command(config_path: Path, sets: tuple[str, ...], deep: bool, manner: Manner) -> None:
    """Show versions, processor, memory and whether the workspace is writable.

    Answers without a config too; only the workspace is left out then.
    """
    wanted = _was_given("config_path") or os.path.lexists(config_path)  # Path.exists fails where nothing may be read
    config = read_given_config(config_path, sets) if wanted else None
    from lstmcast.jobs.doctor import doctor

    result = doctor(config, environment=os.environ, deep=deep)
    answer(manner, result.as_json(), render_facts(dict(result.lines())))


def _was_given(parameter: str) -> bool:
    """Return whether the command line itself holds the parameter."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is click.core.ParameterSource.COMMANDLINE
