"""Where the time of a cold `predict` goes: the imports of one run, summed by library."""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from measure import LSTMCAST, machine, prepare

CONFIG = Path(__file__).parents[1] / "configs" / "air_passengers.yaml"
LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")
SHOWN = 12


def main() -> int:
    """Print a table of milliseconds by library."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options = [str(CONFIG), "--set", f"output.dir={folder}/workspace", "--set", "output.plots=false"]
        prepare([*LSTMCAST, "train", "--quiet", *options, "--set", "evaluate.gate.min_skill=-100"], folder)
        command = [sys.executable, "-X", "importtime", "-m", "lstmcast", "predict", "--quiet", *options]
        seen = [imports(subprocess.run(command, capture_output=True, text=True, check=True).stderr) for _ in range(3)]
    least = {library: min(one[library] for one in seen) for library in seen[0]}
    rows = sorted(least.items(), key=lambda row: -row[1])
    print(f"## Imports of a cold predict\n\n{machine()}; the least of 3 runs, each library without what it imports\n")
    print("| library | milliseconds |\n|---|---|")
    for library, milliseconds in rows[:SHOWN]:
        print(f"| {library} | {milliseconds:.0f} |")
    print(f"| {len(rows) - SHOWN} others | {sum(milliseconds for _, milliseconds in rows[SHOWN:]):.0f} |")
    print(f"| together | {sum(least.values()):.0f} |")
    return 0


def imports(report: str) -> dict[str, float]:
    """Return the milliseconds that the modules of each library took by themselves."""
    microseconds: Counter[str] = Counter()
    for taken, module in LINE.findall(report):
        microseconds[module.split(".")[0]] += int(taken)
    return {library: taken / 1000 for library, taken in microseconds.items()}


if __name__ == "__main__":
    sys.exit(main())
