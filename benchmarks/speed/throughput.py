"""Windows per second in training, beside the Keras tutorial and torch on the same windows, in turn.

python benchmarks/speed/throughput.py [--peers PYTHON] [--quick]
"""

import argparse
import json
import math
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from settings import Setting

HERE = Path(__file__).parent
ROUNDS = 5
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
    """Return the workers of a setting, and how many networks each trains at once."""
    what, own = setting.as_json(), [sys.executable, str(HERE / "train_lstmcast.py")]
    found = {
        "tutorial": ([sys.executable, str(HERE / "train_keras.py"), what], 1),
        "lstmcast": ([*own, what, str(cores), str(cores)], cores),
        "one network": ([*own, what, "1", str(cores)], 1),
    }
    if peers:
        torch = [peers, str(HERE / "train_torch.py"), what]
        for threads in sorted({1, cores}):
            found[f"torch eager, {threads} threads"] = ([*torch, "eager", str(threads)], 1)
        found["torch compile"] = ([*torch, "compile", str(cores)], 1)
        found["torch bf16"] = ([*torch, "bf16", str(cores)], 1)
    return found


def measure(setting: Setting, peers: str | None, cores: int, rounds: int) -> dict[str, list[Pace]]:
    """Return the paces of each worker that works here; they take turns."""
    workers = [
        Worker(name, command, networks * setting.steps * setting.batch)
        for name, (command, networks) in commands_for(setting, peers, cores).items()
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", help="the Python of an environment with torch")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", type=int, nargs="*")
    arguments = parser.parse_args()
    print(f"sgemm {sgemm_rate() / 1e9:.0f} GFLOP/s", flush=True)
    for k, setting in enumerate(SETTINGS):
        if arguments.only and k not in arguments.only:
            continue
        paces = measure(setting, arguments.peers, 2, arguments.rounds)
        base = median(p.by_clock for p in paces["tutorial"])
        print(setting.name, flush=True)
        for name, of in paces.items():
            m = median(p.by_clock for p in of)
            print(
                f"  {name:25s} {m:8.0f} w/s  x{m / base:5.2f}  cpu {median(p.by_processor for p in of):8.0f} w/cpu-s",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
