"""Ninety nights of `lstmcast run` over real hourly data, revealed day by day, with faults thrown in.

    python benchmarks/night/quarter.py --data AEP_hourly.csv.gz [--start 2017-09-01] [--nights 90]

The data have a time and a value in each row, in any order; they are cut to `--history` days before the first night. The
defaults fit hourly load in Ohio by the wall clock: its stamps mark the end of an hour (`--shift -1` makes that its
beginning), and clocks are set back in the night of 5 November 2017. `run` comes at 3 o'clock by that clock, and again
at 6 where the fault is one that passes. Writes all nights to quarter.csv. Fails if a forecast is wrong, or absent and
nothing said so.
"""

import argparse
import csv
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, machine
from workshop import HERE, drafts, keep_results

from lstmcast.store.forecasts import read_forecast
from lstmcast.store.versions import current_version

CONFIG = """
data: {{path: load.csv, time: hour, target: load, timezone: {zone}}}
forecast: {{horizon: 24, levels: [80, 95]}}
train: {{time_budget: {budget}}}
evaluate: {{windows: 7}}
output: {{dir: runs, plots: false}}
job: {{max_age: 12h, retrain: 14D, keep: 5, timeout: 10min}}
"""
HORIZON = 24
LEVEL_SHIFT, SHIFT_OF_LEVEL = 50, 1.3  # from which night on, and the factor
FAULTS = {  # by the number of the night
    10: "late file",
    18: "no file",
    25: "last day doubled",
    33: "cut inside a number",
    34: "half a file",
    40: "full disk",
    45: "kill -9",
    LEVEL_SHIFT: "level shift",
    70: "damaged weights",
}
RETRIED = {"late file", "full disk", "kill -9"}  # well again at 6 o'clock
ROOM = "64m"


@dataclass
class Night:
    """One night, as far as it is known."""

    day: date
    fault: str
    codes: list[int] = field(default_factory=list)
    said: str = ""
    done: str = "nothing"
    version: str = ""
    origin: str = ""
    forecast: str = "absent, said so"
    seconds: float = 0.0
    skill: str = ""


@dataclass(frozen=True)
class Place:
    """Where the job lives, and all that will ever be known."""

    folder: Path
    rows: Sequence[tuple[datetime, float]]  # by the wall clock
    zone: ZoneInfo
    shifted_from: date

    @property
    def data(self) -> Path:
        """Return where the data go."""
        return self.folder / "load.csv"

    @property
    def workspace(self) -> Path:
        """Return where the results go."""
        return self.folder / "runs"

    def lines_until(self, day: date) -> list[str]:
        """Return the lines of the file that holds all rows before a day."""
        factor = {False: 1.0, True: SHIFT_OF_LEVEL}
        return [
            f"{stamp:%Y-%m-%d %H:%M},{value * factor[stamp.date() >= self.shifted_from]:.1f}\n"
            for stamp, value in self.rows
            if stamp.date() < day
        ]


