"""Guesses which column, or which columns together, hold the time of each row, and how it is to be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import IntArray, TextArray
from lstmcast.data.clock.stamps import MOST_TEXTS, join_candidates, join_texts
from lstmcast.data.clock.time_choice import find_patterns
from lstmcast.data.clock.time_columns import TIME_WORDS, zone_of_looking
from lstmcast.data.clock.time_counts import whole_numbers
from lstmcast.data.clock.time_format import BREAK
from lstmcast.data.clock.time_parts import day_time_patterns, part_of, part_of_texts
from lstmcast.data.clock.time_texts import parse_times
from lstmcast.data.clock.time_walls import TimeColumn, readable
from lstmcast.data.clock.times import DAY, StampArray, most_common
from lstmcast.data.survey.columns import Column
from lstmcast.errors import DataError

AUTO = ("auto",)
MOSTLY_RISING = 0.5
WELL_FILLED, DENSE = 1.1, 2  # steps on a grid for each row
STRONG_TIMES = {"ds", "date", "datetime", "time", "timestamp", "stamp", "t", "step", "datum", "fecha", "utc"}
CHAINS = (("year", "month", "day", "clock"), ("year", "month", "day", "hour", "minute", "second"),
          ("year", "dayofyear", "clock"), ("year", "dayofyear", "hour", "minute"), ("year", "quarter"),
          ("year", "week"))  # fmt: skip
TIMES_OF_DAY = ("hour", "minute", "second")
MONTHS = 12
DATE_PARTS = {"year": (1000, 2500), "month": (1, 12), "day": (1, 31)}
MOSTLY_DATES = 0.9
FINER = 1.5  # times as many different times as there are dates


@dataclass(frozen=True)
class Clock:
    """One reading of the time column, or of several columns together; without one, rows count from 1."""

    names: tuple[str, ...]
    time_format: tuple[str, ...]  # of each column; ("auto",) where the reader finds it
    stamps: StampArray  # of each row
    doubt: str = ""


def clock_of_user(
    columns: Mapping[str, Column], rows: int, names: tuple[str, ...], time_format: tuple[str, ...]
) -> Clock:
    """Return the clock that the user names; where it cannot be read, the reader will say why."""
    if not names:
        return Clock((), AUTO, np.arange(rows))
    chosen = [columns[name] for name in names]
    lone = chosen[0]
    if len(chosen) == 1 and lone.is_whole and not lone.missing and time_format == AUTO and not lone.time_formats:
        clocks = [Clock(names, AUTO, steps_of(lone))]
    else:
        clocks = list(read_clocks(chosen, time_format)) if all(column.filled == rows for column in chosen) else []
    return next(iter(clocks), Clock(names, time_format, np.arange(rows)))


def find_stamped(free: Sequence[Column], rows: int, time_format: tuple[str, ...]) -> list[Column]:
    """Return the columns that could hold time stamps, the likeliest first."""
    found = [
        column
        for column in free
        if column.filled == rows and column.texts is not None and (time_format != AUTO or column.time_formats)
    ]
    found = [column for column in found if column.distinct > 1 or len(found) == 1]
    return sorted(found, key=lambda column: (-time_rank(column.name), column.is_whole, -column.distinct))


def read_clocks(chosen: Sequence[Column], time_format: tuple[str, ...] = AUTO) -> Iterator[Clock]:
    """Yield the readings of columns of stamps: the user's, the only one, or the one that makes sense."""
    joined = _join(chosen)
    if joined is None:
        return
    codes, texts = joined
    names = tuple(column.name for column in chosen)
    readings = []
    for wanted in _patterns(chosen, texts) if time_format == AUTO else (BREAK.join(time_format),):
        try:
            stamps, _ = parse_times(TimeColumn(", ".join(names), texts, str), wanted, zone=zone_of_looking(wanted))
        except DataError:
            continue
        of_rows: StampArray = stamps[codes]
        if names_days_only(wanted) and _is_run_of_days(of_rows):
            continue
        readings.append(Clock(names, tuple(wanted.split(BREAK)), of_rows, _doubt_reading(wanted, texts)))
    if len(readings) > 1 and (not chosen[0].is_whole or "%y" in readings[0].time_format[0]):
        yield from _choose_even(readable(texts[codes[0]]), readings)
    else:
        yield from readings


