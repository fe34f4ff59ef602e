"""How the time is written, so that forecasts can be written in exactly the same way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import IntArray
from lstmcast.data.clock.month_names import ENGLISH as MONTHS
from lstmcast.data.clock.month_names import NUMBER_OF_MONTHS
from lstmcast.data.clock.serial import SERIALS, Spelling, write_serial
from lstmcast.data.clock.times import DAY
from lstmcast.data.clock.zones import Moments, clocks_of

Kind = Literal["stamp", "integer", "order", "epoch", "serial"]
Clock = Literal["utc", "wall"]
Texts = npt.NDArray[np.object_]

NO_OFFSET = ("Z", "z", "UTC", "GMT")
MOST_DIGITS = 9  # of a second's part; those beyond a microsecond are read, and written as zeros
BREAK = "\x1f"  # between the columns of a time that is written in several
EPOCH_UNITS = {"epoch": 1_000_000, "epoch_ms": 1000, "epoch_us": 1, "epoch_ns": 1, "epoch_decimal": 1}
NANOSECONDS = 1000  # in one microsecond, the unit of `epoch_ns` here; the units of the others are microseconds in one

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DIRECTIVES: dict[str, Callable[[datetime], str]] = {
    "Y": lambda time: f"{time.year:04}",
    "y": lambda time: f"{time.year % 100:02}",
    "m": lambda time: f"{time.month:02}",
    "d": lambda time: f"{time.day:02}",
    "H": lambda time: f"{time.hour:02}",
    "I": lambda time: f"{time.hour % 12 or 12:02}",
    "M": lambda time: f"{time.minute:02}",
    "S": lambda time: f"{time.second:02}",
    "f": lambda time: f"{time.microsecond:06}",
    "j": lambda time: f"{time.timetuple().tm_yday:03}",
    "p": lambda time: "AM" if time.hour < 12 else "PM",
    "b": lambda time: MONTHS[time.month - 1][:3],
    "B": lambda time: MONTHS[time.month - 1],
    "a": lambda time: WEEKDAYS[time.weekday()][:3],
    "A": lambda time: WEEKDAYS[time.weekday()],
    "G": lambda time: f"{time.isocalendar().year:04}",
    "V": lambda time: f"{time.isocalendar().week:02}",
    "u": lambda time: str(time.isoweekday()),
    "q": lambda time: str((time.month + 2) // 3),  # the quarter; not one of strptime's
    "K": lambda time: f"{time.hour + 1:02}",  # the hour of the day from 1 to 24; not one of strptime's
    "N": lambda time: f"{time.hour:02}{time.minute:02}",  # hours and minutes as one number; not one of strptime's
    "%": lambda _time: "%",
}
NEXT = "|"  # between the names of months in JSON
LONGEST, MOST_MONTHS = 400 * DAY, 1200  # of an interval
PARTS = re.compile(r"%(-?)(.)|([^%]+)", re.DOTALL)


def _months(text: object) -> tuple[str, ...]:
    names = tuple(text.split(NEXT)) if isinstance(text, str) else ()
    if len(names) != NUMBER_OF_MONTHS:
        raise ValueError(f"not a time format: {text!r} are not the names of the months")
    return names


RARE: Mapping[str, Callable[[object], object]] = {"months": _months, "spelling": Spelling.from_text}  # from JSON


@dataclass(frozen=True)
class TimeFormat:
    """How a stamp is written: a strptime pattern, where `%-d` is a day without its leading zero; or a whole number.

    `offset` is what to write for `%z`, as the newest row has it (`+02:00`, `Z`). The panel's stamps are then UTC, or
    wall clock times where a step is a day or longer: days and months of a zone begin at its midnight. The same holds
    where the IANA `zone` is known. An interval is written from its start to `length` microseconds later, where it lasts
    months counted from the start of the month that is `months_long` later: `ends` is the sign between both and the
    pattern of the end. `months` are their names, where strftime has others.
    """

    kind: Kind
    pattern: str = ""
    offset: str | None = None
    clock: Clock = "utc"
    fraction_digits: int = 6
    zone: str | None = None
    ends: str = ""
    length: int = 0
    months_long: int = 0
    months: tuple[str, ...] = ()
    spelling: Spelling | None = None  # of a number with decimals

    def __post_init__(self) -> None:
        """Refuse a pattern that could not be written back."""
        optional = (self.offset, self.zone)
        texts = isinstance(self.pattern, str) and all(text is None or isinstance(text, str) for text in optional)
        if self.kind not in get_args(Kind) or not texts or self.clock not in get_args(Clock):
            raise ValueError(f"not a time format: {self.kind!r}, {self.pattern!r}, {self.offset!r}")
        if type(self.fraction_digits) is not int or not 1 <= self.fraction_digits <= MOST_DIGITS:
            raise ValueError(f"not a time format: {self.fraction_digits!r} digits of a second")
        is_interval = isinstance(self.ends, str) and "%" in self.ends
        if not (self._is_long_enough() if is_interval else (self.ends, self.length, self.months_long) == ("", 0, 0)):
            raise ValueError(f"not a time format: ends {self.ends!r} after {self.length!r}")
        has_pattern = self.kind in ("stamp", "epoch", "serial")
        if has_pattern != bool(self.pattern) or (self.offset is not None) != ("%z" in self.pattern):
            raise ValueError(f"not a time format: {self.kind!r}, {self.pattern!r}, {self.offset!r}")
        known = {"epoch": tuple(EPOCH_UNITS), "serial": SERIALS}.get(self.kind, (self.pattern,))
        if self.pattern not in known or (self.kind == "serial") != isinstance(self.spelling, Spelling):
            raise ValueError(f"not a time format: {self.pattern!r}; known are {', '.join(known)}")
        for _, directive, _ in PARTS.findall(self.pattern + self.ends):
            if directive and directive not in DIRECTIVES and directive != "z":
                raise ValueError(f"the time format {self.pattern!r} has %{directive}, which is not known here")
        if self.offset is not None:
            offset_seconds(self.offset)
        if self.zone is not None:
            _check_zone(self.zone)

    def _is_long_enough(self) -> bool:
        """Return whether an interval ends after it starts: its months may end a day before the next ones begin."""
        if (
            type(self.length) is not int
            or type(self.months_long) is not int
            or not 0 <= self.months_long <= MOST_MONTHS
        ):
            return False
        return -DAY <= self.length <= 0 if self.months_long else 0 < self.length <= LONGEST

    @property
    def strptime(self) -> str:
        """Return the pattern as strptime takes it."""
        return (self.pattern + self.ends).replace("%-", "%")

    @property
    def names_moments(self) -> bool:
        """Return whether stamps are moments everywhere, not only what clocks show somewhere."""
        return self.writes_moments or self.zone is not None

    @property
    def writes_moments(self) -> bool:
        """Return whether texts are moments by themselves, without a zone beside them."""
        return self.offset is not None or self.kind == "epoch"

    def to_utc(self, stamps: Moments) -> Moments:
        """Return stamps of the panel as UTC, as far as that is known."""
        if self.clock == "utc":
            return stamps
        if self.zone is not None:
            return clocks_of(self.zone, stamps).to_utc(stamps)
        return stamps - np.timedelta64(0 if self.offset is None else offset_seconds(self.offset), "s")

    def render(self, stamps: Moments | IntArray) -> Texts:
        """Return the text of each stamp (datetime64, or integer steps); of several columns, with blanks between."""
        texts = self._render(stamps)
        return (
            np.array([text.replace(BREAK, " ") for text in texts.tolist()], object) if BREAK in self.pattern else texts
        )

    def render_columns(self, stamps: Moments | IntArray) -> list[Texts]:
        """Return the texts of each stamp, for each of the columns that it is written in."""
        if BREAK not in self.pattern:
            return [self._render(stamps)]
        parts = [text.split(BREAK) for text in self._render(stamps).tolist()]
        columns = range(self.pattern.count(BREAK) + 1)  # not those of the parts: there may be no stamp at all
        return [np.array([part[column] for part in parts], object) for column in columns]

    def to_json(self) -> dict[str, str | int | None]:
        """Return the format as plain values; what is rarely used is there only where it is."""
        rare: dict[str, str | int | None] = {
            "zone": self.zone,
            "ends": self.ends,
            "length": self.length,
            "months_long": self.months_long,
            "months": NEXT.join(self.months),
            "spelling": self.spelling.as_text() if self.spelling else None,
        }
        return {
            "kind": self.kind,
            "pattern": self.pattern,
            "offset": self.offset,
            "clock": self.clock,
            "fraction_digits": self.fraction_digits,
        } | {name: value for name, value in rare.items() if value}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "TimeFormat":
        """Return the format of `to_json`; anything else is a ValueError."""
        needed, rare = (
            {"kind", "pattern", "offset", "clock", "fraction_digits"},
            {"zone", "ends", "length", "months_long", *RARE},
        )
        if not needed <= set(value) <= needed | rare:
            raise ValueError(f"not a time format: it has the keys {', '.join(sorted(value))}")
        return cls(**{**value, **{name: RARE[name](value[name]) for name in RARE if name in value}})  # type: ignore[arg-type]  # __post_init__ checks them

    def _render(self, stamps: Moments | IntArray) -> Texts:
        if self.kind in ("integer", "order"):
            return np.asarray(stamps, np.int64).astype(str).astype(object)
        unique, place = np.unique(np.asarray(stamps, "datetime64[us]"), return_inverse=True)
        if self.kind == "serial" and self.spelling is not None:
            texts = write_serial(self.to_wall(unique), self.pattern, self.spelling)
            return np.asarray(np.array(texts, object)[place.reshape(-1)])
        if self.kind == "epoch":
            counts = self.to_utc(unique).view(np.int64) // EPOCH_UNITS[self.pattern]
            counts = counts * NANOSECONDS if self.pattern == "epoch_ns" else counts
            return np.asarray(self._write_counts(counts)[place.reshape(-1)])
        walls = self.to_wall(unique)
        texts = self._write(self.pattern, walls, self._offsets(unique, walls))
        if self.ends:
            later = self._ends_of(unique, walls)
            texts = [start + end for start, end in zip(texts, self._write(self.ends, later, []), strict=True)]
        return np.asarray(np.array(texts, object)[place.reshape(-1)])

    def _ends_of(self, stamps: Moments, walls: Moments) -> Moments:
        """Return when intervals end, as clocks show it."""
        if not self.months_long:
            return self.to_wall((stamps.view(np.int64) + self.length).view("datetime64[us]"))
        months = walls.astype("datetime64[M]").astype(np.int64) + self.months_long
        firsts: Moments = months.astype("datetime64[M]").astype("datetime64[us]")
        return firsts + np.timedelta64(self.length, "us")

    def _write_counts(self, counts: IntArray) -> Texts:
        if self.pattern != "epoch_decimal":
            return counts.astype(str).astype(object)
        pairs = (divmod(count, 1_000_000) for count in counts.tolist())
        texts = [f"{seconds}.{f'{rest:06}'[: self.fraction_digits]}" for seconds, rest in pairs]
        return np.array(texts, object)

    def to_wall(self, stamps: Moments) -> Moments:
        """Return what the clock on the wall shows at stamps of the panel."""
        if self.clock == "wall" or not len(stamps):
            return stamps
        if self.zone is not None:
            return clocks_of(self.zone, stamps).to_wall(stamps)
        return stamps + np.timedelta64(0 if self.offset is None else offset_seconds(self.offset), "s")

    def _offsets(self, stamps: Moments, walls: Moments) -> list[str]:
        """Return what to write for %z with each stamp."""
        if self.offset is None:
            return []
        if self.zone is None or not len(stamps):
            return [self.offset] * len(stamps)
        ahead = ((walls - self.to_utc(stamps)) // np.timedelta64(60, "s")).astype(int)
        return [_write_offset(int(minutes), self.offset) for minutes in ahead]

    def _write(self, pattern: str, walls: Moments, offsets: list[str]) -> list[str]:
        write = [self._writer(bare == "-", directive, text) for bare, directive, text in PARTS.findall(pattern)]
        texts = ["".join(part(time) for part in write) for time in walls.tolist()]
        return [text + offset for text, offset in zip(texts, offsets, strict=True)] if offsets else texts

    def _writer(self, bare: bool, directive: str, text: str) -> Callable[[datetime], str]:
        if not directive:
            return lambda _time: text
        if directive == "z":  # at the end, and not the same for all stamps
            return lambda _time: ""
        if directive == "f":
            return lambda time: DIRECTIVES["f"](time).ljust(self.fraction_digits, "0")[: self.fraction_digits]
        if directive in ("b", "B") and self.months:
            return lambda time: self.months[time.month - 1]
        if bare:
            return lambda time: DIRECTIVES[directive](time).lstrip("0") or "0"
        return DIRECTIVES[directive]


def offset_seconds(offset: str) -> int:
    """Return how far a UTC offset as it is written (`Z`, `+02:00`, `-0530`, `+02`) is ahead of UTC."""
    if offset in NO_OFFSET:
        return 0
    found = re.fullmatch(r"([+-])(\d\d):?([0-5]\d)?", offset)
    if not found or int(found[2]) > 14:
        raise ValueError(f"not a UTC offset: {offset!r}")
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return int(ahead.total_seconds()) * (-1 if found[1] == "-" else 1)


def _write_offset(minutes: int, example: str) -> str:
    """Return a UTC offset in the way of another one; `Z` stands for none at all."""
    if minutes == 0 and example in NO_OFFSET:
        return example
    hours, rest = divmod(abs(minutes), 60)
    colon = "" if re.fullmatch(r"[+-]\d\d(\d\d)?", example) else ":"
    tail = "" if rest == 0 and re.fullmatch(r"[+-]\d\d", example) else f"{colon}{rest:02}"
    return f"{'-' if minutes < 0 else '+'}{hours:02}{tail}"


def _check_zone(name: str) -> None:
    """Raise a ValueError if there is no IANA zone of this name."""
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"no time zone {name!r}; write an IANA name, such as Europe/Berlin") from error