def main() -> int:
    """Live through the nights, print a table and keep it; return 1 if a forecast was silently absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2017, 9, 1))
    parser.add_argument("--nights", type=int, default=90)
    parser.add_argument("--history", type=int, default=450, help="Days before the first night")
    parser.add_argument("--zone", default="America/New_York")
    parser.add_argument("--shift", type=int, default=-1, help="Hours to add to each stamp")
    parser.add_argument("--budget", default="40s", help="The time that each training may take")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)  # a small disk of its own
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        if arguments.folder is None and can_mount():
            return subprocess.run([*on_small_disk(name), *sys.orig_argv, "--folder", name]).returncode
        folder = arguments.folder or Path(name)
        first = arguments.start - timedelta(days=arguments.history)
        rows = read_rows(arguments.data, arguments.shift, first, arguments.start + timedelta(days=arguments.nights))
        shifted_from = arguments.start + timedelta(days=LEVEL_SHIFT)
        (folder / "job.yaml").write_text(CONFIG.format(zone=arguments.zone, budget=arguments.budget))
        place = Place(folder, rows, ZoneInfo(arguments.zone), shifted_from)
        nights = []
        for number in range(arguments.nights):
            fault = FAULTS.get(number, "")
            if fault == "full disk" and arguments.folder is None:
                fault = ""  # no small disk can be had here
            night = live_through(place, arguments.start + timedelta(days=number), fault)
            nights.append(night)
            print(
                f"{night.day} {night.codes} {night.done} {night.forecast} {night.fault} {night.said}", file=sys.stderr
            )
        summary = score(place, nights)
    text = describe(nights, summary)
    print(text)
    write_table(nights)
    keep_results("A quarter", text)
    return 1 if any(night.forecast.isupper() for night in nights) else 0


def can_mount() -> bool:
    """Return whether a small disk can be made here."""
    return shutil.which("unshare") is not None and not subprocess.run([*on_small_disk("/mnt"), "true"]).returncode


def on_small_disk(folder: str) -> list[str]:
    """Return the command under which a folder is a small disk in memory."""
    mount = f'mount -t tmpfs -o size={ROOM} none "{folder}" && exec "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]


def read_rows(path: Path, shift: int, first: date, last: date) -> list[tuple[datetime, float]]:
    """Return the rows of some days, risen in time; of an hour that comes twice, both rows in the order of the file."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    found = [(datetime.fromisoformat(row[0]), float(row[1])) for row in list(csv.reader(text.splitlines()))[1:]]
    moved = [(stamp + timedelta(hours=shift), value) for stamp, value in found]
    return sorted([row for row in moved if first <= row[0].date() < last], key=lambda row: row[0])


def live_through(place: Place, day: date, fault: str) -> Night:
    """Return what a night brought, with its fault at 3 o'clock, and well again at 6 where it is one that passes."""
    night = Night(day, fault or ("clocks set back" if is_long(place.zone, day) else ""))
    put_data(place, day, fault)
    filler = place.folder / "filler"
    if fault == "full disk":
        fill(filler)
    attempt(place, night, day, 3, kill=fault == "kill -9")
    filler.unlink(missing_ok=True)
    if fault in RETRIED and night.codes[-1]:
        put_data(place, day, "")
        attempt(place, night, day, 6)
    return night


