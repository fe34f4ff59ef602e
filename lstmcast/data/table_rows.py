"""Makes the rows of all series from the columns of a table."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray, TextArray
from lstmcast.data.clock.times import StampArray
from lstmcast.data.names import Names
from lstmcast.data.panel import keys_of
from lstmcast.data.rows import Rows
from lstmcast.data.table.codes import Codes, Runs, has_empty, number_together
from lstmcast.data.table.table import Sources, Table
from lstmcast.errors import DataError, ShortError
from lstmcast.plurals import count_things, name_some

NAMED = 3  # in a note


def number_series(
    sources: Sources, table: Table, names: Names, without: Collection[tuple[str, ...]] = ()
) -> tuple[Codes, tuple[TextArray, ...]]:
    """Return the series of each row of the files and the ids of the series, sorted as text.

    A row without an id belongs to nobody. That is refused unless such rows, whose id is then empty, are left out.
    """
    if not names.ids:
        wide = np.array(names.targets, object)
        only = Runs(np.zeros(1, np.int64), np.array([sources.rows]))
        return only, (wide,) if names.is_wide else ()
    columns = [table.texts[name] for name in names.ids]
    is_empty = [has_empty(column.shortly) for column in columns]
    if len(columns) == 1 and not any(is_empty):
        return columns[0].shortly, (columns[0].distinct,)
    texts = [np.append("", column.distinct).astype(object) for column in columns]
    series, codes = number_together([column.codes for column in columns], [len(distinct) for distinct in texts])
    ids = [distinct[of_column] for distinct, of_column in zip(texts, codes, strict=True)]
    if any(is_empty):
        _refuse_nobody(sources, names, series, ids, without)
    return series, tuple(ids)


def _refuse_nobody(
    sources: Sources,
    names: Names,
    series: IntArray,
    ids: Sequence[TextArray],
    without: Collection[tuple[str, ...]],
) -> None:
    """Refuse rows without an id, unless they are left out."""
    keys = keys_of(ids)
    nameless = np.array(["" in key and key not in without for key in keys])
    rows = np.flatnonzero(nameless[series])
    if not len(rows):
        return
    key = keys[int(series[rows[0]])]
    more = f", and in {count_things(len(rows) - 1, 'more row')}" if len(rows) > 1 else ""
    raise DataError(
        f"{sources.where(int(rows[0]))}: column {names.ids[key.index('')]!r} is empty{more}: such a row belongs to no "
        "series; name it, or remove the row"
    ).of(key)


def make_rows(table: Table, names: Names, series: IntArray, stamps: StampArray) -> Rows:
    """Return the rows of all series; a wide table gives its rows once for each target, in the order of their names."""
    count, times = len(series), len(names.targets)
    past, future = block_of(table, names, names.past, count), block_of(table, names, names.future, count)
    if not names.is_wide:
        return Rows(series, stamps, table.numbers[names.targets[0]], past, future, np.arange(count))
    target = np.concatenate([table.numbers[name] for name in names.targets])
    origin = np.tile(np.arange(count), times)
    return Rows(
        series=np.repeat(np.arange(times), count),
        stamps=stamps[origin],
        target=target,
        past=np.tile(past, (times, 1)),
        future=np.tile(future, (times, 1)),
        origin=origin,
    )


def block_of(table: Table, names: Names, columns: tuple[str, ...], rows: int) -> FloatArray:
    """Return (rows, columns) of some columns."""
    if not columns:
        return np.empty((rows, 0))
    found = [column_of(table, names, name) for name in columns]
    return np.column_stack(found) if len(found) > 1 else found[0][:, None]


def keep_rows(rows: Rows, ids: tuple[TextArray, ...], chosen: BoolArray) -> tuple[Rows, tuple[TextArray, ...]]:
    """Return some of the rows, and the series that have any of them."""
    used, series = np.unique(rows.series[chosen], return_inverse=True)
    return replace(rows.take(chosen), series=series.astype(np.int64)), tuple(column[used] for column in ids)


def drop_valueless(
    rows: Rows, ids: tuple[TextArray, ...], known: Sequence[Sequence[str]]
) -> tuple[Rows, tuple[TextArray, ...], tuple[str, ...]]:
    """Return the rows of the series that have a value, or that a model knows, and a note on the others.

    Where there is no value at all, the rows stay: then the table is at fault, and not some series.
    """
    count = np.bincount(rows.series, ~np.isnan(rows.target))
    keys = keys_of(ids) if count.any() and not count.all() else []
    needed = set(zip(*known, strict=True)) if keys else set()
    left_out = np.array([not some and key not in needed for some, key in zip(count, keys, strict=False)], bool)
    if not left_out.any():
        return rows, ids, ()
    names = ["/".join(keys[series]) for series in np.flatnonzero(left_out)]
    named = name_some([repr(name) for name in names[:NAMED]], len(names))
    note = f"{len(names)} series without any value left out: {named}"
    return *keep_rows(rows, ids, ~left_out[rows.series]), (note,)


def is_among(rows: Rows, ids: tuple[TextArray, ...], series: Collection[tuple[str, ...]]) -> BoolArray:
    """Return which rows belong to one of the series."""
    return np.asarray(are_among(ids, series)[rows.series])


def are_among(ids: tuple[TextArray, ...], series: Collection[tuple[str, ...]]) -> BoolArray:
    """Return which of the ids are those of one of the series; not all may be."""
    found = np.array([key in series for key in keys_of(ids)], bool)
    if found.all():
        raise ShortError("data: no series is left that can be forecast; look at those that were left out")
    return found


def column_of(table: Table, names: Names, name: str) -> FloatArray:
    """Return a column of numbers, or the places of its texts; NaN where it is empty."""
    return table.texts[name].as_numbers() if name in names.categories else table.numbers[name]
