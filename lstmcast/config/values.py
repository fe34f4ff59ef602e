"""The kinds of value that a config holds, each with its limits."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from lstmcast.config.durations import DURATION_EXAMPLES, DURATION_PATTERN, parse_duration
from lstmcast.kinds import Checked, Limits, ReadBy, Size
from lstmcast.spelling import did_you_mean


def _check_duration(text: str) -> str:
    parse_duration(text)
    return text


def check_path(text: str) -> str:
    """Return `text`, or raise a `ValueError` if it is an address, or a path that only a shell could complete."""
    if "://" in text:
        raise ValueError(f"found the address {text!r}, must be a path; nothing is fetched over a network")
    if "\0" in text:
        raise ValueError(f"found {text!r}, a path cannot hold a NUL character")
    if text == "~" or text.startswith("~/"):  # a job has no home that it could rely on: cron may set none
        raise ValueError(f"found {text!r}, where ~ does not stand for a home; write out where that is")
    return text


def _check_sign(text: str) -> str:
    if text.isalnum() or text in '\r\n\0"-+':
        raise ValueError(f"found {text!r}, must be one character that is no letter, digit, sign, quote or line end")
    return text


def _check_units(units: dict[str, float]) -> dict[str, float]:
    for unit in units:
        if not unit or unit != unit.strip() or unit[0].isdecimal() or unit[0] in "+-.," or set(unit) & set("\r\n\0"):
            raise ValueError(
                f"found the unit {unit!r}, must begin with no digit, sign, point or comma, and have no outer space"
            )
    return units


def _check_distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    doubled = _first_doubled(values)
    if doubled is not None:
        raise ValueError(f"names {doubled!r} twice")
    return values


def _sort_levels(levels: tuple[int | float, ...]) -> tuple[int | float, ...]:
    if len(set(levels)) < len(levels):
        raise ValueError(f"found {list(levels)}, must be distinct")
    return tuple(sorted(int(level) if level == int(level) else level for level in levels))


def _check_web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[!-~]+", text):
        raise ValueError(f"found {text!r}, must be a web address that begins with http:// or https://")
    if re.match(r"https?://[^/?#]*@", text):
        raise ValueError("holds a user, whom no call would send; must be a web address that needs none")
    return text


def _check_zone(name: str) -> str:
    from zoneinfo import ZoneInfo, available_timezones  # most configs name no zone

    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        near = did_you_mean(name, sorted(available_timezones()))
        raise ValueError(f"found {name!r}{near}, must be an IANA time zone, such as Europe/Berlin") from error
    return name


def _whole_number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, Size(1)]
Names = Annotated[tuple[Text, ...], Checked(_check_distinct)]
SomeNames = Annotated[tuple[Text, ...], Size(1), Checked(_check_distinct)]
PathText = Annotated[Text, Checked(check_path)]
SomePaths = Annotated[tuple[PathText, ...], Size(1), Checked(_check_distinct)]
Sign = Annotated[str, Size(1, 1), Checked(_check_sign)]
Duration = Annotated[
    str,
    Checked(_check_duration, pattern=DURATION_PATTERN, examples=DURATION_EXAMPLES),
]
Units = Annotated[
    dict[Text, Annotated[int, Limits(gt=0)] | Annotated[float, Limits(gt=0)]],
    Size(most=20),
    Checked(_check_units),
]
LineNumber = Annotated[int, Limits(ge=1, le=1000)]
FewLines = Annotated[int, Limits(ge=0, le=1000)]
TimeFormats = Annotated[tuple[Text, ...], Size(1)]
WebAddress = Annotated[Text, Checked(_check_web_address)]
Zone = Annotated[Text, Checked(_check_zone)]
Stamp = Annotated[Text, ReadBy(_whole_number_as_text, Text | int)]
Auto = Literal["auto"]
Count = Annotated[int, Limits(ge=1, le=10_000)]
Level = Annotated[int, Limits(ge=50, lt=100)] | Annotated[float, Limits(ge=50, le=99.99)]
Seasons = Annotated[tuple[Count, ...], Size(1, 4)]
Baseline = Literal[
    "naive", "seasonal_naive", "drift", "seasonal_average", "naive2", "autoets", "autotheta", "autoarima"
]
Baselines = Annotated[tuple[Baseline, ...], Size(1), Checked(_check_distinct)]
Levels = Annotated[tuple[Level, ...], Size(1, 10), Checked(_sort_levels)]


def names_in(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the names, or paths, in a key that takes one, several or none."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def _first_doubled(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
