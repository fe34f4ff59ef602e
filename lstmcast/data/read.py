"""Reads what `data` of a config describes into a panel, and reports all that was done to it on the way."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from lstmcast.config.schema import DataConfig
from lstmcast.data.clock.stamps import read_stamps
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import Frequency, StampArray
from lstmcast.data.covariate.ahead import drop_beyond
from lstmcast.data.covariate.categories import Encoded, encode_rows
from lstmcast.data.covariate.covariate_columns import Given, complete_panel
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.static import StaticRows
from lstmcast.data.covariate.text_columns import read_with_texts
from lstmcast.data.laying import lay_rows
from lstmcast.data.panel import BoolArray, FloatArray, IntArray, Panel, TextArray
from lstmcast.data.regular import Grid
from lstmcast.data.rows import Labels, Rows
from lstmcast.data.span import is_inside
from lstmcast.data.table.csv_file import ColumnError, CsvFacts, Sources, Table
from lstmcast.data.table.csv_reading import Progress, no_progress
from lstmcast.data.table.plain_csv import Choose
from lstmcast.data.table.skipped import Skipped
from lstmcast.errors import ConfigError, DataError, ShortError
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
    covariates: CovariateFacts = field(default_factory=CovariateFacts)


@dataclass(frozen=True)
class Reading:
    """A panel, and how it came to be."""

    panel: Panel
    time_format: TimeFormat
    time_names: tuple[str, ...]
    csv: CsvFacts
    fingerprint: str  # SHA-256 of the file's bytes
    rows_read: int
    fills: IntArray  # targets that were made up, of each series
    covariate_fills: int
    duplicates_dropped: int
    covariates: CovariateFacts
    notes: tuple[str, ...]

    @property
    def time_name(self) -> str:
        """Return what the time is called in a message."""
        return ", ".join(self.time_names)

    @property
    def axis_name(self) -> str:
        """Return what the time is called at an axis of stamps, which may be in UTC although texts are not."""
        is_utc = self.time_format.names_moments and self.time_format.clock == "utc"
        return f"{self.time_name} (UTC)" if is_utc else self.time_name


@dataclass(frozen=True)
class Names:
    """The names of all columns that a config wants, by their role."""

    time: tuple[str, ...]  # () where rows are in order
    ids: tuple[str, ...]
    targets: tuple[str, ...]
    past: tuple[str, ...]
    future: tuple[str, ...]
    static: tuple[str, ...]
    categories: frozenset[str] = frozenset()  # the covariates that hold texts

    @property
    def covariates(self) -> tuple[str, ...]:
        """Return the columns that help."""
        return (*self.past, *self.future, *self.static)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the columns that are read as text."""
        return (*self.time, *self.ids, *(name for name in self.covariates if name in self.categories))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the columns that are read as numbers."""
        return (*self.targets, *(name for name in self.covariates if name not in self.categories))

    @property
    def is_wide(self) -> bool:
        """Return whether each target is a series."""
        return len(self.targets) > 1


def read_panel(
    config: DataConfig,
    known: Known | None = None,
    *,
    horizon: int | None = None,
    without: Collection[tuple[str, ...]] = (),
    progress: Progress = no_progress,
) -> Reading:
    """Return the panel of a config's data; gaps longer than a season and the horizon split a series, if it is given."""
    facts = known.covariates if known else None
    names, sources, table = _read_columns(_names_of(config), config, facts, progress, without)
    series, ids = _number_series(sources, table, names)
    found = read_stamps(sources, table, names.time, config, series, known.time_format if known else None)
    time_format = found.time_format
    rows = _make_rows(table, names, series, found.stamps)
    inside = is_inside(rows.stamps, config.start, config.end, time_format)
    if inside is not None:
        rows, ids = _keep(rows, ids, inside)
    if without:
        rows, ids = _keep(rows, ids, ~_is_among(rows, ids, without))
    if names.future:
        rows = drop_beyond(rows, horizon)
    static = _static_rows(table, names, rows)
    encoded = _encode(table, names, rows, facts, sources.where)
    labels = _labels(sources, names, encoded, ids, time_format)
    laid = lay_rows(encoded.rows, config, labels, known.frequency if known else None, horizon)
    panel = _make_panel(names, encoded, ids, laid.frequency, laid.grid)
    if laid.earlier is not None:
        of_parts = tuple(column[laid.owners] for column in ids)
        panel = replace(panel, earlier=_make_panel(names, encoded, of_parts, laid.frequency, laid.earlier))
    given = Given(encoded, static, names.time, time_format, laid.owners, sources.where)
    completed = complete_panel(panel, sources.fingerprint, config, given, facts, horizon)
    first = sources.files[0]
    return Reading(
        panel=completed.panel,
        time_format=time_format,
        time_names=names.time or (STEP,),
        csv=CsvFacts(first.separator, table.decimal, first.encoding, sources.columns),
        fingerprint=completed.fingerprint,
        rows_read=sources.rows,
        fills=laid.fills,
        covariate_fills=laid.covariate_fills,
        duplicates_dropped=laid.duplicates_dropped,
        covariates=completed.facts,
        notes=(*sources.notes, *found.notes, *laid.notes, *completed.notes),
    )


