"""Says what the time and the ids that were guessed could be as well, in words for the config."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from lstmcast.data.clock.local_time import zone_of_midnights
from lstmcast.data.clock.time_format import EPOCH_UNITS
from lstmcast.data.clock.time_parts import are_clocks, part_of, part_of_texts
from lstmcast.data.survey.clock_guess import Clock, find_steps, names_days_only, time_rank
from lstmcast.data.survey.columns import Column
from lstmcast.data.survey.keys import codes_of, could_be_id, share_doubled
from lstmcast.plurals import name_some

PARTS_OF_A_DAY = (24, 48, 96, 144, 288)
DAYS_OF_A_MONTH = range(28, 32)
LEAST_CLOCKS, HUNDRED = 12, 100
LEAST_PARTS = 4
NAMED = 5  # in a message


def doubt_time(clock: Clock, ids: tuple[str, ...], columns: Mapping[str, Column], rows: int) -> str:
    """Return what else the time could be, or nothing."""
    if clock.doubt:
        return clock.doubt
    free = [column for column in columns.values() if column.name not in (*clock.names, *ids)]
    if clock.stamps.dtype.kind == "M":
        also = [column for column in free if column.time_formats and not column.is_whole and column.distinct > 1]
        return f"{_listed(also)} could be the time as well" if also else ""
    if not clock.names:
        return _doubt_order(free)
    return _doubt_steps(columns[clock.names[0]], free, rows)


def _is_like_a_time(column: Column) -> bool:
    """Return whether texts have a clock and a year, however they are written."""
    if column.texts is None or column.values is not None or column.time_formats:
        return False
    some = [str(text) for text in column.texts[:NAMED]]
    return bool(some) and all(re.search(r"\d:\d\d", text) and re.search(r"(19|20)\d\d", text) for text in some)


def doubt_zone(clock: Clock) -> str:
    """Return which zone's days moments begin, where they do not begin those of UTC, or nothing."""
    if clock.time_format[0] not in EPOCH_UNITS and "%z" not in clock.time_format[0]:
        return ""
    zone = zone_of_midnights(np.asarray(clock.stamps, "datetime64[us]"))
    return f"all times are midnights in {zone}: with data.timezone: {zone} they are days or months" if zone else ""


def doubt_ids(clock: Clock, ids: tuple[str, ...], columns: Mapping[str, Column], rows: int) -> str:
    """Return which other column tells the series apart, or nothing."""
    if len(ids) != 1 or not clock.names:
        return ""
    if any(part_of(name) == "month" for name in clock.names) and _could_be_days(columns[ids[0]], clock):
        return (
            f"its {columns[ids[0]].distinct} whole numbers could count the days of a month: then name it beside the "
            f"month, as in data.time: [{', '.join((*clock.names, *ids))}]"
        )
    if clock.stamps.dtype.kind == "M" and (parts := _parts_of_a_day(columns[ids[0]])):
        return (
            f"its {parts} whole numbers could count the hours or other parts of a day: then name it beside the day, as "
            f"in data.time: [{', '.join((*clock.names, *ids))}]"
        )
    if len(clock.names) == 1 and part_of(clock.names[0]) == "year" and (odd := _odd_part(columns[ids[0]])):
        return (
            f"its texts seem to be parts of a year, of which {odd!r} is none; without such rows they are a part of the "
            f"time: data.time: [{clock.names[0]}, {ids[0]}]"
        )
    stamps = codes_of(clock)
    also = [
        column
        for name, column in columns.items()
        if name not in (*clock.names, *ids)
        and could_be_id(column, rows)
        and not column.is_whole
        and share_doubled(columns, (name,), stamps) == 0
    ]
    return f"{_listed(also)} would tell the series apart as well" if also else ""


def _odd_part(column: Column) -> str:
    """Return the one text that names no month or quarter where most do: `M13`, `Annual`."""
    texts = [] if column.texts is None else [str(text) for text in column.texts]
    odd = [text for text in texts if part_of_texts([text]) is None]
    return odd[0] if len(odd) == 1 and len(texts) > LEAST_PARTS else ""


def _parts_of_a_day(column: Column) -> int:
    """Return how many parts of a day whole numbers seem to count, 0 if they do not."""
    if not column.is_whole or column.values is None:
        return 0
    low, high = int(column.values.min()), int(column.values.max())
    return high - low + 1 if low in (0, 1) and high - low + 1 == column.distinct in PARTS_OF_A_DAY else 0


def _doubt_order(columns: Sequence[Column]) -> str:
    for column in columns:
        if column.filled and time_rank(column.name) and not column.time_formats:
            why = "cannot be read as a time" if column.values is None else "does not rise by even steps"
            return f"column {column.name!r} ({column.example!r}, …) {why}; rows count as steps"
    days = next((column for column in columns if any(map(names_days_only, column.time_formats))), None)
    if days is not None:
        return f"column {days.name!r} ({days.example!r}, …) seems to name days without their year; rows count as steps"
    written = next((column for column in columns if _is_like_a_time(column)), None)
    if written is not None:
        return (
            f"column {written.name!r} ({written.example!r}, …) looks like a time that cannot be read; set data.time, "
            "and data.time_format to its strptime pattern; rows count as steps"
        )
    return "no column could be the time; rows count as steps"


def _doubt_steps(column: Column, free: Sequence[Column], rows: int) -> str:
    """Return what whole numbers that were taken for steps could be, and what else could be the time, or nothing."""
    if _could_be_clocks(column):
        return f"its whole numbers could be hours and minutes ({column.example}); they are taken for steps"
    also = [other for other in free if other.time_formats and other.distinct > 1] or find_steps(free, rows)
    if also:
        return f"{_listed(also)} could be the time as well"
    if not time_rank(column.name):
        return f"{column.name!r} is not called like a time, but its whole numbers rise by even steps"
    return ""


def _could_be_clocks(column: Column) -> bool:
    """Return whether whole numbers of several hours never have 60 minutes or more: 840, 850, 900."""
    texts = [] if column.texts is None else [str(text) for text in column.texts]
    return len(texts) >= LEAST_CLOCKS and are_clocks(texts) and len({int(text) // HUNDRED for text in texts}) > 1


def _could_be_days(column: Column, clock: Clock) -> bool:
    """Return whether whole numbers count from 1 to the end of a month, beside a time that names months only."""
    if not column.is_whole or column.values is None or column.values.min() != 1:
        return False
    is_monthly = clock.stamps.dtype.kind == "M" and bool((clock.stamps == clock.stamps.astype("datetime64[M]")).all())
    return is_monthly and int(column.values.max()) == column.distinct in DAYS_OF_A_MONTH


def _listed(columns: Sequence[Column]) -> str:
    return name_some([repr(column.name) for column in columns[:NAMED]], len(columns))
