"""Series without labels to plant faults into: real ones that are at hand, and made ones like those of servers."""

import gzip
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lstmcast.arrays import FloatArray

DAY, HALF_HOURS, HOURS, QUARTERS, WEEK = 288, 48, 24, 96, 7  # steps in a season


@dataclass(frozen=True)
class Ground:
    """A series, the length of its season, and the time between its steps."""

    name: str
    values: FloatArray
    season: int
    step: str


def find_grounds(data: Path) -> list[Ground]:
    """Return all series: those of the files that are in the folder, and the made ones."""
    return [*_real(data), *_made()]


def _real(data: Path) -> list[Ground]:
    found: list[Ground | None] = []
    for place, column in enumerate(("HUFL", "HULL", "MUFL", "OT")):
        found.append(_cut(data / "ett/ETTh1.csv.gz", column, HOURS, "h", 3_000 * place, 6_000))
    for place, column in enumerate(("HUFL", "MULL", "LUFL", "OT")):
        found.append(_cut(data / "ett/ETTm1.csv.gz", column, QUARTERS, "15min", 15_000 * place, 8_000))
    for place, column in enumerate(("0", "3", "OT")):
        found.append(_cut(data / "multivariate/exchange_rate_dated.csv.gz", column, 1, "D", 600 * place, 5_000))
    for place, column in enumerate(("pm2.5", "PRES", "Iws")):
        found.append(_cut(data / "messy/pollution_beijing.csv.gz", column, HOURS, "h", 12_000 * place + 24, 7_000))
    weather, load = data / "messy/weather_2012_montreal.csv.gz", data / "energy/AEP_hourly.csv.gz"
    columns = ("Temp (C)", "Rel Hum (%)", "Wind Spd (km/h)")
    found += [_cut(weather, column, HOURS, "h", 0, 8_000) for column in columns]
    found += [_cut(load, "AEP_MW", HOURS, "h", start, 7_000, "Datetime") for start in (10_000, 70_000)]
    for market in ("BE", "FR", "NP"):
        table = _table(data / "energy/electricity-short-with-ex-vars.csv.gz")
        if table is not None:
            values = table.loc[table["unique_id"] == market, "y"].to_numpy(np.float64)
            found.append(Ground(f"price_{market}", values, HOURS, "h"))
    found.append(_cut(data / "small/taylor.csv.gz", "Y", HALF_HOURS, "30min", 0, 4_032))
    found.append(_cut(data / "small/example_wp_log_peyton_manning.csv.gz", "y", WEEK, "D", 0, 2_905))
    found.append(_cut(data / "small/daily-min-temperatures.csv", "Temp", 1, "D", 0, 3_650))
    return [one for one in found if one is not None]


def _table(path: Path) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return pd.read_csv(io.BytesIO(text))


def _cut(
    path: Path, column: str, season: int, step: str, start: int, rows: int, order: str | None = None
) -> Ground | None:
    table = _table(path)
    if table is None:
        return None
    if order is not None:
        table = table.drop_duplicates(order).sort_values(order)
    values = table[column].interpolate().to_numpy(np.float64)[start : start + rows]
    stem = path.name.split(".csv")[0]
    return Ground(f"{stem}_{''.join(filter(str.isalnum, column))}_{start}", values, season, step)


def _made() -> list[Ground]:
    kinds: dict[str, tuple[Callable[[np.random.Generator, int], FloatArray], int]] = {
        "made_processor": (_processor, 4_000),
        "made_requests": (_requests, 12_000),
        "made_latency": (_latency, 5_000),
        "made_machine": (_machine, 12_000),
        "made_shift_work": (_shift_work, 4_000),
        "made_journey": (_journey, 3_000),
        "made_network": (_network, 5_000),
        "made_wandering": (_wandering, 6_000),
        "made_noise": (lambda random, rows: 50 + 4 * random.normal(size=rows), 5_000),
        "made_mentions": (_mentions, 15_000),
    }
    return [
        Ground(name, make(np.random.default_rng(place), rows), DAY, "5min")
        for place, (name, (make, rows)) in enumerate(kinds.items())
    ]


def _day(rows: int) -> FloatArray:
    """Return the hour of the day, as a share of it."""
    return np.arange(rows) / DAY % 1.0


def _red(random: np.random.Generator, rows: int, keeps: float) -> FloatArray:
    """Return noise of spread one that forgets slowly."""
    noise, out = random.normal(size=rows) * np.sqrt(1 - keeps**2), np.zeros(rows)
    for row in range(1, rows):
        out[row] = keeps * out[row - 1] + noise[row]
    return out


def _processor(random: np.random.Generator, rows: int) -> FloatArray:
    bursts = np.convolve(random.random(rows) < 0.01, np.exp(-np.arange(6) / 2.0))[:rows]
    return np.clip(3 + 0.4 * random.normal(size=rows) + 25 * bursts * random.random(rows), 0, 100)


def _requests(random: np.random.Generator, rows: int) -> FloatArray:
    mean = 60 + 45 * np.sin(2 * np.pi * (_day(rows) - 0.3)) + 10 * np.sin(2 * np.pi * np.arange(rows) / (7 * DAY))
    return np.asarray(random.poisson(mean * np.exp(0.15 * _red(random, rows, 0.95))).astype(np.float64))


def _latency(random: np.random.Generator, rows: int) -> FloatArray:
    return np.exp(3 + 0.3 * _red(random, rows, 0.9) + 0.2 * random.standard_t(4, rows))


def _machine(random: np.random.Generator, rows: int) -> FloatArray:
    slow = 6 * _red(random, rows, 0.999)
    return np.asarray(80 + slow + 3 * np.sin(2 * np.pi * np.arange(rows) / 110) + 0.8 * _red(random, rows, 0.7))


def _shift_work(random: np.random.Generator, rows: int) -> FloatArray:
    day = _day(rows)
    return 20 + 40 * ((day > 0.35) & (day < 0.72)) + 3 * random.random(rows)


def _journey(random: np.random.Generator, rows: int) -> FloatArray:
    rush = np.exp(-(((_day(rows) - 0.35) / 0.05) ** 2)) + np.exp(-(((_day(rows) - 0.72) / 0.06) ** 2))
    return 90 + 60 * rush * np.exp(0.3 * _red(random, rows, 0.98)) + 12 * random.exponential(size=rows)


def _network(random: np.random.Generator, rows: int) -> FloatArray:
    jobs = np.where(np.arange(rows) % 12 == 0, 8e5, 0.0) * random.random(rows)
    return np.abs(1e5 * random.exponential(size=rows) + jobs)


def _wandering(random: np.random.Generator, rows: int) -> FloatArray:
    return 100 + np.cumsum(0.3 * random.standard_t(5, rows))


def _mentions(random: np.random.Generator, rows: int) -> FloatArray:
    mean = np.exp(3 + 0.6 * np.sin(2 * np.pi * (_day(rows) - 0.3)) + 0.5 * _red(random, rows, 0.97))
    return random.negative_binomial(2.0, 2.0 / (2.0 + mean)).astype(np.float64)
