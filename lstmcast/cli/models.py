"""`lstmcast models`: the versions in a workspace."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstmcast.cli.groups import CommandGroup
from lstmcast.cli.manner import Manner
from lstmcast.cli.options import DEFAULT_CONFIG, config_options, manner_options, read_given_config, set_option
from lstmcast.cli.table import Column, cell_text, render_facts, render_table, score_columns
from lstmcast.cli.terminal import answer

if TYPE_CHECKING:
    from lstmcast.jobs.models import ModelResult

LIST_COLUMNS = (
    Column("version", "version"),
    Column("created", "created"),
    Column("size", "bytes"),
    Column("state", "state"),
)


@click.group(name="models", cls=CommandGroup, no_args_is_help=False)
def command() -> None:
    """List, show, verify, promote, roll back and prune model versions.

    Where a command takes CONFIG and VERSION, a single argument that ends in .yaml or .yml is the CONFIG,
    any other is the VERSION. A VERSION is an id, the start of one, or the path of its folder.
    """


@command.command(name="list")
@config_options
@manner_options
def list_command(config_path: Path, sets: tuple[str, ...], manner: Manner) -> None:
    """List the versions, the newest first."""
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.models import list_models

    result = list_models(config)
    rows = [vars(line) for line in result.versions]
    empty = f"no versions in {result.workspace} yet; run lstmcast train\n"
    answer(manner, result.as_json(), render_table(rows, LIST_COLUMNS) if rows else empty)


@command.command(name="show")
@click.argument("words", nargs=-1, metavar="[CONFIG] [VERSION]")
@set_option
@manner_options
def show_command(words: tuple[str, ...], sets: tuple[str, ...], manner: Manner) -> None:
    """Show what a version is and how it scored.

    VERSION left out is the current one.
    """
    config_path, version = config_and_version(words)
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.models import show_model

    result = show_model(config, model=version)
    answer(manner, result.as_json(), _describe(result))


@command.command(name="verify")
@click.argument("words", nargs=-1, metavar="[CONFIG] [VERSION]")
@set_option
@manner_options
def verify_command(words: tuple[str, ...], sets: tuple[str, ...], manner: Manner) -> None:
    """Check every byte of a version.

    VERSION left out is all of them. A damaged one is exit code 21.
    """
    config_path, version = config_and_version(words)
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.models import verify_models

    result = verify_models(config, model=version)
    answer(manner, result.as_json(), "".join(f"{version} is sound\n" for version in result.versions))


@command.command(name="promote")
@click.argument("words", nargs=-1, metavar="[CONFIG] VERSION")
@set_option
@manner_options
def promote_command(words: tuple[str, ...], sets: tuple[str, ...], manner: Manner) -> None:
    """Make a version the current one, after checking it."""
    config_path, version = config_and_version(words)
    if version is None:
        raise click.UsageError("VERSION is missing; lstmcast models list names them", click.get_current_context())
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.models import promote_model

    result = promote_model(config, model=version)
    answer(manner, result.as_json(), f"{result.current} is current now\n")


@command.command(name="rollback")
@config_options
@manner_options
def rollback_command(config_path: Path, sets: tuple[str, ...], manner: Manner) -> None:
    """Make the version current again that was so before."""
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.models import rollback_model

    result = rollback_model(config)
    answer(manner, result.as_json(), f"{result.current} is current again\n")


@command.command(name="prune")
@config_options
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="How many stay.  [default: job.keep]")
@manner_options
def prune_command(config_path: Path, sets: tuple[str, ...], keep: int | None, manner: Manner) -> None:
    """Remove the oldest versions, and the checkpoint of an interrupted training.

    The current one and the one that was current before it always stay.
    """
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.models import prune_models

    result = prune_models(config, keep=keep)
    removed = [f"removed {version}" for version in result.versions] or ["no version to remove"]
    if result.checkpoint:
        removed.append("removed the checkpoint of an interrupted training")
    answer(manner, result.as_json(), "".join(f"{line}\n" for line in removed))


def config_and_version(words: tuple[str, ...]) -> tuple[Path, str | None]:
    """Return the CONFIG and the VERSION among the positional arguments, either of which may be left out."""
    if len(words) > 2:
        raise click.UsageError(f"unexpected argument {words[2]!r}", click.get_current_context())
    if len(words) == 2:
        return Path(words[0]), words[1]
    if words and not words[0].endswith((".yaml", ".yml")):
        return DEFAULT_CONFIG, words[0]
    return Path(words[0]) if words else DEFAULT_CONFIG, None


def _describe(result: "ModelResult") -> str:
    """Return a version's facts and, if its metrics hold them, its scores as a table."""
    simple = {name: cell_text(value, "") for name, value in result.model.items() if isinstance(value, str | int)}
    facts = {
        "version": result.version,
        "state": result.state or "not promoted",
        "created": result.created,
        "folder": result.folder,
        "seed": result.seed,
        "data": result.data_fingerprint,
        "model": ", ".join(f"{name} {value}" for name, value in simple.items()),
        "made with": ", ".join(f"{name} {version}" for name, version in sorted(result.libraries.items())),
        "gate": result.gate,
    }
    lines = render_facts({name: fact for name, fact in facts.items() if fact != ""})
    scores = result.metrics.get("scores", [])
    return f"{lines}\n{render_table(scores, score_columns(scores))}" if scores else lines
