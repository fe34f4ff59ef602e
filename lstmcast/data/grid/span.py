"""Keeps the rows between `data.start` and `data.end`."""

import re

import numpy as np
import pandas as pd

from lstmcast.arrays import BoolArray
from lstmcast.data.clock.time_counts import parse_epoch
from lstmcast.data.clock.time_format import TimeFormat, offset_seconds
from lstmcast.data.clock.time_walls import TimeColumn, strptime
from lstmcast.data.clock.times import StampArray
from lstmcast.data.clock.zones import NO_MOMENT, clocks_of
from lstmcast.errors import ConfigError, ShortError

MOMENT = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)(Z|[+-]\d\d:?\d\d)")
COUNT_FROM_1970 = r"\d{9,19}(\.\d{1,9})?"
ISO = re.compile(r"\d{4}(-\d\d(-\d\d([ T]\d\d(:\d\d(:\d\d(\.\d{1,6})?)?)?)?)?)?")


def is_inside(stamps: StampArray, start: str | None, end: str | None, time_format: TimeFormat) -> BoolArray | None:
    """Return which stamps lie between both ends, None if there is no end; an end that names a day includes it all.

    Both are times of `data.timezone`; without one, those with an offset are compared in UTC, unless a step is a day
    or longer.
    """
    if start is None and end is None:
        return None
    inside = np.ones(len(stamps), bool)
    if start is not None:
        inside &= np.asarray(stamps >= _bounds(start, "data.start", time_format)[0])
    if end is not None:
        inside &= np.asarray(stamps < _bounds(end, "data.end", time_format)[1])
    if not inside.any():
        ends: StampArray = stamps[[stamps.argmin(), stamps.argmax()]]
        first, last = time_format.render(ends)
        raise ShortError(f"data.start, data.end: no row lies between them; rows go from {first} to {last}")
    return inside


def first_named(text: str, key: str, time_format: TimeFormat) -> StampArray:
    """Return, as an array of one, the first moment of what `text` names, as `data.start` does; messages say `key`."""
    return _bounds(text, key, time_format)[:1]


def _bounds(text: str, key: str, time_format: TimeFormat) -> StampArray:
    """Return the first moment of what `text` names and the first one after: of a day, if it names a day."""
    if time_format.kind in ("integer", "order"):
        if not re.fullmatch(r"-?\d{1,15}", text):
            raise ConfigError(f"{key}: {text!r} is no whole number, as the steps of the data are")
        return np.array([int(text), int(text) + 1])
    if time_format.kind == "epoch" and re.fullmatch(COUNT_FROM_1970, text):
        column = TimeColumn(key, np.array([text], object), str)
        (counted,) = parse_epoch(column, time_format.pattern, time_format.zone, time_format)[0].astype(np.int64)
        return np.array([counted, counted + 1]).view("datetime64[us]")
    if (moment := MOMENT.fullmatch(text)) is not None:
        return _bounds_with_offset(moment[1], moment[2], key, time_format)
    first, after = _named_span(text, key, time_format)
    if time_format.zone is not None and time_format.clock == "utc":
        span = np.array([first, after], "datetime64[us]")
        return clocks_of(time_format.zone, span).to_utc(span)
    return np.array([first, after], "datetime64[us]")


def _bounds_with_offset(wall: str, offset: str, key: str, time_format: TimeFormat) -> StampArray:
    """Return the same for a time that says how far its clock is from UTC."""
    if not time_format.names_moments:
        raise ConfigError(f"{key}: {wall + offset!r} has a UTC offset, and the times of the data have none")
    ahead = np.timedelta64(offset_seconds(offset) if time_format.clock == "utc" else 0, "s")
    first, after = _named_span(wall, key, time_format)
    return np.array([first - ahead, after - ahead], "datetime64[us]")


def _named_span(text: str, key: str, time_format: TimeFormat) -> tuple[np.datetime64, np.datetime64]:
    """Return the first moment of what `text` names and the first one after, on the clock that wrote it."""
    if ISO.fullmatch(text):
        try:
            moment = np.datetime64(text.replace(" ", "T"))
        except ValueError as error:
            raise ConfigError(f"{key}: {text!r} is no date; write such as 2024-01-31") from error
        return moment, _next(moment)
    own = time_format.pattern.replace("%-", "%").removesuffix("%z")
    first = strptime(pd.Series([text]), own)[0] if time_format.kind == "stamp" else NO_MOMENT
    if np.isnat(first):
        raise ConfigError(f"{key}: {text!r} is no date; write such as 2024-01-31")
    return first, _next(first)


def _next(moment: np.datetime64) -> np.datetime64:
    """Return the moment one unit later: the next month after 2024-01, the next day after 2024-01-31."""
    after: np.datetime64 = (moment.astype(np.int64) + 1).astype(moment.dtype)
    return after
