"""Looks at every column of a file that nobody has described: are its cells numbers, times or names?

Found from all cells, never from the first few; what can be read two ways is said to be so.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lstmcast.arrays import BoolArray, FloatArray, IntArray, TextArray
from lstmcast.config.data_config import CsvConfig
from lstmcast.data.clock.serial import YEARS
from lstmcast.data.clock.time_columns import (
    counts_with_zero,
    readings_of_decimals,
    readings_of_numbers,
    readings_of_texts,
)
from lstmcast.data.clock.time_counts import INTEGER
from lstmcast.data.clock.time_parts import are_parts_with_zero, day_time_patterns
from lstmcast.data.clock.time_walls import TimeColumn, tidied
from lstmcast.data.survey.number_signs import (
    PLAIN,
    USUAL_STYLES,
    Grouped,
    Signs,
    Units,
    find_grouped,
    find_sentinels,
    find_units,
    plain_styles,
)
from lstmcast.data.table.csv_columns import read_table
from lstmcast.data.table.csv_numbers import NOT_A_NUMBER, USUAL_MISSING, Style, parse_numbers, without_units
from lstmcast.data.table.csv_shape import UNNAMED, is_unnamed
from lstmcast.data.table.progress import Progress, no_progress
from lstmcast.data.table.table import Sources, TextColumn
from lstmcast.errors import DataError

SPACES_AND_APOSTROPHES = (" ", "\u00a0", "\u202f", "'", "\u2019")
STYLES = (*USUAL_STYLES, *((decimal, sign) for decimal in ".," for sign in SPACES_AND_APOSTROPHES))
WORTH_A_BAR = 3_000_000  # cells
CELLS_AT_ONCE = 2_000_000  # texts take much more memory than the numbers that they become
MOSTLY = 0.5
DECADE = r"\d{3}0'?s"
MOST_STRAY, STRAY = 3, r"[^\W\d]{1,3}"


@dataclass(frozen=True)
class Column:
    """What the cells of one column could be."""

    name: str
    filled: int  # cells that are not empty
    distinct: int
    example: str
    codes: IntArray | None = None  # of each row, -1 where empty; None for decimal numbers, which name nothing
    texts: TextArray | None = None
    values: FloatArray | None = None  # of each row, NaN where missing; None where cells are no numbers
    styles: tuple[Signs, ...] = ()  # the ways in which all cells are numbers
    missing: tuple[str, ...] = ()  # texts among the numbers that seem to mean a missing value
    sentinels: tuple[str, ...] = ()  # numbers that seem to mean a missing value, as -999
    units: Units = ()  # texts around the numbers, and what they multiply with
    grouped: Grouped | None = None  # cells such as 1,234 or 1.234, which may be over a thousand
    odd: str | None = None  # a cell that is no number in a column where most are
    is_whole: bool = False
    time_formats: tuple[str, ...] = ()  # the ways in which all cells are stamps; `auto` is found by the reader
    time_problem: DataError | None = None  # why a column that seems to hold stamps cannot be read


def look_at_columns(sources: Sources, csv: CsvConfig, progress: Progress = no_progress) -> tuple[Column, ...]:
    """Return what each column that has a name could be, in the order of the header; `progress` counts columns."""
    names = list(sources.columns)
    each = max(1, CELLS_AT_ONCE // sources.rows)
    chunks = (names[start : start + each] for start in range(0, len(names), each))
    found = list[Column]()
    for column in (column for chunk in chunks for column in _look_at(sources, chunk, csv)):
        if csv.header is None or not _only_counts(column, names.index(column.name) + 1):
            found.append(column)
        if len(names) * sources.rows >= WORTH_A_BAR:
            progress(names.index(column.name) + 1, len(names))
    return tuple(found)


def _only_counts(column: Column, place: int) -> bool:
    """Return whether a column without a name says nothing: it is empty, or numbers the rows, as tables in R do."""
    if column.name != UNNAMED.format(place):
        return False
    if not column.filled or not column.is_whole or column.values is None:
        return not column.filled
    low, high = float(np.nanmin(column.values)), float(np.nanmax(column.values))
    return not column.time_formats and not YEARS[0] <= low <= high <= YEARS[1]


def _look_at(sources: Sources, names: Sequence[str], csv: CsvConfig) -> Iterator[Column]:
    styles: tuple[Signs, ...] = STYLES
    if csv.decimal != "auto" or csv.thousands is not None:
        decimal = csv.decimal if csv.decimal != "auto" else ("," if csv.thousands == "." else ".")
        styles = ((decimal, csv.thousands),)
    table = read_table(sources, names, (), csv)
    for name in names:
        yield _look_at_column(sources, name, table.texts[name], csv, styles)


def _look_at_column(
    sources: Sources, name: str, column: TextColumn, csv: CsvConfig, styles: tuple[Signs, ...]
) -> Column:
    filled = int((column.codes >= 0).sum())
    if not filled:
        return Column(name, 0, 0, "", column.codes, column.distinct)
    example = str(column.distinct[column.codes[np.argmax(column.codes >= 0)]])
    numbers = _read_numbers(column, csv, styles)
    texts = column.distinct.tolist() if numbers.units else []
    if texts and (day_time_patterns(name, texts) or all(re.fullmatch(DECADE, text.strip()) for text in texts)):
        numbers = _Numbers(numbers.values, (), (), None)  # `7h` is an hour of the day, not a number of hours
    values = None
    if numbers.styles or numbers.odd is not None:
        values = np.append(numbers.values, np.nan)[column.codes]  # an empty cell has the code -1
    column = replace(column, distinct=tidied(TimeColumn(name, column.distinct, str)).texts)
    is_whole = bool(numbers.styles) and _is_whole(column.distinct, numbers.values)
    if numbers.styles and not is_whole:
        formats = readings_of_decimals(TimeColumn(name, column.distinct, str))
        if formats and (not is_unnamed(name) or _are_all_in_order(column)):
            return Column(
                name, filled, len(column.distinct), example, column.codes, column.distinct, values, numbers.styles,
                time_formats=formats,
            )  # fmt: skip
        if are_parts_with_zero(name, column.distinct.tolist()):
            parts = column.codes, column.distinct
            return Column(name, filled, len(column.distinct), example, *parts, values, numbers.styles, numbers.missing)
        if counts_with_zero(TimeColumn(name, column.distinct, str), values):
            steps = np.array([str(text).removesuffix(".0") for text in column.distinct], object)
            return Column(
                name, filled, len(steps), example, column.codes, steps, values, numbers.styles, numbers.missing,
                is_whole=True,
            )  # fmt: skip
        bare = without_units(pd.Series(column.distinct, dtype=object), dict(numbers.units))
        return Column(
            name, filled, len(column.distinct), example,
            values=values, styles=numbers.styles, missing=numbers.missing, sentinels=numbers.sentinels,
            units=numbers.units, grouped=find_grouped(bare),
        )  # fmt: skip
    formats, problem = ((), None) if numbers.missing else _time_formats(sources, name, column, is_whole)
    return Column(
        name, filled, len(column.distinct), example, column.codes, column.distinct,
        values, numbers.styles, numbers.missing, numbers.sentinels, numbers.units, None, numbers.odd, is_whole, formats,
        problem,
    )  # fmt: skip


@dataclass(frozen=True)
class _Numbers:
    values: FloatArray  # of each distinct text
    styles: tuple[Signs, ...]
    missing: tuple[str, ...]
    odd: str | None
    sentinels: tuple[str, ...] = ()
    units: Units = ()


def _read_numbers(column: TextColumn, csv: CsvConfig, styles: tuple[Signs, ...]) -> _Numbers:
    """Return the texts as numbers and the ways in which they can be read so; what is missing does not count."""
    texts = column.distinct
    if PLAIN in styles and set(csv.missing).isdisjoint(texts.tolist()) and (plain := plain_styles(texts.tolist())):
        values = texts.astype(np.float64)
        sentinels = find_sentinels(column, values)
        values = np.where(np.isin(texts.astype(str), sentinels), np.nan, values) if sentinels else values
        return _Numbers(values, tuple(signs for signs in styles if signs in plain), (), None, sentinels)
    series = pd.Series(texts, dtype=object)
    known = ~np.isin(texts.astype(str), (*NOT_A_NUMBER, *csv.missing))
    means_missing = known & np.isin(series.str.strip().to_numpy(str), USUAL_MISSING)
    wanted = series.where(known & ~means_missing)
    tokens = tuple(str(text) for text in texts[means_missing])
    letters = _letters(wanted)
    styles = tuple(signs for signs in styles if signs in USUAL_STYLES or signs[1] in letters or len(styles) == 1)
    units: Units = tuple(csv.units.items())
    readings = _readings(wanted, styles, units)
    if not any(_is_good(reading) for reading in readings.values()):
        units = (*units, *find_units(wanted, units))
        readings = _readings(wanted, styles, units)
    stray = _stray_texts(column, readings)
    if stray:
        tokens = (*tokens, *stray)
        readings = _readings(wanted.where(~series.isin(stray)), styles, units)
    good = [signs for signs in styles if _is_good(readings[signs])]
    if good:
        values = readings[good[0]][0]
        sentinels = find_sentinels(column, values)
        values = np.where(np.isin(texts.astype(str), sentinels), np.nan, values)
        return _Numbers(values, tuple(good), tokens, None, sentinels, units if _has_units(wanted, units) else ())
    values, bad = min(readings.values(), key=lambda reading: int(reading[1].sum()))
    count = int(wanted.notna().sum())
    is_odd = count > 0 and bad.sum() < (1 - MOSTLY) * count
    return _Numbers(values, (), tokens if is_odd else (), str(texts[np.argmax(bad)]) if is_odd else None)


def _readings(
    texts: "pd.Series[str]", styles: tuple[Signs, ...], units: Units
) -> dict[Signs, tuple[FloatArray, BoolArray]]:
    """Return the numbers and what is none of them by each style; styles that cannot differ share one."""
    letters = _letters(texts)
    readings: dict[tuple[object, ...], tuple[FloatArray, BoolArray]] = {}
    found = {}
    for decimal, thousands in styles:
        shared = (decimal if {".", ","} & letters else "", thousands if thousands in letters else "")
        if shared not in readings:
            readings[shared] = parse_numbers(texts, Style(decimal, thousands, dict(units)))
        found[decimal, thousands] = readings[shared]
    return found


def _letters(texts: "pd.Series[str]") -> set[str]:
    return set().union(*texts.dropna().tolist())


def _is_good(reading: tuple[FloatArray, BoolArray]) -> bool:
    values, bad = reading
    return not bad.any() and not np.isnan(values).all()


def _has_units(texts: "pd.Series[str]", units: Units) -> bool:
    return any(texts.str.contains(name, regex=False, na=False).any() for name, _ in units)


def _stray_texts(column: TextColumn, readings: Mapping[Signs, tuple[FloatArray, BoolArray]]) -> tuple[str, ...]:
    """Return the few short words that come again and again in a column of numbers, such as `mq`."""
    _, bad = min(readings.values(), key=lambda reading: int(reading[1].sum()))
    odd = column.distinct[bad]
    if not 0 < len(odd) <= MOST_STRAY or not all(re.fullmatch(STRAY, str(text).strip()) for text in odd):
        return ()
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(bad))
    filled = counts.sum()
    return tuple(map(str, odd)) if counts[bad].min() > 1 and counts[bad].sum() < (1 - MOSTLY) * filled else ()


def _are_all_in_order(column: TextColumn) -> bool:
    """Return whether numbers rise from row to row, as times do, and prices in quarters of a point do not."""
    numbers = np.array([float(str(text).replace(",", ".")) for text in column.distinct])[column.codes]
    return bool((column.codes >= 0).all() and (np.diff(numbers) > 0).all())


def _is_whole(texts: TextArray, values: FloatArray) -> bool:
    if set(NOT_A_NUMBER) & set(texts.tolist()):
        return False
    return all(map(re.compile(INTEGER).fullmatch, texts[~np.isnan(values)].tolist()))


def _time_formats(
    sources: Sources, name: str, column: TextColumn, is_whole: bool
) -> tuple[tuple[str, ...], DataError | None]:
    def row_of(text: int) -> int:
        return int(np.argmax(column.codes == text))

    texts = TimeColumn(
        name,
        column.distinct,
        lambda text: sources.where(row_of(text)),
        hint=lambda text: sources.hint(row_of(text), str(column.distinct[text])),
    )
    return (readings_of_numbers(texts), None) if is_whole else readings_of_texts(texts)
