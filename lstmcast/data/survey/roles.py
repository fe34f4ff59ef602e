"""Guesses what each column of a file is for: the time, the ids, what is to be forecast, what is known ahead.

Every guess that could be wrong comes with its reason; what the user has named already is not guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from lstmcast.config.values import names_in
from lstmcast.data.clock.time_parts import part_of
from lstmcast.data.survey.clock_guess import AUTO, Clock
from lstmcast.data.survey.columns import Column
from lstmcast.data.survey.doubts import doubt_ids, doubt_time, doubt_zone
from lstmcast.data.survey.keys import (
    PARTS,
    STRONG_IDS,
    Given,
    choose_clock_and_ids,
    number_series,
)
from lstmcast.data.survey.number_signs import FOOTNOTE, LIMITS, Signs
from lstmcast.data.survey.number_style import choose_style
from lstmcast.data.survey.suggestions import find_static, suggest_helpers
from lstmcast.data.survey.targets import choose_targets, known_ahead
from lstmcast.data.table.table import ColumnError, no_column
from lstmcast.errors import DataError

TEXTS = "holds texts"
FEW_ROWS = 10
MOSTLY_PARTS = 0.95  # of the cells: 99 may stand for a day that nobody knows


@dataclass(frozen=True)
class Roles:
    """What each column seems to be, and how its cells are written."""

    time: str | tuple[str, ...] | None
    time_format: tuple[str, ...]  # of each of its columns; ("auto",) where the reader finds it
    ids: tuple[str, ...]
    targets: tuple[str, ...]
    future: tuple[str, ...]  # filled beyond the last target
    others: tuple[str, ...]  # numbers and texts that are neither
    static: tuple[str, ...]  # those of them that never change within a series
    style: Signs
    missing: tuple[str, ...]
    units: Mapping[str, float]
    unused: Mapping[str, str]  # column: why
    doubts: Mapping[str, str] = field(default_factory=dict)  # key of `data`: what else it could be

    @property
    def used(self) -> tuple[str, ...]:
        """Return all columns that have a role."""
        return (*names_in(self.time), *self.ids, *self.targets, *self.future)


def guess_roles(
    where: str,
    columns: Sequence[Column],
    rows: int,
    given: Given,
    time_format: tuple[str, ...] = AUTO,
    separator: str = "",
) -> Roles:
    """Return the role of each column; `where` names the file in messages, `time_format` is what the user says of it."""
    _check_given(where, columns, given)
    by_name = {column.name: column for column in columns}
    clock, ids = choose_clock_and_ids(by_name, rows, given, time_format)
    doubts = {
        "time": doubt_time(clock, ids, by_name, rows),
        "timezone": doubt_zone(clock),
        "id": doubt_ids(clock, ids, by_name, rows),
    }
    doubts = {key: doubt for key, doubt in doubts.items() if doubt and key not in given}
    taken = {*ids, *clock.names}
    style, style_doubts = choose_style(where, [column for column in columns if column.name not in taken], separator)
    doubts |= style_doubts
    numbers, reasons = _numbers(columns, taken, style, rows, given)
    numbers, again = _without_the_time_again(numbers, clock)
    unused = {column.name: "is empty" for column in columns if not column.filled} | reasons | again
    chosen, series = choose_targets(where, numbers, clock, by_name, ids, given), number_series(by_name, ids, rows)
    targets, others = chosen.names, chosen.others
    future: tuple[str, ...] = given.get("future", ())
    fixed = () if "future" in given else find_static(by_name, others, series)
    if "future" not in given and len(targets) == 1:
        future = known_ahead(by_name, targets[0], [name for name in others if name not in fixed], clock, series)
    if chosen.doubt and ("future" in given or not future or {*future, *fixed} != set(others)):
        doubts["target"] = chosen.doubt
    used = (*targets, *future, *given.get("past", ()), *given.get("static", ()))
    rest = [name for name in others if name not in used]
    texts = [name for name, reason in unused.items() if reason == TEXTS and name not in used]
    helpers = suggest_helpers(by_name, rest, texts, series)
    taken = {*used, *helpers.changing, *helpers.static}
    return Roles(
        time=clock.names[0] if len(clock.names) == 1 else clock.names or None,
        time_format=clock.time_format,
        ids=ids,
        targets=targets,
        future=future,
        others=helpers.changing,
        static=helpers.static,
        style=style,
        missing=tuple(sorted({token for name in used for token in (*by_name[name].missing, *by_name[name].sentinels)})),
        units=dict(unit for name in used for unit in by_name[name].units),
        unused={name: reason for name, reason in unused.items() if name not in taken},
        doubts=doubts | _doubt_cells([by_name[name] for name in used]),
    )


def _check_given(where: str, columns: Sequence[Column], given: Given) -> None:
    names = [column.name for column in columns]
    for name in chain.from_iterable(given.values()):
        if name not in names:
            raise ColumnError(no_column(where, name, names))
    if not given and len(names) > 1 and all(re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?", name) for name in names):
        raise DataError(
            f"{where}: its first line holds numbers only ({', '.join(names[:3])}, …); add a header that names columns"
        )


def _numbers(
    columns: Sequence[Column], taken: set[str], style: Signs, rows: int, given: Given
) -> tuple[list[Column], dict[str, str]]:
    """Return the columns that could be forecast, and why the others could not."""
    found, reasons = [], {}
    named = {*chain.from_iterable(given.values())}
    for column in columns:
        if column.name in taken or not column.filled:
            continue
        if style in column.styles or column.name in named:
            reason = "" if column.name in named else _why_no_value(column, rows)
        elif column.odd is not None:
            reason = f"has cells that are no numbers, such as {column.odd!r}"
        else:
            reason = TEXTS
        if reason:
            reasons[column.name] = reason
        else:
            found.append(column)
    if not found:  # a lone column that counts is what is to be forecast
        found = [column for column in columns if column.name in reasons and style in column.styles]
    return found, {name: reason for name, reason in reasons.items() if name not in {column.name for column in found}}


def _why_no_value(column: Column, rows: int) -> str:
    assert column.values is not None
    if rows > FEW_ROWS and column.distinct == 1 and column.filled == rows and float(column.values[0]).is_integer():
        return "is the same number in all rows"  # such as the code of a station
    if not column.is_whole:
        return ""
    if column.name.lower() in STRONG_IDS:
        return "is called like an id"
    low, high = PARTS.get(part_of(column.name) or column.name.lower(), (1, 0))
    known = column.values[~np.isnan(column.values)]
    if ((known >= low) & (known <= high)).mean() >= MOSTLY_PARTS:
        return "is a part of the time"
    if rows > 2 and column.filled == rows and (np.diff(column.values) == 1).all():
        return "counts the rows"
    return ""


def _without_the_time_again(numbers: list[Column], clock: Clock) -> tuple[list[Column], dict[str, str]]:
    """Return the columns that do not repeat the time, all if each does, and why the others could not be forecast."""
    again = {column.name: "is the time again" for column in numbers if _repeats_the_time(column, clock)}
    return [column for column in numbers if column.name not in again] or numbers, again


def _repeats_the_time(column: Column, clock: Clock) -> bool:
    """Return whether numbers are the years of the times, with decimals: 1958.2027."""
    if column.values is None or column.is_whole or clock.stamps.dtype.kind != "M":
        return False
    years = clock.stamps.astype("datetime64[Y]").astype(np.int64) + 1970
    return bool((np.floor(column.values) == years).all())


def _doubt_cells(columns: Sequence[Column]) -> dict[str, str]:
    """Return what could be wrong in how numbers are read, by key of `data`."""
    doubts = {}
    sentinels = sorted({text for column in columns for text in column.sentinels})
    if sentinels:
        doubts["csv.missing"] = f"{', '.join(sentinels)} stands far from all other numbers and comes again and again"
    units = {name: factor for column in columns for name, factor in column.units}
    scaled = sorted(name for name, factor in units.items() if factor != 1)
    bounds = sorted(set(units) & set(LIMITS))
    marks = sorted(filter(FOOTNOTE.fullmatch, units))
    if scaled:
        doubts["csv.units"] = f"{', '.join(scaled)} behind a number is taken for a multiple of it"
    elif bounds:
        doubts["csv.units"] = f"a number with {', '.join(bounds)} before it is taken for the number itself"
    elif marks:
        doubts["csv.units"] = f"{', '.join(marks)} behind a number is taken for the mark of a footnote"
    return doubts
