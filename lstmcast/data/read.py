"""Reads what `data` of a config describes into a panel, and reports all that was done to it on the way."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from lstmcast.config.schema import DataConfig
from lstmcast.data.clock.stamps import Owners, Stamps, Times, read_times, stamps_of_rows
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import Frequency
from lstmcast.data.covariate.ahead import drop_beyond
from lstmcast.data.covariate.categories import Columns, Encoded
from lstmcast.data.covariate.covariate_columns import Given, complete_panel
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.static import StaticRows
from lstmcast.data.covariate.text_columns import read_with_texts
from lstmcast.data.laying import Laid, lay_at_once, lay_rows
from lstmcast.data.names import Names, choose_columns, names_of
from lstmcast.data.panel import IntArray, Panel, TextArray
from lstmcast.data.regular import Grid
from lstmcast.data.rows import NO_ROWS, Labels
from lstmcast.data.span import is_inside
from lstmcast.data.straight import Straight, find_series
from lstmcast.data.table.codes import Codes, expand
from lstmcast.data.table.csv_file import Choose, CsvFacts, Sources, Table
from lstmcast.data.table.csv_reading import Progress, no_progress
from lstmcast.data.table.skipped import Skipped
from lstmcast.data.table_rows import (
    are_among,
    drop_valueless,
    encode_covariates,
    is_among,
    keep_rows,
    make_rows,
    number_series,
    static_rows,
)

STEP = "step"  # the time column of a forecast where `data.time` is null
WIDE_ID, WIDE_TARGET = "series", "value"


@dataclass(frozen=True)
class Known:
    """What a model knows of its data already: it settles what a short newer file leaves open."""

    time_format: TimeFormat
    frequency: Frequency
    covariates: CovariateFacts = field(default_factory=CovariateFacts)
    ids: tuple[tuple[str, ...], ...] = ()  # of the series that it has seen: a tuple for each id column


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
    names, sources, table = _read_columns(names_of(config), config, facts, progress, without)
    series, ids = number_series(sources, table, names)
    owners = Owners() if not names.ids else Owners(series, ids)
    if without and names.ids:
        owners = replace(owners, ignored=are_among(ids, without)[expand(series)])
    times = read_times(sources, table, names.time, config, known.time_format if known else None, owners)
    of_files = _Files(names, sources, table, series, ids, times)
    found = None if without else _lay_straight(of_files, config, known)
    if found is None:
        found = _lay_with_care(of_files, config, known, horizon, without)
    laid, encoded = found.laid, found.encoded
    panel = _make_panel(names, encoded, found.ids, laid.frequency, laid.grid)
    if laid.earlier is not None:
        of_parts = tuple(column[laid.owners] for column in found.ids)
        panel = replace(panel, earlier=_make_panel(names, encoded, of_parts, laid.frequency, laid.earlier))
    time_format = found.stamps.time_format
    given = Given(encoded, found.static, names.time, time_format, laid.owners, sources.where)
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
        notes=(*sources.notes, *found.stamps.notes, *laid.notes, *completed.notes),
    )


@dataclass(frozen=True)
class _Files:
    """What files hold, as far as columns tell."""

    names: Names
    sources: Sources
    table: Table
    series: Codes
    ids: tuple[TextArray, ...]
    times: Times | None


@dataclass(frozen=True)
class _Found:
    """Rows on their grid, and what is known of them."""

    ids: tuple[TextArray, ...]
    stamps: Stamps
    encoded: Encoded
    static: StaticRows
    laid: Laid


def _lay_straight(files: _Files, config: DataConfig, known: Known | None) -> _Found | None:
    """Return the rows on their grid if they fill it as they are, else None."""
    names, times = files.names, files.times
    is_cut = config.start is not None or config.end is not None
    if names.is_wide or names.covariates or times is None or is_cut:
        return None
    series = find_series(files.series)
    stamps = times.alone(known.time_format if known else None)
    if series is None or stamps is None:
        return None
    nothing = Columns((), ())
    labels = _labels(files, nothing, nothing, files.ids, stamps.time_format)
    rows = Straight(series, times.codes, stamps.stamps, files.table.numbers[names.targets[0]])
    laid = lay_at_once(rows, config, labels, known.frequency if known else None)
    if laid is None:
        return None
    encoded, static = Encoded(NO_ROWS, nothing, nothing, {}), StaticRows(NO_ROWS.series, NO_ROWS.origin, {}, {})
    return _Found(files.ids, stamps, encoded, static, laid)


def _lay_with_care(
    files: _Files,
    config: DataConfig,
    known: Known | None,
    horizon: int | None,
    without: Collection[tuple[str, ...]],
) -> _Found:
    """Return the rows on their grid, in whatever order they are and whatever they lack."""
    names, sources, table, ids = files.names, files.sources, files.table, files.ids
    series = expand(files.series).astype(np.int64)
    stamps = stamps_of_rows(sources, files.times, series, known.time_format if known else None)
    rows = make_rows(table, names, series, stamps.stamps)
    inside = is_inside(rows.stamps, config.start, config.end, stamps.time_format)
    if inside is not None:
        rows, ids = keep_rows(rows, ids, inside)
    if without:
        rows, ids = keep_rows(rows, ids, ~is_among(rows, ids, without))
    notes: tuple[str, ...] = ()
    if names.ids:
        rows, ids, notes = drop_valueless(rows, ids, known.ids if known else ())
    if names.future:
        rows = drop_beyond(rows, horizon)
    static = static_rows(table, names, rows)
    encoded = encode_covariates(table, names, rows, known.covariates if known else None, sources.where)
    labels = _labels(files, encoded.past, encoded.future, ids, stamps.time_format)
    laid = lay_rows(encoded.rows, config, labels, known.frequency if known else None, horizon)
    return _Found(ids, replace(stamps, notes=(*stamps.notes, *notes)), encoded, static, laid)


def _read_columns(
    names: Names,
    config: DataConfig,
    facts: CovariateFacts | None,
    progress: Progress,
    without: Collection[tuple[str, ...]],
) -> tuple[Names, Sources, Table]:
    def choose(texts: frozenset[str]) -> Choose:
        return partial(choose_columns, replace(names, categories=texts))

    known = None if facts is None else set(facts.categories) & set(names.covariates)
    skipped = Skipped(names.ids, names.targets if names.is_wide else (), without)
    texts, sources, table = read_with_texts(config, names.covariates, known, choose, progress, skipped)
    return replace(names, categories=texts), sources, table


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


def _labels(
    files: _Files, past: Columns, future: Columns, ids: tuple[TextArray, ...], time_format: TimeFormat
) -> Labels:
    names = files.names

    def name_series(series: int) -> str:
        return "" if names.is_wide else "/".join(str(column[series]) for column in ids)

    return Labels(
        target=lambda series: str(ids[0][series]) if names.is_wide else names.targets[0],
        past=past.owners,
        future=future.owners,
        series=name_series,
        ids=lambda series: tuple(str(column[series]) for column in ids),
        stamp=time_format.render,
        where=files.sources.where,
        has_zone=time_format.names_moments,
    )
