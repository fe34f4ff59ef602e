"""How the time column is written, so that forecasts can be written in exactly the same way."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

Kind = Literal["stamp", "integer", "order"]
Clock = Literal["utc", "wall"]

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
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
    "%": lambda _time: "%",
}
PARTS = re.compile(r"%(-?)(.)|([^%]+)", re.DOTALL)


@dataclass(frozen=True)
class TimeFormat:
    """How a stamp is written: a strptime pattern, where `%-d` is a day without its leading zero; or an integer step.

    `offset` is what to write for `%z`, as the newest row has it (`+02:00`, `Z`). The panel's stamps are then UTC, or
    wall clock times where a step is a day or longer: days and months of a zone begin at its midnight.
    """

    kind: Kind
    pattern: str = ""
    offset: str | None = None
    clock: Clock = "utc"
    fraction_digits: int = 6

    def __post_init__(self) -> None:
        """Refuse a pattern that could not be written back."""
        texts = isinstance(self.pattern, str) and (self.offset is None or isinstance(self.offset, str))
        if self.kind not in get_args(Kind) or not texts or self.clock not in get_args(Clock):
            raise ValueError(f"not a time format: {self.kind!r}, {self.pattern!r}, {self.offset!r}")
        if type(self.fraction_digits) is not int or not 1 <= self.fraction_digits <= 6:
            raise ValueError(f"not a time format: {self.fraction_digits!r} digits of a second")
        if (self.kind == "stamp") != bool(self.pattern) or (self.offset is not None) != ("%z" in self.pattern):
            raise ValueError(f"not a time format: {self.kind!r}, {self.pattern!r}, {self.offset!r}")
        for _, directive, _ in PARTS.findall(self.pattern):
            if directive and directive not in DIRECTIVES and directive != "z":
                raise ValueError(f"the time format {self.pattern!r} has %{directive}, which is not known here")
        if self.offset is not None:
            offset_seconds(self.offset)

    @property
    def strptime(self) -> str:
        """Return the pattern as strptime takes it."""
        return self.pattern.replace("%-", "%")

    def render(self, stamps: npt.NDArray[np.datetime64] | npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
        """Return the text of each stamp (datetime64, or integer steps)."""
        if self.kind != "stamp":
            return np.asarray(stamps, np.int64).astype(str).astype(object)
        unique, place = np.unique(np.asarray(stamps, "datetime64[us]"), return_inverse=True)
        moved = unique + np.timedelta64(
            0 if self.clock == "wall" or self.offset is None else offset_seconds(self.offset), "s"
        )
        write = self._writers()
        texts = np.array(["".join(part(time) for part in write) for time in moved.tolist()], object)
        return texts[place.reshape(-1)]

    def to_json(self) -> dict[str, str | int | None]:
        """Return the format as plain values."""
        return {
            "kind": self.kind,
            "pattern": self.pattern,
            "offset": self.offset,
            "clock": self.clock,
            "fraction_digits": self.fraction_digits,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> "TimeFormat":
        """Return the format of `to_json`; anything else is a ValueError."""
        if set(value) != {"kind", "pattern", "offset", "clock", "fraction_digits"}:
            raise ValueError(f"not a time format: it has the keys {', '.join(sorted(value))}")
        return cls(**value)  # type: ignore[arg-type]  # __post_init__ checks them

    def _writers(self) -> list[Callable[[datetime], str]]:
        return [self._writer(bare == "-", directive, text) for bare, directive, text in PARTS.findall(self.pattern)]

    def _writer(self, bare: bool, directive: str, text: str) -> Callable[[datetime], str]:
        if not directive:
            return lambda _time: text
        if directive == "z":
            return lambda _time: self.offset or ""
        if directive == "f":
            return lambda time: DIRECTIVES["f"](time)[: self.fraction_digits]
        if bare:
            return lambda time: DIRECTIVES[directive](time).lstrip("0") or "0"
        return DIRECTIVES[directive]


def offset_seconds(offset: str) -> int:
    """Return how far a UTC offset as it is written (`Z`, `+02:00`, `-0530`, `+02`) is ahead of UTC."""
    if offset in ("Z", "z"):
        return 0
    found = re.fullmatch(r"([+-])(\d\d):?([0-5]\d)?", offset)
    if not found or int(found[2]) > 14:
        raise ValueError(f"not a UTC offset: {offset!r}")
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return int(ahead.total_seconds()) * (-1 if found[1] == "-" else 1)
