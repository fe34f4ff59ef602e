"""Measures the classical peers on the tasks that the board does not list; scored by the board, like `run.py`.

    python benchmarks/accuracy/peers.py --board ../shared/board --python peers/bin/python

`--python` is that of an environment with statsforecast, pandas and numpy, apart from ours: statsforecast asks for an
older pandas. Each model is fitted anew at each origin. The scores go to `peers.csv`.
"""

import argparse
import csv
import importlib
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "peers.csv"
MODELS = {  # name: class of statsforecast, longest season that it can take
    "snaive": ("SeasonalNaive", 1000),
    "theta": ("Theta", 1000),
    "dynamic_theta": ("DynamicOptimizedTheta", 1000),
    "autoets": ("AutoETS", 24),
}
LEVELS = {80: (0.1, 0.9), 95: (0.025, 0.975)}
FIELDS = ["date", "task", "peer", "sMAPE", "MASE", "OWA", "cov80", "cov95", "fit_cpu", "statsforecast"]


def main() -> None:
    """Measure in the environment that is asked for."""
    arguments = _arguments()
    try:
        version("statsforecast")
    except PackageNotFoundError:
        subprocess.run([str(arguments.python), __file__, *sys.argv[1:]], check=True)
        return
    for folder in (HERE, arguments.board.resolve()):
        sys.path.insert(0, str(folder))
    own = importlib.import_module("own_tasks")
    with RESULTS.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for task in own.NAMES:
            for peer in MODELS:
                row = measure(own.load(task, importlib.import_module("tasks"), arguments.data), peer)
                writer.writerow(row)
                file.flush()
                print(row, flush=True)


def measure(task: Any, peer: str) -> dict[str, Any]:
    """Return the scores of a peer on a task."""
    before = _seconds()
    score: dict[str, Any] = importlib.import_module("score").score(task, _forecast(task, peer))
    return score | {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "peer": peer,
        "fit_cpu": round(_seconds() - before, 1),
        "statsforecast": version("statsforecast"),
    }


def _forecast(task: Any, peer: str) -> Any:
    pandas, statsforecast = importlib.import_module("pandas"), importlib.import_module("statsforecast")
    name, longest = MODELS[peer]
    season = task.season if task.season <= longest else 1
    model = getattr(importlib.import_module("statsforecast.models"), name)(season_length=season)
    frequency = 1 if task.integer_ds else task.freq
    rounds = []
    for cutoff, seen in task.histories.groupby("cutoff"):
        fitted = statsforecast.StatsForecast(models=[model], freq=frequency, n_jobs=1)
        found = fitted.forecast(df=seen[["unique_id", "ds", "y"]], h=task.h, level=list(LEVELS))
        rounds.append(found.assign(cutoff=cutoff))
    forecast = pandas.concat(rounds, ignore_index=True)
    column = next(c for c in forecast if c not in ("unique_id", "ds", "cutoff") and "-lo-" not in c and "-hi-" not in c)
    names = {column: "point"}
    for level, (low, high) in LEVELS.items():
        names |= {f"{column}-lo-{level}": f"{low:g}", f"{column}-hi-{level}": f"{high:g}"}
    return forecast.rename(columns=names)


def _seconds() -> float:
    used = os.times()
    return time.process_time() + used.children_user + used.children_system


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--board", type=Path, required=True, help="folder with tasks.py and score.py")
    parser.add_argument("--data", type=Path, help="default: the folder `data` beside the board")
    parser.add_argument("--python", type=Path, default=sys.executable, help="of the environment of the peers")
    found = parser.parse_args()
    found.data = (found.data or found.board.parent / "data").resolve()
    return found


if __name__ == "__main__":
    main()
