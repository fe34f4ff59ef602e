"""Windows per second in training, beside the Keras tutorial and torch on the same windows, in turn.

python benchmarks/speed/throughput.py [--peers PYTHON] [--quick]

`lstmcast` trains an ensemble, a network on each core, as the command does; `one network` trains a single one. The peers
train a single one, with as many threads as stand beside their names.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from settings import Setting

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import machine, verdict

HERE = Path(__file__).parent
ROUNDS = 5
PEERS_SHARE = 2  # of the steps of a run: a peer has less to set up for it, and takes longer
HEAD = "context, horizon, hidden size, batch, features"
OWN, TUTORIAL, EAGER, BEST = "lstmcast", "tutorial", "torch eager", "torch, best mode"
AGAINST = (TUTORIAL, EAGER, BEST)
MEANT = {TUTORIAL: TUTORIAL, EAGER: EAGER, BEST: "torch"}  # how the names of the workers begin
SETTINGS = (
    Setting(context=168, horizon=24, units=64, batch=32, features=1, steps=128),
    Setting(context=168, horizon=24, units=64, batch=32, features=8, steps=128),
    Setting(context=168, horizon=24, units=64, batch=128, features=1, steps=32),
    Setting(context=168, horizon=24, units=64, batch=128, features=8, steps=32),
    Setting(context=336, horizon=48, units=128, batch=256, features=1, steps=16),
    Setting(context=336, horizon=48, units=128, batch=256, features=8, steps=16),
)


@dataclass(frozen=True)
class Pace:
    """Windows per second of one run, of the clock and of the processor."""

    by_clock: float
    by_processor: float


Paces = Mapping[str, Sequence[Pace]]


class Worker:
    """A process that trains a little whenever it is asked to."""

    def __init__(self, name: str, command: Sequence[str], windows: int) -> None:
        self.name, self.windows = name, windows
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        ready = self._hear()
        self.works, self.start = ready is not None, (ready or {}).get("seconds", math.nan)

    def run(self) -> Pace:
        """Train for one run."""
        assert self.process.stdin is not None
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        seen = self._hear()
        if seen is None:
            sys.exit(f"{self.name}: ended while it was measured")
        return Pace(self.windows / seen["seconds"], self.windows / seen["cpu_seconds"])

    def close(self) -> None:
        """Let the process end."""
        self.process.communicate()

    def _hear(self) -> dict[str, float] | None:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else None


def commands_for(setting: Setting, peers: str | None, cores: int) -> dict[str, tuple[list[str], int]]:
    """Return the workers of a setting, and how many windows each goes through in a run."""
    shorter = replace(setting, steps=setting.steps // PEERS_SHARE)
    own = [sys.executable, str(HERE / "train_lstmcast.py"), setting.as_json()]
    windows, fewer = setting.steps * setting.batch, shorter.steps * setting.batch
    found = {
        "tutorial": ([sys.executable, str(HERE / "train_keras.py"), shorter.as_json()], fewer),
        "lstmcast": ([*own, str(cores), str(cores)], cores * windows),
        "one network": ([*own, "1", str(cores)], windows),
    }
    if peers:
        torch = [peers, str(HERE / "train_torch.py"), shorter.as_json()]
        for threads in sorted({1, cores}):
            found[f"torch eager, {threads} threads"] = ([*torch, "eager", str(threads)], fewer)
        found["torch compile"] = ([*torch, "compile", str(cores)], fewer)
        found["torch bf16"] = ([*torch, "bf16", str(cores)], fewer)
    return found


def measure(setting: Setting, peers: str | None, cores: int, rounds: int) -> dict[str, list[Pace]]:
    """Return the paces of each worker that works here; they take turns."""
    workers = [
        Worker(name, command, windows) for name, (command, windows) in commands_for(setting, peers, cores).items()
    ]
    paces: dict[str, list[Pace]] = {worker.name: [] for worker in workers if worker.works}
    for number in range(rounds + 1):
        for worker in workers:
            if worker.works:
                pace = worker.run()
                if number:  # the first round warms up
                    paces[worker.name].append(pace)
    for worker in workers:
        worker.close()
    return paces


def sgemm_rate(seconds: float = 1.0) -> float:
    """Return the operations per second of the best of many products of two square matrices, on all threads."""
    size = 1024
    matrix = np.random.default_rng(0).normal(size=(size, size)).astype(np.float32)
    best, started = math.inf, time.perf_counter()
    while time.perf_counter() - started < seconds:
        before = time.perf_counter()
        matrix @ matrix
        best = min(best, time.perf_counter() - before)
    return 2 * size**3 / best


def main() -> int:
    """Measure, print the tables, and return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="the Python of an environment with torch")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--quick", action="store_true", help="one setting, two rounds")
    arguments = parser.parse_args()
    settings, rounds = (SETTINGS[:1], 2) if arguments.quick else (SETTINGS, arguments.rounds)
    cores, busy, rate = len(os.sched_getaffinity(0)), os.getloadavg()[0], sgemm_rate()
    torch = f", torch {torch_version(arguments.peers)}" if arguments.peers else ""
    print(f"## Training throughput\n\n{machine()}{torch}; medians of {rounds} runs in turn.")
    print(f"Products of two matrices (float32, NumPy, all cores): {rate / 1e9:.0f} GFLOP/s. In the minute before, ")
    print(f"{busy:.1f} processes were at work: more than a few tenths, and only processor time can be compared.\n")
    found = []
    for setting in settings:
        found.append(measure(setting, arguments.peers, cores, rounds))
        rates = ", ".join(f"{name} {clock(found[-1], name):,.0f}" for name in found[-1])
        print(f"{setting.name}: {rates}", file=sys.stderr, flush=True)
    print_rates(settings, found)
    print_shares(settings, found, rate)
    return 0 if judge(found) else 1


