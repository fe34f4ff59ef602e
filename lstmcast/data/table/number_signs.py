"""Finds what stands around numbers in a column, and numbers that mean that there is none."""

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.data.table.csv_file import TextColumn

Units = tuple[tuple[str, float], ...]

MULTIPLIERS: Mapping[str, float] = {
    "k": 1e3, "K": 1e3, "tsd": 1e3, "Tsd.": 1e3, "m": 1e6, "M": 1e6, "mn": 1e6, "Mn": 1e6, "mio": 1e6, "Mio": 1e6,
    "Mio.": 1e6, "MM": 1e6, "b": 1e9, "B": 1e9, "bn": 1e9, "Bn": 1e9, "Mrd": 1e9, "Mrd.": 1e9, "G": 1e9, "T": 1e12,
    "tn": 1e12, "Tn": 1e12,
}  # fmt: skip
WORDS = {
    "kWh", "MWh", "GWh", "Wh", "W", "kW", "MW", "GW", "V", "A", "mA", "Hz", "g", "kg", "mg", "t", "lb", "lbs", "oz",
    "km", "cm", "mm", "mi", "ft", "in", "s", "ms", "h", "min", "hPa", "Pa", "mbar", "bar", "psi", "ppm", "ppb", "C",
    "F", "L", "l", "ml", "mL", "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "Rs", "pcs", "x", "km/h", "m/s", "mph", "kph",
    "kn",
}  # fmt: skip
BEFORE = re.compile(r"[$€£¥₹]|US\$|USD|EUR|GBP|CHF|JPY|CNY|Rs\.?")
SYMBOL = re.compile(r"[%‰°$€£¥₹]|°\s?[CF]")
PARTS = re.compile(
    r"[+-]?(?P<before>\D{0,5}?)\s*[+-]?\d[\d.,'\u2019\u00a0\u202f ]*?(?P<gap>\s*)(?P<after>[^\d\s.,'+-]\D{0,11})?"
)
MOST_UNITS = 6
SENTINELS = re.compile(r"-?(9{2,}(\.9*)?|9\.9+)|-200|-1e\+?\d\d|-?1e3\d", re.IGNORECASE)
SEEN_OFTEN = 2
FAR = 1.0  # times the whole range of all others


def find_units(texts: "pd.Series[str]", known: Units) -> Units:
    """Return the units of a column in which each cell is a number with one at most, else nothing."""
    befores, afters = set[str](), set[str]()
    for text in texts.dropna().astype(str):
        found = PARTS.fullmatch(text.strip())
        if not found:
            return ()
        before, after = found["before"].strip(), (found["after"] or "").strip()
        if not _is_unit(before, after, bool(found["gap"])):
            return ()
        befores.add(before)
        afters.add(after)
        if len(befores | afters) > MOST_UNITS:
            return ()
    names = sorted((befores | afters) - {""} - {name for name, _ in known})
    plain = [name for name in afters if name and name not in MULTIPLIERS and not SYMBOL.fullmatch(name)]
    if len(plain) > 1:
        return ()  # kg beside g: nobody can know what one is in the other
    return tuple((name, 1.0 if plain else MULTIPLIERS.get(name, 1.0)) for name in names)


def find_sentinels(column: TextColumn, values: npt.NDArray[np.float64]) -> tuple[str, ...]:
    """Return how the number is written that stands for a missing value: known for it, repeated, and far from all."""
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(values))
    for extreme in (np.nanmin(values), np.nanmax(values)):
        there = values == extreme
        texts = tuple(str(text) for text in column.distinct[there])
        others = values[~there & ~np.isnan(values)]
        if counts[there].sum() < SEEN_OFTEN or len(others) < SEEN_OFTEN:
            continue
        if not all(SENTINELS.fullmatch(re.sub(r"[.,]0+$", "", text.strip())) for text in texts):
            continue
        gap = float(np.abs(others - extreme).min())
        if gap > FAR * float(np.ptp(others)) or (extreme < 0 <= others.min() and extreme <= -99):
            return texts
    return ()


def _is_unit(before: str, after: str, apart: bool) -> bool:
    if before and not BEFORE.fullmatch(before):
        return False
    return not after or after in MULTIPLIERS or after in WORDS or bool(SYMBOL.fullmatch(after)) or apart
