"""`report`: one HTML page of all that the workspace holds; it computes nothing anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast import __version__
from lstmcast.config.schema import Config
from lstmcast.data.read import Reading, read_panel
from lstmcast.data.table.progress import Progress
from lstmcast.data.written.text_cells import escape_formula
from lstmcast.errors import ArtifactError, LstmcastError, NoModelError
from lstmcast.evaluation.since_training import describe_stretch
from lstmcast.files import write_whole
from lstmcast.jobs.common.folders import BACKTEST
from lstmcast.jobs.common.outputs import STANDARD_OUTPUT, check_outputs, make_place
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.time_words import count_in_words
from lstmcast.jobs.common.version_data import read_for_version
from lstmcast.jobs.reporting.report_backtest import backtest_section, calibration_section
from lstmcast.jobs.reporting.report_forecast import (
    MOST_SERIES,
    Selection,
    forecast_section,
    select_series,
    series_scores,
)
from lstmcast.jobs.reporting.report_model import (
    data_section,
    model_section,
    scores_of,
    training_section,
    versions_section,
)
from lstmcast.jobs.reporting.report_parts import (
    BacktestDocument,
    Key,
    SeriesForecast,
    find_version,
    forecasts_of,
    key_of,
    number,
    read_backtest,
    read_explanation,
    read_published,
    read_rows,
)
from lstmcast.jobs.reporting.report_residuals import Residuals, read_residuals, residuals_section
from lstmcast.plurals import count_things
from lstmcast.report.page import Fact, Page, Section, missing, render_page
from lstmcast.store.artifact import LoadedVersion
from lstmcast.store.forecasts import ForecastManifest
from lstmcast.store.versions import list_versions, resolve_version

REPORT_NAME = "report.html"


@dataclass(frozen=True)
class ReportResult:
    """A written page, or its bytes where it goes to standard output, and what it had nothing to show for."""

    html: bytes | None
    path: Path | None
    version_id: str | None
    series_shown: int
    absent: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {
            "report": None if self.path is None else str(self.path),
            "version": self.version_id,
            "series_shown": self.series_shown,
            "absent": list(self.absent),
        }


@dataclass(frozen=True)
class _Found:
    workspace: Path
    version: LoadedVersion | None
    reading: Reading | None
    fault: str | None
    manifest: ForecastManifest | None
    damage: str | None  # of the published forecast
    backtest: BacktestDocument | None
    selection: Selection
    scores: Mapping[Key, float]
    forecasts: Mapping[Key, SeriesForecast]
    residuals: Residuals | None


def report(config: Config, *, model: str | None, output: str | None, now: datetime, talk: Talk) -> ReportResult:
    """Write the page of the current version, or of `model`, and of whatever else the workspace holds."""
    workspace = Path(config.output.dir)
    path = None if output == STANDARD_OUTPUT else workspace / REPORT_NAME if output is None else Path(output)
    check_outputs(config, path)
    found = _gather(config, workspace, model, talk)
    html = render_page(_compose(config, found, now))
    if path is not None:
        make_place(path, workspace)
        write_whole(path, html)
    parts = {"model": found.version, "forecast": found.forecasts or None, "backtest": found.backtest,
             "residuals": found.residuals, "data": found.reading}  # fmt: skip
    return ReportResult(
        html=html if path is None else None,
        path=path,
        version_id=found.version.id if found.version else None,
        series_shown=len(found.forecasts),
        absent=tuple(name for name, part in parts.items() if part is None),
    )


def _gather(config: Config, workspace: Path, model: str | None, talk: Talk) -> _Found:
    version, backtest = find_version(workspace, model), read_backtest(workspace)
    published, damage = read_published(workspace)
    if version is None and backtest is None and published is None and damage is None:
        if list_versions(workspace):
            resolve_version(workspace)  # says that none was promoted yet, and which could be
        raise NoModelError(f"{workspace}: neither a model nor a backtest nor a forecast; run `lstmcast train`")
    reading, fault = _read(config, version, partial(talk.progress, "reading"))
    if fault:
        talk.warn(f"the page has no history: {fault}")
    id_names = _id_names(version, reading)
    id_columns = [escape_formula(name) for name in id_names]
    rows = list(read_rows(workspace / BACKTEST / "by_series.csv")) if backtest else []
    scores = series_scores(rows, backtest.model, backtest.metric, id_columns) if backtest else {}
    selection = select_series(_keys(version, reading), scores)
    wanted = set(selection.keys) or None
    errors = list(read_rows(workspace / BACKTEST / "errors.csv")) if backtest else []
    forecasts: Mapping[Key, SeriesForecast] = {}
    if published is not None:
        try:
            forecasts = forecasts_of(published, wanted, MOST_SERIES)
        except ArtifactError as error:
            damage = str(error)
    return _Found(
        workspace=workspace,
        version=version,
        reading=reading,
        fault=fault,
        manifest=published.manifest if published else None,
        damage=damage,
        backtest=backtest,
        selection=selection,
        scores=scores,
        forecasts=forecasts,
        residuals=read_residuals(errors, id_columns, backtest.series) if backtest else None,
    )


def _read(config: Config, version: LoadedVersion | None, progress: Progress) -> tuple[Reading | None, str | None]:
    """Return the data, or why they cannot be read: a report is wanted most when something is wrong."""
    try:
        if version is None:
            return read_panel(config.data, horizon=config.forecast.horizon, progress=progress), None
        artifact = version.artifact
        horizon = artifact.spec.horizon
        return read_for_version(config.data, artifact.contract, horizon=horizon, progress=progress), None
    except LstmcastError as error:
        return None, str(error)


def _compose(config: Config, found: _Found, now: datetime) -> Page:
    version, reading = found.version, found.reading
    season = version.artifact.spec.season if version else 1
    target = _target(found)
    metric = found.backtest.metric if found.backtest else "mase"
    metrics = version.artifact.metrics if version else None
    forecast = forecast_section(reading, found.forecasts, found.selection, season, found.scores, metric)
    if found.damage:
        forecast = missing(f"The published forecast cannot be shown: {found.damage}")
    sections = (
        Section("forecast", "Forecast", forecast),
        Section("backtest", "Backtest", backtest_section(found.backtest, metrics)),
        Section("calibration", "Calibration", calibration_section(found.backtest, config.forecast.levels)),
        Section("residuals", "Residuals", residuals_section(found.residuals, target)),
        Section("model", "The model in words", model_section(version, _unit(found), read_explanation(found.workspace))),
        Section("training", "Training", training_section(version)),
        Section("data", "What was done to the data", data_section(reading, found.fault, found.manifest, version)),
        Section("versions", "Versions", versions_section(found.workspace, version)),
    )
    made = f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return Page(
        title=f"{target}: forecast report",
        lead=_lead(found, made),
        facts=tuple(_facts(found)),
        sections=sections,
        foot=f"Written by lstmcast {__version__} at {made} from {found.workspace.name}/. This page needs no network.",
    )


def _lead(found: _Found, made: str) -> str:
    series = len(_keys(found.version, found.reading))
    counted = f"{series:,} series" if series > 1 else "one series"
    version = f", version {found.version.id}" if found.version else ""
    return f"{counted}{version}, as of {made}"


def _facts(found: _Found) -> list[Fact]:
    facts = []
    if found.manifest:
        manifest = found.manifest
        said = [
            f"{count_in_words(_unit(found), manifest.horizon)} ahead, made {manifest.when:%Y-%m-%d %H:%M} UTC",
            None if found.version is None or manifest.model == found.version.id else "not by the version shown",
            describe_stretch(manifest.stretch),
        ]
        facts.append(Fact("Forecast from data up to", manifest.cutoff, "; ".join(filter(None, said))))
    facts += _score_facts(found)
    coverage = [row for row in found.backtest.coverage if row.get("level") == 80] if found.backtest else []
    share = number(coverage[0].get("coverage")) if coverage else float("nan")
    if np.isfinite(share):
        facts.append(
            Fact("Inside the 80% interval", f"{share:.0%}", "of what happened at the held-out origins; should be 80%")
        )
    if found.reading is not None:
        filled = int(found.reading.fills.sum())
        told = f"{count_things(filled, 'missing value')} filled"
        facts.append(Fact("Rows read", f"{found.reading.rows_read:,}", told))
    return facts


def _score_facts(found: _Found) -> list[Fact]:
    """Return how the model does beside seasonal naive: by the backtest, or else by what training measured."""
    if found.backtest is not None:
        origins = len(found.backtest.origins)
        counted = f"backtest over {count_things(origins, 'origin')}"
        scores, where = {"scores": found.backtest.scores}, counted
    elif found.version is not None:
        scores, where = dict(found.version.artifact.metrics), "test windows of training"
    else:
        return []
    own, naive = scores_of(scores)
    if not np.isfinite([own, naive]).all() or naive == 0:
        return []
    share = 1 - own / naive
    verdicts = [
        str(row.get("verdict"))
        for row in (found.backtest.skill if found.backtest else [])
        if (row.get("baseline"), row.get("metric")) == ("seasonal_naive", "mase")
    ]
    sure = f"; {verdicts[0]}" if verdicts else ""
    kind = "smaller" if share >= 0 else "larger"
    value = f"{abs(share):.0%} {kind}"
    return [Fact("Error against seasonal naive", value, f"MASE {own:.3f} against {naive:.3f}, {where}{sure}")]


def _unit(found: _Found) -> str:
    return "step" if found.reading is None else found.reading.panel.frequency.unit_name


def _target(found: _Found) -> str:
    if found.reading is not None:
        return found.reading.panel.target
    return found.version.artifact.contract.target if found.version else "forecast"


def _id_names(version: LoadedVersion | None, reading: Reading | None) -> tuple[str, ...]:
    if version is not None:
        return version.artifact.contract.id_names
    return reading.panel.id_names if reading is not None else ()


def _keys(version: LoadedVersion | None, reading: Reading | None) -> list[Key]:
    """Return the ids of all series, as files write them; one empty key for a single series without a name."""
    if reading is not None:
        return [key_of(reading.panel, series) for series in range(reading.panel.series_count)]
    if version is None or not version.artifact.contract.ids:
        return [()]
    return [tuple(map(escape_formula, key)) for key in zip(*version.artifact.contract.ids, strict=True)]
