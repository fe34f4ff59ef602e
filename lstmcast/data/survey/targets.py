"""Chooses the column that is to be forecast among those that hold numbers, and finds what is known ahead of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.survey.clock_guess import Clock
from lstmcast.data.survey.columns import Column
from lstmcast.data.survey.keys import Given, is_target, number_series
from lstmcast.data.survey.number_signs import units_in
from lstmcast.data.survey.suggestions import find_static
from lstmcast.errors import DataError
from lstmcast.plurals import name_some

NAMED = 5
TARGET_WORDS = re.compile(
    r"(?i)sales|sold|demand|load|count|quantity|qty|amount|price|close|volume|consumption|total|units"
)
SOLD = re.compile(r"(?i)sales|sold|demand|quantity|qty|units|orders|revenue|turnover|umsatz|absatz")
USED = re.compile(r"(?i)load|consumption|usage|count|cnt|passengers|visit(or)?s|traffic|rides|trips|verbrauch|last$")
HELPERS = re.compile(
    r"(?i)(^|[^a-z])(is_.*|promos?|promotions?|discounts?|holidays?|weekends?|working_?days?|events?|campaigns?|temp"
    r"|temperatures?|temperatur|humidity|rain|rainfall|precip|precipitation|snow|snowfall|wind_?speed|weather)($|[^a-z])"
)
PRICES = re.compile(r"(?i)(^|[^a-z])(prices?|preis)($|[^a-z])")
ALIGNED = r"\s*\S+(\s+[-+.\d]*\d[-+.\d]*\S*){3,}\s*"  # numbers of several columns in one cell
CALLED_ID = re.compile(r"(^|[a-z _-])I[Dd]$|(^|[ _-])id$")
EACH_ITS_OWN = (
    "each column of numbers is taken for a series of its own; if only one is to be forecast, name it, "
    "and the others under `past`"
)


@dataclass(frozen=True)
class Targets:
    """What is to be forecast, the other numbers, and what could be wrong in that."""

    names: tuple[str, ...]
    others: tuple[str, ...] = ()
    doubt: str = ""


def choose_targets(
    where: str,
    numbers: Sequence[Column],
    clock: Clock,
    columns: Mapping[str, Column],
    ids: tuple[str, ...],
    given: Given,
) -> Targets:
    """Return the targets among the columns of numbers; `where` names the file in messages."""
    helpers = {*given.get("past", ()), *given.get("future", ()), *given.get("static", ())}
    names = tuple(column.name for column in numbers if column.name not in helpers)
    if "target" in given:
        return Targets(given["target"], _without(names, given["target"]))
    if not names:
        rest = [column for column in columns.values() if column.name not in (*clock.names, *ids)]
        return Targets((_almost_numbers(where, columns.values(), rest),))
    if len(names) == 1:
        doubt = f"{names[0]!r} is called like an id; no other column has numbers" if CALLED_ID.search(names[0]) else ""
        return Targets(names, doubt=doubt)
    series = number_series(columns, ids, len(clock.stamps))
    target = next(filter(is_target, names), None)
    if target is None and not ids and known_ahead(columns, names[0], names[1:], clock, series) == names[1:]:
        target = names[0]  # empty where all others are filled: the future
    if target is not None:
        return Targets((target,), _without(names, (target,)))
    if not ids:
        return _amid_helpers(columns, names) or _each_its_own(columns, names)
    target = _most_likely(columns, names, series)
    others = _without(names, (target,))
    return Targets((target,), others, f"{', '.join(map(repr, others))} could be meant as well")


def _amid_helpers(columns: Mapping[str, Column], names: tuple[str, ...]) -> Targets | None:
    """Return the only column of a table that is called like sales or a load, if all others are what moves such."""
    found = [name for name in names if SOLD.search(name) or USED.search(name)]
    if len(found) != 1:
        return None
    others = _without(names, (found[0],))
    helpers = (HELPERS, PRICES) if SOLD.search(found[0]) else (HELPERS,)
    if not all(_is_switch(columns[name]) or any(words.search(name) for words in helpers) for name in others):
        return None
    listed = name_some([repr(name) for name in others[:NAMED]], len(others))
    return Targets((found[0],), others, f"{listed} may help, and are not forecast; name them too if they are to be")


def _each_its_own(columns: Mapping[str, Column], names: tuple[str, ...]) -> Targets:
    """Return all columns but those that are on or off."""
    chosen = tuple(name for name in names if not _is_switch(columns[name])) or names
    return Targets(chosen, _without(names, chosen), EACH_ITS_OWN)


def _is_switch(column: Column) -> bool:
    """Return whether a column is on or off: 1 or 0."""
    return column.distinct == 2 and set(_values(column)[~np.isnan(_values(column))].tolist()) == {0.0, 1.0}


def known_ahead(
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


def _without(names: tuple[str, ...], left_out: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in left_out)


def _most_likely(columns: Mapping[str, Column], names: tuple[str, ...], series: IntArray) -> str:
    """Return the name that promises most, of the columns that change and that each series has."""
    fixed = find_static(columns, names, series)
    moving = _without(names, fixed) or names
    moving = tuple(name for name in moving if _is_everywhere(columns[name], series)) or moving
    return next((name for name in moving if TARGET_WORDS.search(name)), moving[0])


def _is_everywhere(column: Column, series: IntArray) -> bool:
    """Return whether each series has a value."""
    return bool((np.bincount(series, ~np.isnan(_values(column))) > 0).all())


def _almost_numbers(where: str, columns: Iterable[Column], rest: Sequence[Column]) -> str:
    """Return the column with cells that are no numbers, of which the reader names one; DataError if there is none."""
    odd = next((column.name for column in columns if column.odd is not None), None)
    if odd is None:
        raise _no_numbers(where, rest)
    return odd


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


def _values(column: Column) -> FloatArray:
    assert column.values is not None
    return column.values
