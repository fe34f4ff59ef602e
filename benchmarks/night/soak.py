"""A thousand forecasts in one process, some with a plot, and a hundred as processes: memory and files stay flat.

    python benchmarks/night/soak.py [--predicts 1000] [--plots 100] [--processes 100]

Fails if the memory of the last tenth is more than 5% above that of the first, if file descriptors or files grow, or if
one forecast differs from the others.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, machine, prepare, run
from workshop import Job, count_files, keep_results, make_job

LIMIT = 1.05  # times the memory of the first tenth
WARM_UP = 60  # plots, until the C library has got the memory that drawing goes through; it keeps that from then on
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Seen:
    """What was seen after one forecast."""

    megabytes: float
    descriptors: int
    files: int
    content: bytes


def main() -> int:
    """Soak, print a table and keep it; return 1 if something grew."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--predicts", type=int, default=1000)
    parser.add_argument("--plots", type=int, default=100, help="More forecasts, with a plot each")
    parser.add_argument("--processes", type=int, default=100)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        job = make_job(Path(name), 24 * 60)
        now = job.reveal(24 * 60)
        prepare([*LSTMCAST, "train", str(job.config), "--now", now.isoformat(), "--quiet"], job.folder)
        ways: dict[str, tuple[int, int, Callable[[], Seen]]] = {
            "a process each": (0, arguments.processes, lambda: forecast_apart(job, now)),
            "in one process": (0, arguments.predicts, lambda: forecast_here(job, now)),
            "with a plot": (WARM_UP, arguments.plots, lambda: forecast_here(job, now, "output.plots=true")),
        }
        rows, is_flat = [], True
        for title, (warm_up, times, forecast) in ways.items():
            if times:
                row, was_flat = soak(title, warm_up, times, forecast)
                rows.append(row)
                is_flat &= was_flat
    columns = ("warm-up", "times", "ms each", "MB, first tenth", "MB, last tenth", "ratio", "descriptors", "files")
    table = "\n".join([f"| forecasts | {' | '.join(columns)} | flat |", f"|---|{'---:|' * len(columns)}---|", *rows])
    text = (
        f"{machine()}; other work on the machine\n\n{table}\n\n"
        "MB: resident memory after each forecast (of processes: the peak), median of a tenth; ms: median. Warm-up:\n"
        "forecasts before the first tenth. Over the first plots the resident memory rises and then stays, although as\n"
        "many Python objects are alive after each: the C library keeps what drawing went through. Descriptors and\n"
        f"files of the workspace: after the first and the last tenth. Flat: at most {LIMIT} times the memory, no more\n"
        "descriptors and files, every forecast byte for byte the same.\n"
    )
    print(text)
    keep_results("Soak", text)
    return 0 if is_flat else 1


def soak(title: str, warm_up: int, times: int, forecast: Callable[[], Seen]) -> tuple[str, bool]:
    """Return the row of the table, and whether all stayed flat."""
    seen, seconds = [], []
    for _ in range(warm_up):
        forecast()
    for _ in range(times):
        started = time.perf_counter()
        seen.append(forecast())
        seconds.append(time.perf_counter() - started)
    tenth = max(times // 10, 1)
    first, last = (statistics.median(one.megabytes for one in part) for part in (seen[:tenth], seen[-tenth:]))
    begun, ended = seen[tenth - 1], seen[-1]
    is_flat = (
        last <= LIMIT * first
        and (ended.descriptors, ended.files) == (begun.descriptors, begun.files)
        and len({one.content for one in seen}) == 1
    )
    took = 1000 * statistics.median(seconds)
    row = (
        f"| {title} | {warm_up} | {times} | {took:.0f} | {first:.1f} | {last:.1f} | {last / first:.3f} "
        f"| {begun.descriptors}, {ended.descriptors} | {begun.files}, {ended.files} | {'yes' if is_flat else 'NO'} |"
    )
    return row, is_flat


def forecast_here(job: Job, now: datetime, *sets: str) -> Seen:
    """Forecast through the library."""
    from lstmcast.jobs.common.talk import SilentTalk
    from lstmcast.jobs.predict import predict  # late: the peak of a child process is at least what its parent had

    predict(job.load(*sets), now=now, model=None, data=None, output=None, plot=None, talk=SilentTalk())
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6
    return look(job, resident, len(os.listdir("/proc/self/fd")))  # noqa: PTH208 -- no path is wanted


def forecast_apart(job: Job, now: datetime) -> Seen:
    """Forecast by the command, in a process of its own."""
    ended = run([*LSTMCAST, "predict", str(job.config), "--now", now.isoformat(), "--quiet"], job.folder)
    if ended.exit_code:
        sys.exit(f"predict: ended with exit code {ended.exit_code}")
    return look(job, ended.peak_mb, 0)


def look(job: Job, megabytes: float, descriptors: int) -> Seen:
    """Return what there is now."""
    return Seen(megabytes, descriptors, count_files(job.workspace), (job.workspace / "forecast.csv").read_bytes())


if __name__ == "__main__":
    sys.exit(main())
