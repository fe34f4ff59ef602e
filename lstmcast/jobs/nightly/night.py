"""The steps of the nightly job, each of which does nothing where its result is there already."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

import numpy as np

from lstmcast.config.auto import quantiles_of
from lstmcast.config.durations import parse_duration
from lstmcast.config.schema import Config
from lstmcast.data.contract import UNSEEN, find_implausible, places_of
from lstmcast.data.read import Reading, read_panel
from lstmcast.data.whole import check_whole
from lstmcast.errors import (
    ArtifactError,
    ContractError,
    DivergedError,
    GateError,
    ImplausibleError,
    LstmcastError,
    ShortError,
    StaleError,
)
from lstmcast.evaluation.naive_bands import forecast_naive
from lstmcast.files import reporting_failure
from lstmcast.jobs.common.folders import LOGS
from lstmcast.jobs.common.freshness import check_fresh, notes_of
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.version_data import read_as_known
from lstmcast.jobs.common.versions import Versions, is_of_config
from lstmcast.jobs.forecasting.answering import Partial, check_size, leaving_out, read_and_answer, refuse_missing_series
from lstmcast.jobs.forecasting.publishing import (
    Forecast,
    cutoff_of,
    find_published,
    forecast_of,
    is_about,
    plot_of,
    publish,
    remove_published,
)
from lstmcast.jobs.gate.gate_notes import refusal_of
from lstmcast.jobs.gate.new_version import train_version, way_past_the_gate
from lstmcast.jobs.model.checkpoints import open_checkpoints
from lstmcast.jobs.model.opening import Opening, pose_problem
from lstmcast.jobs.scoring.ledger import season_of
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.forecasts import kept_path, list_origins, manifest_path, read_manifest
from lstmcast.store.versions import models_folder

FALLBACK = "seasonal_naive"
NEWER_FAILED = "and there is no newer version that could"


@dataclass(frozen=True)
class Night:
    """One run: what it is to do, where and when, and who hears of it."""

    config: Config
    workspace: Path
    now: datetime
    allow_partial: bool
    talk: Talk


@dataclass(frozen=True)
class Training:
    """What came of training, if there was any: the version that forecasts now, and why there is none."""

    present: LoadedVersion | None
    id: str | None = None
    failure: LstmcastError | None = None


@dataclass(frozen=True)
class Standing:
    """The forecast that stands after the run."""

    model: str
    cutoff: str
    left_out: tuple[str, ...]
    new: Forecast | None = None  # None: it stood there already
    fallback: str | None = None  # why no model could answer


def read(night: Night, present: LoadedVersion | None) -> Partial[Reading]:
    """Return the data, fresh and not older than those that were forecast from before.

    They are read as the present version knows them, unless the config says something else now: then they are new to it.
    """
    config, progress = night.config, partial(night.talk.progress, "reading")
    knower = None if present is None or not is_of_config(present, config) else present

    def work(without: Collection[tuple[str, ...]]) -> Reading:
        if knower is None:
            reading = read_panel(config.data, horizon=config.forecast.horizon, without=without, progress=progress)
            if present is not None and config.data.id is not None:  # else the config names the series
                refuse_missing_series(reading.panel, present, without)
            check_fresh(reading, config.job.max_age, night.now)
            return reading
        artifact = knower.artifact
        reading = read_as_known(config.data, artifact.contract, config.forecast.horizon, without, progress)
        check_fresh(reading, config.job.max_age, night.now, artifact.contract)
        refuse_missing_series(reading.panel, knower, without)
        check_whole(reading.panel, artifact.contract, artifact.spec.context, config.data.gaps)
        check_size(reading.panel, artifact, places_of(reading.panel, artifact.contract))  # before a model learns them
        return reading

    found = leaving_out(work, night.allow_partial)
    _refuse_step_back(night.workspace, found.result)
    for note in notes_of(found.result, config.forecast.horizon):
        night.talk.say(note)
    for reason in found.left_out.values():
        night.talk.warn(f"left out: {reason}")
    return found


def train_anew(night: Night, versions: Versions, reading: Reading, reasons: tuple[str, ...]) -> Training:
    """Return what training brought; where a version forecasts already, a failure leaves it in its place."""
    if not reasons:
        refusal = None if versions.newest is None else refusal_of(versions.newest.artifact.metrics)
        return Training(versions.present, failure=_refused(versions, refusal))
    night.talk.say(f"training: {'; '.join(reasons)}")
    try:
        problem = pose_problem(night.config, reading, night.talk)
        opening = Opening(night.workspace, night.workspace, reading, problem)
        checkpoints = open_checkpoints(night.config, opening, night.talk)
        checkpoints.resume()  # a night that was interrupted while it trained; where that was another, it begins anew
        new = train_version(night.config, opening, checkpoints, now=night.now, talk=night.talk)
    except (ShortError, DivergedError) as error:
        if versions.present is not None:
            night.talk.warn(f"no new version: {error}; {versions.present.id} forecasts on")
        return Training(versions.present, failure=error)
    if new.refusal is None:
        return Training(load_version(models_folder(night.workspace) / new.id), new.id)
    if versions.present is not None:
        night.talk.warn(f"{new.id} was not promoted: {new.refusal}; {versions.present.id} forecasts on")
    failure = GateError(
        f"{new.id}: {new.refusal}; it was saved, and there is no other version to forecast; {way_past_the_gate(new.id)}"
    )
    return Training(versions.present, new.id, failure)


def forecast(night: Night, data: Partial[Reading], training: Training) -> Standing:
    """Return the forecast that is to stand: that of the present version, or of the baseline where it may stand in."""
    config, present = night.config, training.present
    failure = training.failure or GateError(f"{night.workspace}: no version was promoted; run `lstmcast train`")
    if present is not None:
        standing = find_published(config, data.result, present.id)
        if standing is not None:
            found = standing.manifest
            left_out = dict.fromkeys((*found.left_out, *data.names))  # of a series that is gone, `predict` only warns
            return Standing(found.model, found.cutoff, tuple(left_out))
        try:
            answered = read_and_answer(
                config,
                present,
                now=night.now,
                allow_partial=night.allow_partial,
                talk=night.talk,
                before=data if is_of_config(present, config) else None,
            )
        except (ArtifactError, ImplausibleError) as error:
            failure = error
        except ContractError as error:
            failure = (
                error if training.failure is None else ContractError(f"{error}; {NEWER_FAILED}: {training.failure}")
            )
            if is_of_config(present, config):
                raise failure from error  # it is the data that are broken, and nothing stands in for them
        else:
            new = forecast_of(answered, present)
            return Standing(new.model, new.cutoff, new.left_out, new)
    if config.job.on_failure == "keep":
        raise failure
    night.talk.warn(f"{FALLBACK} stands in: {failure}")
    standing = find_published(config, data.result, FALLBACK)
    if standing is not None:
        return Standing(FALLBACK, standing.manifest.cutoff, standing.manifest.left_out, fallback=str(failure))
    new = _stand_in(config, data)
    if present is not None and _is_as_absurd(new, present):
        raise failure
    return Standing(new.model, new.cutoff, new.left_out, new, str(failure))


def publish_new(night: Night, standing: Standing) -> None:
    """Publish the forecast if it is a new one."""
    if standing.new is not None:
        publish(night.config, standing.new, plot_of(night.config), now=night.now)


def clean_up(night: Night) -> tuple[str, ...]:
    """Remove kept forecasts and logs that are too old, and return what was removed."""
    age = parse_duration(night.config.job.keep_forecasts)
    removed = list(remove_published(night.workspace, age, night.now))
    folder = night.workspace / LOGS
    for path in sorted(folder.glob("run-*.log")) if folder.is_dir() else ():
        with suppress(ValueError):  # a name that is not ours
            if date.fromisoformat(path.stem.removeprefix("run-")) < (night.now - age).date():
                with reporting_failure(path, "be removed"):
                    path.unlink(missing_ok=True)
                removed.append(path.name)
    return tuple(removed)


def _refused(versions: Versions, refusal: str | None) -> LstmcastError | None:
    if versions.newest is None or refusal is None:
        return None
    newest = versions.newest.id
    alone = "; there is no other version to forecast, and the data are the same" if versions.present is None else ""
    return GateError(f"{newest}: {refusal}{alone}; {way_past_the_gate(newest)}")


def _refuse_step_back(workspace: Path, reading: Reading) -> None:
    """Refuse data that end before the ones that were forecast from already: a file was cut short, or is an old one."""
    panel = reading.panel
    for origin in reversed(list_origins(workspace)):
        try:
            manifest = read_manifest(kept_path(workspace, origin))
        except ArtifactError:
            continue
        if manifest is None or not is_about(manifest, panel):
            continue
        if manifest.newest_tick > panel.cutoffs.max():
            raise StaleError(
                f"data: the newest row is of {cutoff_of(reading)}, but a forecast was made from {manifest.cutoff} "
                f"already; is the file whole? If the later rows were wrong, remove "
                f"{kept_path(workspace, origin)} and {manifest_path(kept_path(workspace, origin))}"
            )
        return


def _is_as_absurd(forecast: Forecast, present: LoadedVersion) -> bool:
    """Return whether the baseline, too, forecasts what the present version has never seen the like of."""
    panel, contract = forecast.reading.panel, present.artifact.contract
    if panel.id_names != contract.id_names or panel.target != contract.target:
        return False
    places = places_of(panel, contract)
    seen = np.flatnonzero(places != UNSEEN)
    return len(find_implausible(forecast.values[seen], contract, places[seen])) > 0


def _stand_in(config: Config, data: Partial[Reading]) -> Forecast:
    reading, quantiles = data.result, quantiles_of(config.forecast.levels)
    season = season_of(config, reading.panel)
    return Forecast(
        reading=reading,
        model=FALLBACK,
        seed=None,
        season=season,
        quantiles=quantiles,
        values=forecast_naive(reading.panel, config.forecast.horizon, season, quantiles),
        left_out=data.names,
    )
