"""Tells whether a column that nobody has described holds times, and in which ways they can be read."""

import re

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.clock.serial import looks_like_excel, looks_like_excel_months, looks_like_years
from lstmcast.data.clock.time_choice import WEEK_WORDS, find_patterns, in_weeks, refuse_ambiguous, share_of_nearest
from lstmcast.data.clock.time_counts import COUNT, DECIMAL, WITH_ZERO, looks_like_epoch
from lstmcast.data.clock.time_guess import candidate_patterns, split_interval
from lstmcast.data.clock.time_texts import parse_times
from lstmcast.data.clock.time_walls import TimeColumn, spread_of, tidied
from lstmcast.data.table.csv_shape import is_unnamed
from lstmcast.errors import DataError

EARLIEST, LATEST = 1900, 2200
MOSTLY = 0.5
FEW_TEXTS = 3  # that tell whether a column holds times at all
FEW = 20  # texts that rule most patterns out
MONTH_AND_YEAR = r"0?\d{1,2}\.[12]\d{3}|[12]\d{3}\.\d{1,2}"  # which are numbers as well
SHORT_DATES = ("%y%m%d", "%d%m%y", "%m%d%y")
DATE_WORDS = re.compile(r"(?i)date|datum|fecha|jour|day|tag$")  # whole numbers need a clearer name than decimals
WRITTEN_AS_ONE_NUMBER = ("%Y%m%d", "%Y%m", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S")
TIME_WORDS = re.compile(
    r"(?i)date|time|stamp|day|week|month|quarter|year|decade|hour|minute|period|step|datum|zeit|fecha|jahr|monat|epoch|unix"
    r"|^t$|^ts$|^ds$"
)


def readings_of_numbers(column: TimeColumn) -> tuple[str, ...]:
    """Return the formats in which whole numbers are times of years that a table may be about."""
    if looks_like_excel_months([str(text) for text in column.texts]):
        return ("excel",)
    found = tuple(pattern for pattern in WRITTEN_AS_ONE_NUMBER if _fits_all(column, pattern))
    if not found and WEEK_WORDS.search(column.name) and _fits_all(column, "%G%V"):
        return ("%G%V",)
    if found or not TIME_WORDS.search(column.name):
        return found
    unit = looks_like_epoch(column.texts.astype(np.int64))
    if unit or not DATE_WORDS.search(column.name):
        return (unit,) if unit else ()
    texts = [str(text) for text in column.texts]
    if all(re.fullmatch(r"\d{6}", text) for text in texts):
        return find_patterns(column.texts, SHORT_DATES)
    return ("excel",) if looks_like_excel(texts) else ()


def readings_of_decimals(column: TimeColumn) -> tuple[str, ...]:
    """Return the format in which large numbers or those with decimals are times, if a column is called after time."""
    texts = [str(text) for text in column.texts]
    if not TIME_WORDS.search(column.name):
        return ("decimal_year",) if is_unnamed(column.name) and looks_like_years(texts) else ()
    if all(re.fullmatch(COUNT, text) for text in texts):
        unit = looks_like_epoch(column.texts.astype(np.int64))
        return (unit,) if unit else ()
    if all(re.fullmatch(MONTH_AND_YEAR, text) for text in texts) and len(found := find_patterns(column.texts)) == 1:
        return found
    if looks_like_years(texts):
        return ("decimal_year",)
    if found := tuple(f"{pattern}.0" for pattern in WRITTEN_AS_ONE_NUMBER if _fits_all(column, f"{pattern}.0")):
        return found
    if looks_like_excel(texts):
        return ("excel",)
    if not all(re.fullmatch(DECIMAL, text) for text in texts):
        return ()
    seconds = np.array([int(str(text).partition(".")[0]) for text in column.texts])
    return ("epoch_decimal",) if looks_like_epoch(seconds) == "epoch" else ()


def counts_with_zero(column: TimeColumn, values: FloatArray | None) -> bool:
    """Return whether a column counts steps that are written as `1.0`: by its name, or as most rows rise by one."""
    if values is None or not all(re.fullmatch(WITH_ZERO, str(text)) for text in column.texts):
        return False
    return bool(TIME_WORDS.search(column.name)) or float((np.diff(values) == 1).mean()) > MOSTLY


def readings_of_texts(column: TimeColumn) -> tuple[tuple[str, ...], DataError | None]:
    """Return the patterns of texts that are times, and why such texts cannot be read."""
    column = tidied(column)
    if not any(map(candidate_patterns, spread_of(column.texts, FEW_TEXTS))):
        return (), None
    if share_of_nearest(column.texts) < MOSTLY:
        return (), None
    patterns = in_weeks(column.name, find_patterns(column.texts))
    if len(patterns) > 1:
        return patterns, refuse_ambiguous(column, patterns)
    try:
        parse_times(column, "auto", zone=zone_of_looking(next(iter(patterns), "")))
    except DataError as error:
        return (), error
    return patterns, None


def zone_of_looking(pattern: str) -> str | None:
    """Return a zone for intervals: while nobody has named theirs, one may be an hour longer where clocks change."""
    return "UTC" if split_interval(pattern)[1] else None


def _fits_all(column: TimeColumn, pattern: str) -> bool:
    """Return whether all texts are stamps of this pattern, in years that a table may be about."""
    length = len(re.sub(r"%[YG]", "0000", re.sub(r"%[mdHMSV]", "00", pattern)))
    if any(len(str(text)) != length for text in column.texts[:FEW]):
        return False
    for texts in (column.texts[:FEW], column.texts):
        try:
            stamps, _ = parse_times(TimeColumn(column.name, texts, column.where), pattern)
        except DataError:
            return False
    years: IntArray = np.asarray(stamps).astype("datetime64[Y]").astype(np.int64) + 1970
    return bool(((years >= EARLIEST) & (years <= LATEST)).all())
