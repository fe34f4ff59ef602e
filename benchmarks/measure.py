"""Runs commands in turn, each in a process of its own, and measures wall time, processor time and peak memory."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LSTMCAST = [sys.executable, "-m", "lstmcast"]
IMPORT_TENSORFLOW = [sys.executable, "-c", "import tensorflow"]
WITHOUT_BYTECODE = "PYTHONDONTWRITEBYTECODE"
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != WITHOUT_BYTECODE}
LIBRARIES = ("lstmcast", "numpy", "pandas", "keras", "tensorflow")


@dataclass(frozen=True)
class Run:
    """What one process took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    exit_code: int


def run(command: Sequence[str], folder: Path) -> Run:
    """Run the command in the folder, its output thrown away; bytecode is kept, as that of installed packages is."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, KiB here
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, process.returncode)


def prepare(command: Sequence[str], folder: Path) -> None:
    """Run a command that has to succeed before anything can be measured; its faults are shown."""
    if code := subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"{' '.join(command)}: ended with exit code {code}")


def in_turn(commands: Mapping[str, Sequence[str]], folder: Path, rounds: int) -> dict[str, list[Run]]:
    """Return the runs of each command; the first round, which warms the disk's cache, is left out."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            one = run(command, folder)
            if number:
                runs[name].append(one)
    return runs


def median_seconds(runs: Sequence[Run]) -> float:
    """Return the median of the wall times."""
    return statistics.median(one.seconds for one in runs)


def expect_exit_codes(runs: Mapping[str, Sequence[Run]], codes: Mapping[str, int]) -> None:
    """Stop if a command did not end as it should have: its time would mean nothing."""
    for name, of_name in runs.items():
        if {one.exit_code for one in of_name} != {codes.get(name, 0)}:
            sys.exit(f"{name}: ended with exit codes {sorted({one.exit_code for one in of_name})}")


def machine() -> str:
    """Return what was measured on, and when."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {processor()}, {cores} cores, {platform.system()}, "
        f"Python {platform.python_version()}, {libraries}"
    )


def processor() -> str:
    """Return the processor's name, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def verdict(what: str, found: float, limit: float, form: str) -> bool:
    """Print whether a limit is kept, and return it."""
    kept = found <= limit
    print(f"{'PASS' if kept else 'FAIL'}: {what} {found:{form}}, at most {limit:{form}}")
    return kept
