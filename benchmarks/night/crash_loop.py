"""Kills train, predict and run at random moments, and looks each time at what stands, and at what the next run mends.

    python benchmarks/night/crash_loop.py [--kills 200] [--seed 1]

Before each kill an hour more of the data is revealed, so that there is something to publish. Half of the kills fall
anywhere in the command's usual time; writing takes little of that, so the other half come within milliseconds after an
unfinished file has been seen: the first, second … or fifth. The whole process group gets SIGKILL.
Fails if the present version does not load or changed, a forecast is neither the old nor the new one, the lock is held,
or the next run fails or leaves something behind.
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, machine
from workshop import Job, drafts, is_free, keep_results, make_job

from lstmcast.errors import LstmcastError
from lstmcast.files import hash_bytes
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.models import verify_models
from lstmcast.jobs.run import run
from lstmcast.store.forecasts import kept_path, list_origins, read_forecast
from lstmcast.store.versions import current_version, models_folder

COMMANDS = {
    "train": ("train",),
    "predict": ("predict",),
    "run": ("run",),
    "run that trains": ("run", "--set", "job.retrain=1s"),
}
SHARES = {"train": 3, "predict": 3, "run": 2, "run that trains": 2}  # of ten kills
WELL = (0, 31)  # a new version that the gate refuses is an end as good as any
ROWS = 480  # known at first
TIMED = 2  # complete calls of each command, for its usual time
MOST_DRAFTS = 5  # unfinished files that are waited for
SOON = 0.02  # seconds after one was seen


@dataclass(frozen=True)
class State:
    """What stands: the present version with all its bytes, and the forecast."""

    version: str | None
    content: dict[str, str]
    forecast: bytes


@dataclass(frozen=True)
class Part:
    """What one job has been through."""

    usual: dict[str, float]  # seconds of each command
    counts: dict[str, Counter[str]]
    faults: list[str]


def main() -> int:
    """Kill, print a table and keep it; return 1 if anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="No kill is begun after so long")
    parser.add_argument("--side-by-side", type=int, default=2, help="So many jobs share the kills")
    arguments = parser.parse_args()
    jobs = arguments.side_by_side
    with ProcessPoolExecutor(jobs) as pool:
        until = time.monotonic() + 60 * arguments.minutes
        seeds = range(arguments.seed, arguments.seed + jobs)
        parts = list(pool.map(drill, [arguments.kills // jobs] * jobs, seeds, [until] * jobs))
    counts = {name: sum((part.counts[name] for part in parts), Counter()) for name in COMMANDS}
    usual = {name: statistics.median(part.usual[name] for part in parts) for name in COMMANDS}
    faults = [fault for part in parts for fault in part.faults]
    text = describe(counts, usual, faults)
    print(text)
    keep_results("Crash loop", text)
    return 1 if faults else 0


def drill(kills: int, seed: int, until: float) -> Part:
    """Return what came of so many kills of one job, or of as many as there was time for."""
    with tempfile.TemporaryDirectory() as folder:
        job = make_job(Path(folder), ROWS + TIMED * len(COMMANDS) + 2 * kills)
        usual = time_commands(job)
        return Part(usual, *kill_often(job, usual, kills, random.Random(seed), until))


def time_commands(job: Job) -> dict[str, float]:
    """Return how long each command takes, from complete calls, which also make the first version."""
    usual, rows = {}, ROWS
    for name, words in COMMANDS.items():
        seconds = []
        for _ in range(TIMED):
            rows += 1
            seconds.append(complete(job, words, job.reveal(rows)))
        usual[name] = statistics.median(seconds)
    return usual


def kill_often(
    job: Job, usual: dict[str, float], kills: int, chance: random.Random, until: float
) -> tuple[dict[str, Counter[str]], list[str]]:
    """Return what was counted for each command, and what was wrong."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in COMMANDS}
    faults: list[str] = []
    plan = [name for name, share in SHARES.items() for _ in range(share)]
    for number in range(len(job.values) - ROWS - TIMED * len(COMMANDS)):
        name = plan[number % len(plan)]
        now = job.reveal(ROWS + TIMED * len(COMMANDS) + number + 1)
        before = state_of(job)
        process = start(job, COMMANDS[name], now)
        if number // len(plan) % 2:
            wait_for_draft(process, job, chance.randint(1, MOST_DRAFTS), chance.uniform(0, SOON))
        else:
            wait(process, chance.uniform(0, usual[name]))
        counts[name]["killed" if kill(process) else "ended before"] += 1
        found = [*look(job, before, counts[name]), *mend(job, now)]
        faults += [f"{number}, {name}: {fault}" for fault in found]
        counts[name]["faults"] += len(found)
        killed = sum(of_name["killed"] for of_name in counts.values())
        print(f"{killed} kills, {len(faults)} faults", file=sys.stderr)
        if killed == kills or time.monotonic() > until:
            break
    return counts, faults


def complete(job: Job, words: tuple[str, ...], now: datetime) -> float:
    """Run a command to its end, and return how long it took."""
    started = time.monotonic()
    if (code := start(job, words, now).wait()) not in WELL:
        sys.exit(f"{' '.join(words)}: ended with exit code {code}")
    return time.monotonic() - started


def start(job: Job, words: tuple[str, ...], now: datetime) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own."""
    command = [*LSTMCAST, words[0], str(job.config), "--now", now.isoformat(), "--quiet", *words[1:]]
    return subprocess.Popen(command, cwd=job.folder, start_new_session=True)


def wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait so long, or until the process has ended."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)


def wait_for_draft(process: subprocess.Popen[bytes], job: Job, number: int, seconds: float) -> None:
    """Wait until so many unfinished files have been seen and a while, or until the process has ended."""
    seen: set[str] = set()
    while len(seen) < number and process.poll() is None:
        seen.update(drafts(job.workspace))
        time.sleep(0.0005)
    wait(process, seconds)


def kill(process: subprocess.Popen[bytes]) -> bool:
    """Kill the whole group, and return whether the command was still at work."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    if code not in (*WELL, -signal.SIGKILL):
        sys.exit(f"{process.args!r}: ended by itself with exit code {code}")
    return code not in WELL


def state_of(job: Job) -> State:
    """Return what stands now."""
    version = current_version(job.workspace)
    folder = models_folder(job.workspace) / str(version)
    content = {path.name: hash_bytes(path.read_bytes()) for path in folder.iterdir()}
    return State(version, content, (job.workspace / "forecast.csv").read_bytes())


def look(job: Job, before: State, counts: Counter[str]) -> list[str]:
    """Return what is wrong just after a kill, and count what was left behind."""
    faults = []
    try:
        verify_models(job.load(), model=None)
    except LstmcastError as error:
        faults.append(f"a version does not load: {error}")
    try:
        after = state_of(job)
    except (LstmcastError, OSError) as error:
        return [*faults, f"no present version: {error}"]
    if after.version == before.version:
        if after.content != before.content:
            faults.append("the present version has changed")
    else:
        counts["new version"] += 1
    new = after.forecast != before.forecast
    counts["new forecast"] += new
    counts["drafts left"] += bool(drafts(job.workspace))
    if read_forecast(job.workspace / "forecast.csv") is None:
        counts["between two files"] += 1  # the manifest of the new one beside the old one; both are kept whole:
        kept = [read_forecast(kept_path(job.workspace, origin)) for origin in list_origins(job.workspace)]
        if after.forecast not in [one.csv for one in kept if one is not None]:
            faults.append("the forecast belongs to no manifest")
    if not is_free(job.workspace / "lock"):
        faults.append("the lock is held")
    return faults


def mend(job: Job, now: datetime) -> list[str]:
    """Return what is wrong after the next run."""
    try:
        result = run(job.load(), now=now, talk=SilentTalk())
    except LstmcastError as error:
        return [f"the next run fails: {error}"]
    faults = [f"left behind: {', '.join(left)}"] if (left := drafts(job.workspace)) else []
    published = read_forecast(job.workspace / "forecast.csv")
    if (
        published is None
        or published.manifest.model != result.model
        or published.manifest.model != current_version(job.workspace)
    ):
        faults.append("the forecast is not that of the present version")
    kept = [kept_path(job.workspace, origin) for origin in list_origins(job.workspace)]
    faults += [f"{path.name}: does not belong to its manifest" for path in kept if read_forecast(path) is None]
    return faults


def describe(counts: dict[str, Counter[str]], usual: dict[str, float], faults: list[str]) -> str:
    """Return the table."""
    columns = ("killed", "ended before", "drafts left", "between two files", "new forecast", "new version", "faults")
    lines = [f"{machine()}; other work on the machine\n", f"| command | usual seconds | {' | '.join(columns)} |"]
    lines.append(f"|---|{'---:|' * (len(columns) + 1)}")
    for name, of_name in counts.items():
        lines.append(f"| {name} | {usual[name]:.1f} | {' | '.join(str(of_name[column]) for column in columns)} |")
    total = sum(counts.values(), Counter())
    lines.append(f"| all | | {' | '.join(str(total[column]) for column in columns)} |")
    lines.append(
        "\nEnded before: the command was done before its kill. Drafts left: unfinished files of the killed run, all\n"
        "gone after the next one. Between two files: killed when the new manifest was in place and its forecast was\n"
        "not; the old forecast stands whole, the checksum tells that they do not belong together, and the next run\n"
        "mends it. Faults: a version that does not load, one that changed, a forecast that is neither the old nor the\n"
        "new one, a lock that is held, or a next run that fails or leaves something behind."
    )
    return "\n".join([*lines, *(f"\n- {fault}" for fault in faults)])


if __name__ == "__main__":
    sys.exit(main())
