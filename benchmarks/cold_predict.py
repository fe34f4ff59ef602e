"""A forecast in a fresh process: hidden size 64, 5,000 rows, 24 steps ahead, beside importing TensorFlow."""

import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from measure import IMPORT_TENSORFLOW, LSTMCAST, expect_exit_codes, in_turn, machine, median_seconds, prepare, verdict

ROUNDS = 9
MOST_OF_TENSORFLOW = 0.30
MOST_OF_PANDAS = 1.25
MOST_FOR_PLOT = 0.6  # seconds
MOST_MEMORY = 200.0  # MB
OWN, WITH_PLOT = "lstmcast predict", "lstmcast predict, with a plot"
TENSORFLOW, PANDAS = "import tensorflow", "pandas alone reads and writes"
CONFIG = """\
data: {path: load.csv, time: time, target: load}
forecast: {horizon: 24}
model: {units: 64}
train: {steps: 10}
evaluate: {gate: {min_skill: -100.0}}
output: {dir: workspace, plots: false}
"""
READ_AND_WRITE = "import pandas; pandas.read_csv('load.csv').tail(24).to_csv('copy.csv', index=False)"


def main() -> int:
    """Measure, print a table, and return 1 if a limit is broken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_load(folder / "load.csv", rows=5000)
        (folder / "lstmcast.yaml").write_text(CONFIG)
        prepare([*LSTMCAST, "train", "--quiet"], folder)
        commands = {
            OWN: [*LSTMCAST, "predict", "--quiet"],
            WITH_PLOT: [*LSTMCAST, "predict", "--quiet", "--plot", "plot.png"],
            TENSORFLOW: IMPORT_TENSORFLOW,
            PANDAS: [sys.executable, "-c", READ_AND_WRITE],
        }
        runs = in_turn(commands, folder, ROUNDS)
    expect_exit_codes(runs, {})
    tensorflow = median_seconds(runs[TENSORFLOW])
    cpu = {name: statistics.median(one.cpu_seconds for one in of_name) for name, of_name in runs.items()}
    print(f"## Cold predict\n\n{machine()}; medians of {ROUNDS} runs in turn\n")
    print("| command | seconds | against TensorFlow | CPU seconds | peak MB |\n|---|---|---|---|---|")
    for name, of_name in runs.items():
        seconds, memory = median_seconds(of_name), max(one.peak_mb for one in of_name)
        print(f"| {name} | {seconds:.3f} | {seconds / tensorflow:.2f} | {cpu[name]:.3f} | {memory:.0f} |")
    print()
    kept = [
        verdict("time against import tensorflow", median_seconds(runs[OWN]) / tensorflow, MOST_OF_TENSORFLOW, ".2f"),
        verdict(
            "time against pandas alone", median_seconds(runs[OWN]) / median_seconds(runs[PANDAS]), MOST_OF_PANDAS, ".2f"
        ),
        verdict(
            "seconds for the plot", median_seconds(runs[WITH_PLOT]) - median_seconds(runs[OWN]), MOST_FOR_PLOT, ".2f"
        ),
        verdict("peak memory in MB", max(one.peak_mb for one in runs[OWN]), MOST_MEMORY, ".0f"),
    ]
    return 0 if all(kept) else 1


def write_load(path: Path, rows: int) -> None:
    """Write an hourly series with a day, a week and noise."""
    hours = np.arange(rows)
    noise = np.random.default_rng(1).normal(0, 15, rows)
    values = 500 + 120 * np.sin(2 * np.pi * hours / 24) + 60 * np.sin(2 * np.pi * hours / 168) + noise
    stamps = np.datetime_as_string(np.datetime64("2025-01-06T00:00") + hours.astype("timedelta64[h]"))
    lines = [f"{stamp.replace('T', ' ')},{value:.2f}\n" for stamp, value in zip(stamps, values, strict=True)]
    path.write_text("time,load\n" + "".join(lines))


if __name__ == "__main__":
    sys.exit(main())
