"""The manner in which a command speaks: quietly, in JSON, to people or to a log."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import click

LogFormat = Literal["text", "json"]
KEY = "lstmcast.manner"


@dataclass(frozen=True)
class Manner:
    """How one call of a command speaks."""

    command: str
    quiet: bool = False
    as_json: bool = False
    log_format: LogFormat = "text"
    run: str = field(default_factory=lambda: os.urandom(6).hex(), compare=False)  # tells its lines from others'
    started: float = field(default_factory=time.monotonic, compare=False)


def remember_manner(context: click.Context, manner: Manner) -> None:
    """Keep the manner where the error border finds it."""
    context.meta[KEY] = manner


def manner_of(context: click.Context | None) -> Manner | None:
    """Return the manner that the command line asked for, as far as it was understood."""
    manner = context.meta.get(KEY) if context else None
    assert manner is None or isinstance(manner, Manner)
    return manner


def manner_spelled_in(arguments: Sequence[str]) -> Manner:
    """Return the manner as the bare words ask for it: for a command line that could not be understood."""
    words = list(arguments)
    json_log = "--log-format=json" in words or ("--log-format", "json") in pairwise(words)
    return Manner(
        command=next((word for word in words if not word.startswith("-")), ""),
        quiet="--quiet" in words or "-q" in words,
        as_json="--json" in words,
        log_format="json" if json_log else "text",
    )
