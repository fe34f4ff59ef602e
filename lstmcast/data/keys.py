"""Guesses which columns name a row: the time and, where several series share a table, their ids."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

import numpy as np

from lstmcast.data.columns import Column
from lstmcast.data.csv_file import IntArray
from lstmcast.data.time_texts import TimeColumn, parse_times
from lstmcast.data.times import StampArray
from lstmcast.errors import DataError

Given = Mapping[str, tuple[str, ...]]  # `time`, `id`, `target`, `past`, `future` as far as the user has named them

MOST_DOUBLED = 0.1  # of all rows; more are no slips: there are several series
FEW_DOUBLED = 0.02
MOSTLY_RISING = 0.5
WELL_FILLED, DENSE = 1.1, 2  # steps on a grid for each row
IDS_AT_MOST = 3
CANDIDATES_AT_MOST = 8
STRONG_TIMES = {"ds", "date", "datetime", "time", "timestamp", "stamp", "t", "step", "datum", "fecha", "utc"}
TIME_WORDS = re.compile(
    r"(?i)date|time|stamp|day|week|month|quarter|year|hour|minute|period|step|datum|zeit|fecha|jahr|monat|^t$|^ds$"
)
STRONG_IDS = {"unique_id", "id", "series", "series_id", "item_id", "ts_id", "key", "name"}
ID_WORDS = re.compile(
    r"(?i)(^|[^a-z])(id|key|name|code|no|nr|series|store|shop|item|product|sku|region|country|state|city|site|station"
    r"|sensor|meter|market|zone|dept|department|category|group|customer|symbol|ticker|plant|unit)s?($|[^a-z])"
)
NAMED = 5  # in a message
PARTS = {
    "year": (1000, 2500), "month": (1, 12), "day": (1, 31), "hour": (0, 24), "minute": (0, 59), "second": (0, 59),
    "quarter": (1, 4), "weekday": (0, 7), "dayofweek": (0, 7), "day_of_week": (0, 7), "week": (1, 53),
    "weekofyear": (1, 53), "dayofyear": (1, 366), "yr": (1000, 2500), "mon": (1, 12), "hr": (0, 24),
}  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """One reading of the time column; without one, rows count from 1."""

    name: str | None
    time_format: str
    stamps: StampArray  # of each row
    doubt: str = ""


def choose_clock_and_ids(
    columns: Mapping[str, Column], rows: int, given: Given, time_format: str
) -> tuple[Clock, tuple[str, ...]]:
    """Return the first clock with ids that leave hardly a time doubled; `time_format` is what the user says of it."""
    if "time" in given:
        clock = _clock_of_user(columns, rows, given["time"], time_format)
        ids = _find_ids(columns, clock, rows, given)
        return clock, ids or ()
    taken = {*chain.from_iterable(given.values())}
    free = [column for column in columns.values() if column.name not in taken]
    stamped = [clock for column in _stamped(free, rows, time_format) for clock in _read_clocks(column, time_format)]
    for clock in stamped:
        ids = _find_ids(columns, clock, rows, given)
        if ids is not None:
            return clock, ids
    if stamped:
        return stamped[0], ()  # the reader names the first time that is doubled
    _raise_time_problem(free)
    for column in _steps(free, rows):
        clock = Clock(column.name, "auto", _whole_numbers(column))
        ids = _find_ids(columns, clock, rows, given)
        if ids is not None:
            return clock, ids
    return Clock(None, "auto", np.arange(rows)), given.get("id", _ids_without_clock(columns, rows))


def _clock_of_user(columns: Mapping[str, Column], rows: int, names: tuple[str, ...], time_format: str) -> Clock:
    """Return the clock that the user names; where it cannot be read, the reader will say why."""
    if not names:
        return Clock(None, "auto", np.arange(rows))
    column = columns[names[0]]
    if column.is_whole and time_format == "auto":
        clocks = [Clock(column.name, "auto", _whole_numbers(column))]
    else:
        clocks = list(_read_clocks(column, time_format)) if column.filled == rows else []
    return next(iter(clocks), Clock(column.name, time_format, np.arange(rows)))


def _stamped(free: Sequence[Column], rows: int, time_format: str) -> list[Column]:
    """Return the columns that could hold time stamps, the likeliest first."""
    found = [
        column
        for column in free
        if column.filled == rows and column.texts is not None and (time_format != "auto" or column.time_formats)
    ]
    found = [column for column in found if column.distinct > 1 or len(found) == 1]
    return sorted(found, key=lambda column: (-_time_rank(column.name), column.is_whole, -column.distinct))


def _read_clocks(column: Column, time_format: str) -> Iterator[Clock]:
    """Yield the readings of a column of stamps: the user's, the only one, or the one that makes sense."""
    if column.texts is None or column.codes is None:
        return
    readings = []
    for wanted in column.time_formats if time_format == "auto" else (time_format,):
        try:
            stamps, _ = parse_times(TimeColumn(column.name, column.texts, str), wanted)
        except DataError:
            continue
        of_rows: StampArray = stamps[column.codes]
        readings.append(Clock(column.name, wanted, of_rows))
    if len(readings) == 2 and not column.is_whole:
        yield from _choose_day_or_month(column, (readings[0], readings[1]))
    else:
        yield from readings


