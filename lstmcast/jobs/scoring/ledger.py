"""All scores of the published forecasts: brought up to date, written as a table and drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lstmcast.config.auto import decide_settings
from lstmcast.config.schema import Config
from lstmcast.data.covariate.calendar import seasonal_periods
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.written.score_log import LogRow, number_in, render_log
from lstmcast.drafts import remove_drafts
from lstmcast.errors import ArtifactError
from lstmcast.evaluation.drift import ENOUGH, DriftReport
from lstmcast.files import ensure_folder, is_file, remove_outdated, write_all_whole
from lstmcast.jobs.common.folders import SCORES
from lstmcast.jobs.common.outputs import drawing_cache
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.versions import Versions
from lstmcast.jobs.scoring.scoring import BASELINE, PICTURE, TABLE, find_drift, rows_like, score_forecasts
from lstmcast.plurals import count_things

RECENT = 30  # origins
NO_DRIFT = DriftReport(0, ())


@dataclass(frozen=True)
class Scoring:
    """All scores so far, and what they say of the present version."""

    rows: tuple[LogRow, ...]
    drift: DriftReport
    is_sound: bool = True  # else they could not be read

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


def score_if_sound(config: Config, workspace: Path, reading: Reading, versions: Versions, talk: Talk) -> Scoring:
    """Do as `score_published` does; where the scores cannot be read, warn: a night has more to do than that."""
    try:
        return score_published(config, workspace, reading, versions, talk)
    except ArtifactError as error:
        talk.warn(f"{error}; nothing was scored")
        return Scoring((), NO_DRIFT, is_sound=False)


def score_published(config: Config, workspace: Path, reading: Reading, versions: Versions, talk: Talk) -> Scoring:
    """Return the scores of all published forecasts; table and picture are written where something is new."""
    season = season_of(config, reading.panel) if versions.present is None else versions.present.artifact.spec.season
    rows = score_forecasts(workspace, reading.panel, season, talk)
    drift = NO_DRIFT
    if versions.present is not None and versions.trained is not None:
        drift = find_drift(rows, versions.present, versions.trained)
    _write(config, workspace / SCORES, rows, reading)
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
        from lstmcast.jobs.scoring.score_picture import draw_ledger  # matplotlib: only where there is something to draw

        contents = {picture: draw_ledger(shown, reading.panel, drawing_cache(config)), **contents}
    ensure_folder(folder)
    remove_drafts(folder)
    write_all_whole(contents)
    if not shown:
        remove_outdated(picture)


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
