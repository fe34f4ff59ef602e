"""Finds what stands around numbers in a column, and numbers that mean that there is none."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstmcast.arrays import FloatArray
from lstmcast.data.table.csv_numbers import BRACKETS
from lstmcast.data.table.table import TextColumn

Units = tuple[tuple[str, float], ...]
Signs = tuple[str, str | None]  # the decimal sign, and the sign between thousands

PLAIN: Signs = (".", None)
USUAL_STYLES: tuple[Signs, ...] = (PLAIN, (".", ","), (",", None), (",", "."))

MULTIPLIERS: Mapping[str, float] = {
    "k": 1e3, "K": 1e3, "tsd": 1e3, "Tsd.": 1e3, "m": 1e6, "M": 1e6, "mn": 1e6, "Mn": 1e6, "mio": 1e6, "Mio": 1e6,
    "Mio.": 1e6, "MM": 1e6, "b": 1e9, "B": 1e9, "bn": 1e9, "Bn": 1e9, "Mrd": 1e9, "Mrd.": 1e9, "G": 1e9, "T": 1e12,
    "tn": 1e12, "Tn": 1e12,
}  # fmt: skip
WORDS = {
    "kWh", "MWh", "GWh", "Wh", "W", "kW", "MW", "GW", "V", "A", "mA", "Hz", "g", "kg", "mg", "t", "lb", "lbs", "oz",
    "km", "cm", "mm", "mi", "ft", "in", "s", "ms", "h", "min", "hPa", "Pa", "mbar", "bar", "psi", "ppm", "ppb", "C",
    "F", "L", "l", "ml", "mL", "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "Rs", "pcs", "x", "km/h", "m/s", "mph", "kph",
    "kn", "m2", "m²", "m3", "m³", "m3/s", "m³/s", "m3/h", "m³/h", "W/m2", "W/m²", "ug/m3", "µg/m3", "µg/m³",
}  # fmt: skip
LIMITS = ("<", ">", "≤", "≥")  # before a number that is no more than a bound
BEFORE = re.compile(r"[$€£¥₹<>≤≥]|[A-Z]{1,2}\$|USD|EUR|GBP|CHF|JPY|CNY|Rs\.?")
FOOTNOTE = re.compile(r"\*{1,3}|[†‡§¹²³]")  # behind a number that is provisional, revised or estimated
SYMBOL = re.compile(rf"[%‰°$€£¥₹]|°\s?[CF]|{FOOTNOTE.pattern}")
PARTS = re.compile(
    r"[+-]?(?P<before>\D{0,5}?)\s*[+-]?\d[\d.,'\u2019\u00a0\u202f ]*?(?P<gap>\s*)"
    r"(?P<after>[^\d\s.,'+-](?:\D|(?<=[^\W\d_])\d(?!\d)){0,11})?"  # also m3/s: one digit behind a letter
)
MOST_UNITS = 6
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
NO_PLAIN_LINE = re.compile(r"^(?![+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$)", re.MULTILINE | re.ASCII)
NO_GROUPED_LINE = re.compile(r"^(?![+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)$)", re.MULTILINE | re.ASCII)
SMALL = re.compile(r"[+-]?\d{1,3}")
MANY_GROUPED = 30  # numbers of which none has one or two decimals: they have none, but thousands
SENTINELS = re.compile(r"-?(9{2,}(\.9*)?|9\.9+)|-200|-1e\+?\d\d|-?1e3\d", re.IGNORECASE)
SEEN_OFTEN = 2
FAR = 1.0  # times the whole range of all others


@dataclass(frozen=True)
class Grouped:
    """Numbers with a point or a comma before their last three digits, and none with other decimals."""

    sign: str
    example: str
    is_certain: bool  # small whole numbers stand beside many of them: decimals would not be left out there only


def find_grouped(texts: Iterable[str]) -> Grouped | None:
    """Return the sign that stands before the last three digits of all numbers that have one, and whether it groups."""
    found, signs, small = list[str](), set[str](), 0
    for text in map(str.strip, texts):
        if match := GROUPED.fullmatch(text):
            found.append(text)
            signs.add(match[1])
        elif SMALL.fullmatch(text):
            small += 1
        elif any(map(str.isdigit, text)):
            return None
    return Grouped(signs.pop(), found[0], small > 0 and len(found) >= MANY_GROUPED) if len(signs) == 1 else None


def plain_styles(texts: Sequence[str]) -> tuple[Signs, ...]:
    """Return the ways in which texts are numbers that all have at most a point; () where one is anything else."""
    lines = "\n".join(texts)
    if lines.count("\n") != len(texts) - 1 or NO_PLAIN_LINE.search(lines):
        return ()
    if "." not in lines:
        return USUAL_STYLES
    return ((".", None), (".", ","), *(() if NO_GROUPED_LINE.search(lines) else ((",", "."),)))


def find_units(texts: "pd.Series[str]", known: Units) -> Units:
    """Return the units of a column in which each cell is a number with one at most, else nothing."""
    befores, afters = _around(texts.dropna())
    names = sorted((befores | afters) - {""} - {name for name, _ in known})
    plain = [name for name in afters if name and name not in MULTIPLIERS and not SYMBOL.fullmatch(name)]
    if len(plain) > 1:
        return ()  # kg beside g: nobody can know what one is in the other
    return tuple((name, 1.0 if plain else MULTIPLIERS.get(name, 1.0)) for name in names)


def units_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return all that stands around numbers where each text is one."""
    befores, afters = _around(texts)
    return tuple(sorted((befores | afters) - {""}))


def _around(texts: Iterable[str]) -> tuple[set[str], set[str]]:
    """Return what stands before numbers and what after them; nothing where a text is none, or units are too many."""
    befores, afters = set[str](), set[str]()
    for text in texts:
        found = PARTS.fullmatch(re.sub(BRACKETS, r"\1", str(text).strip()))
        if not found:
            return set(), set()
        before, after = found["before"].strip(), (found["after"] or "").strip()
        if not _is_unit(before, after, bool(found["gap"])):
            return set(), set()
        befores.add(before)
        afters.add(after)
        if len(befores | afters) > MOST_UNITS:
            return set(), set()
    return befores, afters


def find_sentinels(column: TextColumn, values: FloatArray) -> tuple[str, ...]:
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
