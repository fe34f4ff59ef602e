"""Measures what bands hold long after training: a version forecasts on, month after month, and is not trained again.

    python benchmarks/accuracy/frozen.py --board ../shared/board [--case sunspots ...] [--seed 1]

Of each case up to twelve horizons are taken off its end, the rest is trained on, and the version forecasts each of the
horizons in turn: with the bands that it was saved with, and with those that `predict` makes of them by what has come
true since. Test parts of other benchmarks are not looked at. Figures go to `frozen.csv`.
"""

import argparse
import csv
import importlib
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import own_tasks
import pandas as pd

from lstmcast.config.schema import Config
from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import Reading
from lstmcast.data.windows import latest_windows, truth_of
from lstmcast.jobs.common.version_data import read_for_version
from lstmcast.jobs.forecasting.answering import answer
from lstmcast.network.latest import forecast_latest
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.versions import resolve_version

HERE = Path(__file__).parent
FIGURES = HERE / "frozen.csv"
MOST_ROWS, MOST_SERIES = 6000, 40
MOST_HORIZONS, LARGEST_SHARE = 12, 0.4  # that are taken off the end
LEVELS = (80, 95)
CONFIG = """version: 1
data: {{path: train.csv, time: ds, id: unique_id, target: y, gaps: interpolate}}
forecast: {{horizon: {horizon}, levels: [80, 95]}}
train: {{seed: {seed}}}
evaluate: {{season: {season}, windows: 1, gate: {{min_skill: -9}}}}
output: {{dir: work, plots: false}}
"""


@dataclass(frozen=True)
class Case:
    """What is forecast, and how far."""

    load: Callable[[Any, Path], pd.DataFrame]  # unique_id, ds, y
    horizon: int
    season: str


@dataclass(frozen=True)
class Held:
    """What bands held."""

    inside: tuple[float, ...]  # the share of the truth, by level
    interval_score: float  # mean over the levels, in units of the usual change


def single(name: str) -> Case:
    """Return the training part of a short series of `own_tasks`."""
    _, _, _, _, season, horizon, _ = own_tasks.SINGLES[name]
    return Case(lambda board, data: own_tasks.load(name, board, data).train, horizon, str(season))


def column(path: str, time: str | None, value: str, horizon: int, season: str, until: int | None = None) -> Case:
    """Return the case of a column of a file; without times, rows are counted."""

    def load(_board: Any, data: Path) -> pd.DataFrame:
        table = pd.read_csv(data / path).iloc[:until]
        stamps = np.arange(len(table)) if time is None else pd.to_datetime(table[time])
        return pd.DataFrame({"unique_id": "all", "ds": stamps, "y": table[value].astype(float)})

    return Case(load, horizon, season)


def panel(path: str, horizon: int, season: str, until: int | None = None) -> Case:
    """Return the case of a long table: of its longest series."""

    def load(_board: Any, data: Path) -> pd.DataFrame:
        table = pd.read_csv(data / path)[["unique_id", "ds", "y"]]
        longest = table["unique_id"].value_counts().index[:MOST_SERIES]
        table = table[table["unique_id"].isin(longest)].sort_values(["unique_id", "ds"])
        return table.groupby("unique_id").head(until) if until else table

    return Case(load, horizon, season)


def exchange(_board: Any, data: Path) -> pd.DataFrame:
    """Return the first part of eight exchange rates."""
    table = pd.read_csv(data / "multivariate" / "exchange_rate_dated.csv.gz").iloc[:4500]
    table["date"] = np.arange(len(table))
    return table.melt("date", var_name="unique_id", value_name="y").rename(columns={"date": "ds"})


CASES = {name: single(name) for name in own_tasks.SINGLES} | {
    "aep": Case(lambda board, _: board.load("aep").train, 24, "[24, 168]"),
    "etth1": column("ett/ETTh1.csv.gz", "date", "OT", 24, "[24, 168]", until=8640),
    "exchange": Case(exchange, 10, "5"),
    "electricity": panel("energy/electricity-short-with-ex-vars.csv.gz", 24, "[24, 168]", until=1300),
    "taxi": column("nab/nyc_taxi.csv.gz", "timestamp", "value", 48, "[48, 336]"),
    "taylor": column("small/taylor.csv.gz", None, "Y", 48, "[48, 336]"),
    "peyton": column("small/example_wp_log_peyton_manning.csv.gz", "ds", "y", 14, "7"),
    "m4_hourly": panel("m4/m4_hourly_train.csv.gz", 48, "[24, 168]"),
    "m4_weekly": panel("m4/m4_weekly_train.csv.gz", 13, "52"),
    "m4_daily": panel("m4/m4_daily_sample_train.csv.gz", 14, "7"),
    "m3_monthly": panel("m3/m3_monthly_train.csv.gz", 18, "12"),
    "m3_quarterly": panel("m3/m3_quarterly_train.csv.gz", 8, "4"),
}


def main() -> None:
    """Measure the cases that are asked for, keep their figures and print them."""
    arguments = arguments_for(__doc__, CASES)
    sys.path.insert(0, str(arguments.board.resolve()))
    board, data = importlib.import_module("tasks"), (arguments.board.parent / "data").resolve()
    rows = []
    for name in arguments.case or CASES:
        rows += measure(name, CASES[name], board, data, arguments.seed)
        print(pd.DataFrame(rows[-2:]).to_string(index=False, header=len(rows) == 2), flush=True)
    if not arguments.case:
        keep_figures(FIGURES, rows)
    print(summary(pd.DataFrame(rows)))


