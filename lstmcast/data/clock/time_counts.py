"""Reads times that are numbers: steps, seconds since 1970, days as spreadsheets count them."""

import re

import numpy as np
import pandas as pd

from lstmcast.arrays import IntArray
from lstmcast.data.clock.local_time import on_its_clock
from lstmcast.data.clock.serial import looks_like_excel_months, read_serial, spelling_of
from lstmcast.data.clock.time_choice import WEEK_WORDS
from lstmcast.data.clock.time_format import EPOCH_UNITS, NANOSECONDS, TimeFormat
from lstmcast.data.clock.time_walls import FIRST, LAST, TimeColumn
from lstmcast.data.clock.times import StampArray

INTEGER = r"-?\d{1,15}"
WITH_ZERO = r"-?\d{1,15}\.0"  # as pandas writes whole numbers of a column of which one was missing once
COUNT = r"\d{16}|\d{19}"  # of microseconds, or of nanoseconds
UNIT_NAMES = {"epoch": "seconds", "epoch_ms": "milliseconds", "epoch_us": "microseconds", "epoch_ns": "nanoseconds"}
DECIMAL = r"\d{1,11}\.\d{1,9}"
EPOCH_FROM, EPOCH_TO = 946_684_800, 4_102_444_800  # the years 2000 to 2100


def refuse_counts(column: TimeColumn) -> None:
    """Refuse numbers that can only be moments counted from 1970."""
    first = str(column.texts[0])
    unit = looks_like_epoch(whole_numbers(column)) if re.fullmatch(COUNT, first) else None
    if re.fullmatch(DECIMAL, first) and looks_like_epoch(np.array([int(first.partition(".")[0])])) == "epoch":
        raise column.refuse(0, "looks like seconds since 1970; set data.time_format: epoch_decimal")
    if unit:
        raise column.refuse(0, f"looks like {UNIT_NAMES[unit]} since 1970; set data.time_format: {unit}")


def looks_like_epoch(numbers: IntArray) -> str | None:
    """Return the unit in which whole numbers seem to count from 1970, if they do."""
    for name in UNIT_NAMES:
        seconds = numbers // (1_000_000 // EPOCH_UNITS[name] * (NANOSECONDS if name == "epoch_ns" else 1))
        if ((seconds >= EPOCH_FROM) & (seconds < EPOCH_TO)).all():
            return name
    return None


def parse_integers(column: TimeColumn) -> StampArray:
    """Return steps, unless the numbers are likely to be dates."""
    numbers = whole_numbers(column)
    otherwise, end = "; or to integer, if it counts steps", ".0" if str(column.texts[0]).endswith(".0") else ""
    day, month, year = numbers % 100, numbers // 100 % 100, numbers // 10_000
    if ((year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all():
        raise column.refuse(0, f"looks like year, month and day; set data.time_format: '%Y%m%d{end}'{otherwise}")
    year, month = numbers // 100, numbers % 100
    if ((year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 12)).all():
        raise column.refuse(0, f"looks like year and month; set data.time_format: '%Y%m{end}'{otherwise}")
    if WEEK_WORDS.search(column.name) and ((year >= 1900) & (year <= 2200) & (month >= 1) & (month <= 53)).all():
        raise column.refuse(0, f"looks like year and week; set data.time_format: '%G%V{end}'{otherwise}")
    unit = looks_like_epoch(numbers)
    if unit is not None:
        raise column.refuse(0, f"looks like {UNIT_NAMES[unit]} since 1970; set data.time_format: {unit}{otherwise}")
    if looks_like_excel_months([str(text) for text in column.texts]):
        raise column.refuse(0, f"looks like days as spreadsheets count them; set data.time_format: excel{otherwise}")
    return numbers


def parse_epoch(
    column: TimeColumn, unit: str, zone: str | None, known: TimeFormat | None
) -> tuple[StampArray, TimeFormat]:
    """Return the moments of numbers that count from 1970."""
    size = EPOCH_UNITS[unit]
    counts = whole_numbers(column) if unit != "epoch_decimal" else _microseconds(column)
    counts = counts // NANOSECONDS if unit == "epoch_ns" else counts
    outside = (counts < FIRST.view(np.int64) // size) | (counts >= LAST.view(np.int64) // size)
    if outside.any():
        raise column.refuse_one(outside, f"is no year between 1000 and 9900 as {unit}; correct it")
    digits = max(len(str(text).partition(".")[2]) for text in column.texts) if unit == "epoch_decimal" else 6
    time_format = TimeFormat("epoch", unit, fraction_digits=min(max(digits, 1), 6), zone=zone)
    return on_its_clock((counts * size).view("datetime64[us]"), time_format, known)


def parse_serial(column: TimeColumn, kind: str, known: TimeFormat | None) -> tuple[StampArray, TimeFormat]:
    """Return the times of numbers with decimals, which clocks showed."""
    texts = [str(text) for text in column.texts]
    stamps = read_serial(texts, kind)
    if np.isnat(stamps).any():
        what = "is no number of days as spreadsheets count them" if kind == "excel" else "is no year with whole months"
        raise column.refuse_one(np.isnat(stamps), f"{what}; correct it, or set data.time_format")
    spelling = known.spelling if known and known.spelling else spelling_of(texts)
    return stamps, TimeFormat("serial", kind, clock="wall", spelling=spelling)


def whole_numbers(column: TimeColumn) -> IntArray:
    """Return the numbers of a column in which all texts are whole ones."""
    texts = pd.Series(column.texts)
    if texts.str.fullmatch(WITH_ZERO).all():
        texts = texts.str.removesuffix(".0")
    whole = texts.str.fullmatch(r"-?\d{1,18}|[1-8]\d{18}").to_numpy(bool)
    if not whole.all():
        others = f", as {column.texts[np.argmax(whole)]!r} is" if whole.any() else ""
        raise column.refuse_one(~whole, f"is no whole number{others}; correct it, or set data.time_format")
    return texts.to_numpy(object).astype(np.int64)


def _microseconds(column: TimeColumn) -> IntArray:
    """Return seconds with decimals as whole microseconds."""
    decimal = pd.Series(column.texts).str.fullmatch(DECIMAL).to_numpy(bool)
    if not decimal.all():
        raise column.refuse_one(~decimal, "is no number of seconds with decimals")
    parts = (str(text).partition(".") for text in column.texts)
    return np.array([int(whole) * 1_000_000 + round(float(f"0.{rest}") * 1e6) for whole, _, rest in parts], np.int64)
