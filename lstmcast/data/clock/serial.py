"""Times that are written as one number with decimals: days as spreadsheets count them, and years with their part."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.clock.zones import NO_MOMENT, ONE_DAY, Moments

SERIALS = ("excel", "decimal_year")
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
EXCEL_EPOCH = np.datetime64("1899-12-30", "us")  # day 1 is 1900-01-01, and a day that never was comes before day 61
EXCEL_FIRST, EXCEL_LAST = 61, 2_958_465  # 1900-03-01 to 9999-12-31
EXCEL_USUAL = (29_221, 62_093)  # 1980 to 2070
EXCEL_MONTHS_FROM = 20_090  # 1955
ENOUGH_MONTHS, SHORTEST_MONTH = 6, 28
SECOND, SECONDS_OF_DAY = 1_000_000, 86_400
MONTHS_OF_YEAR = 12
NEAR = 0.05  # of a month: 1949.08 is the second month of 1949
YEARS = (1500, 2200)
SOME = 20  # texts that are looked at before all are


@dataclass(frozen=True)
class Spelling:
    """How the decimals of a number are written: always so many, or at most so many, without zeros at the end."""

    digits: int
    is_fixed: bool
    sign: str = "."

    def as_text(self) -> str:
        """Return the spelling as a text: its sign, its digits, and a minus where zeros are left out."""
        return f"{self.sign}{self.digits}{'' if self.is_fixed else '-'}"

    @classmethod
    def from_text(cls, text: object) -> "Spelling":
        """Return the spelling of `as_text`; anything else is a ValueError."""
        found = re.fullmatch(r"([.,])(\d{1,2})(-?)", text) if isinstance(text, str) else None
        if not found:
            raise ValueError(f"not a time format: {text!r} are not the decimals of a number")
        return cls(int(found[2]), not found[3], found[1])


def read_serial(texts: Sequence[str], kind: str) -> Moments:
    """Return the moment of each text, NaT where it is none: times to the second, or the starts of months."""
    stamps = np.full(len(texts), NO_MOMENT, "datetime64[us]")
    is_number = np.array([bool(NUMBER.fullmatch(text)) for text in texts], bool)
    numbers = np.array([float(text.replace(",", ".")) for text in np.asarray(texts, object)[is_number]], np.float64)
    stamps[is_number] = _excel_moments(numbers) if kind == "excel" else _month_starts(numbers)
    return stamps


def write_serial(stamps: Moments, kind: str, spelling: Spelling) -> list[str]:
    """Return the number of each moment."""
    if kind == "excel":
        numbers = (stamps - EXCEL_EPOCH).astype(np.int64) / (SECOND * SECONDS_OF_DAY)
    else:
        months = stamps.astype("datetime64[M]").astype(np.int64) + 1970 * MONTHS_OF_YEAR
        numbers = months / MONTHS_OF_YEAR
    return [_write(number, spelling) for number in numbers.tolist()]


def spelling_of(texts: Sequence[str]) -> Spelling:
    """Return how the decimals of numbers are written."""
    decimals = [re.split("[.,]", text)[1] if re.search("[.,]", text) else "" for text in texts]
    digits = max(map(len, decimals))
    is_fixed = all(len(each) == digits for each in decimals) and any(each.endswith("0") for each in decimals)
    return Spelling(digits, is_fixed, "," if any("," in text for text in texts) else ".")


def looks_like_excel(texts: Sequence[str]) -> bool:
    """Return whether all texts are numbers of days of usual years."""
    if np.isnat(read_serial(texts[:SOME], "excel")).any() or not all(map(NUMBER.fullmatch, texts)):
        return False
    days = [float(text.replace(",", ".")) for text in texts]
    return EXCEL_USUAL[0] <= min(days) and max(days) <= EXCEL_USUAL[1]


def looks_like_excel_months(texts: Sequence[str]) -> bool:
    """Return whether all texts are whole numbers of days that lie on one day of their months, or on the last."""
    if len(texts) < ENOUGH_MONTHS or not all(re.fullmatch(r"\d{5}", text) for text in texts):
        return False
    numbers = np.unique(np.array(texts, np.int64))
    if numbers[0] < EXCEL_MONTHS_FROM or numbers[-1] > EXCEL_USUAL[1] or np.diff(numbers).min() < SHORTEST_MONTH:
        return False
    days = EXCEL_EPOCH.astype("datetime64[D]") + numbers
    of_month = days - days.astype("datetime64[M]").astype("datetime64[D]")
    are_ends = (days + ONE_DAY).astype("datetime64[M]") > days.astype("datetime64[M]")
    return bool((of_month == of_month[0]).all() or are_ends.all())


def looks_like_years(texts: Sequence[str]) -> bool:
    """Return whether all texts are years of which some have decimals, which all are whole months."""
    if np.isnat(read_serial(texts[:SOME], "decimal_year")).any():  # rules most columns out
        return False
    if not all(map(NUMBER.fullmatch, texts)) or not any(re.search("[.,]", text) for text in texts):
        return False
    return not np.isnat(read_serial(texts, "decimal_year")).any()


def _excel_moments(days: FloatArray) -> Moments:
    known = (days >= EXCEL_FIRST) & (days <= EXCEL_LAST)
    seconds = np.round(np.where(known, days, 0) * SECONDS_OF_DAY).astype(np.int64)
    return np.where(known, EXCEL_EPOCH + (seconds * SECOND).astype("timedelta64[us]"), NO_MOMENT)


def _month_starts(years: FloatArray) -> Moments:
    months = np.round(years * MONTHS_OF_YEAR)
    known = (years >= YEARS[0]) & (years < YEARS[1]) & (np.abs(years * MONTHS_OF_YEAR - months) < NEAR)
    counts = np.where(known, months, 0).astype(np.int64) - 1970 * MONTHS_OF_YEAR
    return np.where(known, counts.astype("datetime64[M]").astype("datetime64[us]"), NO_MOMENT)


def _write(number: float, spelling: Spelling) -> str:
    text = f"{number:.{spelling.digits}f}"
    if spelling.digits and not spelling.is_fixed:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", spelling.sign)
