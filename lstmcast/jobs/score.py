"""`score`: published forecasts against what has happened since."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from lstmcast.config.schema import Config
from lstmcast.data.written.score_log import LogRow
from lstmcast.evaluation.drift import DriftReport
from lstmcast.files import is_file
from lstmcast.jobs.common.folders import SCORES
from lstmcast.jobs.common.freshness import check_not_from_the_future
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.version_data import read_as_known
from lstmcast.jobs.common.versions import find_versions, is_of_config
from lstmcast.jobs.common.workspace import hold_folder, read_present
from lstmcast.jobs.scoring.ledger import describe_evidence, score_published
from lstmcast.jobs.scoring.scoring import PICTURE, TABLE


@dataclass(frozen=True)
class ScoreResult:
    """The scores of all published forecasts, the oldest first."""

    rows: tuple[LogRow, ...]
    skill: float | None
    drift: DriftReport
    verdict: str
    table: Path
    picture: Path | None

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {
            "scores": [dict(row) for row in self.rows],
            "skill": self.skill,
            "drift": {
                "drifted": self.drift.drifted,
                "verdict": self.verdict,
                "weight": self.drift.weight,
                **asdict(self.drift),
            },
            "table": str(self.table) if self.rows else None,  # which is not there before a forecast came true
            "picture": None if self.picture is None else str(self.picture),
        }


def score(config: Config, *, now: datetime, talk: Talk) -> ScoreResult:
    """Score every forecast that was published against what is known now, and write the table and its picture."""
    with hold_folder(config) as workspace:
        versions = find_versions(workspace, now)
        if versions.present is None or not is_of_config(versions.present, config):
            reading = read_present(config, now, talk)
        else:
            tell = partial(talk.progress, "reading")
            reading = read_as_known(
                config.data, versions.present.artifact.contract, config.forecast.horizon, progress=tell
            )
            check_not_from_the_future(reading, now)
        scoring = score_published(config, workspace, reading, versions, talk)
    folder = workspace / SCORES
    return ScoreResult(
        rows=scoring.rows,
        skill=scoring.skill,
        drift=scoring.drift,
        verdict=_verdict(scoring.drift),
        table=folder / TABLE,
        picture=folder / PICTURE if config.output.plots and is_file(folder / PICTURE) else None,
    )


def _verdict(drift: DriftReport) -> str:
    if not drift.origins:
        return "no drift: no forecast of the present version has been scored yet"
    return f"{'drifted' if drift.drifted else 'no drift'}: {describe_evidence(drift)}"
