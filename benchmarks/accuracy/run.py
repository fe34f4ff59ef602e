"""Measures the default model on public tasks: trains and forecasts with the command itself, scored by the board.

    python benchmarks/accuracy/run.py --board ../shared/board [--task m4_hourly ...] [--seed 1 ...] [--why REASON]
    python benchmarks/accuracy/run.py --board ../shared/board --refit --task passengers ...

`--board` is a folder with `tasks.py` and `score.py`: what a model may be fitted on, what it may see at each origin, and
the scores. Nothing is tuned here: a config says where the data are, the horizon and the season, and no more. With
`--refit`, a model is trained anew at each origin, on what is known there, as classical peers always are.
Each run looks at test data, so each adds a line to `looks.csv`, with the reason for looking.
"""

import argparse
import csv
import importlib
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import own_tasks
import pandas as pd
from sliding import score_every_origin

HERE = Path(__file__).parent
LOOKS = HERE / "looks.csv"
LEVELS = {"lo-80": "0.1", "hi-80": "0.9", "lo-95": "0.025", "hi-95": "0.975"}
SEASONS = {"m4_hourly": "[24, 168]", "m4_weekly": "52", "m4_daily": "7", "m4_monthly": "12", "m4_quarterly": "4"}
SEASONS |= own_tasks.SEASONS
RULES = {"etth1": "model: {context: 336}", "etth1_all": "model: {context: 336}"}  # no more may be looked at
TASKS = ["m4_hourly", "m4_weekly", "m4_daily", "m4_monthly", "m4_quarterly", "m4_yearly"]
TASKS += ["airline", "mintemp", "aep", "etth1", "etth1_all", *own_tasks.NAMES]
REFITTED = "_refitted"  # behind the name of a task
FIELDS = ["date", "task", "seed", "OWA", "sMAPE", "MASE", "MSE", "MAE", "cov80", "cov95", "cpu_seconds", "wall_seconds"]
FIELDS += ["lstmcast", "tensorflow", "machine", "why"]

CONFIG = """version: 1
data: {{path: train.csv, time: ds, id: unique_id, target: y}}
forecast: {{horizon: {horizon}}}
{rule}
train: {{seed: {seed}}}
evaluate: {{season: {season}, windows: {windows}, gate: {{min_skill: -9}}}}
output: {{dir: work, plots: false}}
"""


def main() -> None:
    """Run the tasks that are asked for and print a line for each."""
    arguments = _arguments()
    sys.path.insert(0, str(arguments.board.resolve()))
    data = (arguments.data or arguments.board.parent / "data").resolve()
    for name in arguments.task or TASKS:
        for seed in arguments.seed or [1]:
            row = measure(name, seed, arguments.windows, data, refit=arguments.refit)
            row["why"] = arguments.why
            _note(row)
            print(json.dumps(row), flush=True)


def measure(name: str, seed: int, windows: int, data: Path, *, refit: bool = False) -> dict[str, Any]:
    """Return the scores and the cost of one task; that of refitting is the cost of all trainings."""
    board = importlib.import_module("tasks")
    task = own_tasks.load(name, board, data) if name in own_tasks.NAMES else board.load(name.removesuffix("_all"))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        season = SEASONS.get(name, str(task.season))
        config = CONFIG.format(horizon=task.h, seed=seed, season=season, windows=windows, rule=RULES.get(name, ""))
        (place / "lstmcast.yaml").write_text(config)
        costs = [] if refit else [_train(place, task.train)]
        forecasts = []
        for cutoff in [] if name == "etth1_all" else sorted(task.histories["cutoff"].unique()):
            if refit:
                shutil.rmtree(place / "work", ignore_errors=True)  # else a gate would hold the next one back
                costs.append(_train(place, task.histories[task.histories["cutoff"] == cutoff]))
            forecasts.append(_forecast(place, task, cutoff))
        scores = score_every_origin(place, data) if name == "etth1_all" else _score(task, forecasts)
    wall, cpu = np.sum(costs, axis=0).tolist()
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        **{key: value for key, value in scores.items() if key in FIELDS},
        "task": name + REFITTED * refit,
        "seed": seed,
        "cpu_seconds": round(cpu, 1),
        "wall_seconds": round(wall, 1),
        "lstmcast": version("lstmcast"),
        "tensorflow": version("tensorflow"),
        "machine": f"{os.cpu_count()} cores {platform.machine()}",
    }


def _train(place: Path, series: pd.DataFrame) -> tuple[float, float]:
    """Train on these series, and return the seconds by the clock and of the processor."""
    _write(series, place / "train.csv")
    started, before = time.monotonic(), _children_seconds()
    _run(place, "train", "--quiet")
    return time.monotonic() - started, _children_seconds() - before


def _score(task: Any, forecasts: list[pd.DataFrame]) -> dict[str, Any]:
    scores: dict[str, Any] = importlib.import_module("score").score(task, pd.concat(forecasts))
    return scores


def _forecast(place: Path, task: Any, cutoff: Any) -> pd.DataFrame:
    """Return the forecast of the series that have this cutoff, from the history that may be seen there."""
    if not task.integer_ds:
        seen = task.histories[task.histories["cutoff"] == cutoff]
        data = ["--data", str(_write(seen, place / "history.csv"))]
    elif cutoff != task.histories["cutoff"].min():
        return pd.DataFrame()  # one origin a series: the first call answers for all
    else:
        data = []
    _run(place, "predict", "--quiet", "--output", "forecast.csv", *data)
    found = pd.read_csv(place / "forecast.csv", dtype={"unique_id": str})
    found = found.rename(columns=LEVELS | {"forecast": "point"})
    found["cutoff"] = found["cutoff"] if task.integer_ds else pd.Timestamp(cutoff)
    return found[["unique_id", "ds", "cutoff", "point", *LEVELS.values()]]


def _write(frame: pd.DataFrame, path: Path) -> Path:
    frame[["unique_id", "ds", "y"]].to_csv(path, index=False)
    return path


def _run(place: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "lstmcast", *arguments], cwd=place, check=True)


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _note(row: dict[str, Any]) -> None:
    fresh = not LOOKS.exists()
    with LOOKS.open("a", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, restval="")
        if fresh:
            writer.writeheader()
        writer.writerow(row)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--board", type=Path, required=True, help="folder with tasks.py and score.py")
    parser.add_argument("--data", type=Path, help="default: the folder `data` beside the board")
    parser.add_argument("--task", nargs="*", choices=TASKS, help="default: all")
    parser.add_argument("--seed", nargs="*", type=int, help="default: 1")
    parser.add_argument("--refit", action="store_true", help="train anew at each origin; for single short series")
    parser.add_argument("--windows", type=int, default=1, help="test windows inside the training part")
    parser.add_argument("--why", default="measure", help="the decision that needs this look; goes to looks.csv")
    return parser.parse_args()


if __name__ == "__main__":
    main()
