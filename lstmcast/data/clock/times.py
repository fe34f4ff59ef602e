"""Regular time grids: time stamps to consecutive whole numbers (ticks) and back, for every frequency that we know."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import BoolArray, IntArray
from lstmcast.errors import ConfigError
from lstmcast.spelling import did_you_mean

StampArray = npt.NDArray[np.datetime64] | IntArray  # [us] without a zone, or integer steps
Kind = Literal["integer", "fixed", "months", "business"]

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
SHORTEST_MONTH = 28 * DAY
UNITS = {"W": 7 * DAY, "D": DAY, "h": HOUR, "min": 60 * SECOND, "s": SECOND, "ms": 1000, "us": 1}
UNIT_NAMES = {"W": "week", "D": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
MONTH_UNITS = {"M": 1, "Q": 3, "Y": 12}
MONTH_END = 31  # a day of the month beyond the month's last one means the last one
OTHER_NAMES = {
    "H": "h", "T": "min", "S": "s", "L": "ms", "U": "us",
    "M": "MS", "BM": "ME", "Q": "QS", "A": "YS", "Y": "YS", "AS": "YS",
    "hourly": "h", "hour": "h", "minute": "min", "second": "s", "daily": "D", "day": "D", "weekly": "W", "week": "W",
    "monthly": "MS", "month": "MS", "quarterly": "QS", "quarter": "QS", "yearly": "YS", "year": "YS", "annual": "YS",
}  # fmt: skip
KNOWN_ALIASES = ("h", "min", "s", "ms", "D", "B", "W-SUN", "W-MON", "MS", "ME", "QS", "QE", "YS", "YE")
LARGEST = 2**53


@dataclass(frozen=True)
class Frequency:
    """A regular grid; a tick is its consecutive whole number, counted from 1970 (or from 0 for integer steps).

    `size` counts steps, microseconds, months or business days; `phase` is the remainder of every stamp in the same
    unit. Months and business days also have a `time_of_day` in microseconds, and months the `day` (31: the last).
    """

    kind: Kind
    size: int
    phase: int = 0
    day: int = 1
    time_of_day: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no grid, whoever wrote it."""
        numbers = (self.size, self.phase, self.day, self.time_of_day)
        if self.kind not in get_args(Kind) or not all(type(number) is int for number in numbers):
            raise ValueError(f"not a frequency: {self.kind!r}, {numbers}")
        if not 1 <= self.size <= LARGEST or not 0 <= self.phase < self.size:
            raise ValueError(f"not a frequency: size {self.size}, phase {self.phase}")
        if not 1 <= self.day <= MONTH_END or not 0 <= self.time_of_day < DAY:
            raise ValueError(f"not a frequency: day {self.day}, time of day {self.time_of_day}")

    @property
    def alias(self) -> str:
        """Return the short name, which `data.freq` takes (without the phase of fixed grids)."""
        if self.kind == "integer":
            return str(self.size)
        if self.kind == "months":
            return _month_alias(self)
        unit, count = _unit_of(self)
        weekday = f"-{WEEKDAYS[(self.phase // DAY + 3) % 7]}" if unit == "W" else ""  # 1970 began on a Thursday
        return f"{count if count > 1 else ''}{unit}{weekday}"

    @property
    def unit_name(self) -> str:
        """Return what one tick is called in a message."""
        if self.kind == "integer":
            return "step"
        if self.kind == "months":
            whole = {1: "month", 3: "quarter", 12: "year"}
            return whole.get(self.size, f"{self.size}-month step")
        unit, count = _unit_of(self)
        name = "business day" if unit == "B" else UNIT_NAMES.get(unit, "microsecond")
        return name if count == 1 else f"{count}-{name} step"

    def ticks(self, stamps: StampArray) -> IntArray:
        """Return the tick of each stamp; a stamp off the grid gets the tick before it."""
        if self.kind == "integer":
            return (np.asarray(stamps, np.int64) - self.phase) // self.size
        if self.kind == "fixed":
            return (_microseconds(stamps) - self.phase) // self.size
        moved = _microseconds(stamps) - self.time_of_day
        days = (moved // DAY).astype("datetime64[D]")
        if self.kind == "business":
            return (np.busday_count("1970-01-01", days).astype(np.int64) - self.phase) // self.size
        months = days.astype("datetime64[M]")
        early = (days - months.astype("datetime64[D]")).astype(np.int64) + 1 < np.minimum(self.day, month_days(months))
        whole: IntArray = months.astype(np.int64) - early
        return (whole - self.phase) // self.size

    def stamps(self, ticks: IntArray) -> StampArray:
        """Return the stamp of each tick."""
        counts = np.asarray(ticks, np.int64) * self.size + self.phase
        if self.kind == "integer":
            return counts
        if self.kind == "fixed":
            return counts.astype("datetime64[us]")
        if self.kind == "business":
            days = np.busday_offset("1970-01-01", counts, roll="forward")
        else:
            months = counts.astype("datetime64[M]")
            days = months.astype("datetime64[D]") + (np.minimum(self.day, month_days(months)) - 1)
        midnights: IntArray = days.astype("datetime64[us]").view(np.int64)
        return (midnights + self.time_of_day).view("datetime64[us]")

    def off_grid(self, stamps: StampArray) -> BoolArray:
        """Return which stamps do not lie on the grid."""
        return np.asarray(self.stamps(self.ticks(stamps)) != stamps, np.bool_)

    def to_json(self) -> dict[str, str | int]:
        """Return the grid as plain values; `alias` is there for people."""
        return {
            "alias": self.alias,
            "kind": self.kind,
            "size": self.size,
            "phase": self.phase,
            "day": self.day,
            "time_of_day": self.time_of_day,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "Frequency":
        """Return the grid of `to_json`; anything else is a ValueError."""
        fields = {"kind", "size", "phase", "day", "time_of_day"}
        if set(value) != fields | {"alias"}:
            raise ValueError(f"not a frequency: it has the keys {', '.join(sorted(value))}")
        frequency = cls(**{name: value[name] for name in fields})  # type: ignore[arg-type]  # __post_init__ checks them
        if value["alias"] != frequency.alias:
            raise ValueError(f"not a frequency: {value['alias']!r} is {frequency.alias!r}")
        return frequency


def parse_frequency(alias: str, stamps: StampArray | None = None) -> Frequency:
    """Return the grid that `data.freq` names; what a name leaves open, such as the minute, is taken from `stamps`.

    Where stamps disagree, the most common one counts: the others are off the grid.
    """
    if re.fullmatch(r"[1-9]\d{0,8}", alias):
        size, steps = int(alias), None if stamps is None else np.asarray(stamps, np.int64)
        return Frequency("integer", size, _usual_remainder(steps, size))
    found = re.fullmatch(r"(\d{1,9})?([A-Za-z]+)(?:-([A-Z]{3}|\d{1,2}))?", alias)
    count = int(found[1] or 1) if found else 0
    unit, anchor = (found[2], found[3]) if found else (alias, None)
    moments = None if stamps is None else _microseconds(stamps)
    anchor_fits = anchor is None or (unit == "W" and anchor in WEEKDAYS)
    if 1 <= (size := count * UNITS.get(unit, 0)) <= LARGEST and anchor_fits:
        return _parse_fixed(size, anchor, moments)
    if count and unit == "B" and anchor is None:
        return _parse_business(count, moments)
    if count and (day := _day_of_month(unit, anchor)):
        return _parse_months(count * MONTH_UNITS[unit[0]], day, anchor if anchor in MONTHS else None, moments)
    raise ConfigError(
        f"data.freq: unknown frequency {alias!r}{_suggest(alias, unit, count)}; "
        f"known are {', '.join(KNOWN_ALIASES)}, their multiples (15min), and 1 for integer steps"
    )


def month_days(months: npt.NDArray[np.datetime64]) -> IntArray:
    """Return the number of days of each month (datetime64[M])."""
    following = months + np.timedelta64(1, "M")
    days: IntArray = (following.astype("datetime64[D]") - months.astype("datetime64[D]")).astype(np.int64)
    return days


def most_common(values: IntArray) -> int:
    """Return the number that comes most often, of several the lowest."""
    distinct, counts = np.unique(values, return_counts=True)
    return int(distinct[np.argmax(counts)])


def _parse_fixed(size: int, weekday: str | None, moments: IntArray | None) -> Frequency:
    start = (WEEKDAYS.index(weekday) - 3) % 7 * DAY if weekday else 0
    if moments is not None and weekday:
        moments = moments[(moments - start) % (7 * DAY) < DAY]
    open_part = _usual_remainder(None if moments is None else moments - start, size)
    return Frequency("fixed", size, (start + open_part) % size)


def _parse_business(size: int, moments: IntArray | None) -> Frequency:
    if moments is None:
        return Frequency("business", size)
    days = (moments // DAY).astype("datetime64[D]")
    counts = np.busday_count("1970-01-01", days).astype(np.int64)
    return Frequency("business", size, _usual_remainder(counts, size), 1, _usual_remainder(moments, DAY))


def _parse_months(size: int, day: int, anchor: str | None, moments: IntArray | None) -> Frequency:
    """Return a grid of months; an anchor (QS-FEB) fixes the phase within a quarter or a year, stamps all the rest."""
    inner = 12 if size % 12 == 0 else 3
    default = inner - 1 if size % 3 == 0 and day == MONTH_END and moments is None else 0
    start = (MONTHS.index(anchor) if anchor else default) % inner
    if moments is None:
        return Frequency("months", size, start % size, day)
    months = (moments // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    if anchor:
        moments, months = moments[(months - start) % inner == 0], months[(months - start) % inner == 0]
    phase = (start + _usual_remainder(months - start, size)) % size
    return Frequency("months", size, phase, day, _usual_remainder(moments, DAY))


def _day_of_month(unit: str, anchor: str | None) -> int:
    """Return the day on which the months of an alias lie, 0 where it is no alias of months."""
    if unit == "M":
        day = int(anchor) if anchor and anchor.isdecimal() else 0
        return day if day <= MONTH_END else 0
    if unit[:1] not in MONTH_UNITS or unit[1:] not in ("S", "E"):
        return 0
    if anchor is not None and (unit[0] == "M" or anchor not in MONTHS):
        return 0
    return 1 if unit[1] == "S" else MONTH_END


def _month_alias(frequency: Frequency) -> str:
    if frequency.day not in (1, MONTH_END):
        return f"{frequency.size if frequency.size > 1 else ''}M-{frequency.day}"
    unit = next(unit for unit in "YQM" if frequency.size % MONTH_UNITS[unit] == 0)
    inner = MONTH_UNITS[unit]
    count = frequency.size // inner
    default = 0 if frequency.day == 1 else inner - 1
    anchor = "" if frequency.phase % inner == default else f"-{MONTHS[frequency.phase % inner]}"
    return f"{count if count > 1 else ''}{unit}{'S' if frequency.day == 1 else 'E'}{anchor}"


def _unit_of(frequency: Frequency) -> tuple[str, int]:
    if frequency.kind == "business":
        return "B", frequency.size
    unit = next(unit for unit, size in UNITS.items() if frequency.size % size == 0)
    return unit, frequency.size // UNITS[unit]


def _microseconds(stamps: StampArray) -> IntArray:
    return np.asarray(stamps, "datetime64[us]").view(np.int64)


def _usual_remainder(values: IntArray | None, size: int) -> int:
    return 0 if values is None or len(values) == 0 or size == 1 else most_common(values % size)


def _suggest(alias: str, unit: str, count: int) -> str:
    meant = OTHER_NAMES.get(unit) or OTHER_NAMES.get(unit.lower())
    if meant is None:
        return did_you_mean(alias, KNOWN_ALIASES)
    return f" (did you mean '{count if count > 1 else ''}{meant}'?)"
