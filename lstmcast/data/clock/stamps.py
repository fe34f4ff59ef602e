"""Finds the stamp of each row: from one column, from several together, or from the order of the rows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from lstmcast.arrays import BoolArray, IntArray, TextArray
from lstmcast.config.data_config import DataConfig
from lstmcast.config.values import names_in
from lstmcast.data.clock.local_time import are_leapt_over, localize, localize_alone
from lstmcast.data.clock.time_format import BREAK, TimeFormat
from lstmcast.data.clock.time_parts import OF_DAY, part_patterns
from lstmcast.data.clock.time_texts import parse_times
from lstmcast.data.clock.time_walls import TimeColumn, readable
from lstmcast.data.clock.times import StampArray
from lstmcast.data.table.codes import CodeArray, Codes, expand, has_empty, number
from lstmcast.data.table.table import Sources, Table
from lstmcast.errors import ConfigError, ContractError, DataError
from lstmcast.plurals import count_things

MOST_TEXTS = 2000  # that are looked at to tell what a column holds
HAVE_ZONES = ("stamp", "serial")  # kinds of times
LEAPT_OVER = "without a value in an hour that clocks leap over: left out"
IN_ORDER = "the data have no time: rows count as steps, in the order of the file"


@dataclass(frozen=True)
class Stamps:
    """The stamp of each row of the files, how it is written, and what was done on the way."""

    stamps: StampArray
    time_format: TimeFormat
    notes: tuple[str, ...] = ()
    left_out: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))  # rows that have no moment and no value


@dataclass(frozen=True)
class Owners:
    """To which series rows belong, and which rows nobody looks at: those of series that are left out."""

    series: Codes | None = None
    ids: tuple[TextArray, ...] = ()
    ignored: BoolArray = field(default_factory=lambda: np.zeros(1, bool))  # of each row, or of all

    def of_row(self, row: int) -> tuple[str, ...]:
        """Return the ids of the series of a row; none where they have no ids."""
        if self.series is None:
            return ()
        place = int(expand(self.series)[row])
        return tuple(str(column[place]) for column in self.ids)


NO_OWNERS = Owners()


@dataclass(frozen=True)
class Times:
    """What the texts of the time column say, each distinct one by itself."""

    name: str
    distinct: TextArray
    codes: Codes
    stamps: StampArray  # of each distinct text
    time_format: TimeFormat
    zone: str | None  # where clocks showed these stamps; None where they are settled
    owners: Owners

    def alone(self, known: TimeFormat | None) -> Stamps | None:
        """Return the stamp of each distinct text, None where that depends on the rows around it."""
        if self.zone is None:
            return Stamps(self.stamps, self.time_format)
        if self.time_format.kind not in HAVE_ZONES:
            return None
        local = localize_alone(np.asarray(self.stamps, "datetime64[us]"), self.zone, known.clock if known else None)
        return None if local is None else Stamps(local.stamps, replace(self.time_format, clock=local.clock))


def read_times(
    sources: Sources,
    table: Table,
    names: tuple[str, ...],
    config: DataConfig,
    known: TimeFormat | None,
    owners: Owners = NO_OWNERS,
) -> Times | None:
    """Return what the texts of the times say, None where there are none; `known` is what a model knows already.

    The rows that nobody looks at have any stamp.
    """
    zone = _zone_of(config, known)
    if not names:
        return None
    codes, distinct = _join_columns(sources, table, names, owners)
    name = ", ".join(names)

    def row_of(text: int) -> int:
        return int(np.argmax(expand(codes) == text))

    column = TimeColumn(
        name,
        distinct,
        lambda text: sources.where(row_of(text)),
        lambda text: owners.of_row(row_of(text)),
        lambda text: sources.hint(row_of(text), str(distinct[text])),
    )
    wanted = _wanted_pattern(config, len(names), known)
    candidates = join_candidates([(name, table.texts[name].distinct) for name in names]) if len(names) > 1 else None
    stamps, time_format = parse_times(column, wanted, known, zone, candidates)
    zone = None if time_format.writes_moments else zone
    return Times(name, distinct, codes, stamps, time_format, zone, owners)


def stamps_of_rows(
    sources: Sources,
    times: Times | None,
    series: IntArray,
    known: TimeFormat | None,
    valueless: BoolArray | None = None,
) -> Stamps:
    """Return the stamps of all rows; without times they are counted.

    Rows that are `valueless` may have a time that clocks leap over, as tables of 24 hours a day do: they are left out.
    """
    if times is None:
        return Stamps(_count_rows(series), TimeFormat("order"), (IN_ORDER,))
    codes = expand(times.codes)
    stamps: StampArray = times.stamps[codes]
    if times.zone is None:
        return Stamps(stamps, times.time_format)
    if times.time_format.kind not in HAVE_ZONES:
        raise ConfigError(
            f"data.timezone: column {times.name!r} holds whole numbers, which have no zone; leave it null"
        )
    walls, clock = np.asarray(stamps, "datetime64[us]"), known.clock if known else None
    ignored = np.broadcast_to(times.owners.ignored, len(codes))
    left_out = np.zeros(len(codes), bool)
    if valueless is not None and valueless.any():
        left_out = valueless & ~ignored & are_leapt_over(walls, times.zone, clock)
    looked_at = np.flatnonzero(~(ignored | left_out))

    def refuse(place: int, problem: str) -> DataError:
        row = int(looked_at[place])
        text = readable(times.distinct[codes[row]])
        error = DataError(f"{sources.where(row)}: column {times.name!r}: {text!r} {problem}")
        return error.of(times.owners.of_row(row))

    local = localize(walls[looked_at], series[looked_at], times.zone, refuse, clock)
    stamps[looked_at] = local.stamps
    count = int(left_out.sum())
    notes = (f"{count_things(count, 'row')} {LEAPT_OVER}",) if count else ()
    return Stamps(
        stamps, replace(times.time_format, clock=local.clock), (*notes, *local.notes), np.flatnonzero(left_out)
    )


def _count_rows(series: IntArray) -> IntArray:
    """Return the place of each row in its series, from 1."""
    order = np.argsort(series, kind="stable")
    starts = np.flatnonzero(np.diff(series[order], prepend=-1))
    place = np.empty(len(series), np.int64)
    place[order] = np.arange(len(series)) - np.repeat(starts, np.diff(np.append(starts, len(series)))) + 1
    return place


def join_candidates(columns: Sequence[tuple[str, TextArray]]) -> tuple[str, ...]:
    """Return the patterns that columns, by their names and texts, seem to follow together."""
    choices = [part_patterns(name, [str(text) for text in texts[:MOST_TEXTS]]) for name, texts in columns]
    joined = (BREAK.join(patterns) for patterns in product(*choices) if _is_one_time(patterns))
    return tuple(pattern.replace("%Y", "%G") if "%V" in pattern else pattern for pattern in joined)


def _is_one_time(patterns: Sequence[str]) -> bool:
    """Return whether no part of a time is there twice, and hours have their day."""
    whole = BREAK.join(patterns)
    parts = re.findall(r"%-?(.)", whole)
    has_hours_only = any(hour in whole for hour in OF_DAY) and not {"d", "j", "u"} & set(parts)
    return len(set(parts)) == len(parts) and not has_hours_only and whole.find("%z") in (-1, len(whole) - 2)


def join_texts(codes: Sequence[CodeArray], texts: Sequence[TextArray]) -> tuple[IntArray, TextArray]:
    """Return the code of each row and the distinct texts of several columns, with a BREAK between them."""
    key, distinct = codes[0].astype(np.int64), texts[0]  # what tells pairs apart may be beyond 32 bits
    for more_codes, more in zip(codes[1:], texts[1:], strict=True):
        key, used = number(key * len(more) + more_codes)
        first, second = np.divmod(used, len(more))
        distinct = distinct[first] + BREAK + more[second]
    return key, distinct


def _join_columns(sources: Sources, table: Table, names: tuple[str, ...], owners: Owners) -> tuple[Codes, TextArray]:
    """Return the code of each row and the distinct texts; those of rows that nobody looks at are of another row."""
    for name in names:
        if has_empty(table.texts[name].shortly):
            empty = (table.texts[name].codes < 0) & ~owners.ignored
            if empty.any():
                row = int(np.argmax(empty))
                problem = f"{sources.where(row)}: column {name!r} is empty: a row needs its time; add it"
                problem = f"{problem}{sources.hint(row, '')}"
                raise DataError(problem).of(owners.of_row(row))
    columns = [table.texts[name] for name in names]
    if len(columns) == 1 and not owners.ignored.any():
        return columns[0].shortly, columns[0].distinct
    if not owners.ignored.any():
        return join_texts([column.codes for column in columns], [each.distinct for each in columns])
    looked_at = ~owners.ignored
    codes, distinct = join_texts([column.codes[looked_at] for column in columns], [each.distinct for each in columns])
    codes, used = number(codes)
    of_rows = np.zeros(len(looked_at), np.int64)
    of_rows[looked_at] = codes
    return of_rows, distinct[used]


def _wanted_pattern(config: DataConfig, columns: int, known: TimeFormat | None) -> str:
    wanted = names_in(config.time_format)
    if wanted == ("auto",):
        if known is not None and known.kind == "stamp" and known.pattern.count(BREAK) + 1 != columns:
            raise ContractError(
                f"data.time: is in {columns} columns, the model was trained with {known.pattern.count(BREAK) + 1}; "
                "train again"
            )
        return "auto"
    if len(wanted) != columns:
        raise ConfigError(
            f"data.time_format: has {len(wanted)} patterns, data.time {columns} columns; write a list with one for each"
        )
    return BREAK.join(wanted)


def _zone_of(config: DataConfig, known: TimeFormat | None) -> str | None:
    """Return the zone of the times: the config's, which a model has to agree with, or the model's."""
    if known is None:
        return config.timezone
    if config.timezone is not None and config.timezone != known.zone:
        trained = repr(known.zone) if known.zone else "none"
        raise ContractError(
            f"data.timezone: is {config.timezone!r}, the model was trained with {trained}; set it back, or train again"
        )
    return known.zone
