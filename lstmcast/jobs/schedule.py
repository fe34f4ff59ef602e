"""`schedule`: what cron or systemd need to run the nightly job, with absolute paths and a way to deal with its ends."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from shlex import join, quote
from signal import Signals
from typing import Any

from lstmcast.config.durations import parse_duration
from lstmcast.config.schema import Config
from lstmcast.errors import ConfigError, LockedError, LstmcastError, MissingError, OutputError, StaleError
from lstmcast.files import ensure_folder, write_all_whole
from lstmcast.jobs.common.folders import LOGS

RETRIED = sorted(error.exit_code for error in (MissingError, StaleError, LockedError))  # it may be well a little later
SIGNALS = tuple(Signals[f"SIG{name}"] for name in ("HUP", "INT", "ILL", "ABRT", "BUS", "KILL", "SEGV", "PIPE", "TERM"))
FINAL = sorted(
    {1, 2, *(error.exit_code for error in LstmcastError.__subclasses__()), *(128 + number for number in SIGNALS)}
    - set(RETRIED)
)  # it will not
RETRIES, PAUSE = 3, 900  # seconds
TIMEOUT = "6h"
OWNER = re.compile(r"^(?:Description=|# )((?:Nightly f|F)orecast of .*)$", re.MULTILINE)
HINT = "# install with: crontab -e"
SLACK = timedelta(minutes=1)  # for the command to end by itself


@dataclass(frozen=True)
class ScheduleResult:
    """Texts to install, by the names of their files; the crontab has none."""

    files: dict[str, str]
    written: tuple[Path, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {"files": self.files, "written": [str(path) for path in self.written]}


def schedule(
    config: Config,
    *,
    config_path: Path,
    program: Sequence[str],
    sets: Sequence[str],
    at: Sequence[tuple[int, int]],
    user: str | None,
    systemd: bool,
    folder: Path | None,
    allow_partial: bool = False,
) -> ScheduleResult:
    """Return the crontab lines, or the units of systemd, for the times of the day `at`; `sets` go on to the job."""
    limit = config.job.timeout or TIMEOUT
    place = _whole_path(config_path)
    changes = [word for one in sets for word in ("--set", one)]
    changes += ["--allow-partial"] if allow_partial else []
    words = [*program, "run", str(place), *changes, "--log-format", "json", "--timeout", limit]
    logs = Path(config.output.dir) / LOGS
    for word in (*words, str(logs)):
        _refuse_what_is_no_line(word)
    if systemd:
        name = _unit_name(place)
        files = {
            f"{name}.service": _service(place, words, logs, parse_duration(limit), user),
            f"{name}.timer": _timer(place, at),
        }
    else:
        files = {"crontab": _crontab(place, words, logs, at)}
    written: tuple[Path, ...] = ()
    if folder is not None:
        ensure_folder(folder)
        written = tuple(folder / name for name in files)
        for path, text in zip(written, files.values(), strict=True):
            _refuse_to_replace_another(path, text)
        write_all_whole({folder / name: text.encode() for name, text in files.items()})
    return ScheduleResult(files, written)


def _whole_path(path: Path) -> Path:
    """Return a path from the root, the same from wherever the config was named."""
    return path.parent.resolve() / path.name if ".." in path.parts else path.absolute()


def _refuse_what_is_no_line(word: str) -> None:
    """Refuse a path that would end the line in which it stands, or that no text file holds."""
    if word.splitlines() != [word] or word.encode(errors="replace").decode() != word:
        raise ConfigError(
            f"{word!r}: holds a line break, or bytes that are no text, which neither a crontab nor a unit can; "
            "choose another folder, or link to it from one"
        )


def _unit_name(config_path: Path) -> str:
    """Return a name that tells jobs apart whose configs are called alike, in folders of their own."""
    words = ("lstmcast", config_path.parent.name, config_path.stem)
    return "-".join(re.sub(r"[^A-Za-z0-9_.-]+", "-", word).strip("-") for word in words if word)


def _refuse_to_replace_another(path: Path, text: str) -> None:
    """Refuse to write the unit or the crontab of one config over that of another."""
    with suppress(OSError, ValueError):
        mine, theirs = OWNER.findall(text), OWNER.findall(path.read_text())
        if theirs and theirs != mine:
            raise OutputError(f"{path}: {theirs[0]!r} stands there, of another config; choose another folder")


def _crontab(config_path: Path, words: Sequence[str], logs: Path, at: Sequence[tuple[int, int]]) -> str:
    """Return one line for each time: it tries again where that may help, and prints, for cron to mail, where not."""
    pauses = " ".join([str(PAUSE)] * RETRIES + ["0"])
    script = (
        f'logs={quote(str(logs))}; mkdir -p "$logs"; log="$logs/run-$(date +%Y-%m-%d).log"; '
        '(: >>"$log") 2>/dev/null || log=$(mktemp) || log=/dev/null; '
        f'for pause in {pauses}; do {join(words)} >/dev/null 2>>"$log"; '
        f"code=$?; case $code in {'|'.join(map(str, RETRIED))}) sleep $pause;; *) break;; esac; done; "
        f'[ $code -eq 0 ] || {{ tail -n 1 "$log"; echo "exit code $code; the log is $log"; }}'
    )
    text = script.replace("%", r"\%")  # in a crontab, a bare one ends the line
    lines = [f"{minute} {hour} * * * {text}" for hour, minute in at]
    return "".join(f"{line}\n" for line in (f"# Nightly forecast of {config_path}", HINT, *lines))


def _service(config_path: Path, words: Sequence[str], logs: Path, limit: timedelta, user: str | None) -> str:
    script = f'exec {join(words)} 2>>{quote(str(logs))}/run-"$(date +%Y-%m-%d)".log'
    owner = "" if user is None else f"User={user}\n"
    return f"""\
[Unit]
Description=Forecast of {_unit_text(config_path)}
StartLimitIntervalSec={int((limit + SLACK).total_seconds() * (RETRIES + 1) + PAUSE * RETRIES)}
StartLimitBurst={RETRIES + 1}

[Service]
Type=oneshot
{owner}ExecStartPre=/bin/mkdir -p {_unit_word(str(logs))}
ExecStart=/bin/sh -c {_unit_word(script)}
StandardOutput=null
TimeoutStartSec={int((limit + SLACK).total_seconds())}
TimeoutStopSec=15
# exit codes {", ".join(map(str, RETRIED))}: input missing, stale, or another run at work; all others need a person
Restart=on-failure
RestartSec={PAUSE}
RestartPreventExitStatus={" ".join([*map(str, FINAL), *(signal.name for signal in SIGNALS)])}
"""


def _timer(config_path: Path, at: Sequence[tuple[int, int]]) -> str:
    times = "".join(f"OnCalendar=*-*-* {hour:02}:{minute:02}:00\n" for hour, minute in at)
    return f"""\
[Unit]
Description=Nightly forecast of {_unit_text(config_path)}

[Timer]
{times}Persistent=true

[Install]
WantedBy=timers.target
"""


def _unit_text(path: Path) -> str:
    return str(path).replace("%", "%%")


def _unit_word(text: str) -> str:
    """Return one word of a command in a unit; systemd itself expands `%` and `$`, even in quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
