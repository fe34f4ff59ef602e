"""Keeps the rows between `data.start` and `data.end`."""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.data.time_format import TimeFormat
from lstmcast.data.time_texts import strptime
from lstmcast.data.times import StampArray
from lstmcast.errors import ConfigError, ShortError

ISO = re.compile(r"\d{4}(-\d\d(-\d\d([ T]\d\d(:\d\d(:\d\d(\.\d{1,6})?)?)?)?)?)?")


def is_inside(
    stamps: StampArray, start: str | None, end: str | None, time_format: TimeFormat
) -> npt.NDArray[np.bool_] | None:
    """Return which stamps lie between both ends, None if there is no end; an end that names a day includes it all.

    Times with an offset are compared in UTC, unless a step is a day or longer.
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


def _bounds(text: str, key: str, time_format: TimeFormat) -> StampArray:
    """Return the first moment of what `text` names and the first one after: of a day, if it names a day."""
    if time_format.kind != "stamp":
        if not re.fullmatch(r"-?\d{1,15}", text):
            raise ConfigError(f"{key}: {text!r} is no whole number, as the steps of the data are")
        return np.array([int(text), int(text) + 1])
    if ISO.fullmatch(text):
        try:
            moment = np.datetime64(text.replace(" ", "T"))
        except ValueError as error:
            raise ConfigError(f"{key}: {text!r} is no date; write such as 2024-01-31") from error
        return np.array([moment, moment + 1]).astype("datetime64[us]")
    first = strptime(pd.Series([text]), time_format.strptime.removesuffix("%z"))
    if np.isnat(first).any():
        raise ConfigError(f"{key}: {text!r} is no date; write such as 2024-01-31")
    return np.append(first, first + 1)
