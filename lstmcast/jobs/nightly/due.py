"""Whether a model is due to be trained, and why."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from lstmcast.config.durations import parse_duration
from lstmcast.config.schema import Config
from lstmcast.data.contract import UNSEEN, places_of
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.errors import ArtifactError, ContractError, NoModelError
from lstmcast.evaluation.drift import ENOUGH, DriftReport
from lstmcast.jobs.fingerprints import model_fingerprint, place_of_data
from lstmcast.jobs.nightly.answering import missing_series
from lstmcast.jobs.nightly.gate_notes import refusal_of
from lstmcast.jobs.train import CONFIG, DATA
from lstmcast.plurals import count_things, name_some
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.manifest import id_time
from lstmcast.store.versions import current_version, list_versions, models_folder, resolve_version

NO_DRIFT = DriftReport(0, ())
CLOCK_SLACK = timedelta(days=1)  # a clock may be set back a little; a training later than that is none to count from


@dataclass(frozen=True)
class Versions:
    """The version that forecasts, the one that was trained last, whatever the gate said of it, and what is wrong."""

    present: LoadedVersion | None
    newest: LoadedVersion | None
    trouble: str | None = None

    @property
    def trained(self) -> datetime | None:
        """Return when a model was last trained."""
        return None if self.newest is None else datetime.fromisoformat(self.newest.manifest.created)


def find_versions(workspace: Path, now: datetime) -> Versions:
    """Return the versions of a workspace that can be loaded.

    One that was made while the clock was wrong, and is of the future, is the newest only where there is no other.
    """
    present, trouble = None, None
    try:
        present = load_version(resolve_version(workspace))
    except NoModelError as error:
        trouble = str(error) if current_version(workspace) else None
    except ArtifactError as error:
        trouble = str(error)
    versions, now_or_before = list_versions(workspace), id_time(now + CLOCK_SLACK)
    for version in sorted(versions, key=lambda version: version > now_or_before):
        if present is not None and version == present.id:
            return Versions(present, present, trouble)
        try:
            return Versions(present, load_version(models_folder(workspace) / version), trouble)
        except (ArtifactError, NoModelError):
            continue
    return Versions(present, present, trouble)


def reasons_to_train(
    config: Config, versions: Versions, reading: Reading, drift: DriftReport, now: datetime
) -> tuple[str, ...]:
    """Return why a model is due; a training that would only say once more what the last one said is not."""
    newest, trained = versions.newest, versions.trained
    if newest is None or trained is None:
        return (versions.trouble or "there is no version yet",)
    is_changed = not is_of_config(newest, config)
    is_tried = newest.manifest.data_fingerprint == reading.fingerprint and not is_changed
    reasons = []
    if versions.present is None and not (is_tried and refusal_of(newest.artifact.metrics)):
        reasons.append(versions.trouble or "no version was promoted yet")
    if trained - now > CLOCK_SLACK:
        reasons.append(f"the last training is of {trained:%Y-%m-%d}, which is not yet")
    if now - trained >= parse_duration(config.job.retrain):
        reasons.append(f"the last training was {(now - trained).total_seconds() / 86400:.1f} days ago")
    if is_changed:
        reasons.append("the config has changed")
    if unseen := _unseen(reading.panel, newest):
        reasons.append(f"the series {unseen!r} is new")
    if drift.drifted and drift.strongest is not None:
        reasons.append(f"the model has drifted: {describe_evidence(drift)}")
    return tuple(reasons)


def is_of_config(version: LoadedVersion, config: Config) -> bool:
    """Return whether a version was trained by what the config says now, as far as that decides a model."""
    wanted = model_fingerprint(config)
    return bool(version.artifact.metrics.get(CONFIG, wanted) == wanted)


def describe_other_data(config: Config, version: LoadedVersion) -> str | None:
    """Return what to say where a version was trained on other files than those of the config, if so."""
    here = place_of_data(config)
    there = version.artifact.metrics.get(DATA)  # versions of before do not say
    if not isinstance(there, list) or there == here:
        return None
    return (
        f"{version.id} was trained on {', '.join(map(str, there))}, and data.path is {', '.join(here)} (as seen from "
        "the workspace); if this is the workspace of another config, set an output.dir of its own"
    )


def describe_evidence(drift: DriftReport) -> str:
    """Return what speaks most against the version."""
    strongest = drift.strongest
    if strongest is None or strongest.mean is None:
        return "nothing to go by yet"
    name = "its share of the error" if strongest.name == "error_share" else strongest.name.replace("_", " ")
    return (
        f"{name} is {strongest.mean:.2f} on average over {count_things(drift.origins, 'forecast')}, where its backtest "
        f"promised {'at most' if strongest.side == 'above' else 'at least'} {strongest.bound:.2f} "
        f"(evidence {drift.weight:.3g}, enough is {ENOUGH:g})"
    )


def refuse_missing_series(panel: Panel, version: LoadedVersion, left_out: Collection[tuple[str, ...]]) -> None:
    """Raise a ContractError that names a series which the model knows and the data lack."""
    missing = [key for key in missing_series(panel, version) if key not in left_out]
    if missing:
        named = name_some([repr("/".join(missing[0]))], len(missing))
        raise ContractError(
            f"data: series {named} of the model is not there any more; is the file whole? "
            "If it is gone for good, run `lstmcast train`; --allow-partial forecasts the others"
        ).of(missing[0])


def _unseen(panel: Panel, version: LoadedVersion) -> str | None:
    contract = version.artifact.contract
    if contract.id_names != panel.id_names or not contract.id_names:
        return None
    unseen = np.flatnonzero(places_of(panel, contract) == UNSEEN)
    return "/".join(panel.ids_of(int(unseen[0]))) if len(unseen) else None
