"""Tells whether a column that nobody has described holds times, and in which ways they can be read."""

import re

import numpy as np
import numpy.typing as npt

from lstmcast.data.clock.time_choice import find_patterns, refuse_ambiguous, share_of_nearest
from lstmcast.data.clock.time_guess import candidate_patterns
from lstmcast.data.clock.time_texts import looks_like_epoch, parse_times
from lstmcast.data.clock.time_walls import TimeColumn
from lstmcast.errors import DataError

EARLIEST, LATEST = 1900, 2200
MOSTLY = 0.5
FEW = 20  # texts that rule most patterns out
WRITTEN_AS_ONE_NUMBER = ("%Y%m%d", "%Y%m", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S")
TIME_WORDS = re.compile(
    r"(?i)date|time|stamp|day|week|month|quarter|year|hour|minute|period|step|datum|zeit|fecha|jahr|monat|epoch|unix"
    r"|^t$|^ts$|^ds$"
)


def readings_of_numbers(column: TimeColumn) -> tuple[str, ...]:
    """Return the formats in which whole numbers are times of years that a table may be about."""
    found = tuple(pattern for pattern in WRITTEN_AS_ONE_NUMBER if _fits_all(column, pattern))
    if found or not TIME_WORDS.search(column.name):
        return found
    unit = looks_like_epoch(column.texts.astype(np.int64))
    return (unit,) if unit else ()


def readings_of_texts(column: TimeColumn) -> tuple[tuple[str, ...], DataError | None]:
    """Return the patterns of texts that are times, and why such texts cannot be read."""
    if not candidate_patterns(str(column.texts[len(column.texts) // 2])):
        return (), None
    if share_of_nearest(column.texts) < MOSTLY:
        return (), None
    patterns = find_patterns(column.texts)
    if len(patterns) > 1:
        return patterns, refuse_ambiguous(column, patterns)
    try:
        parse_times(column, "auto")
    except DataError as error:
        return (), error
    return patterns, None


def _fits_all(column: TimeColumn, pattern: str) -> bool:
    """Return whether all texts are stamps of this pattern, in years that a table may be about."""
    length = len(re.sub(r"%Y", "0000", re.sub(r"%[mdHMS]", "00", pattern)))
    if any(len(str(text)) != length for text in column.texts[:FEW]):
        return False
    for texts in (column.texts[:FEW], column.texts):
        try:
            stamps, _ = parse_times(TimeColumn(column.name, texts, column.where), pattern)
        except DataError:
            return False
    years: npt.NDArray[np.int64] = np.asarray(stamps).astype("datetime64[Y]").astype(np.int64) + 1970
    return bool(((years >= EARLIEST) & (years <= LATEST)).all())
