"""What `make demo` costs after the install: training and forecasting the air passengers."""

import sys
import tempfile
from pathlib import Path

from measure import IMPORT_TENSORFLOW, LSTMCAST, expect_exit_codes, in_turn, machine, median_seconds, verdict

ROUNDS = 2
LIMIT = 120.0  # seconds of training
CONFIG = Path(__file__).parents[1] / "configs" / "air_passengers.yaml"


def main() -> int:
    """Measure, print a table, and return 1 if a limit is broken."""
    with tempfile.TemporaryDirectory() as name:
        options = [str(CONFIG), "--set", f"output.dir={name}/workspace", "--quiet"]
        commands = {
            "lstmcast train": [*LSTMCAST, "train", *options],
            "lstmcast predict, with its plot": [*LSTMCAST, "predict", *options],
            "import tensorflow": IMPORT_TENSORFLOW,
        }
        runs = in_turn(commands, Path(name), ROUNDS)
    expect_exit_codes(runs, {})
    print(f"## The demo\n\n{machine()}; medians of {ROUNDS} runs in turn\n")
    print("| command | seconds | CPU seconds | peak MB |\n|---|---|---|---|")
    for name, of_name in runs.items():
        cpu = sorted(one.cpu_seconds for one in of_name)[len(of_name) // 2]
        peak = max(one.peak_mb for one in of_name)
        print(f"| {name} | {median_seconds(of_name):.1f} | {cpu:.1f} | {peak:.0f} |")
    print()
    return 0 if verdict("seconds of training", median_seconds(runs["lstmcast train"]), LIMIT, ".0f") else 1


if __name__ == "__main__":
    sys.exit(main())
