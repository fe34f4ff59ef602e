"""`train` on ten million rows with a small budget of steps: peak memory against the values, and where the time goes.

python benchmarks/speed/large_train.py [ROWS]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from many_series import LONG, write_config, write_long

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, machine, verdict

ROWS, ROWS_OF_A_SERIES, HORIZON = 10_000_000, 5_000, 24
STEPS = 401  # from so many on the test has no ensemble of its own, as with the 1,500 that `auto` takes here
FEWER = 5  # times fewer series, to see what each further value takes
MOST_MEMORY = 3.0  # times a value as float64


def main() -> int:
    """Measure, print a table, and return 1 if a limit is broken."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    series = rows // ROWS_OF_A_SERIES
    (_, _, of_fewer), (phases, seconds, peak) = train(series // FEWER), train(series)
    values = rows * 8 / 1e6
    print(f"## Training on {rows:,} rows\n\n{machine()}; {series:,} series, {STEPS} steps of training\n")
    print(
        f"{seconds:.0f} seconds, at most {peak:.0f} MB. The values are {values:.0f} MB; training on {series // FEWER:,}"
    )
    print(f"series of as many rows takes {of_fewer:.0f} MB, most of it TensorFlow and what is compiled.\n")
    print("| until the last word of | seconds |\n|---|---|")
    for phase, took in phases.items():
        print(f"| {phase} | {took:.1f} |")
    print()
    further = (peak - of_fewer) / (values * (1 - 1 / FEWER))
    kept = verdict("memory of each further value, against its eight bytes,", further, MOST_MEMORY, ".1f")
    return 0 if kept else 1


def train(series: int) -> tuple[dict[str, float], float, float]:
    """Return the seconds of each phase, by the first word of what it says, of all together, and the peak in MB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_long(folder / LONG, series, ROWS_OF_A_SERIES)
        write_config(folder, HORIZON, steps=STEPS)
        return watch_training(folder)


def watch_training(folder: Path) -> tuple[dict[str, float], float, float]:
    """Return the same of the training that a folder's config describes."""
    started, told = time.time(), folder / "told.txt"
    with told.open("wb") as file:
        command = [*LSTMCAST, "train", "--log-format", "json"]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=file)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(told.read_text())
    phases: dict[str, float] = {}
    before = started
    for line in told.read_text().splitlines():
        said = json.loads(line)
        now = datetime.fromisoformat(said["time"]).timestamp()
        word = said["message"].partition(":")[0]
        phases[word] = phases.get(word, 0.0) + now - before
        before = now
    return phases, time.time() - started, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    sys.exit(main())
