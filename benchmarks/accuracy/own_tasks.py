"""Tasks that the board does not list, in the board's own form: M3, and single short series by rolling origin."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

M3 = {"m3_yearly": (6, 1, "YS"), "m3_quarterly": (8, 4, "QS"), "m3_monthly": (18, 12, "MS"), "m3_other": (8, 1, "YS")}
SINGLES = {  # file, time column, value column, frequency, season, horizon, origins
    "passengers": ("AirPassengers_darts.csv", "Month", "#Passengers", "MS", 12, 12, 4),
    "car_sales": ("monthly-car-sales.csv", "Month", "Sales", "MS", 12, 12, 3),
    "sunspots": ("monthly-sunspots.csv", "Month", "Sunspots", "MS", 12, 12, 10),
    "retail": ("example_retail_sales.csv", "ds", "y", "MS", 12, 12, 8),
    "births": ("daily-total-female-births.csv", "Date", "Births", "D", 7, 7, 10),
    "temperatures": ("daily-min-temperatures.csv", "Date", "Temp", "D", 7, 14, 10),
    "gasoline": ("us_gasoline.csv", "Week", "Gasoline", "W-FRI", 52, 13, 10),
}
NAMES = (*M3, *SINGLES)
SEASONS: Mapping[str, str] = MappingProxyType({name: str(season) for name, (_, season, _) in M3.items()})


def load(name: str, board: Any, data: Path) -> Any:
    """Return a task; `board` is the board's module `tasks`, `data` its folder of data."""
    return _m3(name, board, data) if name in M3 else _single(name, board, data)


def _m3(name: str, board: Any, data: Path) -> Any:
    horizon, season, frequency = M3[name]
    train, test = (pd.read_csv(data / "m3" / f"{name}_{part}.csv.gz") for part in ("train", "test"))
    train = train.sort_values(["unique_id", "ds"], ignore_index=True).astype({"y": float})
    cutoffs = train.groupby("unique_id")["ds"].max().rename("cutoff").reset_index()
    return board.Task(
        name=name,
        split="dev",
        h=horizon,
        m=season,
        season=season,
        freq=frequency,
        train=train,
        histories=train.merge(cutoffs, on="unique_id"),
        test=test.astype({"y": float}).merge(cutoffs, on="unique_id"),
        integer_ds=True,
    )


def _single(name: str, board: Any, data: Path) -> Any:
    path, time, value, frequency, season, horizon, origins = SINGLES[name]
    table = pd.read_csv(data / "small" / path)
    table[time] = pd.to_datetime(table[time])
    values = table.groupby(time)[value].mean().sort_index().asfreq(frequency).interpolate()
    series = pd.DataFrame({"unique_id": name, "ds": values.index, "y": values.to_numpy(float)})
    rounds = [len(series) - horizon * back for back in range(origins, 0, -1)]
    cutoffs = [series["ds"].iloc[known - 1] for known in rounds]
    seen = [series.iloc[:known].assign(cutoff=cutoff) for known, cutoff in zip(rounds, cutoffs, strict=True)]
    asked = [series.iloc[k : k + horizon].assign(cutoff=cutoff) for k, cutoff in zip(rounds, cutoffs, strict=True)]
    return board.Task(
        name=name,
        split="dev",
        h=horizon,
        m=season,
        season=season,
        freq=frequency,
        train=series.iloc[: rounds[0]],
        histories=pd.concat(seen, ignore_index=True),
        test=pd.concat(asked, ignore_index=True),
    )
