"""Whether a model is due to be trained, and why."""

from datetime import datetime

import numpy as np

from lstmcast.config.durations import parse_duration
from lstmcast.config.schema import Config
from lstmcast.data.contract import UNSEEN, places_of
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.evaluation.drift import DriftReport
from lstmcast.jobs.common.versions import CLOCK_SLACK, Versions, is_of_config
from lstmcast.jobs.gate.gate_notes import refusal_of
from lstmcast.jobs.scoring.ledger import describe_evidence
from lstmcast.store.artifact import LoadedVersion


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


def _unseen(panel: Panel, version: LoadedVersion) -> str | None:
    contract = version.artifact.contract
    if contract.id_names != panel.id_names or not contract.id_names:
        return None
    unseen = np.flatnonzero(places_of(panel, contract) == UNSEEN)
    return "/".join(panel.ids_of(int(unseen[0]))) if len(unseen) else None