def names_days_only(pattern: str) -> bool:
    """Return whether the two digits beside a month's name could be its day as well as a year: `Jan 05`."""
    return "%y" in pattern and "%d" not in pattern and ("%b" in pattern or "%B" in pattern)


def _is_run_of_days(months: StampArray) -> bool:
    """Return whether rows pass from a month of one year to that of the next, again and again: their years are days."""
    numbers = months.astype("datetime64[M]").astype(np.int64)
    changes = np.diff(numbers)
    is_year_on = float((np.abs(changes) == MONTHS).mean()) > MOSTLY_RISING if len(changes) else False
    return is_year_on and len(np.unique(numbers % MONTHS)) > 1


def _join(chosen: Sequence[Column]) -> tuple[IntArray, TextArray] | None:
    """Return the code of each row and the distinct texts of columns together."""
    codes = [column.codes for column in chosen if column.codes is not None]
    texts = [column.texts for column in chosen if column.texts is not None]
    return join_texts(codes, texts) if len(codes) == len(texts) == len(chosen) else None


def _patterns(chosen: Sequence[Column], texts: TextArray) -> tuple[str, ...]:
    if len(chosen) == 1:
        return chosen[0].time_formats
    parts = [(column.name, column.texts) for column in chosen if column.texts is not None]
    return find_patterns(texts, join_candidates(parts))


def ambiguous_dates(stamped: Sequence[Column], rows: int) -> Iterator[Clock]:
    """Yield a clock without times for each column that may have the day first or the month, so far untold."""
    for column in stamped:
        if len(column.time_formats) > 1 and not column.is_whole:
            yield Clock((column.name,), column.time_formats, np.zeros(rows, "datetime64[us]"))


def with_time_of_day(
    dates: Sequence[Clock], columns: Mapping[str, Column], free: Sequence[Column], rows: int
) -> Iterator[Clock]:
    """Yield clocks of a date and of the columns with the time of the day, where those tell many more times apart."""
    hours = [column for column in free if column.filled == rows and column.texts is not None]
    parts = {part: column for column in reversed(hours) if (part := part_of(column.name)) in TIMES_OF_DAY}
    ordered = [parts[part] for part in TIMES_OF_DAY if part in parts and "hour" in parts]
    written = [column for column in hours if day_time_patterns(column.name, _some_texts(column))]
    for date in dates:
        if date.stamps.dtype.kind != "M" or (date.stamps.view(np.int64) % DAY).any() or len(date.names) > 1:
            continue
        for companions in (ordered, [written[0]] if written else [], ordered[:1]):
            for clock in read_clocks([columns[date.names[0]], *companions]) if companions else ():
                if len(np.unique(clock.stamps)) >= FINER * columns[date.names[0]].distinct:
                    yield clock


def read_parts(free: Sequence[Column], rows: int) -> Iterator[Clock]:
    """Yield clocks of columns that are named for the parts of a time, the finest first."""
    filled = [column for column in free if column.filled == rows and column.codes is not None]
    parts = {part: column for column in reversed(filled) if (part := part_of(column.name))}
    for column in reversed(filled):
        if not part_of(column.name) and (part := part_of_texts(_some_texts(column))):
            parts.setdefault(part, column)
    for names in (chain for chain in CHAINS if "clock" in parts or "clock" not in chain):
        there = [name for place, name in enumerate(names) if all(before in parts for before in names[: place + 1])]
        for count in range(len(there), 1, -1):
            yield from read_clocks([parts[name] for name in there[:count]])


def _some_texts(column: Column) -> list[str]:
    return [] if column.texts is None else [str(text) for text in column.texts[:MOST_TEXTS]]


def steps_of(column: Column) -> IntArray:
    """Return the whole number of each row."""
    assert column.texts is not None
    assert column.codes is not None
    return whole_numbers(TimeColumn(column.name, column.texts, str))[column.codes]


