"""Reads the texts of a time column: finds out how they are written, from the texts alone, and refuses to guess."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from lstmcast.arrays import TextArray
from lstmcast.data.clock.local_time import on_its_clock
from lstmcast.data.clock.month_names import months_as_written
from lstmcast.data.clock.serial import SERIALS
from lstmcast.data.clock.time_choice import (
    find_patterns,
    in_weeks,
    nearest_pattern,
    refuse_ambiguous,
    refuse_both_orders,
)
from lstmcast.data.clock.time_counts import (
    INTEGER,
    WITH_ZERO,
    parse_epoch,
    parse_integers,
    parse_serial,
    refuse_counts,
    whole_numbers,
)
from lstmcast.data.clock.time_format import EPOCH_UNITS, Clock, TimeFormat, offset_seconds
from lstmcast.data.clock.time_guess import split_interval
from lstmcast.data.clock.time_walls import (
    OFFSET,
    TimeColumn,
    leading_zeros,
    readable,
    sign_and_end,
    split_texts,
    strptime,
    tidied,
    walls_of,
)
from lstmcast.data.clock.times import DAY, HOUR, StampArray, most_common
from lstmcast.data.clock.zones import ONE_DAY, Moments
from lstmcast.data.table.table import ColumnError
from lstmcast.errors import ConfigError, DataError

MOST_OFFSETS = 8  # of one place in all its history


def parse_times(
    column: TimeColumn,
    wanted: str,
    known: TimeFormat | None = None,
    zone: str | None = None,
    candidates: Sequence[str] | None = None,
) -> tuple[StampArray, TimeFormat]:
    """Return the stamp of each text and how they are written; `wanted` is `data.time_format`, `known` a model's.

    Texts without an offset give what the clock on the wall showed; others UTC, or the wall clock of `zone` where
    steps follow it. `candidates` are the patterns to choose from; they are found if left out.
    """
    column = tidied(column)
    if wanted == "auto" and known is not None and known.kind != "order":
        wanted = known.strptime or known.kind
    if wanted == "integer":
        return whole_numbers(column), TimeFormat("integer")
    if wanted in EPOCH_UNITS:
        return parse_epoch(column, wanted, zone, known)
    if wanted in SERIALS:
        return parse_serial(column, wanted, known)
    if wanted != "auto":
        return _parse_stamps(column, _pattern_of_user(wanted), zone, known)
    refuse_counts(column)
    if re.fullmatch(INTEGER, str(column.texts[0])) or _are_steps_with_zero(column, candidates):
        return parse_integers(column), TimeFormat("integer")
    return _parse_written(column, zone, known, candidates)


def _are_steps_with_zero(column: TimeColumn, candidates: Sequence[str] | None) -> bool:
    """Return whether steps are written as `1.0`, which is no part of a year."""
    if candidates or not re.fullmatch(WITH_ZERO, str(column.texts[0])):
        return False
    return all(re.fullmatch(WITH_ZERO, str(text)) for text in column.texts)


def _parse_written(
    column: TimeColumn, zone: str | None, known: TimeFormat | None, candidates: Sequence[str] | None
) -> tuple[StampArray, TimeFormat]:
    """Return the stamps of texts by the one pattern that they follow."""
    found = in_weeks(column.name, find_patterns(column.texts, candidates))
    if len(found) == 1:
        return _parse_stamps(column, found[0], zone, known)
    if found:
        raise refuse_ambiguous(column, found)
    near = nearest_pattern(column.texts, candidates)
    if near is None:
        raise column.refuse(0, f"is no time that can be read without doubt{_hint(str(column.texts[0]))}")
    refuse_both_orders(column, near)
    return _parse_stamps(column, near, zone, known)  # which says what does not fit


def _pattern_of_user(wanted: str) -> str:
    start, ends = split_interval(wanted)
    for pattern in (start, ends) if ends else (start,):
        directives = re.findall(r"%-?(.)", pattern)
        of_start = {*re.findall(r"%-?(.)", start)}
        is_end = set(directives) <= of_start and (
            "H" in directives or ("d" in directives and set(directives) == of_start)
        )
        is_known = pattern is start or is_end
        if len(set(directives)) < len(directives) or not is_known:
            raise ConfigError(f"data.time_format: {wanted!r} has a directive twice")
    try:
        TimeFormat("stamp", start, "Z" if "%z" in wanted else None, ends=ends, length=int(bool(ends)))
        walls_of(pd.Series(["x"]), wanted.replace("%-", "%"))
    except ValueError as error:
        raise ConfigError(f"data.time_format: {error}; use strptime directives, such as %d.%m.%Y %H:%M") from error
    if "%z" in wanted and not (wanted.endswith("%z") and not ends):
        raise ConfigError(f"data.time_format: {readable(wanted)!r}: the offset %z must stand at the end")
    return wanted.replace("%-", "%")


def _parse_stamps(
    column: TimeColumn, pattern: str, zone: str | None, known: TimeFormat | None
) -> tuple[StampArray, TimeFormat]:
    start, ends = split_interval(pattern)
    texts = pd.Series(column.texts)
    walls = walls_of(texts, pattern)
    wrong = np.isnat(walls)
    if wrong.any():
        example = column.texts[np.argmin(wrong)]
        as_others = f" (as {readable(example)!r} is)" if not wrong.all() else ""
        if "%z" in pattern and not wrong.all() and pd.isna(pd.Series(column.texts[wrong]).str.extract(OFFSET)[0]).any():
            raise column.refuse_one(wrong, "has no UTC offset, as other rows do; add it")
        raise column.refuse_one(
            wrong,
            f"is not written as {readable(pattern)!r}{as_others}; correct it, or set data.time_format",
            ColumnError if wrong.all() else DataError,
        )
    starts = column.texts if not ends else split_texts(texts, pattern)[0].to_numpy(object)
    shown, digits = leading_zeros(starts, start, known.pattern if known else "")
    months = known.months if known and known.strptime == pattern else months_as_written(column.texts, pattern)
    offset = "Z" if "%z" in shown else None
    time_format = TimeFormat("stamp", shown, offset, fraction_digits=digits, zone=zone, months=months)
    if ends:
        months_long, length = _length(column, walls, pattern, zone)
        time_format = replace(time_format, ends=_shown_ends(ends, start, shown), months_long=months_long, length=length)
    if "%z" not in pattern:
        return walls, time_format
    offsets = texts.str.extract(OFFSET, expand=False).to_numpy(object)
    return _to_utc(walls, offsets, time_format, known)


def _length(column: TimeColumn, walls: Moments, pattern: str, zone: str | None) -> tuple[int, int]:
    """Return how long all intervals last: months, and microseconds after them, or microseconds alone.

    Clocks may change within one where a zone is known.
    """
    end = sign_and_end(split_interval(pattern)[1])[1]
    texts = split_texts(pd.Series(column.texts), pattern)[1]
    if "%d" not in end:  # a time of the day: on the same day, or the next
        later = strptime(texts, end)
        days = walls.astype("datetime64[D]")
        finish = days + (later - later.astype("datetime64[D]"))
        finish = np.where(finish <= walls, finish + ONE_DAY, finish)
    else:
        finish = strptime(texts, end)
    if whole := _months_long(walls, finish):
        return whole
    lengths = (finish - walls).astype(np.int64)
    usual = most_common(lengths)
    slack = HOUR if zone is not None else 0
    odd = np.isnat(finish) | (np.abs(lengths - usual) > slack)
    if odd.any() or usual <= 0:
        row = int(np.argmax(odd))
        example = column.texts[int(np.argmax(lengths == usual))]
        is_hour = bool((np.abs(lengths[odd] - usual) == HOUR).all())
        zone_hint = ", or set data.timezone if clocks change there (DST)" if is_hour else ""
        raise column.refuse(row, f"does not last as long as {example!r} does; correct it{zone_hint}")
    return 0, usual


def _months_long(starts: Moments, ends: Moments) -> tuple[int, int] | None:
    """Return the whole months that all intervals last, and how long after those they end: 0, or a day before."""
    first = starts.astype("datetime64[M]")
    if np.isnat(ends).any() or (first.astype("datetime64[us]") != starts).any():
        return None
    for early in (0, DAY):
        next_month = ends + np.timedelta64(early, "us")
        lasts = np.unique((next_month.astype("datetime64[M]") - first).astype(np.int64))
        is_month = next_month.astype("datetime64[M]").astype("datetime64[us]") == next_month
        if is_month.all() and len(lasts) == 1 and lasts[0] > 0:
            return int(lasts[0]), -early
    return None


def _shown_ends(ends: str, start: str, shown: str) -> str:
    """Return the end with the leading zeros that the start has."""
    for directive in re.findall(r"%(.)", start):
        if f"%-{directive}" in shown:
            ends = ends.replace(f"%{directive}", f"%-{directive}")
    return ends


def _to_utc(
    walls: Moments, offsets: TextArray, time_format: TimeFormat, known: TimeFormat | None
) -> tuple[StampArray, TimeFormat]:
    """Return UTC, or the wall clock if it always says the same hour; the newest row says which offset to write."""
    kinds, place = np.unique(offsets.astype(str), return_inverse=True)
    if len(kinds) > MOST_OFFSETS:
        raise DataError(
            f"data.time: {len(kinds)} UTC offsets, from {kinds[0]} to {kinds[-1]}, are too many; "
            "if they are the ends of intervals, set data.time_format: '%Y-%m-%d %H:%M-%H:%M'"
        )
    try:
        ahead = np.array([offset_seconds(kind) for kind in kinds], "timedelta64[s]")[place]
    except ValueError as error:
        raise DataError(f"data.time: {error}") from error
    utc = walls - ahead
    time_format = replace(time_format, offset=str(offsets[np.argmax(utc)]))
    if time_format.zone is not None:
        return on_its_clock(utc, time_format, known)
    chosen: Clock = known.clock if known else ("wall" if len(np.unique(walls.view(np.int64) % DAY)) == 1 else "utc")
    return walls if chosen == "wall" else utc, replace(time_format, clock=chosen)


def _hint(text: str) -> str:
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}", text):
        return (
            "; it has no year of four digits: write such as 2024-01-31, or set data.time: null if the rows are in order"
        )
    return "; set data.time_format to its strptime pattern, such as '%d %b %Y'"
