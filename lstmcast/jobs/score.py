"""`score`: published forecasts against what has happened since."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from lstmcast.config.auto import decide_settings
from lstmcast.config.schema import Config
from lstmcast.data.covariate.calendar import seasonal_periods
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.written.score_log import LogRow, number_in, render_log
from lstmcast.drafts import remove_drafts
from lstmcast.errors import ArtifactError
from lstmcast.evaluation.drift import DriftReport
from lstmcast.files import ensure_folder, is_file, remove_outdated, write_all_whole
from lstmcast.jobs.freshness import check_not_from_the_future
from lstmcast.jobs.nightly.due import NO_DRIFT, Versions, describe_evidence, find_versions, is_of_config
from lstmcast.jobs.nightly.scoring import BASELINE, FOLDER, PICTURE, TABLE, find_drift, rows_like, score_forecasts
from lstmcast.jobs.opening import hold_folder, read_present
from lstmcast.jobs.outputs import drawing_cache
from lstmcast.jobs.talk import Talk
from lstmcast.jobs.version_data import read_as_known

RECENT = 30  # origins


@dataclass(frozen=True)
class Scoring:
    """All scores so far, and what they say of the present version."""

    rows: tuple[LogRow, ...]
    drift: DriftReport

    @property
    def origins(self) -> int:
        """Return how many forecasts were scored."""
        return len(self.rows)

    @property
    def skill(self) -> float | None:
        """Return the share of the seasonal naive error that the forecasts of late have saved."""
        pairs = [(number_in(row, "mase"), number_in(row, f"mase_{BASELINE}")) for row in self.rows[-RECENT:]]
        known = [(own, other) for own, other in pairs if own is not None and other is not None]
        theirs = sum(other for _, other in known)
        return 1 - sum(own for own, _ in known) / theirs if theirs > 0 else None


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
        scoring = _score_published(config, workspace, reading, versions, talk)
    folder = workspace / FOLDER
    return ScoreResult(
        rows=scoring.rows,
        skill=scoring.skill,
        drift=scoring.drift,
        verdict=_verdict(scoring.drift),
        table=folder / TABLE,
        picture=folder / PICTURE if config.output.plots and is_file(folder / PICTURE) else None,
    )


def score_if_sound(config: Config, workspace: Path, reading: Reading, versions: Versions, talk: Talk) -> Scoring:
    """Do as `_score_published` does; where the scores cannot be read, warn: a night has more to do than that."""
    try:
        return _score_published(config, workspace, reading, versions, talk)
    except ArtifactError as error:
        talk.warn(f"{error}; nothing was scored")
        return Scoring((), NO_DRIFT)


def _score_published(config: Config, workspace: Path, reading: Reading, versions: Versions, talk: Talk) -> Scoring:
    """Return the scores of all published forecasts; table and picture are written where something is new."""
    season = season_of(config, reading.panel) if versions.present is None else versions.present.artifact.spec.season
    rows = score_forecasts(workspace, reading.panel, season, talk)
    drift = NO_DRIFT
    if versions.present is not None and versions.trained is not None:
        drift = find_drift(rows, versions.present, versions.trained)
    _write(config, workspace / FOLDER, rows, reading)
    return Scoring(rows, drift)


def season_of(config: Config, panel: Panel) -> int:
    """Return the season by which these data are scored."""
    return decide_settings(config, panel.known, seasonal_periods(panel.frequency)).season


def _write(config: Config, folder: Path, rows: Sequence[LogRow], reading: Reading) -> None:
    table, picture = folder / TABLE, folder / PICTURE
    content, shown = render_log(rows), rows_like(reading.panel, rows) if config.output.plots else []
    is_drawn = is_file(picture) or not shown
    if not rows or (is_drawn and is_file(table) and table.read_bytes() == content):
        return
    contents = {table: content}
    if shown:
        from lstmcast.jobs.nightly.score_picture import draw_ledger  # matplotlib: only where there is something to draw

        contents = {picture: draw_ledger(shown, reading.panel, drawing_cache(config)), **contents}
    ensure_folder(folder)
    remove_drafts(folder)
    write_all_whole(contents)
    if not shown:
        remove_outdated(picture)


def _verdict(drift: DriftReport) -> str:
    if not drift.origins:
        return "no drift: no forecast of the present version has been scored yet"
    return f"{'drifted' if drift.drifted else 'no drift'}: {describe_evidence(drift)}"
