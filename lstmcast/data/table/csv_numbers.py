"""Turns the texts of a column into numbers where pandas alone would guess or give up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lstmcast.arrays import BoolArray, FloatArray

NOT_A_NUMBER = ("nan", "NaN")  # what numpy and pandas write for a missing value
USUAL_MISSING = (
    "NA", "na", "N/A", "n/a", "#N/A", "<NA>", "N/D", "n/d", "ND", "nd", "null", "NULL", "Null", "nil", "None", "none",
    "-", "--", "---", "\u2013", "\u2014", "?", ".", "..", "...", ":", "*", "x", "X", "NAN", "NaT", "mq", "missing",
    "Missing", "MISSING", "nodata", "NoData", "No Data", "no data", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!", "#NAME?",
    "\\N", "M", "n/e", "N/E", "n.a.", "N.A.", "n.d.", "k.A.", "k. A.", "**", "***", "****", "(null)", "<null>",
    "(blank)", "#NULL!", "-nan", "-NaN", "NAN()", "empty", "unavailable", "Unavailable", "unknown", "Unknown",
    "UNKNOWN", "not available", "Not available", "No data available", "offline", "Offline", "error", "Error", "ERROR",
    "invalid", "Invalid", "-.-", "--.-", "n.v.", "s/d", "S/D", "'-",
)  # fmt: skip
BRACKETS = r"^\(([^()+-]*\d[^()+-]*)\)$"  # around a loss, as accountants write: (12.50)
MINUS = "\u2212"  # as typesetters write it
LARGEST_WHOLE = 2.0**53  # beyond it, neighbouring whole numbers are the same float
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")  # 1,234: one and a bit, or over a thousand?
LAKHS = r"\d{1,2}(?:,\d{2})+,\d{3}"  # as India writes: 12,34,567


@dataclass(frozen=True)
class Style:
    """How numbers are written."""

    decimal: str = "."
    thousands: str | None = None
    units: Mapping[str, float] = field(default_factory=dict)  # what a unit multiplies with


PLAIN_STYLE = Style()


def parse_numbers(texts: "pd.Series[str]", style: Style) -> tuple[FloatArray, BoolArray]:
    """Return the numbers, NaN where a text is missing, and which texts are no numbers."""
    known = texts.notna().to_numpy()
    clean = texts[known].str.strip().str.replace(MINUS, "-", regex=False)
    if clean.str.endswith("-").any():  # as SAP writes: 12.50-
        clean = clean.str.replace(r"^(\d[^-]*)-$", r"-\1", regex=True)
    if clean.str.startswith("(").any():
        clean = clean.str.replace(BRACKETS, r"-\1", regex=True)
    clean, factors = _split_units(clean, style.units)
    good = clean.str.fullmatch(_number_pattern(style.decimal, style.thousands)).to_numpy(bool)
    clean = clean[good]
    if style.thousands:
        clean = clean.str.replace(style.thousands, "", regex=False)
    if style.decimal != ".":
        clean = clean.str.replace(style.decimal, ".", regex=False)
    places = np.flatnonzero(known)
    values = np.full(len(texts), np.nan)
    values[places[good]] = clean.to_numpy(object).astype(np.float64) * factors[good]
    bad = np.zeros(len(texts), bool)
    bad[places[~good]] = True
    return values, bad


def without_units(texts: "pd.Series[str]", units: Mapping[str, float]) -> "pd.Series[str]":
    """Return the texts without a unit before or after them."""
    return texts.where(texts.isna(), _split_units(texts.str.strip(), units)[0]) if units else texts


def _split_units(texts: "pd.Series[str]", units: Mapping[str, float]) -> tuple["pd.Series[str]", FloatArray]:
    """Return the texts without a unit before or after them, and what each is to be multiplied with."""
    factors = np.ones(len(texts))
    if not units:
        return texts, factors
    names = "|".join(map(re.escape, sorted(units, key=len, reverse=True)))
    found = texts.str.extract(rf"^(?P<sign>[+-]?)(?P<before>{names})?\s*(?P<number>.*?)\s*(?P<after>{names})?$")
    for side in ("before", "after"):
        factors *= found[side].map({name: float(factor) for name, factor in units.items()}).fillna(1.0).to_numpy(float)
    return found["sign"].fillna("") + found["number"].fillna(""), factors


def is_comma_decimal(texts: "pd.Series[str]") -> bool | None:
    """Return whether commas in these texts can only be decimal signs; None if they could be either."""
    commas = texts[texts.str.contains(",", regex=False, na=False)]
    if commas.empty:
        return False
    if commas.str.strip().str.fullmatch(GROUPED.pattern).all():
        return None
    return bool(commas.str.strip().str.fullmatch(r"[+-]?\d*,\d+").all())


def describe_bad_number(text: str, missing: tuple[str, ...], style: Style = PLAIN_STYLE) -> str:
    """Return what is wrong with a text that is no number, and what to do."""
    what = f"{text!r} is not a number"
    other = Style(".", None if style.thousands == "." else style.thousands, style.units)
    if style.decimal == "," and not parse_numbers(pd.Series([text], dtype=object), other)[1].any():
        thousands = ", and data.csv.thousands to null" if style.thousands == "." else ""
        return f"{what} while data.csv.decimal is ','; if its point stands before decimals, set it to '.'{thousands}"
    if text.strip() in USUAL_MISSING and text not in missing:
        return f"{what}; if it means a missing value, add it to data.csv.missing"
    if text.strip().lstrip("+-").lower() in ("inf", "infinity"):
        return f"{text!r} is not finite; correct it"
    if re.fullmatch(r"\([\d.,' ]+\)", text.strip()):
        return f"{what}; if brackets mean a negative number, write it with a minus"
    if re.fullmatch(r"[^\d\s+-]{1,8}\s*[+-]?\d[\d.,]*|[+-]?\d[\d.,]*\s*[^\d\s]{1,8}", text.strip()):
        return f"{what}; if it has a unit, set data.csv.units"
    if re.fullmatch(rf"[+-]?(\d{{1,3}}([,. ']\d{{3}})+([.,]\d+)?|{LAKHS}(\.\d+)?)", text.strip()):
        return f"{what}; for signs between thousands set data.csv.thousands"
    return f"{what}; correct it, or add it to data.csv.missing"


def _number_pattern(decimal: str, thousands: str | None) -> str:
    point = re.escape(decimal)
    whole = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+" if thousands else r"\d+"
    if thousands == ",":
        whole = rf"{LAKHS}|{whole}"
    return rf"[+-]?(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?"