def print_rates(settings: Sequence[Setting], found: Sequence[Paces]) -> None:
    """Print windows per second."""
    names = list(found[0])
    print(f"Windows per second:\n\n| {HEAD} | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
    for setting, paces in zip(settings, found, strict=True):
        print(f"| {setting.name} | {' | '.join(f'{clock(paces, name):,.0f}' for name in names)} |")
    print(f"\nWindows per second of processor time:\n\n| {HEAD} | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
    for setting, paces in zip(settings, found, strict=True):
        print(f"| {setting.name} | {' | '.join(f'{processor_rate(paces, name):,.0f}' for name in names)} |")


def print_shares(settings: Sequence[Setting], found: Sequence[Paces], rate: float) -> None:
    """Print how lstmcast compares, and the floor: what the products alone would take at the measured rate.

    The tutorial may have two paces, so the fastest of its runs is shown as well.
    """
    print(
        f"\n| {HEAD} | times {' | times '.join(AGAINST)} | tutorial's runs | times its fastest | floor | share of it |"
    )
    print(f"|{'---|' * (len(AGAINST) + 5)}")
    for setting, paces in zip(settings, found, strict=True):
        ratios = " | ".join(f"{found:.2f}" if found else "" for found in (ratio(paces, name) for name in AGAINST))
        floor, runs = rate / setting.operations, sorted(pace.by_clock for pace in paces[TUTORIAL])
        apart = f"{runs[0]:,.0f} to {runs[-1]:,.0f} | {clock(paces, OWN) / runs[-1]:.2f}"
        print(f"| {setting.name} | {ratios} | {apart} | {floor:,.0f} | {clock(paces, OWN) / floor:.0%} |")
    print("\nFloor: windows per second, if there were nothing but products of matrices at the rate above.\n")


def judge(found: Sequence[Paces]) -> bool:
    """Print which limits are kept, and return whether all are."""
    kept = [verdict("tutorial's rate against lstmcast's, at worst,", 1 / least(found, TUTORIAL), 1 / 2.0, ".2f")]
    if least(found, EAGER):
        kept.append(verdict("torch eager against lstmcast, mean,", 1 / mean_ratio(found, EAGER), 1 / 1.3, ".2f"))
        kept.append(verdict("torch eager against lstmcast, at worst,", 1 / least(found, EAGER), 1.0, ".2f"))
        print(f"Geometric means: {', '.join(f'{mean_ratio(found, name):.2f} times {name}' for name in AGAINST)}.")
    return all(kept)


def clock(paces: Paces, name: str) -> float:
    """Return the median windows per second of a worker."""
    return median(pace.by_clock for pace in paces[name])


def processor_rate(paces: Paces, name: str) -> float:
    """Return the median windows per second of processor time."""
    return median(pace.by_processor for pace in paces[name])


def ratio(paces: Paces, against: str) -> float:
    """Return how much faster lstmcast is than the best of the workers that `against` means; 0 if there is none."""
    rivals = [clock(paces, name) for name in paces if name.startswith(MEANT[against])]
    return clock(paces, OWN) / max(rivals) if rivals else 0.0


def least(found: Sequence[Paces], against: str) -> float:
    """Return the smallest of the ratios of all settings."""
    return min(ratio(paces, against) for paces in found)


def mean_ratio(found: Sequence[Paces], against: str) -> float:
    """Return the geometric mean of the ratios of all settings."""
    return math.exp(sum(math.log(ratio(paces, against)) for paces in found) / len(found))


def torch_version(python: str) -> str:
    """Return which torch an environment has."""
    asked = [python, "-c", "import torch; print(torch.__version__)"]
    return subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
