"""How time and memory grow with rows, series, context, hidden size and horizon: a table with exponents, and a plot.

python benchmarks/speed/growth.py [--quick]
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from many_series import LONG, know_series, train_few, write_long
from matplotlib.figure import Figure
from settings import Setting

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, expect_exit_codes, machine, run

from lstmcast.config.auto import members_for

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "growth.png"
WORKER = Path(__file__).parent / "train_lstmcast.py"
HORIZON = 24
RUNS = 2
BASE = Setting(context=96, horizon=24, units=64, batch=64, features=1, steps=32)


@dataclass(frozen=True)
class Cost:
    """What one size costs."""

    size: int
    seconds: float  # of the processor
    megabytes: float


@dataclass(frozen=True)
class Sweep:
    """How one thing was made larger, all else being the same."""

    name: str
    of: str
    costs: tuple[Cost, ...]

    @property
    def exponents(self) -> tuple[float, float]:
        """Return the slopes of time and memory against size, between the two largest sizes, on logarithmic axes."""
        before, last = self.costs[-2:]
        growth = np.log(last.size / before.size)
        return (
            float(np.log(last.seconds / before.seconds) / growth),
            float(np.log(last.megabytes / before.megabytes) / growth),
        )


def main() -> int:
    """Measure, print a table and draw the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two sizes of each")
    largest = 2 if parser.parse_args().quick else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, series = (5_000, 50_000, 500_000)[:largest], (1_000, 5_000, 25_000)[:largest]
        train_few(folder, 1000, HORIZON, members_for(series[-1]))
        sweeps = [
            sweep("rows of one series", "predict", rows, lambda n: predict(folder, 1, n)),
            sweep("series of 500 rows", "predict", series, lambda n: predict(folder, n, 500)),
        ]
    sweeps += [
        sweep("context", "a step of training", (96, 192, 384)[:largest], lambda n: train(context=n)),
        sweep("hidden size", "a step of training", (64, 128, 256)[:largest], lambda n: train(units=n)),
        sweep("horizon", "a step of training", (24, 96, 384)[:largest], lambda n: train(horizon=n)),
    ]
    print(f"## How cost grows\n\n{machine()}; processor time, the least of {RUNS} runs\n")
    print("| of | against | sizes | seconds | MB | exponent of time | of memory |\n|---|---|---|---|---|---|---|")
    for one in sweeps:
        sizes = ", ".join(f"{cost.size:,}" for cost in one.costs)
        seconds = ", ".join(f"{cost.seconds:.3g}" for cost in one.costs)
        memory = ", ".join(f"{cost.megabytes:.0f}" for cost in one.costs)
        time, space = one.exponents
        print(f"| {one.of} | {one.name} | {sizes} | {seconds} | {memory} | {time:.2f} | {space:.2f} |")
    print("\nExponents are those between the two largest sizes: 1 is linear.")
    draw(sweeps)
    return 0


def sweep(name: str, of: str, sizes: Sequence[int], measure: Callable[[int], tuple[float, float]]) -> Sweep:
    """Return what each size costs."""
    found = []
    for size in sizes:
        found.append(Cost(size, *measure(size)))
        print(name, found[-1], file=sys.stderr, flush=True)
    return Sweep(name, of, tuple(found))


def predict(folder: Path, series: int, rows: int) -> tuple[float, float]:
    """Return the seconds and megabytes of a `predict`."""
    know_series(folder, series)
    write_long(folder / LONG, series, rows)
    runs = [run([*LSTMCAST, "predict", "--quiet"], folder) for _ in range(RUNS)]
    expect_exit_codes({f"predict, {series} series of {rows} rows": runs}, {})
    return min(one.cpu_seconds for one in runs), min(one.peak_mb for one in runs)


def train(**changes: int) -> tuple[float, float]:
    """Return the seconds of a step of one textbook network, on one thread, and the megabytes of the process."""
    setting = Setting(**(vars(BASE) | changes))
    command = [sys.executable, str(WORKER), setting.as_json(), "1", "1"]
    ended = subprocess.run(
        command, input="run\n" * RUNS, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
    )
    seen = [json.loads(line) for line in ended.stdout.splitlines()][1:]
    return min(one["cpu_seconds"] for one in seen) / setting.steps, seen[-1]["peak_mb"]


def draw(sweeps: Sequence[Sweep]) -> None:
    """Draw time and memory against size, both against those of the smallest size."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    for axes, what in zip(figure.subplots(1, 2), ("seconds", "megabytes"), strict=True):
        for one in sweeps:
            first = one.costs[0]
            sizes = [cost.size / first.size for cost in one.costs]
            axes.loglog(sizes, [getattr(c, what) / getattr(first, what) for c in one.costs], "o-", label=one.name)
        axes.loglog([1, 100], [1, 100], color="0.6", linestyle=":", label="linear")
        axes.set_xlabel("size, times the smallest")
        axes.set_title(
            {"seconds": "processor time, times the least", "megabytes": "peak memory, times the least"}[what]
        )
        axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(PICTURE, dpi=110, metadata={"Software": ""})


if __name__ == "__main__":
    sys.exit(main())
