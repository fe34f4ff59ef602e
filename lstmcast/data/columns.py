"""Looks at every column of a file that nobody has described: are its cells numbers, times or names?

Found from all cells, never from the first few; what can be read two ways is said to be so.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from lstmcast.config.schema import CsvConfig
from lstmcast.data.csv_bytes import BYTE_ORDER_MARKS, find_paths, read_bytes, unpack
from lstmcast.data.csv_file import FloatArray, IntArray, Sources, TextArray, TextColumn, read_table
from lstmcast.data.csv_numbers import NOT_A_NUMBER, USUAL_MISSING, parse_numbers
from lstmcast.data.time_texts import INTEGER, YEAR_FIRST, YEAR_LAST, TimeColumn, parse_times
from lstmcast.errors import DataError

Style = tuple[str, str | None]  # the decimal sign, and the sign between thousands

PLAIN: Style = (".", None)
STYLES: tuple[Style, ...] = (PLAIN, (".", ","), (",", None), (",", "."))
CELLS_AT_ONCE = 2_000_000  # texts take much more memory than the numbers that they become
MOSTLY = 0.5
FEW = 20  # texts that rule most patterns out
EARLIEST, LATEST = 1900, 2200
WRITTEN_DAYS = (
    "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%d-%b-%Y", "%Y-%b-%d", "%b %Y", "%B %Y", "%b-%Y",
    "%Y %b", "%Y-%b", "%m/%Y", "%m-%Y", "%m.%Y", "%m/%d/%Y %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%d-%b-%Y %H:%M",
    "%d-%b-%Y %H:%M:%S", "%d %b %Y %H:%M", "%Y%m%dT%H%M%S", "%Y%m%d %H:%M", "%Y%m%d %H:%M:%S",
)  # fmt: skip
WRITTEN_AS_ONE_NUMBER = ("%Y%m%d", "%Y%m", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S")


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
    styles: tuple[Style, ...] = ()  # the ways in which all cells are numbers
    missing: tuple[str, ...] = ()  # texts among the numbers that seem to mean a missing value
    odd: str | None = None  # a cell that is no number in a column where most are
    is_whole: bool = False
    time_formats: tuple[str, ...] = ()  # the ways in which all cells are stamps; `auto` is found by the reader
    time_problem: DataError | None = None  # why a column that seems to hold stamps cannot be read


def look_at_columns(sources: Sources, csv: CsvConfig) -> tuple[Column, ...]:
    """Return what each column that has a name could be, in the order of the header."""
    names = [name for name in sources.columns if name]
    each = max(1, CELLS_AT_ONCE // sources.rows)
    chunks = (names[start : start + each] for start in range(0, len(names), each))
    return tuple(column for chunk in chunks for column in _look_at(sources, chunk, csv))


def needs_cp1252(path: str) -> bool:
    """Return whether a file is neither UTF-8 nor marked as anything else, so that old Western letters are likely."""
    for file in find_paths(path):
        stored = unpack(file, read_bytes(file))
        if any(stored.startswith(mark) for mark in BYTE_ORDER_MARKS) or b"\x00" in stored:
            return False
        try:
            stored.decode("utf-8")
        except UnicodeDecodeError:
            return True
    return False


def _look_at(sources: Sources, names: Sequence[str], csv: CsvConfig) -> Iterator[Column]:
    styles: tuple[Style, ...] = STYLES
    if csv.decimal != "auto" or csv.thousands is not None:
        decimal = csv.decimal if csv.decimal != "auto" else ("," if csv.thousands == "." else ".")
        styles = ((decimal, csv.thousands),)
    table = read_table(sources, names, (), csv)
    for name in names:
        yield _look_at_column(sources, name, table.texts[name], csv.missing, styles)


def _look_at_column(
    sources: Sources, name: str, column: TextColumn, missing: tuple[str, ...], styles: tuple[Style, ...]
) -> Column:
    filled = int((column.codes >= 0).sum())
    if not filled:
        return Column(name, 0, 0, "", column.codes, column.distinct)
    example = str(column.distinct[column.codes[np.argmax(column.codes >= 0)]])
    numbers = _read_numbers(column.distinct, missing, styles)
    values = None
    if numbers.styles or numbers.odd is not None:
        values = np.append(numbers.values, np.nan)[column.codes]  # an empty cell has the code -1
    is_whole = bool(numbers.styles) and _is_whole(column.distinct, numbers.values)
    if numbers.styles and not is_whole:
        return Column(
            name, filled, len(column.distinct), example,
            values=values, styles=numbers.styles, missing=numbers.missing,
        )  # fmt: skip
    formats, problem = _time_formats(sources, name, column, is_whole)
    return Column(
        name, filled, len(column.distinct), example, column.codes, column.distinct,
        values, numbers.styles, numbers.missing, numbers.odd, is_whole, formats, problem,
    )  # fmt: skip


@dataclass(frozen=True)
class _Numbers:
    values: FloatArray  # of each distinct text
    styles: tuple[Style, ...]
    missing: tuple[str, ...]
    odd: str | None


def _read_numbers(texts: TextArray, missing: tuple[str, ...], styles: tuple[Style, ...]) -> _Numbers:
    """Return the texts as numbers and the ways in which they can be read so; what is missing does not count."""
    series = pd.Series(texts)
    known = ~np.isin(texts.astype(str), (*NOT_A_NUMBER, *missing))
    means_missing = known & np.isin(series.str.strip().to_numpy(str), USUAL_MISSING)
    wanted = known & ~means_missing
    readings = {style: parse_numbers(series.where(wanted), *style) for style in styles}
    good = [style for style in styles if wanted.any() and not readings[style][1].any()]
    tokens = tuple(str(text) for text in texts[means_missing])
    if good:
        return _Numbers(readings[good[0]][0], tuple(good), tokens, None)
    values, bad = min(readings.values(), key=lambda reading: int(reading[1].sum()))
    is_odd = wanted.any() and bad.sum() < (1 - MOSTLY) * wanted.sum()
    return _Numbers(values, (), tokens if is_odd else (), str(texts[np.argmax(bad)]) if is_odd else None)


def _is_whole(texts: TextArray, values: FloatArray) -> bool:
    known = ~np.isnan(values)
    return bool(pd.Series(texts[known]).str.fullmatch(INTEGER).all())


def _time_formats(
    sources: Sources, name: str, column: TextColumn, is_whole: bool
) -> tuple[tuple[str, ...], DataError | None]:
    texts = TimeColumn(name, column.distinct, lambda text: sources.where(int(np.argmax(column.codes == text))))
    if is_whole:
        return tuple(pattern for pattern in WRITTEN_AS_ONE_NUMBER if _fits_all(texts, pattern)), None
    example = str(column.distinct[len(column.distinct) // 2])
    clear = YEAR_FIRST.fullmatch(example) or YEAR_LAST.fullmatch(example)
    if not clear:
        return tuple(pattern for pattern in WRITTEN_DAYS if _fits_all(texts, pattern)), None
    try:
        parse_times(texts, "auto")
    except DataError as error:
        day_and_month = re.sub(r"^\d{1,2}([-/.])\d{1,2}[-/.]\d{4}.*", r"%d\1%m\1%Y", example)
        month_and_day = day_and_month.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
        both = [f"{pattern}{_clock_of(example)}" for pattern in (day_and_month, month_and_day)]
        if YEAR_LAST.fullmatch(example) and all(_fits_all(texts, pattern) for pattern in both):
            return tuple(both), error
        return (), error
    return ("auto",), None


def _clock_of(text: str) -> str:
    colons = text.count(":")
    gap = "T" if "T" in text else " "
    return f"{gap}%H:%M{':%S' if colons == 2 else ''}" if colons else ""


def _fits_all(column: TimeColumn, pattern: str) -> bool:
    """Return whether all texts are stamps of this pattern, in years that a table may be about."""
    lengths = len(re.sub(r"%Y", "0000", re.sub(r"%[mdHMS]", "00", pattern)))
    if pattern in WRITTEN_AS_ONE_NUMBER and any(len(str(text)) != lengths for text in column.texts[:FEW]):
        return False
    for texts in (column.texts[:FEW], column.texts):
        try:
            stamps, _ = parse_times(TimeColumn(column.name, texts, column.where), pattern)
        except DataError:
            return False
    years: npt.NDArray[np.int64] = np.asarray(stamps).astype("datetime64[Y]").astype(np.int64) + 1970
    return bool(((years >= EARLIEST) & (years <= LATEST)).all())
