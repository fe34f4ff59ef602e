"""Turns the texts of a column into numbers where pandas alone would guess or give up."""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

NOT_A_NUMBER = ("nan", "NaN")  # what numpy and pandas write for a missing value
USUAL_MISSING = ("NA", "N/A", "n/a", "#N/A", "null", "NULL", "None", "none", "-", "--", "?", ".", "NAN")
LARGEST_WHOLE = 2.0**53  # beyond it, neighbouring whole numbers are the same float
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")  # 1,234: one and a bit, or over a thousand?

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def parse_numbers(texts: "pd.Series[str]", decimal: str, thousands: str | None) -> tuple[FloatArray, BoolArray]:
    """Return the numbers, NaN where a text is missing, and which texts are no numbers."""
    known = texts.notna().to_numpy()
    clean = texts[known].str.strip()
    good = clean.str.fullmatch(_number_pattern(decimal, thousands)).to_numpy(bool)
    clean = clean[good]
    if thousands:
        clean = clean.str.replace(thousands, "", regex=False)
    if decimal != ".":
        clean = clean.str.replace(decimal, ".", regex=False)
    places = np.flatnonzero(known)
    values = np.full(len(texts), np.nan)
    values[places[good]] = clean.to_numpy(object).astype(np.float64)
    bad = np.zeros(len(texts), bool)
    bad[places[~good]] = True
    return values, bad


def is_comma_decimal(texts: "pd.Series[str]") -> bool | None:
    """Return whether commas in these texts can only be decimal signs; None if they could be either."""
    commas = texts[texts.str.contains(",", regex=False, na=False)]
    if commas.empty:
        return False
    if commas.str.strip().str.fullmatch(GROUPED.pattern).all():
        return None
    return bool(commas.str.strip().str.fullmatch(r"[+-]?\d*,\d+").all())


def describe_bad_number(text: str, missing: tuple[str, ...]) -> str:
    """Return what is wrong with a text that is no number, and what to do."""
    what = f"{text!r} is not a number"
    if text.strip() in USUAL_MISSING and text not in missing:
        return f"{what}; if it means a missing value, add it to data.csv.missing"
    if text.strip().lstrip("+-").lower() in ("inf", "infinity"):
        return f"{text!r} is not finite; correct it"
    if re.fullmatch(r"[+-]?\d{1,3}([,. ']\d{3})+([.,]\d+)?", text.strip()):
        return f"{what}; for signs between thousands set data.csv.thousands"
    return f"{what}; correct it, or add it to data.csv.missing"


def _number_pattern(decimal: str, thousands: str | None) -> str:
    point = re.escape(decimal)
    whole = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+" if thousands else r"\d+"
    return rf"[+-]?(?:(?:{whole})(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?"
