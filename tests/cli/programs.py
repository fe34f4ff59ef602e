"""Programs of one command, for what is true of every command."""

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import manner_options


def a_program(action):
    @click.group()
    def program() -> None:
        """A program of one command."""

    @program.command(name="work")
    @manner_options
    def work(manner: Manner) -> None:
        action(manner)

    return program


def fail_with(error):
    def action(_manner):
        raise error

    return a_program(action)