def arguments_for(description: str | None, cases: Collection[str]) -> argparse.Namespace:
    """Return which cases are to be measured, on what data, and with which seed."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0] if description else None)
    parser.add_argument("--board", type=Path, required=True, help="folder with tasks.py, beside that of the data")
    parser.add_argument("--case", nargs="*", choices=cases, help="default: all")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def keep_figures(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write a table of figures, which all have the same names."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def measure(name: str, case: Case, board: Any, data: Path, seed: int) -> list[dict[str, Any]]:
    """Return what both kinds of bands held, a row each."""
    table = case.load(board, data).groupby("unique_id").tail(MOST_ROWS)
    length = int(table["unique_id"].value_counts().min())
    horizons = min(MOST_HORIZONS, int(LARGEST_SHARE * length / case.horizon))
    back = table.groupby("unique_id").cumcount(ascending=False)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        table[back >= horizons * case.horizon].to_csv(place / "train.csv", index=False)
        table.to_csv(place / "all.csv", index=False)
        text = CONFIG.format(horizon=case.horizon, season=case.season, seed=seed)
        (place / "lstmcast.yaml").write_text(text)
        subprocess.run([sys.executable, "-m", "lstmcast", "train", "--quiet"], cwd=place, check=True)
        found = list(forecast_on(load_config(place / "lstmcast.yaml"), place / "all.csv", horizons))
    facts = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "case": name, "seed": seed, "horizons": horizons}
    kinds = {"as saved": [one[0] for one in found], "renewed": [one[1] for one in found]}
    return [facts | {"bands": kind} | described(held) for kind, held in kinds.items()]


def forecast_on(config: Config, path: Path, horizons: int) -> Iterator[tuple[Held, Held]]:
    """Yield what the bands held at each origin: those of the version, and those that `predict` makes of them."""
    version = load_version(resolve_version(Path(config.output.dir)))
    config = config.changed({"data": config.data.changed({"path": str(path)})})
    spec = version.artifact.spec
    reading = read_for_version(config.data, version.artifact.contract, horizon=spec.horizon)
    for ahead in range(horizons, 0, -1):
        known = reading.panel.known - ahead * spec.horizon
        then = replace(reading, panel=reading.panel.until(known))
        truth = truth_of(reading.panel, latest_windows(then.panel), spec.horizon)
        usual = version_scale(version, then)
        renewed, _ = answer(config, version, then)
        yield judge(as_saved(version, then), truth, usual), judge(renewed, truth, usual)


def as_saved(version: LoadedVersion, reading: Reading) -> np.ndarray:
    """Return the five quantiles as the version has them."""
    artifact = version.artifact
    places = [artifact.spec.place_of(quantile) for quantile in (0.025, 0.1, 0.5, 0.9, 0.975)]
    return forecast_latest(reading.panel, artifact.ensemble, places)


def version_scale(version: LoadedVersion, reading: Reading) -> np.ndarray:
    """Return the (S, 1) mean change over a season of each series so far."""
    season, values = version.artifact.spec.season, reading.panel.values
    starts, known = reading.panel.offsets[:-1], reading.panel.known
    parts = [values[start : start + count] for start, count in zip(starts, known, strict=True)]
    return np.array([[np.abs(part[season:] - part[:-season]).mean()] for part in parts])


def judge(values: np.ndarray, truth: np.ndarray, usual: np.ndarray) -> Held:
    """Return what the bands of (S, H, 5) quantiles held of the (S, H) truth."""
    inside, scores = [], []
    for level, low, high in ((80, values[..., 1], values[..., 3]), (95, values[..., 0], values[..., 4])):
        counted = ~np.isnan(truth)
        outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
        inside.append(float((outside == 0)[counted].mean()))
        scores.append(float(np.nanmean((high - low + 2 / (1 - level / 100) * outside) / usual)))
    return Held(tuple(inside), float(np.mean(scores)))


def described(held: list[Held]) -> dict[str, float]:
    """Return the means over the origins."""
    shares = np.mean([one.inside for one in held], axis=0)
    of_levels = {f"inside_{level}": round(float(share), 4) for level, share in zip(LEVELS, shares, strict=True)}
    return of_levels | {"interval_score": round(float(np.mean([one.interval_score for one in held])), 4)}


def summary(rows: pd.DataFrame) -> str:
    """Return how far off the shares are on average over the cases, and how the scores of the intervals compare."""
    lines = []
    for kind, group in rows.groupby("bands", sort=False):
        off = [f"{(group[f'inside_{level}'] - level / 100).abs().mean() * 100:.1f}" for level in LEVELS]
        lines.append(f"{kind}: off by {off[0]} points at 80%, by {off[1]} at 95%, on average over {len(group)} cases")
    scores = rows.pivot(index="case", columns="bands", values="interval_score")
    ratio = float(np.exp(np.log(scores["renewed"] / scores["as saved"]).mean()))
    return "\n".join([*lines, f"interval score, renewed against as saved: {ratio - 1:+.1%} (geometric mean)"])


if __name__ == "__main__":
    main()
