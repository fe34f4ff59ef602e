"""Reads what `data` of a config describes into a panel, and reports all that was done to it on the way."""

import re
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.config.schema import DataConfig
from lstmcast.data.csv_file import ColumnError, CsvFacts, Sources, Table, open_sources, read_table
from lstmcast.data.panel import BoolArray, FloatArray, IntArray, Panel, TextArray
from lstmcast.data.regular import Grid, put_on_grid
from lstmcast.data.rows import Labels, Rows, merge_duplicates, sort_rows
from lstmcast.data.spacing import check_grid, infer_frequency
from lstmcast.data.span import is_inside
from lstmcast.data.time_format import TimeFormat
from lstmcast.data.time_texts import TimeColumn, parse_times
from lstmcast.data.times import Frequency, StampArray, parse_frequency
from lstmcast.errors import ConfigError, DataError
from lstmcast.spelling import did_you_mean

STEP = "step"  # the time column of a forecast where `data.time` is null
WIDE_ID, WIDE_TARGET = "series", "value"
MOST_COLUMNS_NAMED = 30
FORECAST_COLUMNS = re.compile(r"cutoff|model|forecast|(lo|hi)-\d+(\.\d+)?")


@dataclass(frozen=True)
class Known:
    """What a model knows of its data already: it settles what a short newer file leaves open."""

    time_format: TimeFormat
    frequency: Frequency


