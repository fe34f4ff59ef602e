"""ETTh1 as it is published: every hour of the test part is an origin (2,785 of them, seven series, 96 steps each).

The command forecasts from one origin at a time; here the saved version is asked for all of them at once.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.data.windows import Windows
from lstmcast.network.ensemble import forecast_windows
from lstmcast.network.scales import scale_for_members
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version

TRAIN, TEST_START, TEST_END = 8640, 11_520, 14_400  # rows; what lies between is for validation, and not used
BATCH = 500  # origins


def score_every_origin(place: Path, data: Path) -> dict[str, float]:
    """Return the scores over every origin of the version that was trained in `place`."""
    config = load_config(place / "lstmcast.yaml", sets=(), environment={})
    artifact = load_version(resolve_version(Path(config.output.dir))).artifact
    _standardised(data).to_csv(place / "all.csv", index=False)
    panel = read_panel(config.data.changed({"path": str(place / "all.csv")})).panel
    past = panel.until(np.full(panel.series_count, TEST_START))
    scaled = scale_for_members(panel, past, artifact.spec, artifact.spec.members, artifact.calibration.measure)
    rounds = np.arange(TEST_START, TEST_END - artifact.spec.horizon + 1)
    squares, sizes, inside = [], [], []
    for origins in np.array_split(rounds, len(rounds) // BATCH + 1):
        windows = Windows(np.repeat(np.arange(panel.series_count), len(origins)), np.tile(origins, panel.series_count))
        rows = panel.offsets[windows.series][:, None] + windows.origin[:, None] + np.arange(artifact.spec.horizon)
        truth = panel.values[rows]
        values = forecast_windows(scaled, windows, artifact.ensemble)
        error = truth - values[..., artifact.spec.median]
        squares.append((error**2).mean())
        sizes.append(np.abs(error).mean())
        low, high = (artifact.spec.quantiles.index(q) for q in (0.1, 0.025))
        inside.append([_share_inside(truth, values[..., place], values[..., -1 - place]) for place in (low, high)])
    weights = [len(part) for part in np.array_split(rounds, len(rounds) // BATCH + 1)]
    cov80, cov95 = np.average(inside, axis=0, weights=weights)
    return {
        "MSE": round(float(np.average(squares, weights=weights)), 5),
        "MAE": round(float(np.average(sizes, weights=weights)), 5),
        "cov80": round(float(cov80), 5),
        "cov95": round(float(cov95), 5),
    }


def _share_inside(truth: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    return float(((truth >= low) & (truth <= high)).mean())


def _standardised(data: Path) -> pd.DataFrame:
    """Return the first 20 months in long form, standardised by the training part."""
    raw = pd.read_csv(data / "ett" / "ETTh1.csv.gz", parse_dates=["date"]).set_index("date").iloc[:TEST_END]
    scaled = (raw - raw.iloc[:TRAIN].mean()) / raw.iloc[:TRAIN].std(ddof=0)
    long = scaled.rename_axis("ds").melt(var_name="unique_id", value_name="y", ignore_index=False).reset_index()
    return long[["unique_id", "ds", "y"]]
