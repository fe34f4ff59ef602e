"""Data as a trained version knows them."""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from lstmcast.config.data_config import DataConfig
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import Frequency
from lstmcast.data.contract import Contract, check_contract
from lstmcast.data.grid.onto_grid import Known
from lstmcast.data.read import Reading, read_panel
from lstmcast.data.table.progress import Progress, no_progress
from lstmcast.data.table.table import ColumnError
from lstmcast.errors import ArtifactError, ContractError
from lstmcast.jobs.common.freshness import check_not_from_the_future
from lstmcast.jobs.common.talk import Talk
from lstmcast.store.artifact import Artifact

TRAINED_UNTIL = "trained_until"  # among the metrics of a version: the tick of the newest value that it was trained on


def trained_until(artifact: Artifact) -> int | None:
    """Return the tick of the newest value that the version was trained on; one of an older release does not say."""
    until = artifact.metrics.get(TRAINED_UNTIL)
    return until if type(until) is int else None


def read_for_version(
    config: DataConfig, contract: Contract, *, horizon: int | None = None, progress: Progress = no_progress
) -> Reading:
    """Return the config's data, read with what the version knows of them, or say where they break its contract."""
    reading = read_as_known(config, contract, horizon, progress=progress)
    check_contract(reading.panel, reading.panel.frequency.to_json(), contract)
    return reading


def read_present_for_version(config: DataConfig, artifact: Artifact, now: datetime, talk: Talk) -> Reading:
    """Return the same of data that may not come from the future, and tell what was noted in reading them."""
    tell = partial(talk.progress, "reading")
    reading = read_for_version(config, artifact.contract, horizon=artifact.spec.horizon, progress=tell)
    check_not_from_the_future(reading, now)
    for note in reading.notes:
        talk.say(note)
    return reading


def read_as_known(
    config: DataConfig,
    contract: Contract,
    horizon: int | None,
    without: Collection[tuple[str, ...]] = (),
    progress: Progress = no_progress,
) -> Reading:
    """Return the data, read with what a model's contract knows of them."""
    try:
        time_format = TimeFormat.from_json(contract.time_format)
        known = Known(time_format, Frequency.from_json(contract.frequency), contract.covariates, contract.ids)
    except ValueError as error:
        raise ArtifactError(f"contract.json: {error}; restore the version from a copy, or train again") from error
    try:
        return read_panel(config, known, horizon=horizon, without=without, progress=progress)
    except ColumnError as error:
        raise ContractError(
            f"{error} (the model was trained on another form; bring it back, or train again)"
        ) from error
