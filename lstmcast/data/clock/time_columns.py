"""Tells whether a column that nobody has described holds times, and in which ways they can be read."""

import re

import numpy as np
import numpy.typing as npt

from lstmcast.data.clock.time_choice import find_patterns, refuse_ambiguous, share_of_nearest
from lstmcast.data.clock.time_guess import candidate_patterns, split_interval, word_patterns
from lstmcast.data.clock.time_texts import DECIMAL, WEEK_WORDS, looks_like_epoch, parse_times
from lstmcast.data.clock.time_walls import TimeColumn
from lstmcast.errors import DataError

EARLIEST, LATEST = 1900, 2200
MOSTLY = 0.5
MANY, LEAST_MONTHS = 200, 3
MONTH_STARTS = {  # German, French, Spanish, Italian, Dutch, Portuguese, and English
    *("jan", "feb", "mär", "mae", "mrz", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"),
    *("fév", "fev", "mar", "avr", "jui", "aoû", "aou", "oct", "déc", "dec"),
    *("ene", "abr", "may", "ago", "dic", "gen", "mag", "giu", "lug", "set", "ott", "maa", "mrt", "mei", "out"),
}
FEW = 20  # texts that rule most patterns out
WRITTEN_AS_ONE_NUMBER = ("%Y%m%d", "%Y%m", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S")
TIME_WORDS = re.compile(
    r"(?i)date|time|stamp|day|week|month|quarter|year|hour|minute|period|step|datum|zeit|fecha|jahr|monat|epoch|unix"
    r"|^t$|^ts$|^ds$"
)


def readings_of_numbers(column: TimeColumn) -> tuple[str, ...]:
    """Return the formats in which whole numbers are times of years that a table may be about."""
    found = tuple(pattern for pattern in WRITTEN_AS_ONE_NUMBER if _fits_all(column, pattern))
    if not found and WEEK_WORDS.search(column.name) and _fits_all(column, "%G%V"):
        return ("%G%V",)
    if found or not TIME_WORDS.search(column.name):
        return found
    unit = looks_like_epoch(column.texts.astype(np.int64))
    return (unit,) if unit else ()


def readings_of_decimals(column: TimeColumn) -> tuple[str, ...]:
    """Return the format in which numbers with decimals are seconds since 1970, if a column is called after time."""
    if not TIME_WORDS.search(column.name) or not all(re.fullmatch(DECIMAL, str(text)) for text in column.texts):
        return ()
    seconds = np.array([int(str(text).partition(".")[0]) for text in column.texts])
    return ("epoch_decimal",) if looks_like_epoch(seconds) == "epoch" else ()


def readings_of_texts(column: TimeColumn) -> tuple[tuple[str, ...], DataError | None]:
    """Return the patterns of texts that are times, and why such texts cannot be read."""
    if (problem := _foreign_month(column)) is not None:
        return (), problem
    if not candidate_patterns(str(column.texts[len(column.texts) // 2])):
        return (), None
    if share_of_nearest(column.texts) < MOSTLY:
        return (), None
    patterns = find_patterns(column.texts)
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


def _foreign_month(column: TimeColumn) -> DataError | None:
    """Return why texts cannot be read in which months have names that are not English, if they are such."""
    texts = [str(text) for text in column.texts[:MANY]]
    words = [re.findall(r"[^\W\d_]{3,}", text.lower()) for text in texts]
    if any(len(found) != 1 or found[0][:3] not in MONTH_STARTS for found in words):
        return None
    foreign = [not word_patterns(found[0]) for found in words]
    if not any(foreign) or len({found[0] for found in words}) < LEAST_MONTHS:
        return None
    return column.refuse(
        foreign.index(True), "has the name of a month that is not English; write months as numbers, such as 2024-03"
    )


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
    years: npt.NDArray[np.int64] = np.asarray(stamps).astype("datetime64[Y]").astype(np.int64) + 1970
    return bool(((years >= EARLIEST) & (years <= LATEST)).all())
