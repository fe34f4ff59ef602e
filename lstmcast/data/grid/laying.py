"""Lays the rows of a file on a regular grid: sorted, moved, merged, split and filled as the config says."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.config.data_config import DataConfig
from lstmcast.config.values import names_in
from lstmcast.data.clock.spacing import OffGridError, check_grid, infer_frequency
from lstmcast.data.clock.times import Frequency, parse_frequency
from lstmcast.data.covariate.calendar import seasonal_periods
from lstmcast.data.grid.by_place import lay_by_place
from lstmcast.data.grid.coded_rows import CodedRows
from lstmcast.data.grid.complete_rows import lay_even
from lstmcast.data.grid.long_gaps import Parts, labels_of_parts, longest_gap, split_at_long_gaps
from lstmcast.data.grid.off_grid import move_to_grid, plain_grid
from lstmcast.data.grid.regular import Grid, check_policy, check_size, put_on_grid
from lstmcast.data.rows import Labels, Rows, merge_duplicates, sort_rows
from lstmcast.errors import ConfigError
from lstmcast.plurals import count_things, name_some

NAMED = 3  # series, in a note


@dataclass(frozen=True)
class Laid:
    """Rows on their grid, and all that was done to them."""

    frequency: Frequency
    grid: Grid
    earlier: Grid | None = None  # parts of series before gaps too long to be filled
    owners: IntArray | None = None  # the series of each such part
    duplicates_dropped: int = 0
    notes: tuple[str, ...] = ()

    @property
    def fills(self) -> IntArray:
        """Return how many targets were made up, of each series."""
        fills = _count_fills(self.grid)
        if self.earlier is None or self.owners is None:
            return fills
        return fills + np.bincount(self.owners, _count_fills(self.earlier), len(fills)).astype(np.int64)

    @property
    def covariate_fills(self) -> int:
        """Return how many covariates were made up."""
        return self.grid.covariate_fills + (self.earlier.covariate_fills if self.earlier else 0)


def lay_rows(rows: Rows, config: DataConfig, labels: Labels, known: Frequency | None, horizon: int | None) -> Laid:
    """Return the rows on their grid; `known` is a model's, which settles what few rows leave open."""
    if config.off_grid == "error":
        even = lay_even(rows, lambda first: _frequency_of(config, first, labels, known))
        if even is not None:
            return Laid(*even, notes=_note_short(*even, labels))
    rows, was_shuffled = sort_rows(rows)
    rows, moved = (rows, 0) if config.off_grid == "error" else _move(rows, config, known)
    rows, dropped = merge_duplicates(rows, config.duplicates, labels)
    frequency = _frequency_of(config, rows, labels, known)
    check_size(rows, frequency, labels)
    parts = split_at_long_gaps(rows, frequency, config.gaps, _longest(frequency, horizon), labels)
    grid = put_on_grid(parts.newest, frequency, config.gaps, labels)
    earlier = _lay_earlier(parts, lambda part, names: put_on_grid(part, frequency, config.gaps, names), labels)
    laid = Laid(frequency, grid, earlier, parts.owners, dropped)
    return replace(laid, notes=_notes(laid, config, labels, parts.notes, moved, was_shuffled=was_shuffled))


def lay_at_once(
    rows: CodedRows, config: DataConfig, labels: Labels, known: Frequency | None, horizon: int | None
) -> Laid | None:
    """Return rows on their grid by their places, None where more has to be done to them."""
    if config.off_grid != "error":
        return None

    def frequency_of(some: Rows) -> Frequency:
        return _frequency_of(config, some, labels, known)

    placed = lay_by_place(rows, config.gaps, lambda found: _longest(found, horizon), frequency_of)
    if placed is None:
        return None
    laid = Laid(placed.frequency, placed.grid)
    return replace(laid, notes=_notes(laid, config, labels, was_shuffled=placed.was_shuffled))


def _lay_earlier(parts: Parts, lay: Callable[[Rows, Labels], Grid], labels: Labels) -> Grid | None:
    return None if parts.earlier is None else lay(parts.earlier, labels_of_parts(labels, parts.owners))


