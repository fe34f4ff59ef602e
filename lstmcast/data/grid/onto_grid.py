"""Brings the rows of files onto their grid: by the codes of their columns where that is enough, else row by row."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np

from lstmcast.arrays import TextArray
from lstmcast.config.data_config import DataConfig
from lstmcast.data.clock.stamps import Stamps, Times, stamps_of_rows
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import Frequency
from lstmcast.data.covariate.ahead import drop_beyond
from lstmcast.data.covariate.categories import Columns, Encoded, encode_covariates
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.static import StaticRows, static_rows
from lstmcast.data.grid.coded_rows import CodedRows
from lstmcast.data.grid.laying import Laid, lay_at_once, lay_rows
from lstmcast.data.grid.span import is_inside
from lstmcast.data.names import Names
from lstmcast.data.rows import NO_ROWS, Labels, Origins
from lstmcast.data.table.codes import Codes, Cycle, Runs, expand
from lstmcast.data.table.table import Sources, Table
from lstmcast.data.table_rows import (
    block_of,
    drop_valueless,
    is_among,
    keep_rows,
    make_rows,
)


@dataclass(frozen=True)
class Known:
    """What a model knows of its data already: it settles what a short newer file leaves open."""

    time_format: TimeFormat
    frequency: Frequency
    covariates: CovariateFacts = field(default_factory=CovariateFacts)
    ids: tuple[tuple[str, ...], ...] = ()  # of the series that it has seen: a tuple for each id column


@dataclass(frozen=True)
class Files:
    """What files hold, as far as columns tell."""

    names: Names
    sources: Sources
    table: Table
    series: Codes
    ids: tuple[TextArray, ...]
    times: Times | None
    origins: Origins


@dataclass(frozen=True)
class Found:
    """Rows on their grid, and what is known of them."""

    ids: tuple[TextArray, ...]
    stamps: Stamps
    encoded: Encoded
    static: StaticRows
    laid: Laid


def lay_files(
    files: Files,
    config: DataConfig,
    known: Known | None,
    horizon: int | None,
    without: Collection[tuple[str, ...]],
) -> Found:
    """Return the rows of all series but those in `without` on their grid."""
    found = None if without else _lay_by_codes(files, config, known, horizon)
    return found or _lay_with_care(files, config, known, horizon, without)


def _lay_by_codes(files: Files, config: DataConfig, known: Known | None, horizon: int | None) -> Found | None:
    """Return the rows on their grid if each row's codes say where it belongs, else None."""
    names, times = files.names, files.times
    is_cut = config.start is not None or config.end is not None
    if names.categories or names.static or times is None or is_cut:
        return None
    stamps = times.alone(known.time_format if known else None)
    if stamps is None:
        return None
    past, future = Columns(names.past, names.past), Columns(names.future, names.future)
    labels = _labels(files, past, future, files.ids, stamps.time_format)
    rows = _coded_rows(files, times.codes, stamps)
    laid = lay_at_once(rows, config, labels, known.frequency if known else None, horizon)
    if laid is None:
        return None
    static = StaticRows(NO_ROWS.series, NO_ROWS.origin, {}, {})
    return Found(files.ids, stamps, Encoded(NO_ROWS, past, future, {}), static, laid)


def _coded_rows(files: Files, times: Codes, stamps: Stamps) -> CodedRows:
    """Return the rows of all series; a wide table gives its rows once for each target, in the order of their names."""
    names, table, count, copies = files.names, files.table, files.sources.rows, len(files.names.targets)
    past, future = block_of(table, names, names.past, count), block_of(table, names, names.future, count)
    if not names.is_wide:
        return CodedRows(files.series, times, stamps.stamps, table.numbers[names.targets[0]], past, future)
    return CodedRows(
        series=Runs(np.arange(copies), np.full(copies, count)),
        times=Cycle(expand(times), 0, count * copies),
        stamps=stamps.stamps,
        target=np.concatenate([table.numbers[name] for name in names.targets]),
        past=np.tile(past, (copies, 1)),
        future=np.tile(future, (copies, 1)),
    )


def _lay_with_care(
    files: Files,
    config: DataConfig,
    known: Known | None,
    horizon: int | None,
    without: Collection[tuple[str, ...]],
) -> Found:
    """Return the rows on their grid, in whatever order they are and whatever they lack."""
    names, sources, table, ids = files.names, files.sources, files.table, files.ids
    series = expand(files.series).astype(np.int64)
    valueless = np.logical_and.reduce([np.isnan(table.numbers[name]) for name in names.targets])
    stamps = stamps_of_rows(sources, files.times, series, known.time_format if known else None, valueless)
    rows = make_rows(table, names, series, stamps.stamps)
    if len(stamps.left_out):
        rows, ids = keep_rows(rows, ids, ~np.isin(rows.origin, stamps.left_out))
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
    encoded = encode_covariates(table, names, rows, known.covariates if known else None, files.origins)
    labels = _labels(files, encoded.past, encoded.future, ids, stamps.time_format)
    laid = lay_rows(encoded.rows, config, labels, known.frequency if known else None, horizon)
    return Found(ids, replace(stamps, notes=(*stamps.notes, *notes)), encoded, static, laid)


def _labels(
    files: Files, past: Columns, future: Columns, ids: tuple[TextArray, ...], time_format: TimeFormat
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
