"""Reads `data.future_path`: rows after the last target of each series, with what is known ahead."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.config.data_config import DataConfig
from lstmcast.data.clock.stamps import Owners, read_times, stamps_of_rows
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.covariate.categories import encode_block, find_unseen, unseen_error
from lstmcast.data.covariate.covariate_facts import Categories
from lstmcast.data.covariate.known_ahead import with_rows_ahead
from lstmcast.data.csv_reading import read_files
from lstmcast.data.edge_lines import refuse_rows_left_out
from lstmcast.data.names import Names
from lstmcast.data.panel import Panel, keys_of
from lstmcast.data.rows import Labels, Rows, merge_duplicates, of_series, sort_rows
from lstmcast.data.table.codes import expand
from lstmcast.data.table.csv_bytes import find_paths, reporting_missing
from lstmcast.data.table.skipped import Skipped
from lstmcast.data.table.table import ColumnError, Sources, Table, no_column
from lstmcast.data.table_rows import block_of, number_series
from lstmcast.errors import ContractError, DataError, MissingError
from lstmcast.plurals import count_things


@dataclass(frozen=True)
class Wanted:
    """The columns of a file of future rows."""

    time: tuple[str, ...]
    ids: tuple[str, ...]
    future: tuple[str, ...]
    categories: Categories  # of those that hold texts
    without: Collection[tuple[str, ...]]  # series whose rows nobody looks at


@dataclass(frozen=True)
class Joined:
    """A panel with the rows of another file, and what is to be said of them."""

    panel: Panel
    fingerprint: str
    notes: tuple[str, ...]


def join_future_file(
    panel: Panel, config: DataConfig, wanted: Wanted, time_format: TimeFormat, horizon: int | None, *, is_needed: bool
) -> Joined:
    """Return the panel with the rows of `data.future_path` up to the horizon; they replace what it has there.

    Rows count up to the first step that lacks one. `is_needed`: a forecast is about to be made from them.
    """
    assert config.future_path is not None
    for path in find_paths(config.future_path):
        with reporting_missing(path):
            is_there = path.exists()
        if not is_there:
            raise MissingError(f"{path}: no such file; check data.future_path")
    skipped = Skipped(wanted.ids, series=wanted.without)
    sources, table = read_files(config.future_path, config.csv, partial(_choose, wanted), skipped=skipped)
    rows, strangers = _read_rows(panel, sources, table, wanted, config, time_format)
    labels = _labels(panel, sources, wanted, time_format)
    rows = _keep_needed(panel, rows, horizon, labels, ContractError if is_needed else DataError)
    if is_needed:
        _refuse_unseen(rows, table, wanted, labels)
    rows, _ = merge_duplicates(sort_rows(_encoded(rows, table, wanted))[0], config.duplicates, labels)
    steps = panel.frequency.ticks(rows.stamps) - panel.cutoffs[rows.series] - 1
    ahead = _own_rows(panel, horizon if horizon is not None else int(steps.max(initial=-1)) + 1)
    ahead[rows.series, steps] = np.where(np.isnan(rows.future), ahead[rows.series, steps], rows.future)
    whole = ~np.isnan(ahead).any(axis=2)
    counts = np.cumprod(whole, axis=1).sum(axis=1)
    if is_needed:
        _refuse_empty(rows, steps, counts, ahead, labels)
    is_used = np.arange(whole.shape[1]) < counts[:, None]
    rows_of = f"{count_things(strangers, 'row')} of series"
    notes = (f"{sources.name}: {rows_of} that data.path lacks left out",) if strangers else ()
    return Joined(with_rows_ahead(panel, counts, ahead[is_used]), sources.fingerprint, notes)


def _choose(wanted: Wanted, path: Path, columns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for name in (*wanted.time, *wanted.ids, *wanted.future):
        if name not in columns:
            raise ColumnError(no_column(path, name, columns))
    texts = (*wanted.time, *wanted.ids, *wanted.categories)
    return texts, tuple(name for name in wanted.future if name not in wanted.categories)


def _read_rows(
    panel: Panel, sources: Sources, table: Table, wanted: Wanted, config: DataConfig, time_format: TimeFormat
) -> tuple[Rows, int]:
    """Return the rows of the panel's series, and how many there are of others."""
    numbers = tuple(name for name in wanted.future if name not in wanted.categories)
    names = Names(wanted.time, wanted.ids, numbers, (), wanted.future, (), frozenset(wanted.categories))
    series, owners = _find_series(panel, sources, table, names, wanted.without)
    times = read_times(sources, table, wanted.time, config, time_format, owners)
    refuse_rows_left_out(sources, table, names, times, config.csv)
    stamps = stamps_of_rows(sources, times, series, time_format).stamps
    future = block_of(table, names, wanted.future, len(series))
    mine = np.flatnonzero(series >= 0)
    strangers = len(series) - len(mine) - int(owners.ignored.sum())
    series, origin = series[mine], mine
    if panel.ids and not wanted.ids:  # a wide table: each row is one of every series
        origin = np.tile(mine, panel.series_count)
        series = np.repeat(np.arange(panel.series_count), len(mine))
    nothing = np.empty((len(origin), 0))
    rows = Rows(series, stamps[origin], np.full(len(origin), np.nan), nothing, future[origin], origin)
    return rows, strangers