def _whole_numbers(column: Column) -> IntArray:
    assert column.texts is not None
    assert column.codes is not None
    numbers: IntArray = column.texts.astype(np.int64)[column.codes]
    return numbers


def _choose_day_or_month(column: Column, readings: tuple[Clock, Clock]) -> Iterator[Clock]:
    """Yield the one of d/m and m/d whose stamps fill their grid while the other's do not."""
    spreads = [_spread_of(reading.stamps) for reading in readings]
    better = int(np.argmin(spreads))
    if spreads[better] < WELL_FILLED and spreads[1 - better] > DENSE:
        best = readings[better]
        what = "the day" if best.time_format.index("%d") < best.time_format.index("%m") else "the month"
        doubt = f"'{column.example}' is read with {what} first: only so are the times evenly spaced"
        yield replace(best, doubt=doubt)


def _spread_of(stamps: StampArray) -> float:
    """Return how many steps of the usual size the stamps span, for each of them."""
    counts = np.unique(stamps).view(np.int64)
    steps, found = np.unique(np.diff(counts), return_counts=True)
    if not len(steps):
        return np.inf
    return float(((counts[-1] - counts[0]) / steps[np.argmax(found)] + 1) / len(counts))


def _steps(columns: Sequence[Column], rows: int) -> list[Column]:
    """Return the columns of whole numbers that could count steps, the likeliest first."""
    found = []
    for place, column in enumerate(columns):
        if not column.is_whole or column.filled < rows or column.distinct < 2 or column.missing:
            continue
        assert column.values is not None
        changes = np.diff(column.values)
        sizes, counts = np.unique(np.abs(changes[changes != 0]), return_counts=True)
        usual = float(sizes[np.argmax(counts)])
        distinct = np.unique(column.values)
        runs = float((changes == usual).mean()) > MOSTLY_RISING
        is_dense = (distinct[-1] - distinct[0]) / usual + 1 <= DENSE * len(distinct)
        if (np.diff(distinct) % usual).any() or not (runs or is_dense):
            continue
        in_order = runs or bool((changes >= 0).all()) or bool((changes <= 0).all())
        rank = _time_rank(column.name)
        if rank or in_order:
            found.append((-rank, not runs, place, column))
    return [column for *_, column in sorted(found, key=lambda entry: entry[:3])]


def _find_ids(columns: Mapping[str, Column], clock: Clock, rows: int, given: Given) -> tuple[str, ...] | None:
    """Return the fewest columns that, with the time, name each row once; None if there are none such."""
    if "id" in given:
        return given["id"]
    if clock.name is None:
        return _ids_without_clock(columns, rows)
    taken = {clock.name, *chain.from_iterable(given.values())}
    free = [column for column in columns.values() if column.name not in taken and _could_be_id(column, rows)]
    free.sort(key=lambda column: (-_id_rank(column.name), column.is_whole))
    stamps = _codes_of(clock)
    single = _share_doubled(columns, (), stamps)
    if single <= MOST_DOUBLED:
        named = [column.name for column in free if column.name.lower() in STRONG_IDS and not column.is_whole]
        return tuple(named[:1])
    candidates = [column.name for column in free[:CANDIDATES_AT_MOST]]
    for count in range(1, IDS_AT_MOST + 1):
        shares = {names: _share_doubled(columns, names, stamps) for names in combinations(candidates, count)}
        good = [names for names, share in shares.items() if share <= FEW_DOUBLED]
        if good:
            return next((names for names in good if shares[names] == 0), good[0])
    return None


