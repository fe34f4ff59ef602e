"""Writes the two made-up example files beside this script: the same bytes on every run.

python data/make_examples.py
"""

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def main() -> None:
    """Write both files."""
    rng = np.random.default_rng(20240229)
    (HERE / "shop_sales.csv").write_text(make_shop_sales(rng), encoding="utf-8", newline="\n")
    (HERE / "power.csv").write_text(make_power(rng), encoding="utf-8", newline="\n")


def make_shop_sales(rng: np.random.Generator) -> str:
    """Return a wide table: daily sales of three departments, with a week, a year and a trend."""
    days = np.arange(np.datetime64("2022-01-03"), np.datetime64("2024-07-01"))
    count = np.arange(len(days))
    weekday = count % 7  # the first day is a Monday
    year = 2 * np.pi * count / 365.25
    week = {
        "bakery": np.array([0.92, 0.90, 0.93, 0.98, 1.12, 1.38, 0.77]),
        "dairy": np.array([1.02, 0.97, 0.96, 0.99, 1.10, 1.20, 0.76]),
        "produce": np.array([1.00, 0.95, 0.97, 1.00, 1.14, 1.24, 0.70]),
    }
    level = {"bakery": 420.0, "dairy": 610.0, "produce": 530.0}
    season = {"bakery": -0.06 * np.cos(year - 0.3), "dairy": 0.04 * np.cos(year), "produce": -0.22 * np.cos(year - 0.2)}
    columns = []
    for name in level:
        drift = np.cumsum(rng.normal(0, 0.004, len(days)))  # shared luck of the weeks, slowly wandering
        noise = rng.normal(0, 0.05, len(days))
        growth = 1 + 0.06 * count / 365.25
        columns.append(level[name] * growth * week[name][weekday] * np.exp(season[name] + drift - drift.mean() + noise))
    rows = zip(days.astype(str), *columns, strict=True)
    return "date,bakery,dairy,produce\n" + "".join(f"{day},{a:.2f},{b:.2f},{c:.2f}\n" for day, a, b, c in rows)


def make_power(rng: np.random.Generator) -> str:
    """Return a long table: hourly load of two regions, which follows temperature and holidays.

    Of the last 24 hours the temperature (a forecast of it) and the calendar are known, the load is not.
    """
    hours = np.arange(np.datetime64("2024-01-08T00"), np.datetime64("2024-03-09T00"))
    hour = np.arange(len(hours)) % 24
    day = np.arange(len(hours)) // 24
    weekend = day % 7 >= 5  # the first day is a Monday
    holiday = np.isin(day, (14, 36, 51, 60))
    daytime = 0.55 * np.exp(-(((hour - 8.5) / 2.8) ** 2)) + 0.75 * np.exp(-(((hour - 18.5) / 3.2) ** 2))
    lines = []
    for region, base, mild in (("north", 900.0, -2.0), ("south", 640.0, 4.0)):
        weather = np.zeros(len(hours))
        shocks = rng.normal(0, 0.55, len(hours))
        for place in range(1, len(hours)):
            weather[place] = 0.985 * weather[place - 1] + shocks[place]
        temperature = mild + 3.0 * np.sin(2 * np.pi * (hour - 9) / 24) + weather + 0.08 * day
        heating = 0.022 * np.maximum(15 - temperature, 0)
        activity = daytime * np.where(holiday, 0.35, np.where(weekend, 0.55, 1.0))
        load = base * (0.55 + 0.45 * activity + heating) * np.exp(rng.normal(0, 0.012, len(hours)))
        written = [f"{value:.1f}" for value in load]
        written[-24:] = [""] * 24
        lines += [
            f"{str(time).replace('T', ' ')}:00,{region},{value},{degrees:.1f},{int(free)}\n"
            for time, value, degrees, free in zip(hours, written, temperature, holiday, strict=True)
        ]
    return "time,region,load,temperature,holiday\n" + "".join(lines)


if __name__ == "__main__":
    main()
