"""Makes the rows of all series from the columns of a table."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from lstmcast.data.clock.times import StampArray
from lstmcast.data.covariate.categories import Encoded, encode_rows
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.static import StaticRows
from lstmcast.data.names import Names
from lstmcast.data.panel import BoolArray, FloatArray, IntArray, TextArray
from lstmcast.data.rows import Rows
from lstmcast.data.table.codes import Codes, Runs, has_empty
from lstmcast.data.table.csv_file import Sources, Table
from lstmcast.errors import DataError, ShortError

NAMED = 3  # in a note


def number_series(sources: Sources, table: Table, names: Names) -> tuple[Codes, tuple[TextArray, ...]]:
    """Return the series of each row of the files and the ids of the series, sorted as text."""
    if not names.ids:
        wide = np.array(names.targets, object)
        only = Runs(np.zeros(1, np.int64), np.array([sources.rows]))
        return only, (wide,) if names.is_wide else ()
    if len(names.ids) == 1 and not has_empty(table.texts[names.ids[0]].shortly):
        column = table.texts[names.ids[0]]
        return column.shortly, (column.distinct,)
    key = np.zeros(sources.rows, np.int64)
    for name in names.ids:
        codes = table.texts[name].codes
        if (codes < 0).any():
            row = int(np.argmax(codes < 0))
            raise DataError(f"{sources.where(row)}: column {name!r} is empty: the row belongs to no series; name it")
        key = key * len(table.texts[name].distinct) + codes
    used, series = np.unique(key, return_inverse=True)
    ids: list[TextArray] = []
    for name in reversed(names.ids):
        distinct = table.texts[name].distinct
        used, codes = np.divmod(used, len(distinct))
        ids.insert(0, distinct[codes])
    return series.astype(np.int64), tuple(ids)


def make_rows(table: Table, names: Names, series: IntArray, stamps: StampArray) -> Rows:
    """Return the rows of all series; a wide table gives its rows once for each target, in the order of their names."""
    count, times = len(series), len(names.targets)
    past, future = _block(table, names, names.past, count), _block(table, names, names.future, count)
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
    keys = list(zip(*(column.tolist() for column in ids), strict=True)) if count.any() and not count.all() else []
    needed = set(zip(*known, strict=True)) if keys else set()
    left_out = np.array([not some and key not in needed for some, key in zip(count, keys, strict=False)], bool)
    if not left_out.any():
        return rows, ids, ()
    names = ["/".join(keys[series]) for series in np.flatnonzero(left_out)]
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    note = f"{len(names)} series without any value left out: {', '.join(map(repr, names[:NAMED]))}{more}"
    return *keep_rows(rows, ids, ~left_out[rows.series]), (note,)


def is_among(rows: Rows, ids: tuple[TextArray, ...], series: Collection[tuple[str, ...]]) -> BoolArray:
    """Return which rows belong to one of the series."""
    return np.asarray(are_among(ids, series)[rows.series])


def are_among(ids: tuple[TextArray, ...], series: Collection[tuple[str, ...]]) -> BoolArray:
    """Return which of the ids are those of one of the series; not all may be."""
    found = np.array([key in series for key in zip(*(column.tolist() for column in ids), strict=True)], bool)
    if found.all():
        raise ShortError("data: no series is left that can be forecast; look at those that were left out")
    return found


def encode_covariates(
    table: Table, names: Names, rows: Rows, facts: CovariateFacts | None, where: Callable[[int], str]
) -> Encoded:
    """Return the rows with each covariate of texts as its categories."""
    texts = {name: table.texts[name].distinct for name in names.categories}
    return encode_rows(rows, names.past, names.future, texts, facts.categories if facts else None, where)


def static_rows(table: Table, names: Names, rows: Rows) -> StaticRows:
    """Return the static columns of the rows."""
    columns = {name: _column(table, names, name)[rows.origin] for name in names.static}
    texts = {name: table.texts[name].distinct for name in names.static if name in names.categories}
    return StaticRows(rows.series, rows.origin, columns, texts)


def _block(table: Table, names: Names, columns: tuple[str, ...], rows: int) -> FloatArray:
    return np.column_stack([_column(table, names, name) for name in columns]) if columns else np.empty((rows, 0))


def _column(table: Table, names: Names, name: str) -> FloatArray:
    """Return a column of numbers, or the places of its texts; NaN where it is empty."""
    if name not in names.categories:
        return table.numbers[name]
    codes = table.texts[name].codes
    return np.where(codes < 0, np.nan, codes)
