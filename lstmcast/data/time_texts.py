"""Reads the texts of a time column: finds out how they are written, from the texts alone, and refuses to guess."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.data.csv_file import ColumnError
from lstmcast.data.time_format import TimeFormat, offset_seconds
from lstmcast.data.times import DAY, StampArray
from lstmcast.errors import ConfigError, DataError

TextArray = npt.NDArray[np.object_]
Where = Callable[[int], str]  # the place in the file of a text, for messages

CLOCK = (
    r"(?P<gap>[ T])\d{1,2}:\d\d(?P<second>:\d\d(?P<fraction>\.\d{1,6})?)?"
    r"(?P<space> ?)(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?"
)
YEAR_FIRST = re.compile(rf"\d{{4}}(?P<sign>[-/.])\d{{1,2}}(?P<day>(?P=sign)\d{{1,2}}(?:{CLOCK})?)?")
YEAR_LAST = re.compile(rf"(\d{{1,2}})(?P<sign>[-/.])(\d{{1,2}})(?P=sign)\d{{4}}(?:{CLOCK})?")
OFFSET = r"(Z|[+-]\d\d:?(?:\d\d)?)$"
INTEGER = r"-?\d{1,15}"
DIGITS = {"Y": 4, "m": 2, "d": 2, "H": 2, "I": 2, "M": 2, "S": 2, "j": 3, "y": 2}
FIRST, LAST = np.datetime64("1000-01-01", "us"), np.datetime64("9900-01-01", "us")  # room for a horizon and an offset
MANY = 200  # texts that are looked at for leading zeros


@dataclass(frozen=True)
class TimeColumn:
    """The distinct texts of a time column, and how to name the place of one."""

    name: str
    texts: TextArray
    where: Where

    def refuse(self, place: int, problem: str, kind: type[DataError] = DataError) -> DataError:
        """Return the error that names one text."""
        return kind(f"{self.where(place)}: column {self.name!r}: {self.texts[place]!r} {problem}")


def parse_times(column: TimeColumn, wanted: str, known: TimeFormat | None = None) -> tuple[StampArray, TimeFormat]:
    """Return the stamp of each text and how they are written; `wanted` is `data.time_format`, `known` a model's."""
    if wanted != "auto":
        return _parse_stamps(column, _pattern_of_user(wanted))
    if known is not None and known.kind == "stamp":
        return _parse_stamps(column, known.strptime)
    first = str(column.texts[0])
    if re.fullmatch(INTEGER, first):
        return _parse_integers(column), TimeFormat("integer")
    pattern = next((found for text in _spread(column.texts, 3) if (found := _year_first(text))), None)
    if pattern:
        return _parse_stamps(column, pattern)
    pattern = next((found for text in _spread(column.texts, 3) if (found := _year_last(text))), None)
    if pattern:
        return _parse_stamps(column, _choose_day_or_month(column, pattern))
    raise column.refuse(0, f"is no time that can be read without doubt{_hint(first)}")


def _pattern_of_user(wanted: str) -> str:
    directives = re.findall(r"%-?(.)", wanted)
    if len(set(directives)) < len(directives):
        raise ConfigError(f"data.time_format: {wanted!r} has a directive twice")
    try:
        TimeFormat("stamp", wanted, "Z" if "%z" in wanted else None)
        pd.to_datetime(pd.Series(["x"]), format=wanted.replace("%-", "%"), errors="coerce")
    except ValueError as error:
        raise ConfigError(f"data.time_format: {error}; use strptime directives, such as %d.%m.%Y %H:%M") from error
    if "%z" in wanted and not wanted.endswith("%z"):
        raise ConfigError(f"data.time_format: {wanted!r}: the offset %z must stand at the end")
    return wanted.replace("%-", "%")