def put_data(place: Place, day: date, fault: str) -> None:
    """Write the data file of a night, damaged by its fault."""
    lines = place.lines_until(day)
    if fault == "late file":
        lines = place.lines_until(day - timedelta(days=1))
    elif fault == "last day doubled":
        lines = lines + lines[-24:]
    elif fault == "half a file":
        lines = lines[: len(lines) // 2]
    text = "".join(["hour,load\n", *lines])
    if fault == "cut inside a number":
        text = text[:-4]
    place.data.write_text(text)
    if fault == "no file":
        place.data.unlink()
    elif fault == "damaged weights":
        weights = place.workspace / "models" / str(current_version(place.workspace)) / "weights.safetensors"
        content = bytearray(weights.read_bytes())
        content[-1] ^= 1
        weights.write_bytes(content)


def fill(filler: Path) -> None:
    """Write until the disk is full."""
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass


def attempt(place: Place, night: Night, day: date, hour: int, *, kill: bool = False) -> None:
    """Run, and note what came of it."""
    now = datetime(day.year, day.month, day.day, hour, tzinfo=place.zone)
    public = place.workspace / "forecast.csv"
    before = public.read_bytes() if public.exists() else None
    started = time.monotonic()
    process = subprocess.Popen(
        [*LSTMCAST, "run", str(place.folder / "job.yaml"), "--now", now.isoformat(), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd="/", start_new_session=True,
    )  # fmt: skip
    if kill:
        while process.poll() is None and not drafts(place.workspace):
            time.sleep(0.0005)  # until it begins to write
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    out, err = process.communicate()
    night.seconds += time.monotonic() - started
    night.codes.append(process.returncode)
    last = (err.strip().splitlines() or [""])[-1].replace(f"{place.folder}/", "")
    if process.returncode == 0:
        note_success(place, night, json.loads(out))
    else:
        night.said = last
        after = public.read_bytes() if public.exists() else None
        is_loud = last.startswith("lstmcast: error[") or process.returncode < 0
        if not is_loud or after != before or (drafts(place.folder) and not kill):
            night.forecast = "CHANGED OR SILENT"


def note_success(place: Place, night: Night, document: dict[str, Any]) -> None:
    """Note what a run says of itself, and hold it against the files."""
    words = ["trained"] if document["trained"] else []
    words += ["promoted"] if document["promoted"] else ["refused"] if document["trained"] else []
    words += ["drift reported"] if document["drifted"] else []
    night.done = ", ".join([*words, "published" if document["published"] else "nothing new"])
    if document["reasons"]:
        reasons = "; ".join(document["reasons"])
        night.done += f" ({reasons.replace(f'{place.folder}/', '')})"
    night.version = str(document["model"])
    published = read_forecast(place.workspace / "forecast.csv")
    newest = place.lines_until(night.day)[-1].partition(",")[0]
    is_right = (
        published is not None
        and published.manifest.cutoff == newest
        and len(set(published.csv.splitlines()[1:])) == HORIZON
        and not drafts(place.folder)
    )
    night.forecast = "present" if is_right else "WRONG"
    night.origin = published.manifest.origin if published is not None else ""


def score(place: Place, nights: Sequence[Night]) -> str:
    """Score all forecasts, note the skill of each, and return a sentence on all of them."""
    after = nights[-1].day + timedelta(days=1)
    put_data(place, after, "")
    now = datetime(after.year, after.month, after.day, 3, tzinfo=place.zone)
    words = [*LSTMCAST, "score", str(place.folder / "job.yaml"), "--now", now.isoformat(), "--json"]
    scores = json.loads(subprocess.run(words, capture_output=True, check=True, text=True, cwd="/").stdout)["scores"]
    by_origin = {row["origin"]: row for row in scores}
    for night in nights:
        if night.origin in by_origin:
            night.skill = f"{by_origin[night.origin]['skill']:.3f}"
    own, naive = (sum(row[name] for row in scores) for name in ("mase", "mase_seasonal_naive"))
    skills = [row["skill"] for row in scores]
    covered = {level: sum(row[f"coverage_{level}"] for row in scores) / len(scores) for level in (80, 95)}
    count = len(scores)
    return (
        f"{count} forecasts scored: mean MASE {own / count:.3f} against {naive / count:.3f} of seasonal naive, so a "
        f"skill of {1 - own / naive:.1%}; mean of the nights' skills {sum(skills) / count:.1%}, "
        f"{sum(value > 0 for value in skills)} of {count} above 0; the 80% interval held {covered[80]:.0%} of the "
        f"values, the 95% one {covered[95]:.0%}."
    )


def describe(nights: Sequence[Night], summary: str) -> str:
    """Return the nights on which something was other than usual, and the figures of all."""
    usual = [night for night in nights if not night.fault and night.codes == [0] and night.done == "published"]
    present = sum(night.forecast == "present" for night in nights)
    silent = sum(night.forecast.isupper() for night in nights)
    seconds = sorted(night.seconds for night in usual)
    lines = [
        f"{machine()}; other work on the machine\n",
        f"{len(nights)} nights: {present} forecasts present, {len(nights) - present - silent} absent and said so, "
        f"{silent} silently absent or wrong. {summary}",
        f"\n{len(usual)} nights were plain: no fault, no training, exit code 0, a new forecast, "
        f"{seconds[len(seconds) // 2]:.1f} s (median). The others ([all of them](quarter.csv)):\n",
        "| night | fault | exit codes | done, or last line | forecast | skill |\n|---|---|---|---|---|---:|",
    ]
    for night in nights:
        if night in usual:
            continue
        done = night.done if night.codes[-1] == 0 else night.said.removeprefix("lstmcast: ")
        cells = [str(night.day), night.fault, ", then ".join(map(str, night.codes)), done, night.forecast, night.skill]
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines)


def write_table(nights: Sequence[Night]) -> None:
    """Write all nights beside the results."""
    with (HERE / "quarter.csv").open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["night", "fault", "exit_codes", "done", "version", "forecast", "skill", "seconds"])
        for night in nights:
            codes = " ".join(map(str, night.codes))
            cells = [night.day, night.fault, codes, night.done, night.version, night.forecast, night.skill]
            table.writerow([*cells, f"{night.seconds:.1f}"])


def is_long(zone: ZoneInfo, day: date) -> bool:
    """Return whether clocks are set back on a day."""
    begin, end = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return begin.utcoffset() != end.utcoffset()


if __name__ == "__main__":
    sys.exit(main())
