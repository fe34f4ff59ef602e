"""Static covariates: what is true of a series as a whole, as columns that never change.

A number becomes steps, as `size > 40`, each 1 or 0: up to eight of them between the values of the series in training.
So one series of an odd size cannot pull the scale of all others, and a value never seen before is as its neighbours.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray, IntArray, TextArray
from lstmcast.data.covariate.categories import (
    choose_categories,
    column_names,
    describe_categories,
    encode,
    unseen_error,
)
from lstmcast.data.covariate.covariate_facts import Categories, CovariateFacts
from lstmcast.data.names import Names
from lstmcast.data.rows import Origins, Rows
from lstmcast.data.table.table import Table
from lstmcast.data.table_rows import column_of
from lstmcast.errors import DataError

MOST_STEPS = 8
DIGITS = (6, 10, 17)  # of a threshold in a name; with the last, no two of them are alike


@dataclass(frozen=True)
class StaticRows:
    """The static columns of the rows of all series, as numbers; texts are places in `texts`, NaN where empty."""

    series: IntArray
    origin: IntArray  # the row in the files
    columns: Mapping[str, FloatArray]
    texts: Mapping[str, TextArray]


@dataclass(frozen=True)
class Static:
    """What is known of each series."""

    names: tuple[str, ...]
    block: FloatArray  # (series, columns)
    categories: Categories
    steps: dict[str, tuple[float, ...]]
    notes: tuple[str, ...]


def read_static(rows: StaticRows, names: tuple[str, ...], known: CovariateFacts | None, origins: Origins) -> Static:
    """Return the static columns of each series; one that changes within a series is refused."""
    columns: list[str] = []
    blocks: list[FloatArray] = []
    categories: Categories = {}
    steps: dict[str, tuple[float, ...]] = {}
    notes: list[str] = []
    for name in names:
        values = _value_of_each(rows, name, origins)
        if name in rows.texts:
            distinct = rows.texts[name]
            categories[name] = _categories_of(rows, name, values, known, origins)
            if known is None:
                notes.append(describe_categories(name, categories[name], 0))
            columns += column_names(name, categories[name])
            blocks.append(encode(values, distinct, categories[name]))
        else:
            _refuse_unknown(rows, name, values, origins)
            steps[name] = known.steps[name] if known and name in known.steps else choose_steps(values)
            columns += step_names(name, steps[name])
            blocks.append((values[:, None] > np.array(steps[name])).astype(np.float64))
        if known is None and (blocks[-1] == blocks[-1][:1]).all():
            notes.append(f"static column {name!r} is the same for all series: it tells the model nothing")
    return Static(tuple(columns), np.hstack(blocks), categories, steps, tuple(notes))


def choose_steps(values: FloatArray) -> tuple[float, ...]:
    """Return thresholds between the values: between all of them if they are few, else where they divide the series."""
    distinct = np.unique(values)
    between = (distinct[:-1] + distinct[1:]) / 2
    if len(between) <= MOST_STEPS:
        return tuple(between.tolist())
    shares = np.arange(1, MOST_STEPS + 1) / (MOST_STEPS + 1)
    wanted = np.quantile(values, shares)
    places = np.clip(np.searchsorted(distinct, wanted, side="right") - 1, 0, len(between) - 1)
    return tuple(between[np.unique(places)].tolist())


def step_names(name: str, thresholds: tuple[float, ...]) -> list[str]:
    """Return what the columns of the thresholds are called, with as many digits as it takes to tell them apart."""
    for digits in DIGITS:
        texts = [f"{threshold:.{digits}g}" for threshold in thresholds]
        if len(set(texts)) == len(texts):
            break
    return [f"{name} > {text}" for text in texts]


def _value_of_each(rows: StaticRows, name: str, origins: Origins) -> FloatArray:
    """Return the value of each series, NaN where it has none."""
    values = rows.columns[name]
    has = np.flatnonzero(~np.isnan(values))
    count = int(rows.series.max()) + 1
    first = np.full(count, len(values))
    np.minimum.at(first, rows.series[has], has)
    found: FloatArray = np.append(values, np.nan)[first]
    changed = has[values[has] != found[rows.series[has]]]
    if len(changed):
        row = int(changed[0])
        before = int(first[rows.series[row]])
        old, new = (_shown(rows, name, values[place]) for place in (before, row))
        origin = int(rows.origin[row])
        raise DataError(
            f"{origins.where(origin)}: static column {name!r} is {new}, but {old} in "
            f"{origins.where(int(rows.origin[before])).rpartition(': ')[2]} of the same series; correct it, or name a "
            "column that changes in data.past or data.future"
        ).of(origins.owner(origin))
    return found


def _shown(rows: StaticRows, name: str, value: float) -> str:
    return repr(str(rows.texts[name][int(value)])) if name in rows.texts else f"{value:g}"


def _refuse_unknown(rows: StaticRows, name: str, values: FloatArray, origins: Origins) -> None:
    if np.isnan(values).any():
        origin = int(rows.origin[np.argmax(np.isnan(values)[rows.series])])
        raise DataError(
            f"{origins.where(origin)}: static column {name!r} is empty in all rows of this series; add its value, or "
            "leave the column out of data.static"
        ).of(origins.owner(origin))


def _categories_of(
    rows: StaticRows, name: str, values: FloatArray, known: CovariateFacts | None, origins: Origins
) -> tuple[str, ...]:
    distinct = rows.texts[name]
    used = np.unique(values[~np.isnan(values)]).astype(np.int64)
    if known is None or name not in known.categories:
        return choose_categories(name, distinct[used], origins.where(int(rows.origin[0])).rpartition(": ")[0])
    categories = known.categories[name]
    unseen = next((code for code in used.tolist() if str(distinct[code]) not in categories), None)
    if unseen is not None:
        origin = int(rows.origin[np.argmax(rows.columns[name] == unseen)])
        raise unseen_error(name, str(distinct[unseen]), categories, origins.where(origin)).of(origins.owner(origin))
    return categories


def static_rows(table: Table, names: Names, rows: Rows) -> StaticRows:
    """Return the static columns of the rows."""
    columns = {name: column_of(table, names, name)[rows.origin] for name in names.static}
    texts = {name: table.texts[name].distinct for name in names.static if name in names.categories}
    return StaticRows(rows.series, rows.origin, columns, texts)
