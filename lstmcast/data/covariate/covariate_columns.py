"""The covariates of a panel that its rows do not hold as numbers: a second file, static columns, public holidays."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.config.data_config import DataConfig
from lstmcast.config.values import names_in
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.covariate.categories import Encoded
from lstmcast.data.covariate.covariate_facts import CovariateFacts
from lstmcast.data.covariate.known_ahead import with_future_columns, with_rows_ahead
from lstmcast.data.covariate.static import StaticRows, read_static
from lstmcast.data.panel import Panel
from lstmcast.data.rows import Origins


@dataclass(frozen=True)
class Given:
    """What the files say of covariates."""

    encoded: Encoded
    static: StaticRows
    time: tuple[str, ...]
    time_format: TimeFormat
    owners: IntArray | None  # the series of the panel's earlier parts
    origins: Origins
    without: Collection[tuple[str, ...]]  # series that are left out


@dataclass(frozen=True)
class Completed:
    """A panel with all of its covariates, and how they came to be."""

    panel: Panel
    fingerprint: str
    facts: CovariateFacts
    notes: tuple[str, ...]


def complete_panel(
    panel: Panel, fingerprint: str, config: DataConfig, given: Given, known: CovariateFacts | None, horizon: int | None
) -> Completed:
    """Return the panel with all that is known ahead: up to the horizon, if that is given. `known` is a model's."""
    facts = CovariateFacts(categories=given.encoded.categories)
    found = Completed(panel, fingerprint, facts, given.encoded.notes)
    if config.future_path is not None:
        found = _join_second_file(found, config, given, horizon, is_needed=known is not None)
    elif not config.future and (config.static or config.holidays) and horizon is not None:
        count = panel.series_count
        ahead = with_rows_ahead(panel, np.full(count, horizon), np.empty((count * horizon, 0)))
        found = replace(found, panel=ahead)
    if config.static:
        found = _add_static(found, config.static, given, known)
    if config.holidays is not None:
        found = _add_holidays(found, config.holidays, given.time_format, known)
    return found


def _join_second_file(
    found: Completed, config: DataConfig, given: Given, horizon: int | None, *, is_needed: bool
) -> Completed:
    from lstmcast.data.covariate.future_file import Wanted, join_future_file  # few have one, and it takes milliseconds

    categories = {name: texts for name, texts in given.encoded.categories.items() if name in config.future}
    wanted = Wanted(given.time, names_in(config.id), config.future, categories, given.without)
    joined = join_future_file(found.panel, config, wanted, given.time_format, horizon, is_needed=is_needed)
    fingerprint = sha256(f"{found.fingerprint}{joined.fingerprint}".encode()).hexdigest()
    return Completed(joined.panel, fingerprint, found.facts, (*found.notes, *joined.notes))


def _add_static(found: Completed, names: tuple[str, ...], given: Given, known: CovariateFacts | None) -> Completed:
    static, panel = read_static(given.static, names, known, given.origins), found.panel
    blocks = [static.block[panel.series_of_row]]
    if panel.earlier is not None and given.owners is not None:
        blocks.append(static.block[given.owners[panel.earlier.series_of_row]])
    facts = found.facts.changed({"categories": {**found.facts.categories, **static.categories}, "steps": static.steps})
    panel = with_future_columns(panel, static.names, blocks)
    return replace(found, panel=panel, facts=facts, notes=(*found.notes, *static.notes))


def _add_holidays(found: Completed, region: str, time_format: TimeFormat, known: CovariateFacts | None) -> Completed:
    from lstmcast.data.covariate.public_holidays import read_holidays

    panels = [found.panel, *([found.panel.earlier] if found.panel.earlier is not None else [])]
    holidays = read_holidays(region, panels, time_format, known.holidays if known else None)
    panel = with_future_columns(found.panel, holidays.names, holidays.blocks)
    facts = found.facts.changed({"holidays": holidays.facts})
    return replace(found, panel=panel, facts=facts, notes=(*found.notes, *holidays.notes))
