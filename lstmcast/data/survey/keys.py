"""Guesses which columns name a row: the time and, where several series share a table, their ids."""

import re
from collections.abc import Mapping, Sequence
from itertools import chain, combinations

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.clock.time_parts import part_of
from lstmcast.data.survey.clock_guess import (
    AUTO,
    Clock,
    ambiguous_dates,
    clock_of_user,
    find_stamped,
    find_steps,
    raise_date_problem,
    raise_time_problem,
    read_clocks,
    read_parts,
    steps_of,
    with_time_of_day,
)
from lstmcast.data.survey.columns import Column
from lstmcast.data.table.codes import CodeArray, number, number_together

Given = Mapping[str, tuple[str, ...]]  # `time`, `id`, `target`, `past`, `future` as far as the user has named them

MOST_DOUBLED = 0.1  # of all rows; more are no slips: there are several series
FEW_DOUBLED = 0.02
HALF = 0.5
MOSTLY_RUNS = 0.9
LEAST_ROWS = 3
IDS_AT_MOST = 3
CANDIDATES_AT_MOST = 8
STRONG_TARGETS = ("y", "target", "value", "obsvalue")
STRONG_IDS = {"unique_id", "id", "series", "series_id", "item_id", "ts_id", "key", "name"}
ID_WORDS = re.compile(
    r"(?i)(^|[^a-z])(id|key|name|code|no|nr|series|store|shop|item|product|sku|region|country|state|city|site|station"
    r"|sensor|meter|market|zone|dept|department|category|group|customer|symbol|ticker|plant|unit)s?($|[^a-z])"
)
PARTS = {
    "year": (1000, 2500), "month": (1, 12), "day": (1, 366), "hour": (0, 24), "minute": (0, 59), "second": (0, 59),
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
    candidates = find_stamped(free, rows, time_format)
    stamped = [clock for column in candidates for clock in read_clocks([column], time_format)]
    dates = stamped or list(ambiguous_dates(candidates, rows))
    parts = list(read_parts(free, rows))
    for clock in (*with_time_of_day(dates, columns, free, rows), *stamped, *(parts if stamped else ())):
        ids = _find_ids(columns, clock, rows, given)
        if ids is not None:
            return clock, ids
    if stamped:
        return stamped[0], ()  # the reader names the first time that is doubled
    raise_time_problem(free)
    steps = (Clock((column.name,), AUTO, steps_of(column)) for column in find_steps(free, rows))
    for clock in (*parts, *steps):
        ids = _find_ids(columns, clock, rows, given)
        if ids is not None:
            return clock, ids
    raise_date_problem(free)
    if parts:
        return parts[0], ()
    return Clock((), AUTO, np.arange(rows)), given.get("id", _ids_without_clock(columns, rows))


def _find_ids(columns: Mapping[str, Column], clock: Clock, rows: int, given: Given) -> tuple[str, ...] | None:
    """Return the fewest columns that, with the time, name each row once; None if there are none such."""
    if "id" in given:
        return given["id"]
    if not clock.names:
        return _ids_without_clock(columns, rows)
    taken = {*clock.names, *chain.from_iterable(given.values())}
    free = [column for column in columns.values() if column.name not in taken and could_be_id(column, rows)]
    free.sort(key=lambda column: (-_id_rank(column.name), column.is_whole))
    stamps = codes_of(clock)
    single = share_doubled(columns, (), stamps)
    if single <= MOST_DOUBLED:
        texts = (column for column in free if column.codes is not None and not column.is_whole)
        named = [column.name for column in texts if column.name.lower() in STRONG_IDS]
        apart = [column.name for column in free if single and _tells_series_apart(columns, column, stamps)]
        return tuple((named or apart)[:1])
    candidates = free[:CANDIDATES_AT_MOST]
    for count in range(1, IDS_AT_MOST + 1):
        if count > 1:  # numbers that are not called like ids may tell rows apart by chance
            candidates = [column for column in candidates if not column.is_whole or _id_rank(column.name)]
        chosen = combinations([column.name for column in candidates], count)
        shares = {names: share_doubled(columns, names, stamps) for names in chosen}
        good = [
            names
            for names, share in shares.items()
            if share <= FEW_DOUBLED
            and _has_rows(columns, names, rows)
            and (single >= HALF or not _take_turns(columns, names, stamps))
        ]
        if good:
            return next((names for names in good if shares[names] == 0), good[0])
    return None


def _has_rows(columns: Mapping[str, Column], names: tuple[str, ...], rows: int) -> bool:
    """Return whether the typical series has some rows: what names nearly every row tells events apart, not series."""
    return bool(np.median(np.bincount(number_series(columns, names, rows))) >= LEAST_ROWS)


def _take_turns(columns: Mapping[str, Column], names: tuple[str, ...], stamps: IntArray) -> bool:
    """Return whether names come and go, as those of the weather do: most are missing at most times between their own.

    Series go on side by side, or one after the other.
    """
    series = number_series(columns, names, len(stamps))
    order = np.lexsort((stamps, series))
    first = np.flatnonzero(np.diff(series[order], prepend=-1))
    last = np.append(first[1:], len(order)) - 1
    spans = stamps[order][last] - stamps[order][first] + 1
    return bool(len(stamps) < HALF * spans.sum())


def _tells_series_apart(columns: Mapping[str, Column], column: Column, stamps: IntArray) -> bool:
    """Return whether texts tell apart the few rows of one time, and come in runs that go on step by step.

    Slips are told apart by chance, by texts that change from row to row.
    """
    if column.is_whole or column.codes is None or share_doubled(columns, (column.name,), stamps):
        return False
    order = np.lexsort((stamps, column.codes))
    is_same = np.diff(column.codes[order]) == 0
    return bool(is_same.any() and (np.diff(stamps[order])[is_same] == 1).mean() >= MOSTLY_RUNS)


def _ids_without_clock(columns: Mapping[str, Column], rows: int) -> tuple[str, ...]:
    """Return the column of texts that is called like an id and names many rows each, where rows are steps."""
    named = [column for column in columns.values() if _id_rank(column.name) and column.distinct > 1]
    ids = [column for column in named if could_be_id(column, rows) and not column.is_whole]
    return tuple(column.name for column in sorted(ids, key=lambda column: -_id_rank(column.name))[:1])


def could_be_id(column: Column, rows: int) -> bool:
    """Return whether the column names several rows by each of its cells."""
    if column.filled < rows or column.distinct * 2 > rows or is_target(column.name):
        return False
    if column.codes is None:  # as pandas writes ids beside which one was missing: 1.0, 2.0
        rank = _id_rank(column.name)
        return rank > 1 or (rank > 0 and bool((np.mod(np.asarray(column.values), 1) == 0).all()))
    if column.time_formats and not column.is_whole:
        return False
    return column.values is None or part_of(column.name) is None


def codes_of(clock: Clock) -> IntArray:
    """Return a number for the time of each row."""
    return number(clock.stamps.view(np.int64))[0]


def share_doubled(columns: Mapping[str, Column], names: tuple[str, ...], stamps: IntArray) -> float:
    """Return the share of rows whose ids and time were there already."""
    key = number_series(columns, names, len(stamps)) * (int(stamps.max()) + 1) + stamps
    return 1 - len(np.unique(key)) / len(stamps)


def number_series(columns: Mapping[str, Column], names: Sequence[str], rows: int) -> IntArray:
    """Return the series of each row."""
    if not names:
        return np.zeros(rows, np.int64)
    codes = [_codes(columns[name]) for name in names]
    return number_together(codes, [int(column.max()) + 2 for column in codes])[0]


def _codes(column: Column) -> CodeArray:
    if column.codes is not None:
        return column.codes
    return np.unique(np.asarray(column.values), return_inverse=True)[1]  # decimal numbers that the user calls an id


def is_target(name: str) -> bool:
    """Return whether a column is called as what is to be forecast."""
    return _plain_name(name) in STRONG_TARGETS


def _plain_name(name: str) -> str:
    """Return the small letters of a name: `_value` and `OBS_VALUE` are a value."""
    return re.sub(r"[^a-z]", "", name.lower())


def _id_rank(name: str) -> int:
    return 2 if name.lower() in STRONG_IDS else int(bool(ID_WORDS.search(name)))