def _move(rows: Rows, config: DataConfig, known: Frequency | None) -> tuple[Rows, int]:
    if config.freq != "auto":
        return move_to_grid(rows, parse_frequency(str(config.freq)))
    return move_to_grid(rows, known if known is not None else plain_grid(rows.stamps, rows.series))


def _frequency_of(config: DataConfig, rows: Rows, labels: Labels, known: Frequency | None) -> Frequency:
    """Return the grid of the rows, once it is known that `data.gaps` can fill it."""
    frequency = _find_frequency(config, rows, labels, known)
    check_policy(frequency, config.gaps)
    return frequency


def _find_frequency(config: DataConfig, rows: Rows, labels: Labels, known: Frequency | None) -> Frequency:
    """Return the grid of the rows: the one that is set, the one that a model knows if it fits, or the usual step."""
    if config.freq == "auto":
        if config.time is None:
            return Frequency("integer", 1)
        return known if known is not None and _fits(known, rows) else _infer(config, rows, labels)
    is_step = rows.stamps.dtype.kind == "i"
    if is_step != str(config.freq).isdecimal():
        found = "whole numbers" if is_step else "dates"
        names = ", ".join(names_in(config.time))
        raise ConfigError(f"data.freq: is {str(config.freq)!r}, but column {names!r} holds {found}; set it to auto")
    frequency = parse_frequency(str(config.freq), rows.stamps)
    check_grid(frequency, rows.stamps, rows.series, labels.stamp)
    return frequency


def _infer(config: DataConfig, rows: Rows, labels: Labels) -> Frequency:
    """Return the grid of the usual step, or the one that rows were moved to if the usual step is a multiple of it."""
    try:
        return infer_frequency(rows.stamps, rows.series, labels.stamp)
    except OffGridError:
        if config.off_grid == "error":
            raise
        return plain_grid(rows.stamps, rows.series)


def _fits(frequency: Frequency, rows: Rows) -> bool:
    """Return whether the rows lie on the grid and most of them one tick apart."""
    if (frequency.kind == "integer") != (rows.stamps.dtype.kind == "i") or frequency.off_grid(rows.stamps).any():
        return False
    steps = np.diff(frequency.ticks(rows.stamps))[np.diff(rows.series) == 0]
    return bool(len(steps) == 0 or (steps == 1).mean() > 0.5)


def _longest(frequency: Frequency, horizon: int | None) -> int | None:
    return None if horizon is None else longest_gap(frequency, horizon)


def _notes(
    laid: Laid,
    config: DataConfig,
    labels: Labels,
    of_parts: tuple[str, ...] = (),
    moved: int = 0,
    *,
    was_shuffled: bool,
) -> tuple[str, ...]:
    """Return what to say of all that was done."""
    return (
        *(("rows were not in time order; sorted",) if was_shuffled else ()),
        *_note(moved, "row", f" moved to the nearest step of the grid ({laid.frequency.alias})"),
        *_note(laid.duplicates_dropped, "row", f" with a time that was there already: {config.duplicates}"),
        *_note(int(laid.fills.sum()), "missing value", f" filled: {config.gaps}"),
        *_note(laid.covariate_fills, "missing covariate", f" filled: {config.gaps}"),
        *of_parts,
        *laid.grid.notes,
        *_note_short(laid.frequency, laid.grid, labels),
    )


def _note_short(frequency: Frequency, grid: Grid, labels: Labels) -> tuple[str, ...]:
    """Return what to say of series that have not seen a whole season, beside others that may have."""
    season = next(iter(seasonal_periods(frequency)), 0)
    short = np.flatnonzero(grid.known < season)
    if not len(short) or len(grid.known) == 1:
        return ()
    shown = [repr(labels.series(int(series)) or labels.target(int(series))) for series in short[:NAMED]]
    names = name_some(shown, len(short))
    return (f"shorter than a season of {season} {frequency.unit_name}s, so forecast by what others show: {names}",)


def _count_fills(grid: Grid) -> IntArray:
    series = np.searchsorted(grid.offsets, np.flatnonzero(grid.filled), side="right") - 1
    return np.bincount(series, minlength=len(grid.known))


def _note(count: int, what: str, done: str) -> tuple[str, ...]:
    return (f"{count_things(count, what)}{done}",) if count else ()
