"""The kinds of value that a config holds, each with its limits."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from lstmcast.config.durations import DURATION_EXAMPLES, DURATION_PATTERN, parse_duration
from lstmcast.spelling import did_you_mean


def _check_duration(text: str) -> str:
    parse_duration(text)
    return text


def check_path(text: str) -> str:
    """Return `text`, or raise a `ValueError` if it is an address rather than a path."""
    if "://" in text:
        raise ValueError(f"found the address {text!r}, must be a path; nothing is fetched over a network")
    if "\0" in text:
        raise ValueError(f"found {text!r}, a path cannot hold a NUL character")
    return text


def _check_sign(text: str) -> str:
    if text.isalnum() or text in '\r\n\0"-+':
        raise ValueError(f"found {text!r}, must be one character that is no letter, digit, sign, quote or line end")
    return text


def _check_units(units: dict[str, float]) -> dict[str, float]:
    for unit in units:
        if unit != unit.strip() or any(sign.isdigit() or sign in "+-.,\r\n\0" for sign in unit):
            raise ValueError(f"found the unit {unit!r}, which holds a digit, sign, point, comma or outer space")
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
    return text


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        near = did_you_mean(name, sorted(available_timezones()))
        raise ValueError(f"found {name!r}{near}, must be an IANA time zone, such as Europe/Berlin") from error
    return name


def _whole_number_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Text = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Text, ...], AfterValidator(_check_distinct)]
SomeNames = Annotated[tuple[Text, ...], Field(min_length=1), AfterValidator(_check_distinct)]
PathText = Annotated[Text, AfterValidator(check_path)]
SomePaths = Annotated[tuple[PathText, ...], Field(min_length=1), AfterValidator(_check_distinct)]
Sign = Annotated[str, Field(min_length=1, max_length=1), AfterValidator(_check_sign)]
Duration = Annotated[
    str,
    AfterValidator(_check_duration),
    Field(json_schema_extra={"pattern": DURATION_PATTERN, "examples": list(DURATION_EXAMPLES)}),
]
Units = Annotated[
    dict[Text, Annotated[int, Field(gt=0)] | Annotated[float, Field(gt=0)]],
    Field(max_length=20),
    AfterValidator(_check_units),
]
LineNumber = Annotated[int, Field(ge=1, le=1000)]
FewLines = Annotated[int, Field(ge=0, le=1000)]
TimeFormats = Annotated[tuple[Text, ...], Field(min_length=1)]
WebAddress = Annotated[Text, AfterValidator(_check_web_address)]
Zone = Annotated[Text, AfterValidator(_check_zone)]
Stamp = Annotated[Text, BeforeValidator(_whole_number_as_text, json_schema_input_type=Text | int)]
Auto = Literal["auto"]
Count = Annotated[int, Field(ge=1, le=10_000)]
Level = Annotated[int, Field(ge=50, lt=100)] | Annotated[float, Field(ge=50, le=99.99)]
Seasons = Annotated[tuple[Count, ...], Field(min_length=1, max_length=4)]
Baseline = Literal["naive", "seasonal_naive", "drift", "seasonal_average", "autoets", "autotheta", "autoarima"]
Baselines = Annotated[tuple[Baseline, ...], Field(min_length=1), AfterValidator(_check_distinct)]
Levels = Annotated[tuple[Level, ...], Field(min_length=1, max_length=10), AfterValidator(_sort_levels)]


def _first_doubled(values: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
