"""Guesses what each column of a file is for: the time, the ids, what is to be forecast, what is known ahead.

Every guess that could be wrong comes with its reason; what the user has named already is not guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from lstmcast.data.clock.clock_guess import AUTO, Clock
from lstmcast.data.clock.time_parts import part_of
from lstmcast.data.survey.columns import Column
from lstmcast.data.survey.doubts import doubt_ids, doubt_time, doubt_zone
from lstmcast.data.survey.keys import (
    PARTS,
    STRONG_IDS,
    Given,
    choose_clock_and_ids,
    is_target,
    number_series,
)
from lstmcast.data.survey.number_style import choose_style
from lstmcast.data.survey.suggestions import find_static, suggest_helpers
from lstmcast.data.table.number_signs import FOOTNOTE, LIMITS, Signs, units_in
from lstmcast.data.table.table import ColumnError, FloatArray, IntArray
from lstmcast.errors import DataError
from lstmcast.spelling import did_you_mean

TEXTS = "holds texts"
FEW_ROWS, NAMED = 10, 5
MOSTLY_PARTS = 0.95  # of the cells: 99 may stand for a day that nobody knows
TARGET_WORDS = re.compile(
    r"(?i)sales|sold|demand|load|count|quantity|qty|amount|price|close|volume|consumption|total|units"
)
ALIGNED = r"\s*\S+(\s+[-+.\d]*\d[-+.\d]*\S*){3,}\s*"  # numbers of several columns in one cell
CALLED_ID = re.compile(r"(^|[a-z _-])I[Dd]$|(^|[ _-])id$")


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
        times = (self.time,) if isinstance(self.time, str) else self.time or ()
        return (*times, *self.ids, *self.targets, *self.future)


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
    doubts: dict[str, str] = {}
    by_name = {column.name: column for column in columns}
    unused = {column.name: "is empty" for column in columns if not column.filled}
    clock, ids = choose_clock_and_ids(by_name, rows, given, time_format)
    taken = {*ids, *clock.names}
    guesses = {
        "time": doubt_time(clock, ids, by_name, rows),
        "timezone": doubt_zone(clock),
        "id": doubt_ids(clock, ids, by_name, rows),
    }
    doubts |= {key: doubt for key, doubt in guesses.items() if doubt and key not in given}
    style, style_doubts = choose_style(where, [column for column in columns if column.name not in taken], separator)
    doubts |= style_doubts
    numbers, reasons = _numbers(columns, taken, style, rows, given)
    again = {column.name: "is the time again" for column in numbers if _repeats_the_time(column, clock)}
    numbers = [column for column in numbers if column.name not in again] or numbers
    unused |= reasons | again
    targets, others, doubt = _choose_targets(where, numbers, clock, by_name, ids, given)
    if doubt:
        doubts["target"] = doubt
    future: tuple[str, ...] = given.get("future", ())
    if "future" not in given and len(targets) == 1:
        future = _known_ahead(by_name, targets[0], others, clock, number_series(by_name, ids, rows))
        if future and set(future) == set(others):
            doubts.pop("target", None)
    used = (*targets, *future, *given.get("past", ()), *given.get("static", ()))
    rest = [name for name in others if name not in used]
    texts = [name for name, reason in unused.items() if reason == TEXTS and name not in used]
    helpers = suggest_helpers(by_name, rest, texts, number_series(by_name, ids, rows))
    doubts |= _doubt_cells([by_name[name] for name in used])
    return Roles(
        clock.names[0] if len(clock.names) == 1 else clock.names or None, clock.time_format, ids, targets, future,
        helpers.changing,
        helpers.static,
        style,
        tuple(sorted({token for name in used for token in (*by_name[name].missing, *by_name[name].sentinels)})),
        dict(unit for name in used for unit in by_name[name].units),
        {name: reason for name, reason in unused.items()
         if name not in (*used, *helpers.changing, *helpers.static)},
        doubts,
    )  # fmt: skip


def _check_given(where: str, columns: Sequence[Column], given: Given) -> None:
    names = [column.name for column in columns]
    for name in chain.from_iterable(given.values()):
        if name not in names:
            raise ColumnError(f"{where}: no column {name!r}{did_you_mean(name, names)}; it has {', '.join(names)}")
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


def _choose_targets(
    where: str,
    numbers: Sequence[Column],
    clock: Clock,
    columns: Mapping[str, Column],
    ids: tuple[str, ...],
    given: Given,
) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """Return the targets, the other numbers, and a doubt."""
    names = [column.name for column in numbers]
    helpers = {*given.get("past", ()), *given.get("future", ()), *given.get("static", ())}
    if "target" in given:
        return given["target"], tuple(name for name in names if name not in (*given["target"], *helpers)), ""
    names = [name for name in names if name not in helpers]
    if not names:
        odd = [column.name for column in columns.values() if column.odd is not None]
        if odd:
            return (odd[0],), (), ""  # the reader names the cell
        raise _no_numbers(where, [column for column in columns.values() if column.name not in (*clock.names, *ids)])
    if len(names) == 1:
        doubt = f"{names[0]!r} is called like an id; no other column has numbers" if CALLED_ID.search(names[0]) else ""
        return (names[0],), (), doubt
    strong = next(filter(is_target, names), None)
    if strong is None and not ids:
        ahead = _known_ahead(columns, names[0], names[1:], clock, number_series(columns, ids, len(clock.stamps)))
        if ahead == tuple(names[1:]):
            strong = names[0]  # empty where all others are filled: the future
        else:
            return (
                tuple(names),
                (),
                (
                    "each column of numbers is taken for a series of its own; if only one is to be forecast, name it, "
                    "and the others under `past`"
                ),
            )
    if strong is not None:
        return (strong,), tuple(name for name in names if name != strong), ""
    series = number_series(columns, ids, len(clock.stamps))
    fixed = find_static(columns, names, series)
    moving = [name for name in names if name not in fixed] or names
    moving = [name for name in moving if _is_everywhere(columns[name], series)] or moving
    chosen = next((name for name in moving if TARGET_WORDS.search(name)), moving[0])
    others = tuple(name for name in names if name != chosen)
    return (chosen,), others, f"{', '.join(map(repr, others))} could be meant as well"


def _is_everywhere(column: Column, series: IntArray) -> bool:
    """Return whether each series has a value."""
    return bool((np.bincount(series, ~np.isnan(_values(column))) > 0).all())


def _no_numbers(where: str, columns: Sequence[Column]) -> DataError:
    """Return the error that shows a cell of each column that could have been meant."""
    shown = [f"{column.name!r} ({column.example!r})" for column in columns if column.filled][:NAMED]
    rest = f"; columns of texts are {', '.join(shown)}: set data.csv.units or data.csv.missing if they are numbers"
    for column in columns:
        units = () if column.texts is None else units_in(column.texts.tolist())
        if len(units) > 1:
            rest = (
                f"; column {column.name!r} has numbers with several units ({', '.join(units)}): say what each "
                "multiplies with, as --set 'data.csv.units={kWh: 1, MWh: 1000}' does"
            )
            break
    if any(re.fullmatch(ALIGNED, column.example) for column in columns):
        rest = (
            "; cells seem to be set apart by blanks: --set 'data.csv.separator=\" \"' reads such a table, from the "
            "line on that --set data.csv.header names"
        )
    return DataError(f"{where}: no column of numbers is left to forecast{rest if shown else ''}")


def _known_ahead(
    columns: Mapping[str, Column], target: str, others: Sequence[str], clock: Clock, series: IntArray
) -> tuple[str, ...]:
    """Return the columns that are filled in all rows after the last target of each series, if there are such rows.

    They are there from the first target on: nothing fills what lacks before a first value.
    """
    targets = columns[target].values
    if targets is None or not others:
        return ()
    known = ~np.isnan(targets)
    stamps = clock.stamps.view(np.int64)
    newest = np.full(int(series.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(newest, series[known], stamps[known])
    ahead = stamps > newest[series]
    if not ahead.any() or len(np.unique(series[ahead])) < len(newest):
        return ()
    oldest = np.full(len(newest), np.iinfo(np.int64).max)
    np.minimum.at(oldest, series[known], stamps[known])
    needed = ahead | (stamps == oldest[series])
    return tuple(name for name in others if not np.isnan(_values(columns[name])[needed]).any())


def _values(column: Column) -> FloatArray:
    assert column.values is not None
    return column.values