def _ids_without_clock(columns: Mapping[str, Column], rows: int) -> tuple[str, ...]:
    """Return the column of texts that is called like an id and names many rows each, where rows are steps."""
    named = [column for column in columns.values() if _id_rank(column.name) and column.distinct > 1]
    ids = [column for column in named if _could_be_id(column, rows) and not column.is_whole]
    return tuple(column.name for column in sorted(ids, key=lambda column: -_id_rank(column.name))[:1])


def _could_be_id(column: Column, rows: int) -> bool:
    """Return whether the column names several rows by each of its cells."""
    if column.codes is None or column.filled < rows or column.distinct * 2 > rows:
        return False
    if column.time_formats and not column.is_whole:
        return False
    return not column.is_whole or column.name.lower() not in PARTS


def _codes_of(clock: Clock) -> IntArray:
    return np.unique(clock.stamps, return_inverse=True)[1].astype(np.int64)


def _share_doubled(columns: Mapping[str, Column], names: tuple[str, ...], stamps: IntArray) -> float:
    """Return the share of rows whose ids and time were there already."""
    key = number_series(columns, names, len(stamps)) * (int(stamps.max()) + 1) + stamps
    return 1 - len(np.unique(key)) / len(stamps)


def number_series(columns: Mapping[str, Column], names: Sequence[str], rows: int) -> IntArray:
    """Return the series of each row."""
    key = np.zeros(rows, np.int64)
    for name in names:
        codes = columns[name].codes
        if codes is None:  # decimal numbers that the user calls an id
            codes = np.unique(np.asarray(columns[name].values), return_inverse=True)[1]
        _, key = np.unique(key * (columns[name].distinct + 1) + codes, return_inverse=True)
    return key


def _raise_time_problem(columns: Sequence[Column]) -> None:
    """Refuse a column that all but holds the times: rows are not steps then."""
    for column in columns:
        if column.time_problem is not None:
            raise column.time_problem


def doubt_time(clock: Clock, ids: tuple[str, ...], columns: Mapping[str, Column], rows: int) -> str:
    """Return what else the time could be, or nothing."""
    if clock.doubt:
        return clock.doubt
    free = [column for column in columns.values() if column.name not in (clock.name, *ids)]
    if clock.stamps.dtype.kind == "M":
        also = [column for column in free if column.time_formats and not column.is_whole and column.distinct > 1]
        return f"{_listed(also)} could be the time as well" if also else ""
    parts = [column for column in free if column.is_whole and column.name.lower() in PARTS]
    if len(parts) > 1:
        return f"the time seems to be spread over {_listed(parts)}; joined into one column it would be understood"
    if clock.name is None:
        return _doubt_order(free)
    also = _steps(free, rows)
    return f"{_listed(also)} could be the time as well" if also else ""


def doubt_ids(clock: Clock, ids: tuple[str, ...], columns: Mapping[str, Column], rows: int) -> str:
    """Return which other column tells the series apart, or nothing."""
    if len(ids) != 1 or clock.name is None:
        return ""
    stamps = _codes_of(clock)
    also = [
        column
        for name, column in columns.items()
        if name not in (clock.name, *ids)
        and _could_be_id(column, rows)
        and not column.is_whole
        and _share_doubled(columns, (name,), stamps) == 0
    ]
    return f"{_listed(also)} would tell the series apart as well" if also else ""


def _doubt_order(columns: Sequence[Column]) -> str:
    for column in columns:
        if column.values is None and column.filled and _time_rank(column.name) and not column.time_formats:
            return f"column {column.name!r} ({column.example!r}, …) cannot be read as a time; rows count as steps"
    return "no column could be the time; rows count as steps"


def _time_rank(name: str) -> int:
    return 2 if name.lower() in STRONG_TIMES else int(bool(TIME_WORDS.search(name)))


def _id_rank(name: str) -> int:
    return 2 if name.lower() in STRONG_IDS else int(bool(ID_WORDS.search(name)))


def _listed(columns: Sequence[Column]) -> str:
    shown = ", ".join(repr(column.name) for column in columns[:NAMED])
    return f"{shown} and {len(columns) - NAMED} more" if len(columns) > NAMED else shown
