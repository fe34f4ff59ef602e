"""Reading a CSV of ten million values to a panel, beside a bare `pandas.read_csv`, in turn, with the peak of memory.

`python benchmarks/read.py [ROWS] [SHAPE ...]`: shapes are those of `SHAPES`, all of them if none is named. Many more
rows, as 50,000,000, are read once only after a first time for the disk.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from multiprocessing import Process
from pathlib import Path

import numpy as np
from measure import ENVIRONMENT, machine, verdict

ROWS = 10_000_000
ROUNDS = 3
MOST_TIME, MOST_MEMORY = 1.5, 2.0  # times the best engine of pandas
MISSING = 0.01
WIDE = 500  # columns
TIMED = """
import json, resource, sys, time
{imports}
wall, processor = time.perf_counter(), time.process_time()
kept = {work}
taken = time.perf_counter() - wall, time.process_time() - processor
print(json.dumps([*taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""
BARE = TIMED.format(imports="import pandas", work="pandas.read_csv(sys.argv[1], engine=sys.argv[2])")
OWN = TIMED.format(
    imports="from lstmcast.config.data_config import DataConfig\nfrom lstmcast.data.read import read_panel",
    work="read_panel(DataConfig(path=sys.argv[1], time='time', **json.loads(sys.argv[2])))",
)
LONG = {"id": "id", "target": "value"}

Lines = Iterable[str]


@dataclass(frozen=True)
class Shape:
    """A kind of file."""

    write: Callable[[int], Lines]  # the lines of a file of so many values
    config: Mapping[str, object] = field(default_factory=lambda: LONG)


@dataclass(frozen=True)
class Read:
    """What one reading took; the peak of memory is that of the whole process."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def main() -> int:
    """Measure, print a table for each shape, and return 1 if a limit is broken."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    rounds = ROUNDS if rows <= ROWS else 1
    kept = True
    print(f"## Reading {rows:,} values\n\n{machine()}; best of {rounds} in turn, after all imports\n")
    for name in sys.argv[2:] or SHAPES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "values.csv"
            writer = Process(target=write, args=(path, name, rows))  # whose memory counts for nobody else
            writer.start()
            writer.join()
            kept &= compare(path, name, SHAPES[name], rounds)
    return 0 if kept else 1


def write(path: Path, name: str, rows: int) -> None:
    """Write the file of a shape."""
    with path.open("w") as file:
        file.writelines(SHAPES[name].write(rows))


def compare(path: Path, name: str, shape: Shape, rounds: int) -> bool:
    """Print one table and return whether the limits are kept."""
    engines = ["c", *(["pyarrow"] if find_spec("pyarrow") else [])]
    commands = {f"pandas.read_csv, {engine}": [BARE, str(path), engine] for engine in engines}
    own = "lstmcast, to a panel"
    commands[own] = [OWN, str(path), json.dumps(shape.config)]
    runs: dict[str, list[Read]] = {command: [] for command in commands}
    for number in range(rounds + 1):
        for command, arguments in commands.items():
            one = read_once(arguments)
            if number:  # the first round warms the disk's cache
                runs[command].append(one)
    seconds = {command: min(one.seconds for one in of_command) for command, of_command in runs.items()}
    cpu = {command: min(one.cpu_seconds for one in of_command) for command, of_command in runs.items()}
    memory = {command: min(one.peak_mb for one in of_command) for command, of_command in runs.items()}
    best = min((command for command in runs if command.startswith("pandas")), key=seconds.__getitem__)
    print(f"{name}, {path.stat().st_size / 1e6:.0f} MB\n\n| | seconds | of processors | peak MB |\n|---|---|---|---|")
    for command in runs:
        print(f"| {command} | {seconds[command]:.2f} | {cpu[command]:.2f} | {memory[command]:.0f} |")
    print()
    kept = verdict(f"{name}: time against {best}", seconds[own] / seconds[best], MOST_TIME, ".2f")
    kept &= verdict(f"{name}: peak memory against {best}", memory[own] / memory[best], MOST_MEMORY, ".2f")
    print(f"      (of processors: {cpu[own] / min(cpu[command] for command in runs if command != own):.2f})\n")
    return kept


def read_once(arguments: Sequence[str]) -> Read:
    """Return what one reading takes, in a process of its own that has imported everything."""
    ended = subprocess.run(
        [sys.executable, "-c", *arguments], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True
    )
    seconds, cpu_seconds, peak = json.loads(ended.stdout)
    return Read(seconds, cpu_seconds, peak * (1 if sys.platform == "darwin" else 1024) / 1e6)


def write_long(rows: int, series: int) -> Lines:
    """Yield hourly values of many series, one after the other."""
    random, stamps = np.random.default_rng(1), hours(rows // series)
    yield "id,time,value\n"
    for number in range(series):
        values = random.normal(100, 20, len(stamps)).tolist()
        yield from (f"s{number:06},{stamp},{value:.3f}\n" for stamp, value in zip(stamps, values, strict=True))


def write_missing(rows: int) -> Lines:
    """Yield a long table in which some values are empty."""
    random = np.random.default_rng(2)
    header, *lines = write_long(rows, 1000)
    is_missing = random.random(len(lines)) < MISSING
    yield header
    for line, missing in zip(lines, is_missing.tolist(), strict=True):
        yield line[: line.rfind(",") + 1] + "\n" if missing else line


def write_by_time(rows: int) -> Lines:
    """Yield a long table in which the values of all series stand together, time by time."""
    header, *lines = write_long(rows, 1000)
    yield header
    for first in range(len(lines) // 1000):
        yield from lines[first :: len(lines) // 1000]


def write_shuffled(rows: int) -> Lines:
    """Yield a long table in no order at all."""
    header, *lines = write_long(rows, 1000)
    yield header
    yield from (lines[row] for row in np.random.default_rng(3).permutation(len(lines)).tolist())


def write_covariates(rows: int) -> Lines:
    """Yield a long table with three covariates."""
    random = np.random.default_rng(4)
    header, *lines = write_long(rows, 1000)
    yield f"{header[:-1]},temperature,promotion,price\n"
    warm, cheap = random.normal(15, 8, len(lines)).tolist(), random.uniform(1, 5, len(lines)).tolist()
    for line, degrees, price in zip(lines, warm, cheap, strict=True):
        yield f"{line[:-1]},{degrees:.1f},{int(price < 2)},{price:.2f}\n"


def write_wide(rows: int) -> Lines:
    """Yield a table with a column for each series."""
    random = np.random.default_rng(5)
    yield f"time,{','.join(wide_columns())}\n"
    for stamp in hours(rows // WIDE):
        yield f"{stamp},{','.join(f'{value:.3f}' for value in random.normal(100, 20, WIDE).tolist())}\n"


def wide_columns() -> list[str]:
    """Return the names of the series of a wide table."""
    return [f"v{number:03}" for number in range(WIDE)]


def hours(count: int) -> list[str]:
    """Return so many hours, one after the other."""
    stamps = np.datetime64("2020-01-01T00", "s") + np.arange(count) * np.timedelta64(3600, "s")
    return [stamp.replace("T", " ") for stamp in np.datetime_as_string(stamps).tolist()]


SHAPES = {
    "100,000 series": Shape(lambda rows: write_long(rows, 100_000)),
    "1,000 series": Shape(lambda rows: write_long(rows, 1000)),
    "sorted by time": Shape(write_by_time),
    "1% missing": Shape(write_missing, LONG | {"gaps": "interpolate"}),
    "covariates": Shape(write_covariates, LONG | {"past": ["temperature"], "future": ["promotion", "price"]}),
    "wide": Shape(write_wide, {"target": wide_columns()}),
    "shuffled": Shape(write_shuffled),  # rows have to find their places: pandas leaves them where they are
}

if __name__ == "__main__":
    sys.exit(main())