def _find_series(
    panel: Panel, sources: Sources, table: Table, names: Names, without: Collection[tuple[str, ...]]
) -> tuple[IntArray, Owners]:
    """Return the series of the panel that each row belongs to, or -1, and the ids that the rows have."""
    if not names.ids:
        return np.zeros(sources.rows, np.int64), Owners()
    codes, ids = number_series(sources, table, names, without)
    keys, of_rows = keys_of(ids), expand(codes)
    places = {key: place for place, key in enumerate(keys_of(panel.ids))}
    series = np.array([places.get(key, -1) for key in keys], np.int64)[of_rows]
    return series, Owners(codes, ids, np.array([key in without for key in keys], bool)[of_rows])


def _keep_needed(
    panel: Panel, rows: Rows, horizon: int | None, labels: Labels, fault: type[ContractError] | type[DataError]
) -> Rows:
    """Return the rows between the last target of their series and the end of its horizon; all must be on the grid."""
    frequency = panel.frequency
    stamps = rows.stamps.view(np.int64)
    needed = stamps > frequency.stamps(panel.cutoffs).view(np.int64)[rows.series]
    if horizon is not None:
        needed &= stamps <= frequency.stamps(panel.cutoffs + horizon).view(np.int64)[rows.series]
    rows = rows.take(needed)
    off = frequency.off_grid(rows.stamps)
    if off.any():
        row = int(np.argmax(off))
        raise fault(
            f"{labels.where(int(rows.origin[row]))}: {labels.stamp(rows.stamps[[row]])[0]} lies between the steps of "
            f"the data ({frequency.alias}); data.future_path has to be of the same frequency"
        ).of(labels.ids(int(rows.series[row])))
    return rows


def _refuse_unseen(rows: Rows, table: Table, wanted: Wanted, labels: Labels) -> None:
    for place, name in enumerate(wanted.future):
        if name not in wanted.categories:
            continue
        codes, distinct, categories = rows.future[:, place], table.texts[name].distinct, wanted.categories[name]
        row = find_unseen(codes, distinct, categories)
        if row is not None:
            text, where = str(distinct[int(codes[row])]), labels.where(int(rows.origin[row]))
            raise unseen_error(name, text, categories, where).of(labels.ids(int(rows.series[row])))


def _encoded(rows: Rows, table: Table, wanted: Wanted) -> Rows:
    texts = {name: table.texts[name].distinct for name in wanted.categories}
    return replace(rows, future=encode_block(rows.future, wanted.future, texts, wanted.categories))


def _own_rows(panel: Panel, horizon: int) -> FloatArray:
    """Return (S, H, F): what the panel itself knows ahead, NaN elsewhere."""
    ahead = np.full((panel.series_count, horizon, panel.future.shape[1]), np.nan)
    after = np.flatnonzero(~panel.is_known)
    series = panel.series_of_row[after]
    step = after - panel.offsets[series] - panel.known[series]
    ahead[series[step < horizon], step[step < horizon]] = panel.future[after[step < horizon]]
    return ahead


def _refuse_empty(rows: Rows, steps: IntArray, counts: IntArray, ahead: FloatArray, labels: Labels) -> None:
    """Refuse a row that is there but lacks what the forecast needs next."""
    is_next: BoolArray = steps == counts[rows.series]
    if not is_next.any():
        return
    row = int(np.argmax(is_next))
    series = int(rows.series[row])
    column = labels.future[int(np.argmax(np.isnan(ahead[series, steps[row]])))]
    raise ContractError(
        f"{labels.where(int(rows.origin[row]))}: column {column!r} is empty at {labels.stamp(rows.stamps[[row]])[0]}"
        f"{of_series(labels, rows, row)}; the forecast needs it: add it"
    ).of(labels.ids(series))


def _labels(panel: Panel, sources: Sources, wanted: Wanted, time_format: TimeFormat) -> Labels:
    owners = tuple(name for name in wanted.future for _ in wanted.categories.get(name, (name,)))
    return Labels(
        target=lambda series: panel.name_of(series),
        past=(),
        future=owners,
        series=lambda series: panel.name_of(series) if wanted.ids else "",
        stamp=time_format.render,
        where=sources.where,
        has_zone=time_format.names_moments,
        ids=lambda series: panel.ids_of(series) if wanted.ids else (),
    )
