"""Reads what `data` of a config describes into a panel, and reports all that was done to it on the way."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial

from lstmcast.arrays import IntArray, TextArray
from lstmcast.config.data_config import DataConfig
from lstmcast.data.clock.stamps import Owners, read_times
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import Frequency
from lstmcast.data.covariate.categories import Encoded
from lstmcast.data.covariate.covariate_columns import Given, complete_panel
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.text_columns import read_with_texts
from lstmcast.data.edge_lines import refuse_rows_left_out
from lstmcast.data.grid.onto_grid import Files, Known, lay_files
from lstmcast.data.grid.regular import Grid
from lstmcast.data.names import Names, choose_columns, names_of
from lstmcast.data.panel import Panel
from lstmcast.data.rows import Origins
from lstmcast.data.table.codes import expand
from lstmcast.data.table.progress import Progress, no_progress
from lstmcast.data.table.skipped import Skipped
from lstmcast.data.table.table import Choose, CsvFacts, Sources, Table
from lstmcast.data.table_rows import are_among, number_series

STEP = "step"  # the time column of a forecast where `data.time` is null
WIDE_ID, WIDE_TARGET = "series", "value"


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
    series, ids = number_series(sources, table, names, without)
    owners = Owners() if not names.ids else Owners(series, ids)
    if without and names.ids:
        owners = replace(owners, ignored=are_among(ids, without)[expand(series)])
    times = read_times(sources, table, names.time, config, known.time_format if known else None, owners)
    refuse_rows_left_out(sources, table, names, times, config.csv)
    origins = Origins(sources.where, owners.of_row)
    found = lay_files(Files(names, sources, table, series, ids, times, origins), config, known, horizon, without)
    laid, encoded = found.laid, found.encoded
    panel = _make_panel(names, encoded, found.ids, laid.frequency, laid.grid, config.gaps)
    if laid.earlier is not None:
        of_parts = tuple(column[laid.owners] for column in found.ids)
        panel = replace(panel, earlier=_make_panel(names, encoded, of_parts, laid.frequency, laid.earlier, config.gaps))
    time_format = found.stamps.time_format
    given = Given(encoded, found.static, names.time, time_format, laid.owners, origins, without)
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


def _make_panel(
    names: Names, encoded: Encoded, ids: tuple[TextArray, ...], frequency: Frequency, grid: Grid, gaps: str
) -> Panel:
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
        interpolated=gaps == "interpolate",
    )
