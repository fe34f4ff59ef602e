"""Measures whether bands fit each of many series, or only all of them together.

    python benchmarks/accuracy/each_series.py --board ../shared/board [--case m3_monthly ...] [--seed 1]

Of each series of a panel the newest horizon of its training part is taken off, and forecast twice: with bands as they
are, which follow the unrest of each series, and with bands that do not. By how wide the latter are beside the unrest of
a series, the series fall into fifths: what the outer two hold shows how even bands are. Test parts are not looked at.
Figures go to `each_series.csv`.
"""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from frozen import arguments_for, judge, keep_figures

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.data.scaling import fit_scaling, usual_change
from lstmcast.data.unrest import unrest_of
from lstmcast.data.windows import latest_windows, truth_of

FIGURES = Path(__file__).parent / "each_series.csv"
FIFTHS = 5
QUANTILES = ["lo-95", "lo-80", "forecast", "hi-80", "hi-95"]
KINDS = {"alike": "unrest_bands.FEWEST_SERIES = 10**9; ", "own": ""}
COMMAND = "from lstmcast.evaluation import unrest_bands; {change}from lstmcast.cli.main import main; main()"
CONFIG = """version: 1
data: {{path: {path}, time: ds, id: unique_id, target: y}}
forecast: {{horizon: {horizon}, levels: [80, 95]}}
train: {{seed: {seed}}}
evaluate: {{season: {season}, windows: 1, gate: {{min_skill: -9}}}}
output: {{dir: {kind}, plots: false}}
"""
CASES = {  # horizon, season, and how many horizons come after what is forecast
    "m3_yearly": (6, "1", 0),
    "m3_quarterly": (8, "4", 0),
    "m3_quarterly_before": (8, "4", 1),
    "m3_monthly": (18, "12", 0),
    "m3_other": (8, "1", 0),
    "m4_yearly_sample": (6, "1", 0),
    "m4_quarterly_sample": (8, "4", 0),
    "m4_weekly": (13, "52", 0),
    "m4_daily_sample": (14, "7", 0),
    "m4_hourly": (48, "[24, 168]", 0),
}


def main() -> None:
    """Measure the cases that are asked for, keep their figures and print them."""
    arguments = arguments_for(__doc__, CASES)
    rows = []
    for name in arguments.case or CASES:
        rows.append(measure(name, (arguments.board.parent / "data").resolve(), arguments.seed))
        print(pd.DataFrame(rows[-1:]).to_string(index=False, header=len(rows) == 1), flush=True)
    if not arguments.case:
        keep_figures(FIGURES, rows)


def measure(name: str, data: Path, seed: int) -> dict[str, Any]:
    """Return what both kinds of bands held of the newest horizon of each series."""
    horizon, season, later = CASES[name]
    group = name.removesuffix("_before")
    table = pd.read_csv(data / group[:2] / f"{group}_train.csv.gz")[["unique_id", "ds", "y"]]
    back = table.groupby("unique_id").cumcount(ascending=False)
    table, back = table[back >= later * horizon], back[back >= later * horizon] - later * horizon
    known = table.groupby("unique_id")["y"].transform("size") - horizon
    table, back = table[known >= horizon], back[known >= horizon]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        table.to_csv(place / "all.csv", index=False)
        table[back >= horizon].to_csv(place / "train.csv", index=False)
        for kind, change in KINDS.items():
            settings = {"horizon": horizon, "season": season, "seed": seed, "kind": kind, "path": "train.csv"}
            (place / f"{kind}.yaml").write_text(CONFIG.format(**settings))
            for command in (["train"], ["predict", "--output", f"{kind}.csv"]):
                run = [sys.executable, "-c", COMMAND.format(change=change), *command, "--quiet", f"{kind}.yaml"]
                subprocess.run(run, cwd=place, check=True)
        config = load_config(place / "own.yaml")
        panel = read_panel(config.data.changed({"path": str(place / "all.csv")})).panel
        forecasts = {kind: _in_order(pd.read_csv(place / f"{kind}.csv"), horizon) for kind in KINDS}
    facts = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "case": name, "seed": seed, "series": panel.series_count}
    return facts | compare(panel, forecasts, horizon, int(season.strip("[]").split(",")[0]))


def compare(panel: Any, forecasts: dict[str, np.ndarray], horizon: int, season: int) -> dict[str, float]:
    """Return the shares inside the 80% bands, of all series and of the outer fifths, and the interval scores."""
    past = panel.until(panel.known - horizon)
    truth = truth_of(panel, latest_windows(past), horizon)
    usual, positive = usual_change(past, season), bool((past.values[past.is_known] > 0).all())
    values = {kind: np.log(found) if positive else found for kind, found in forecasts.items()}
    scaling = fit_scaling(past, log=positive, season=season)
    unrest = unrest_of(past, scaling.typical * scaling.unit, log=positive, season=season)
    width = np.log(values["alike"][..., 3] - values["alike"][..., 1]).mean(axis=1)
    moved = usual > 0
    order = np.argsort((np.log(unrest) - width)[moved])
    fifths = np.array_split(np.flatnonzero(moved)[order], FIFTHS)
    found = {}
    for kind, values_of_kind in forecasts.items():
        held = [judge(values_of_kind[[one]], truth[[one]], usual[[one], None]) for one in np.flatnonzero(moved)]
        inside = np.full(len(usual), np.nan)
        inside[moved] = [one.inside[0] for one in held]
        found[f"inside_80_{kind}"] = round(float(inside[moved].mean()), 4)
        found[f"inside_95_{kind}"] = round(float(np.mean([one.inside[1] for one in held])), 4)
        found[f"calmest_{kind}"], found[f"wildest_{kind}"] = (
            round(float(inside[part].mean()), 4) for part in (fifths[0], fifths[-1])
        )
        found[f"interval_score_{kind}"] = round(float(np.mean([one.interval_score for one in held])), 4)
    return found


def _in_order(forecast: pd.DataFrame, horizon: int) -> np.ndarray:
    """Return the (S, H, 5) quantiles by series."""
    return forecast.sort_values(["unique_id", "ds"], kind="stable")[QUANTILES].to_numpy().reshape(-1, horizon, 5)


if __name__ == "__main__":
    main()
