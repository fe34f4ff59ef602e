"""What the comparison of training speed trains, and on which values; NumPy only, so that every peer can use it."""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

SERIES, ROWS = 40, 1000
PEAK_UNITS = 1e6 if sys.platform == "darwin" else 1e6 / 1024  # of the system, in a megabyte
BATCHES_OF_WINDOWS = 8  # that the peers find in memory; a run goes through them again and again


@dataclass(frozen=True)
class Setting:
    """The sizes of one comparison; `steps` is how many one run takes."""

    context: int
    horizon: int
    units: int
    batch: int
    features: int
    steps: int

    @property
    def name(self) -> str:
        """Return how tables call it."""
        return f"{self.context}, {self.horizon}, {self.units}, {self.batch}, {self.features}"

    @property
    def operations(self) -> float:
        """Return the floating-point operations of the LSTM for one window, forward and back."""
        return 3 * self.context * 2 * (self.features + self.units) * 4 * self.units

    def as_json(self) -> str:
        """Return the setting as the argument of a worker."""
        return json.dumps(asdict(self))


def make_values(setting: Setting) -> npt.NDArray[np.float32]:
    """Return (series, rows, features) values: waves of a day with noise."""
    random = np.random.default_rng(1)
    wave = np.sin(2 * np.pi * np.arange(ROWS) / 24)[None, :, None]
    values = wave + random.normal(0, 0.3, (SERIES, ROWS, setting.features))
    return np.asarray(values, np.float32)


def make_windows(setting: Setting) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return (N, C, F) contexts and (N, H) horizons, each a copy, as the tutorials have them."""
    values, count = make_values(setting), BATCHES_OF_WINDOWS * setting.batch
    random = np.random.default_rng(2)
    series = random.integers(0, SERIES, count)
    origin = random.integers(setting.context, ROWS - setting.horizon, count)
    contexts = values[series[:, None], origin[:, None] + np.arange(-setting.context, 0)]
    horizons = values[series[:, None], origin[:, None] + np.arange(setting.horizon), 0]
    return contexts, horizons


def serve(prepare: Callable[[Setting], Callable[[], None]]) -> None:
    """Prepare what the first argument says, then take `steps` steps for each line read; print the seconds of each."""
    setting = Setting(**json.loads(sys.argv[1]))
    started = time.perf_counter()
    run = prepare(setting)
    _tell({"seconds": time.perf_counter() - started})
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        taken = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
        _tell(taken | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PEAK_UNITS})


def _tell(found: dict[str, float]) -> None:
    print(json.dumps(found), flush=True)
