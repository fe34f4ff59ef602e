"""`lstmcast schedule`: the crontab line or the systemd units of the nightly job."""

import os
import re
import sys
from pathlib import Path

import click

from lstmcast.cli.manner import Manner
from lstmcast.cli.options import config_options, manner_options, partial_option, read_given_config
from lstmcast.cli.terminal import answer


def _read_time(text: str) -> tuple[int, int]:
    """Return the hour and the minute of a time of the day."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if found is None:
        raise click.BadParameter(f"{text!r} is no time of the day, such as 03:00")
    return int(found[1]), int(found[2])


@click.command(name="schedule")
@config_options
@click.option(
    "--at",
    required=True,
    multiple=True,
    metavar="HH:MM",
    callback=lambda _context, _option, texts: tuple(dict.fromkeys(map(_read_time, texts))),  # once is enough
    help="Time of the day, by the clock of the machine. Repeatable.",
)
@click.option("--systemd", is_flag=True, help="A systemd service and its timer, instead of a crontab line.")
@partial_option
@click.option(
    "--output",
    "-o",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Also write the files into this folder.",
)
@manner_options
def command(
    config_path: Path,
    sets: tuple[str, ...],
    at: tuple[tuple[int, int], ...],
    systemd: bool,
    allow_partial: bool,
    folder: Path | None,
    manner: Manner,
) -> None:
    """Print the crontab line, or the systemd units, that run the nightly job.

    Nothing is installed: paste the line in with crontab -e (a bare "| crontab -" would replace all other lines).
    Paths are absolute, the time is limited, the log goes to logs/ in the workspace, and what may be
    well a little later (exit codes 11, 14 and 40) is tried again. What --set and --allow-partial say
    is in the line; LSTMCAST_* variables are not.
    """
    if folder == Path("-"):
        raise click.UsageError("--output names a folder; what is written there is printed anyway")
    config = read_given_config(config_path, sets)
    from lstmcast.jobs.schedule import schedule

    result = schedule(
        config,
        config_path=config_path,
        program=_program_words(),
        sets=sets,
        at=at,
        user=_user_name(),
        systemd=systemd,
        folder=folder,
        allow_partial=allow_partial,
    )
    parts = [f"# {name}\n{text}" if systemd else text for name, text in result.files.items()]
    answer(manner, result.as_json(), "\n".join(parts))


def _program_words() -> list[str]:
    """Return the words that call this program from anywhere."""
    called = Path(sys.argv[0]).absolute()
    if called.name == "lstmcast" and os.access(called, os.X_OK):
        return [str(called)]
    return [sys.executable, "-P", "-m", "lstmcast"]  # -P: nothing is imported from where cron happens to start it


def _user_name() -> str | None:
    """Return who calls, for the unit; root needs no mention."""
    import pwd

    try:
        return None if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