@dataclass(frozen=True)
class Reading:
    """A panel, and how it came to be."""

    panel: Panel
    time_format: TimeFormat
    time_name: str
    csv: CsvFacts
    fingerprint: str  # SHA-256 of the file's bytes
    rows_read: int
    fills: IntArray  # targets that were made up, of each series
    covariate_fills: int
    duplicates_dropped: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Names:
    """The names of all columns that a config wants, by their role."""

    time: str | None
    ids: tuple[str, ...]
    targets: tuple[str, ...]
    past: tuple[str, ...]
    future: tuple[str, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the columns that are read as text."""
        return (*(() if self.time is None else (self.time,)), *self.ids)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the columns that are read as numbers."""
        return (*self.targets, *self.past, *self.future)

    @property
    def is_wide(self) -> bool:
        """Return whether each target is a series."""
        return len(self.targets) > 1


def read_panel(config: DataConfig, known: Known | None = None) -> Reading:
    """Return the panel of a config's data."""
    names = _names_of(config)
    sources = open_sources(config.path, config.csv)
    _check_columns(sources, names)
    table = read_table(sources, names.texts, names.numbers, config.csv)
    series, ids = _number_series(sources, table, names)
    stamps, time_format = _read_stamps(sources, table, names, config.time_format, series, known)
    rows = _make_rows(table, names, series, stamps)
    inside = is_inside(rows.stamps, config.start, config.end, time_format)
    if inside is not None:
        rows, ids = _keep(rows, ids, inside)
    labels = _labels(sources, names, ids, time_format)
    rows, was_shuffled = sort_rows(rows)
    rows, dropped = merge_duplicates(rows, config.duplicates, labels)
    frequency = _frequency_of(config.freq, rows, names, labels, known)
    grid = put_on_grid(rows, frequency, config.gaps, labels)
    fills = np.add.reduceat(grid.filled, grid.offsets[:-1], dtype=np.int64)
    first = sources.files[0]
    return Reading(
        panel=_make_panel(names, ids, frequency, grid),
        time_format=time_format,
        time_name=names.time or STEP,
        csv=CsvFacts(first.separator, table.decimal, first.encoding, sources.columns),
        fingerprint=sources.fingerprint,
        rows_read=sources.rows,
        fills=fills,
        covariate_fills=grid.covariate_fills,
        duplicates_dropped=dropped,
        notes=(
            *(("rows were not in time order; sorted",) if was_shuffled else ()),
            *((f"{dropped} rows with a time that was there already: {config.duplicates}",) if dropped else ()),
            *((f"{int(fills.sum())} missing values filled: {config.gaps}",) if fills.any() else ()),
            *((f"{grid.covariate_fills} missing covariates filled: {config.gaps}",) if grid.covariate_fills else ()),
            *grid.notes,
        ),
    )


def _names_of(config: DataConfig) -> Names:
    targets = (config.target,) if isinstance(config.target, str) else tuple(sorted(config.target))
    ids = (config.id,) if isinstance(config.id, str) else config.id or ()
    if not (config.time is None or isinstance(config.time, str)):
        raise ConfigError("data.time: several columns are not available yet; name one")
    for name in (*ids, *((config.time,) if config.time else ())):
        if FORECAST_COLUMNS.fullmatch(name):
            raise ConfigError(f"data: column {name!r} is also a column of every forecast file; rename it in the data")
    return Names(config.time, ids, targets, config.past, config.future)


def _check_columns(sources: Sources, names: Names) -> None:
    columns = sources.columns
    for name in (*names.texts, *names.numbers):
        if name not in columns:
            listed = ", ".join(columns[:MOST_COLUMNS_NAMED])
            more = f" and {len(columns) - MOST_COLUMNS_NAMED} more" if len(columns) > MOST_COLUMNS_NAMED else ""
            hint = "; is data.csv.separator right?" if len(columns) == 1 else ""
            kind = ColumnError if name in (*names.past, *names.future) else DataError
            raise kind(
                f"{sources.files[0].path}: no column {name!r}{did_you_mean(name, columns)}; it has {listed}{more}{hint}"
            )


def _number_series(sources: Sources, table: Table, names: Names) -> tuple[IntArray, tuple[TextArray, ...]]:
    """Return the series of each row of the files and the ids of the series, sorted as text."""
    if not names.ids:
        wide = np.array(names.targets, object)
        return np.zeros(sources.rows, np.int64), (wide,) if names.is_wide else ()
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


def _read_stamps(
    sources: Sources, table: Table, names: Names, wanted: str, series: IntArray, known: Known | None
) -> tuple[StampArray, TimeFormat]:
    """Return the stamp of each row of the files; without a time column, its place in its series from 1."""
    if names.time is None:
        order = np.argsort(series, kind="stable")
        starts = np.flatnonzero(np.diff(series[order], prepend=-1))
        place = np.empty(len(series), np.int64)
        place[order] = np.arange(len(series)) - np.repeat(starts, np.diff(np.append(starts, len(series)))) + 1
        return place, TimeFormat("order")
    column = table.texts[names.time]
    codes = column.codes
    if (codes < 0).any():
        row = int(np.argmax(codes < 0))
        raise DataError(f"{sources.where(row)}: column {names.time!r} is empty: a row needs its time; add it")
    texts = TimeColumn(names.time, column.distinct, lambda text: sources.where(int(np.argmax(codes == text))))
    stamps, time_format = parse_times(texts, wanted, known.time_format if known else None)
    return stamps[codes], time_format


def _make_rows(table: Table, names: Names, series: IntArray, stamps: StampArray) -> Rows:
    """Return the rows of all series; a wide table gives its rows once for each target, in the order of their names."""
    count, times = len(series), len(names.targets)
    past, future = _block(table, names.past, count), _block(table, names.future, count)
    target = np.concatenate([table.numbers[name] for name in names.targets])
    if not names.is_wide:
        return Rows(series, stamps, target, past, future, np.arange(count))
    origin = np.tile(np.arange(count), times)
    return Rows(
        series=np.repeat(np.arange(times), count),
        stamps=stamps[origin],
        target=target,
        past=np.tile(past, (times, 1)),
        future=np.tile(future, (times, 1)),
        origin=origin,
    )


def _make_panel(names: Names, ids: tuple[TextArray, ...], frequency: Frequency, grid: Grid) -> Panel:
    return Panel(
        frequency=frequency,
        target=WIDE_TARGET if names.is_wide else names.targets[0],
        id_names=(WIDE_ID,) if names.is_wide else names.ids,
        ids=ids,
        offsets=grid.offsets,
        known=grid.known,
        first=grid.first,
        values=grid.values,
        filled=grid.filled,
        past_names=names.past,
        past=grid.past,
        future_names=names.future,
        future=grid.future,
    )


def _keep(rows: Rows, ids: tuple[TextArray, ...], chosen: BoolArray) -> tuple[Rows, tuple[TextArray, ...]]:
    """Return some of the rows, and the series that have any of them."""
    used, series = np.unique(rows.series[chosen], return_inverse=True)
    return replace(rows.take(chosen), series=series.astype(np.int64)), tuple(column[used] for column in ids)


def _labels(sources: Sources, names: Names, ids: tuple[TextArray, ...], time_format: TimeFormat) -> Labels:
    def name_series(series: int) -> str:
        return "" if names.is_wide else "/".join(str(column[series]) for column in ids)

    return Labels(
        target=lambda series: str(ids[0][series]) if names.is_wide else names.targets[0],
        past=names.past,
        future=names.future,
        series=name_series,
        stamp=time_format.render,
        where=sources.where,
        has_zone=time_format.offset is not None,
    )


def _frequency_of(freq: str | int, rows: Rows, names: Names, labels: Labels, known: Known | None) -> Frequency:
    """Return the grid of the rows: the one that is set, the one that a model knows if it fits, or the usual step."""
    if freq == "auto":
        if names.time is None:
            return Frequency("integer", 1)
        if known is not None and _fits(known.frequency, rows):
            return known.frequency
        return infer_frequency(rows.stamps, rows.series, labels.stamp)
    is_step = rows.stamps.dtype.kind == "i"
    if is_step != str(freq).isdigit():
        found = "whole numbers" if is_step else "dates"
        what = f"column {names.time!r} holds {found}" if names.time else "data.time is null: rows are steps"
        raise ConfigError(f"data.freq: is {str(freq)!r}, but {what}; set it to auto")
    frequency = parse_frequency(str(freq), rows.stamps)
    check_grid(frequency, rows.stamps, rows.series, labels.stamp)
    return frequency


def _fits(frequency: Frequency, rows: Rows) -> bool:
    """Return whether the rows lie on the grid and most of them one tick apart."""
    if (frequency.kind == "integer") != (rows.stamps.dtype.kind == "i") or frequency.off_grid(rows.stamps).any():
        return False
    steps = np.diff(frequency.ticks(rows.stamps))[np.diff(rows.series) == 0]
    return bool(len(steps) == 0 or (steps == 1).mean() > 0.5)


def _block(table: Table, columns: tuple[str, ...], rows: int) -> FloatArray:
    return np.column_stack([table.numbers[name] for name in columns]) if columns else np.empty((rows, 0))
