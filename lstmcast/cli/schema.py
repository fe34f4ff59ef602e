"""`lstmcast schema`: the config's form, for editors and checkers."""

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import manner_options
from lstmcast.cli.terminal import answer
from lstmcast.json_text import json_document


@click.command(name="schema")
@manner_options
def command(manner: Manner) -> None:
    """Print the JSON Schema of the config."""
    from lstmcast.jobs.schema import schema

    document = schema()
    answer(manner, document, json_document(document))
