"""Groups of commands: loaded only when called, and with the nearest name for a mistyped one."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import click

from lstmcast.spelling import did_you_mean


class CommandGroup(click.Group):
    """A group that keeps its commands in the order of the file and says which one was probably meant."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is click's
        """Return the names in the order in which a user meets them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that `args` ask for, or raise a usage error with the nearest name."""
        _refuse_unknown_command(args[0], self.list_commands(ctx), ctx)
        return super().resolve_command(ctx, args)


class LazyGroup(CommandGroup):
    """A group that imports `<package>.<name>` when the command `name` is called for, and its `command` from there."""

    def __init__(self, *args: Any, package: str, summaries: Mapping[str, str], **options: Any) -> None:
        """Keep the names with their one-line summaries, so that `--help` needs no import."""
        super().__init__(*args, **options)
        self.package = package
        self.summaries = summaries

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is click's
        """Return the names in the order in which a user meets them."""
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- as above
        """Return the command of that name, imported now, if there is one."""
        if cmd_name not in self.summaries:
            return None
        command = import_module(f"{self.package}.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- as above
        """Write the table of commands without importing one of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.summaries.items()))


def _refuse_unknown_command(name: str, names: Iterable[str], ctx: click.Context) -> None:
    """Raise a usage error with the nearest name, unless `name` is one of `names` or an option."""
    names = list(names)
    if name not in names and not name.startswith("-"):
        raise click.UsageError(f"no command {name!r}{did_you_mean(name, names)}", ctx)