def _choose_even(example: str, readings: Sequence[Clock]) -> Iterator[Clock]:
    """Yield the reading whose stamps fill their grid, or are in order, while those of all others are not."""
    ordered = sorted(readings, key=lambda reading: _spread_of(reading.stamps))
    best, second = ordered[:2]
    in_order = [reading for reading in readings if _is_in_order(reading.stamps)]
    if _spread_of(best.stamps) < WELL_FILLED and _spread_of(second.stamps) > DENSE:
        why = "evenly spaced"
    elif len(in_order) == 1:
        best, why = in_order[0], "in order"
    else:
        return
    order = _first_part(best.time_format[0])
    yield replace(best, doubt=f"'{example}' is read with {order} first: only so are the times {why}")


def _is_in_order(stamps: StampArray) -> bool:
    changes = np.diff(stamps.view(np.int64))
    return bool((changes >= 0).all() or (changes <= 0).all())


def _doubt_reading(wanted: str, texts: TextArray) -> str:
    """Return what numbers are taken for that might be steps."""
    if wanted != "excel":
        return ""
    return f"{texts[0]!r} is taken for days since 1899-12-30, as spreadsheets write dates; set `integer` for steps"


def _first_part(pattern: str) -> str:
    names = {"%d": "the day", "%m": "the month", "%y": "the year", "%Y": "the year"}
    return min((pattern.find(part), name) for part, name in names.items() if part in pattern)[1]


def _spread_of(stamps: StampArray) -> float:
    """Return how many steps of the usual size the stamps span, for each of them."""
    counts = np.unique(stamps).view(np.int64)
    if len(counts) < 2:
        return np.inf
    return float(((counts[-1] - counts[0]) / most_common(np.diff(counts)) + 1) / len(counts))


def find_steps(columns: Sequence[Column], rows: int) -> list[Column]:
    """Return the columns of whole numbers that could count steps, the likeliest first."""
    found = []
    for place, column in enumerate(columns):
        if not column.is_whole or column.filled < rows or column.distinct < 2 or column.missing:
            continue
        assert column.values is not None
        changes = np.diff(column.values)
        sizes, counts = np.unique(np.abs(changes[changes != 0]), return_counts=True)
        distinct = np.unique(column.values)
        usual = float(sizes[np.argmax(counts)])
        if time_rank(column.name) and (np.diff(distinct) % usual).any():  # series may have steps of their own
            usual = float(np.diff(distinct).min())
        runs = float((changes == usual).mean()) > MOSTLY_RISING
        is_dense = (distinct[-1] - distinct[0]) / usual + 1 <= DENSE * len(distinct)
        if (np.diff(distinct) % usual).any() or not (runs or is_dense):
            continue
        in_order = runs or bool((changes >= 0).all()) or bool((changes <= 0).all())
        rank = time_rank(column.name)
        if rank or in_order:
            is_calendar = runs and part_of(column.name) == "year"  # a counter beside it says less
            found.append((not is_calendar, -rank, not runs, place, column))
    return [column for *_, column in sorted(found, key=lambda entry: entry[:4])]


def raise_time_problem(columns: Sequence[Column]) -> None:
    """Refuse a column that all but holds the times: rows are not steps then."""
    for column in columns:
        if column.time_problem is not None:
            raise column.time_problem


def raise_date_problem(columns: Sequence[Column]) -> None:
    """Refuse a year, a month and a day of which some name no day: rows are not steps then."""
    parts = {part: column for column in reversed(columns) if (part := part_of(column.name)) in DATE_PARTS}
    if len(parts) < len(DATE_PARTS):
        return
    for part, (low, high) in DATE_PARTS.items():
        column = parts[part]
        if column.values is None or column.codes is None or column.texts is None:
            return
        is_part = (column.values >= low) & (column.values <= high)
        if is_part.mean() < MOSTLY_DATES:
            return
        if not is_part.all():
            row = int(np.argmin(is_part))
            found = "empty" if column.codes[row] < 0 else column.texts[column.codes[row]]
            names = ", ".join(repr(parts[name].name) for name in DATE_PARTS)
            raise DataError(
                f"columns {names} seem to be the time, but in {(~is_part).sum():,} rows {column.name!r} is no {part}, "
                f"first in row {row + 1:,}, where it is {found}; leave such rows out, or name the time with "
                "--set data.time=NAME, or --set data.time=null if rows are steps"
            )


def time_rank(name: str) -> int:
    return 2 if name.lower() in STRONG_TIMES else int(bool(TIME_WORDS.search(name)))