def _parse_integers(column: TimeColumn) -> StampArray:
    whole = pd.Series(column.texts).str.fullmatch(INTEGER).to_numpy(bool)
    if not whole.all():
        raise column.refuse(int(np.argmin(whole)), f"is no whole number, as {column.texts[np.argmax(whole)]!r} is")
    numbers = column.texts.astype(np.int64)
    day, month, year = numbers % 100, numbers // 100 % 100, numbers // 10_000
    if ((year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all():
        raise column.refuse(0, "looks like year, month and day; set data.time_format: '%Y%m%d'")
    year, month = numbers // 100, numbers % 100
    if ((year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12)).all():
        raise column.refuse(0, "looks like year and month; set data.time_format: '%Y%m'")
    return numbers


def _parse_stamps(column: TimeColumn, pattern: str) -> tuple[StampArray, TimeFormat]:
    bare_pattern, offsets = pattern, None
    texts = pd.Series(column.texts)
    if pattern.endswith("%z"):
        bare_pattern = pattern.removesuffix("%z")
        offsets, texts = _split_offsets(column, texts)
    walls = strptime(texts, bare_pattern)
    wrong = np.isnat(walls)
    if wrong.any():
        example = column.texts[np.argmin(wrong)]
        as_others = f" (as {example!r} is)" if not wrong.all() else ""
        raise column.refuse(
            int(np.argmax(wrong)),
            f"is not written as {pattern!r}{as_others}; correct it, or set data.time_format",
            ColumnError if wrong.all() else DataError,
        )
    shown, digits = _leading_zeros(column.texts, pattern)
    if offsets is None:
        return walls, TimeFormat("stamp", shown, fraction_digits=digits)
    return _to_utc(walls, offsets, TimeFormat("stamp", shown, "Z", fraction_digits=digits))


def strptime(texts: "pd.Series[str]", pattern: str) -> npt.NDArray[np.datetime64]:
    """Return the stamps of texts, NaT where one does not follow the pattern."""
    clock_words = texts.isin(["now", "today"])  # pandas would read the clock, whatever the pattern
    parsed = pd.to_datetime(texts.mask(clock_words), format=pattern, errors="coerce")
    stamps = np.asarray(parsed.to_numpy(), "datetime64[us]")
    return np.where((stamps >= FIRST) & (stamps < LAST), stamps, np.datetime64("NaT"))


def _split_offsets(column: TimeColumn, texts: "pd.Series[str]") -> tuple[TextArray, "pd.Series[str]"]:
    offsets = texts.str.extract(OFFSET, expand=False)
    if offsets.isna().any():
        raise column.refuse(int(offsets.isna().to_numpy().argmax()), "has no UTC offset, as other rows do; add it")
    return offsets.to_numpy(object), texts.str.replace(OFFSET, "", regex=True)


def _to_utc(
    walls: npt.NDArray[np.datetime64], offsets: TextArray, time_format: TimeFormat
) -> tuple[StampArray, TimeFormat]:
    """Return UTC, or the wall clock if it always says the same hour; the newest row says which offset to write."""
    kinds, place = np.unique(offsets.astype(str), return_inverse=True)
    try:
        ahead = np.array([offset_seconds(kind) for kind in kinds], "timedelta64[s]")[place]
    except ValueError as error:
        raise DataError(f"data.time: {error}") from error
    utc = walls - ahead
    newest = str(offsets[np.argmax(utc)])
    daily = len(np.unique(walls.view(np.int64) % DAY)) == 1
    written = {**time_format.to_json(), "offset": newest, "clock": "wall" if daily else "utc"}
    return walls if daily else utc, TimeFormat.from_json(written)


def _year_first(text: str) -> str | None:
    found = YEAR_FIRST.fullmatch(text)
    if not found:
        return None
    sign = found["sign"]
    return f"%Y{sign}%m" + (f"{sign}%d{_clock_pattern(found)}" if found["day"] else "")


def _year_last(text: str) -> str | None:
    found = YEAR_LAST.fullmatch(text)
    return f"%d{found['sign']}%m{found['sign']}%Y{_clock_pattern(found)}" if found else None


def _clock_pattern(found: re.Match[str]) -> str:
    if not found["gap"]:
        return ""
    second = f":%S{'.%f' if found['fraction'] else ''}" if found["second"] else ""
    return f"{found['gap']}%H:%M{second}{found['space']}{'%z' if found['offset'] else ''}"


def _choose_day_or_month(column: TimeColumn, day_first: str) -> str:
    """Return the one of d/m/Y and m/d/Y that all texts allow; where they allow both, nobody can know."""
    month_first = day_first.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    parts = pd.Series(column.texts).str.extract(r"^(\d{1,2})[-/.](\d{1,2})").astype(float)
    days_first, months_first = bool((parts[0] > 12).any()), bool((parts[1] > 12).any())
    if days_first and months_first:
        first, second = int((parts[0] > 12).to_numpy().argmax()), int((parts[1] > 12).to_numpy().argmax())
        raise column.refuse(first, f"has the day first, {column.texts[second]!r} the month; write all in one way")
    if not days_first and not months_first:
        example = int((parts[0] != parts[1]).to_numpy().argmax())
        texts = pd.Series(column.texts[[example]])
        readings = [strptime(texts, pattern)[0] for pattern in (day_first, month_first)]
        shown = " or ".join(str(reading.astype("datetime64[D]")) for reading in readings)
        raise column.refuse(
            example, f"can be {shown}, and no row tells which; set data.time_format: '{day_first}' or '{month_first}'"
        )
    return day_first if days_first else month_first


def _leading_zeros(texts: TextArray, pattern: str) -> tuple[str, int]:
    """Return the pattern with `%-d` for what is written without leading zeros, and the digits of a second's part."""
    parts = re.split(r"%(.)", pattern)
    expression = "".join(_part_expression(part) if odd else re.escape(part) for odd, part in _alternate(parts))
    samples = [found.groupdict() for text in _spread(texts, MANY) if (found := re.fullmatch(expression, text))]
    for directive, digits in DIGITS.items():
        written = [sample[directive] for sample in samples if directive in sample]
        short = sum(len(text) < digits for text in written)
        if short > sum(len(text) == digits and text.startswith("0") for text in written):
            pattern = pattern.replace(f"%{directive}", f"%-{directive}")
    fractions = [len(sample["f"]) for sample in samples if "f" in sample]
    return pattern, max(fractions, default=6)


def _part_expression(directive: str) -> str:
    if directive in DIGITS:
        return rf"(?P<{directive}>\d{{1,{DIGITS[directive]}}})"
    return r"(?P<f>\d{1,6})" if directive == "f" else "%" if directive == "%" else r"\S+"


def _alternate(parts: list[str]) -> list[tuple[bool, str]]:
    return [(place % 2 == 1, part) for place, part in enumerate(parts)]


def _spread(texts: TextArray, count: int) -> list[str]:
    places = np.unique(np.linspace(0, len(texts) - 1, min(count, len(texts))).astype(int))
    return [str(text) for text in texts[places]]


def _hint(text: str) -> str:
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}", text):
        return (
            "; it has no year of four digits: write such as 2024-01-31, or set data.time: null if the rows are in order"
        )
    return "; set data.time_format to its strptime pattern, such as '%d %b %Y'"
