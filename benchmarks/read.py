"""Reading ten million rows of a long CSV to a panel, beside a bare `pandas.read_csv`, in turn, with the peak of memory.

`python benchmarks/read.py [ROWS]`: 100,000 series of ROWS / 100,000 rows each, and 1,000 series of ROWS / 1,000.
Many more rows, as 50,000,000, are read once only after a first time for the disk.
"""

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from measure import expect_exit_codes, in_turn, machine, verdict

ROWS = 10_000_000
ROUNDS = 3
MOST_TIME, MOST_MEMORY = 1.5, 2.0  # times the best engine of pandas
BARE = """
import sys
import pandas
pandas.read_csv(sys.argv[1], engine=sys.argv[2])
"""
OWN = """
import sys
from lstmcast.config.schema import DataConfig
from lstmcast.data.read import read_panel
read_panel(DataConfig(path=sys.argv[1], time="time", id="id", target="value"))
"""


def main() -> int:
    """Measure, print a table for each shape, and return 1 if a limit is broken."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    rounds = ROUNDS if rows <= ROWS else 1
    kept = True
    print(f"## Reading {rows:,} rows\n\n{machine()}; best of {rounds} in turn, imports left out\n")
    for series in (100_000, 1_000):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "long.csv"
            write_long(path, series, rows // series)
            kept &= compare(path, f"{series:,} series", rounds)
    return 0 if kept else 1


def compare(path: Path, shape: str, rounds: int) -> bool:
    """Print one table and return whether the limits are kept."""
    engines = ["c", *(["pyarrow"] if find_spec("pyarrow") else [])]
    commands = {f"pandas.read_csv, {engine}": [sys.executable, "-c", BARE, str(path), engine] for engine in engines}
    commands["lstmcast, to a panel"] = [sys.executable, "-c", OWN, str(path)]
    empty = [sys.executable, "-c", "import pandas"], [sys.executable, "-c", "import lstmcast.data.read"]
    started = in_turn(dict(zip(("pandas", "lstmcast"), empty, strict=True)), path.parent, rounds)
    runs = in_turn(commands, path.parent, rounds)
    expect_exit_codes(runs, {})
    seconds, cpu, memory = {}, {}, {}
    for name, of_name in runs.items():
        imports = started["lstmcast" if name.startswith("lstmcast") else "pandas"]
        seconds[name] = min(one.seconds for one in of_name) - min(one.seconds for one in imports)
        cpu[name] = min(one.cpu_seconds for one in of_name) - min(one.cpu_seconds for one in imports)
        memory[name] = min(one.peak_mb for one in of_name)
    best = min((name for name in runs if name.startswith("pandas")), key=seconds.__getitem__)
    print(f"{shape}, {path.stat().st_size / 1e6:.0f} MB\n\n| | seconds | of processors | peak MB |\n|---|---|---|---|")
    for name in runs:
        print(f"| {name} | {seconds[name]:.2f} | {cpu[name]:.2f} | {memory[name]:.0f} |")
    print()
    own = "lstmcast, to a panel"
    kept = verdict(f"{shape}: time against {best}", seconds[own] / seconds[best], MOST_TIME, ".2f")
    kept &= verdict(f"{shape}: peak memory against {best}", memory[own] / memory[best], MOST_MEMORY, ".2f")
    print()
    return kept


def write_long(path: Path, series: int, rows: int) -> None:
    """Write hourly values of many series, one after the other."""
    random = np.random.default_rng(1)
    hours = np.datetime64("2020-01-01T00", "s") + np.arange(rows) * np.timedelta64(3600, "s")
    stamps = [stamp.replace("T", " ") for stamp in np.datetime_as_string(hours).tolist()]
    with path.open("w") as file:
        file.write("id,time,value\n")
        for number in range(series):
            values = random.normal(100, 20, rows).tolist()
            file.write(
                "".join(f"s{number:06},{stamp},{value:.3f}\n" for stamp, value in zip(stamps, values, strict=True))
            )


if __name__ == "__main__":
    sys.exit(main())