def _names_of(config: DataConfig) -> Names:
    targets = (config.target,) if isinstance(config.target, str) else tuple(sorted(config.target))
    ids = (config.id,) if isinstance(config.id, str) else config.id or ()
    time = (config.time,) if isinstance(config.time, str) else config.time or ()
    for name in (*ids, *time):
        if FORECAST_COLUMNS.fullmatch(name):
            raise ConfigError(f"data: column {name!r} is also a column of every forecast file; rename it in the data")
    return Names(time, ids, targets, config.past, config.future, config.static)


def _read_columns(
    names: Names,
    config: DataConfig,
    facts: CovariateFacts | None,
    progress: Progress,
    without: Collection[tuple[str, ...]],
) -> tuple[Names, Sources, Table]:
    def choose(texts: frozenset[str]) -> Choose:
        return partial(_choose_columns, replace(names, categories=texts))

    known = None if facts is None else set(facts.categories) & set(names.covariates)
    skipped = Skipped(names.ids, names.targets if names.is_wide else (), without)
    texts, sources, table = read_with_texts(config, names.covariates, known, choose, progress, skipped)
    return replace(names, categories=texts), sources, table


def _encode(
    table: Table, names: Names, rows: Rows, facts: CovariateFacts | None, where: Callable[[int], str]
) -> Encoded:
    texts = {name: table.texts[name].distinct for name in names.categories}
    return encode_rows(rows, names.past, names.future, texts, facts.categories if facts else None, where)


def _static_rows(table: Table, names: Names, rows: Rows) -> StaticRows:
    columns = {name: _column(table, names, name)[rows.origin] for name in names.static}
    texts = {name: table.texts[name].distinct for name in names.static if name in names.categories}
    return StaticRows(rows.series, rows.origin, columns, texts)


def _choose_columns(names: Names, path: Path, columns: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which columns are read as texts and which as numbers, or name the one that a file lacks."""
    for name in (*names.texts, *names.numbers):
        if name not in columns:
            listed = ", ".join(columns[:MOST_COLUMNS_NAMED])
            more = f" and {len(columns) - MOST_COLUMNS_NAMED} more" if len(columns) > MOST_COLUMNS_NAMED else ""
            hint = "; is data.csv.separator right?" if len(columns) == 1 else ""
            kind = ColumnError if name in names.covariates else DataError
            raise kind(f"{path}: no column {name!r}{did_you_mean(name, columns)}; it has {listed}{more}{hint}")
    return names.texts, names.numbers


def _number_series(sources: Sources, table: Table, names: Names) -> tuple[IntArray, tuple[TextArray, ...]]:
    """Return the series of each row of the files and the ids of the series, sorted as text."""
    if not names.ids:
        wide = np.array(names.targets, object)
        return np.zeros(sources.rows, np.int64), (wide,) if names.is_wide else ()
    if len(names.ids) == 1 and (table.texts[names.ids[0]].codes >= 0).all():
        column = table.texts[names.ids[0]]
        return column.codes.astype(np.int64), (column.distinct,)
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


def _make_rows(table: Table, names: Names, series: IntArray, stamps: StampArray) -> Rows:
    """Return the rows of all series; a wide table gives its rows once for each target, in the order of their names."""
    count, times = len(series), len(names.targets)
    past, future = _block(table, names, names.past, count), _block(table, names, names.future, count)
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


def _make_panel(names: Names, encoded: Encoded, ids: tuple[TextArray, ...], frequency: Frequency, grid: Grid) -> Panel:
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
        past_names=encoded.past.names,
        past=grid.past,
        future_names=encoded.future.names,
        future=grid.future,
    )


def _keep(rows: Rows, ids: tuple[TextArray, ...], chosen: BoolArray) -> tuple[Rows, tuple[TextArray, ...]]:
    """Return some of the rows, and the series that have any of them."""
    used, series = np.unique(rows.series[chosen], return_inverse=True)
    return replace(rows.take(chosen), series=series.astype(np.int64)), tuple(column[used] for column in ids)


def _is_among(rows: Rows, ids: tuple[TextArray, ...], series: Collection[tuple[str, ...]]) -> BoolArray:
    """Return which rows belong to one of the series."""
    found = np.array([key in series for key in zip(*(column.tolist() for column in ids), strict=True)], bool)
    if found.all():
        raise ShortError("data: no series is left that can be forecast; look at those that were left out")
    return np.asarray(found[rows.series])


def _labels(
    sources: Sources, names: Names, encoded: Encoded, ids: tuple[TextArray, ...], time_format: TimeFormat
) -> Labels:
    def name_series(series: int) -> str:
        return "" if names.is_wide else "/".join(str(column[series]) for column in ids)

    return Labels(
        target=lambda series: str(ids[0][series]) if names.is_wide else names.targets[0],
        past=encoded.past.owners,
        future=encoded.future.owners,
        series=name_series,
        ids=lambda series: tuple(str(column[series]) for column in ids),
        stamp=time_format.render,
        where=sources.where,
        has_zone=time_format.names_moments,
    )


def _block(table: Table, names: Names, columns: tuple[str, ...], rows: int) -> FloatArray:
    return np.column_stack([_column(table, names, name) for name in columns]) if columns else np.empty((rows, 0))


def _column(table: Table, names: Names, name: str) -> FloatArray:
    """Return a column of numbers, or the places of its texts; NaN where it is empty."""
    if name not in names.categories:
        return table.numbers[name]
    codes = table.texts[name].codes
    return np.where(codes < 0, np.nan, codes)
