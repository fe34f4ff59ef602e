"""Guesses which columns name a row: the time and, where several series share a table, their ids."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain, combinations

import numpy as np

from lstmcast.data.clock.clock_guess import (
    AUTO,
    Clock,
    clock_of_user,
    find_stamped,
    find_steps,
    raise_time_problem,
    read_clocks,
    read_parts,
    time_rank,
    whole_numbers,
    with_time_of_day,
)
from lstmcast.data.clock.time_parts import part_of
from lstmcast.data.survey.columns import Column
from lstmcast.data.table.table import IntArray

Given = Mapping[str, tuple[str, ...]]  # `time`, `id`, `target`, `past`, `future` as far as the user has named them

MOST_DOUBLED = 0.1  # of all rows; more are no slips: there are several series
FEW_DOUBLED = 0.02
IDS_AT_MOST = 3
CANDIDATES_AT_MOST = 8
STRONG_TARGETS = ("y", "target", "value", "obsvalue")
STRONG_IDS = {"unique_id", "id", "series", "series_id", "item_id", "ts_id", "key", "name"}
ID_WORDS = re.compile(
    r"(?i)(^|[^a-z])(id|key|name|code|no|nr|series|store|shop|item|product|sku|region|country|state|city|site|station"
    r"|sensor|meter|market|zone|dept|department|category|group|customer|symbol|ticker|plant|unit)s?($|[^a-z])"
)
PARTS_OF_A_DAY = (24, 48, 96, 144, 288)
NAMED = 5  # in a message
PARTS = {
    "year": (1000, 2500), "month": (1, 12), "day": (1, 31), "hour": (0, 24), "minute": (0, 59), "second": (0, 59),
    "quarter": (1, 4), "weekday": (0, 7), "dayofweek": (0, 7), "day_of_week": (0, 7), "week": (1, 53),
    "weekofyear": (1, 53), "dayofyear": (1, 366), "yr": (1000, 2500), "mon": (1, 12), "hr": (0, 24),
}  # fmt: skip


def choose_clock_and_ids(
    columns: Mapping[str, Column], rows: int, given: Given, time_format: tuple[str, ...]
) -> tuple[Clock, tuple[str, ...]]:
    """Return the first clock with ids that leave hardly a time doubled; `time_format` is what the user says of it."""
    if "time" in given:
        clock = clock_of_user(columns, rows, given["time"], time_format)
        ids = _find_ids(columns, clock, rows, given)
        return clock, ids or ()
    taken = {*chain.from_iterable(given.values())}
    free = [column for column in columns.values() if column.name not in taken]
    stamped = [
        clock for column in find_stamped(free, rows, time_format) for clock in read_clocks([column], time_format)
    ]
    for clock in (*with_time_of_day(stamped, columns, free, rows), *stamped):
        ids = _find_ids(columns, clock, rows, given)
        if ids is not None:
            return clock, ids
    if stamped:
        return stamped[0], ()  # the reader names the first time that is doubled
    raise_time_problem(free)
    steps = (Clock((column.name,), AUTO, whole_numbers(column)) for column in find_steps(free, rows))
    for clock in (*read_parts(free, rows), *steps):
        ids = _find_ids(columns, clock, rows, given)
        if ids is not None:
            return clock, ids
    return Clock((), AUTO, np.arange(rows)), given.get("id", _ids_without_clock(columns, rows))


def _find_ids(columns: Mapping[str, Column], clock: Clock, rows: int, given: Given) -> tuple[str, ...] | None:
    """Return the fewest columns that, with the time, name each row once; None if there are none such."""
    if "id" in given:
        return given["id"]
    if not clock.names:
        return _ids_without_clock(columns, rows)
    taken = {*clock.names, *chain.from_iterable(given.values())}
    free = [column for column in columns.values() if column.name not in taken and _could_be_id(column, rows)]
    free.sort(key=lambda column: (-_id_rank(column.name), column.is_whole))
    stamps = _codes_of(clock)
    single = _share_doubled(columns, (), stamps)
    if single <= MOST_DOUBLED:
        named = [column.name for column in free if column.name.lower() in STRONG_IDS and not column.is_whole]
        return tuple(named[:1])
    candidates = free[:CANDIDATES_AT_MOST]
    for count in range(1, IDS_AT_MOST + 1):
        if count > 1:  # numbers that are not called like ids may tell rows apart by chance
            candidates = [column for column in candidates if not column.is_whole or _id_rank(column.name)]
        chosen = combinations([column.name for column in candidates], count)
        shares = {names: _share_doubled(columns, names, stamps) for names in chosen}
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
    if column.codes is None or column.filled < rows or column.distinct * 2 > rows or is_target(column.name):
        return False
    if column.time_formats and not column.is_whole:
        return False
    return not column.is_whole or part_of(column.name) is None


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
    also = find_steps(free, rows)
    return f"{_listed(also)} could be the time as well" if also else ""


def doubt_ids(clock: Clock, ids: tuple[str, ...], columns: Mapping[str, Column], rows: int) -> str:
    """Return which other column tells the series apart, or nothing."""
    if len(ids) != 1 or not clock.names:
        return ""
    if clock.stamps.dtype.kind == "M" and (parts := _parts_of_a_day(columns[ids[0]])):
        return (
            f"its {parts} whole numbers could count the hours or other parts of a day: then name it beside the day, as "
            f"in data.time: [{', '.join((*clock.names, *ids))}]"
        )
    stamps = _codes_of(clock)
    also = [
        column
        for name, column in columns.items()
        if name not in (*clock.names, *ids)
        and _could_be_id(column, rows)
        and not column.is_whole
        and _share_doubled(columns, (name,), stamps) == 0
    ]
    return f"{_listed(also)} would tell the series apart as well" if also else ""


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
    return "no column could be the time; rows count as steps"


def is_target(name: str) -> bool:
    """Return whether a column is called as what is to be forecast."""
    return plain_name(name) in STRONG_TARGETS


def plain_name(name: str) -> str:
    """Return the small letters of a name: `_value` and `OBS_VALUE` are a value."""
    return re.sub(r"[^a-z]", "", name.lower())


def _id_rank(name: str) -> int:
    return 2 if name.lower() in STRONG_IDS else int(bool(ID_WORDS.search(name)))


def _listed(columns: Sequence[Column]) -> str:
    shown = ", ".join(repr(column.name) for column in columns[:NAMED])
    return f"{shown} and {len(columns) - NAMED} more" if len(columns) > NAMED else shown
