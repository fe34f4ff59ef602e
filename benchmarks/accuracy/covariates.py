"""Measures what covariates are worth: the default model with and without them, on the same held-out origins.

    python benchmarks/accuracy/covariates.py --data FOLDER [--task electricity ...] [--seed 1 ...]

`FOLDER` holds `energy/electricity-short-with-ex-vars.csv.gz` (day-ahead prices of four markets with two day-ahead
forecasts and the weekday) and `energy/AEP_hourly.csv.gz` (hourly load in the United States, here by day, with public
holidays). The third task is `data/power.csv` of this repository (made up: load that follows temperature and holidays).
Each is one `lstmcast backtest --covariates`; figures go to `covariates.csv`.
"""

import argparse
import csv
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

HERE = Path(__file__).parent
FIGURES = HERE / "covariates.csv"
REPOSITORY = HERE.parents[1]
WEEKDAYS = ", ".join(f"day_{day}" for day in range(7))
TASKS = {
    "electricity": f"""
data: {{path: data.csv, time: ds, id: unique_id, target: "y", future: [Exogenous1, Exogenous2, {WEEKDAYS}]}}
forecast: {{horizon: 24}}
evaluate: {{windows: 14}}
""",
    "power": """
data: {path: data.csv, time: time, id: region, target: load, future: [temperature, holiday]}
forecast: {horizon: 24}
evaluate: {windows: 14}
""",
    "aep_holidays": """
data: {path: data.csv, time: day, target: load, holidays: US}
forecast: {horizon: 7}
evaluate: {windows: 52}
""",
}


def electricity(data: Path) -> pd.DataFrame:
    """Return the prices with what was forecast for their hour the day before."""
    return pd.read_csv(data / "energy" / "electricity-short-with-ex-vars.csv.gz")


def power(_data: Path) -> pd.DataFrame:
    """Return the made-up load of this repository."""
    return pd.read_csv(REPOSITORY / "data" / "power.csv")


def aep_holidays(data: Path) -> pd.DataFrame:
    """Return the mean load of each whole day."""
    hours = pd.read_csv(data / "energy" / "AEP_hourly.csv.gz")
    hours["day"] = hours["Datetime"].str[:10]
    days = hours.groupby("day")["AEP_MW"].agg(["mean", "size"])
    days = days[days["size"] >= 23].reset_index()
    return days.rename(columns={"mean": "load"})[["day", "load"]].round(2)


LOADERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    "electricity": electricity,
    "power": power,
    "aep_holidays": aep_holidays,
}


def main() -> None:
    """Run the tasks that are asked for, keep their figures and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with energy/")
    parser.add_argument("--task", nargs="*", choices=TASKS, help="default: all")
    parser.add_argument("--seed", nargs="*", type=int, default=[1])
    arguments = parser.parse_args()
    for name in arguments.task or TASKS:
        for seed in arguments.seed:
            row = measure(name, LOADERS[name](arguments.data), seed)
            _note(row)
            print(json.dumps(row), flush=True)


def measure(name: str, table: pd.DataFrame, seed: int) -> dict[str, Any]:
    """Return the scores with and without covariates, and what the command makes of them."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        table.to_csv(place / "data.csv", index=False)
        (place / "lstmcast.yaml").write_text(
            f"version: 1\n{TASKS[name]}train: {{seed: {seed}}}\noutput: {{plots: false}}\n"
        )
        before = _children_seconds()
        command = [sys.executable, "-m", "lstmcast", "backtest", "--covariates", "--json"]
        ended = subprocess.run(command, cwd=place, check=True, stdout=subprocess.PIPE)
        found = json.loads(ended.stdout)
    scores = {row["forecaster"]: row["mase"] for row in found["scores"]}
    worth = next(r for r in found["skill"] if r["baseline"] == "without_covariates" and r["metric"] == "mase")
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "task": name,
        "seed": seed,
        "origins": len(found["origins"]),
        "series": found["series"],
        "mase": round(scores["lstm"], 4),
        "mase_without": round(scores["without_covariates"], 4),
        "mase_seasonal_naive": round(scores["seasonal_naive"], 4),
        **{key: round(worth[key], 4) for key in ("skill", "low", "high")},
        "verdict": worth["verdict"],
        "cpu_seconds": round(_children_seconds() - before, 1),
        "lstmcast": version("lstmcast"),
        "holidays": version("holidays"),
        "tensorflow": version("tensorflow"),
        "machine": f"{os.cpu_count()} cores {platform.machine()}",
    }


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _note(row: dict[str, Any]) -> None:
    fresh = not FIGURES.exists()
    with FIGURES.open("a", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(row)


if __name__ == "__main__":
    main()
