"""What published forecasts were worth: each against the truth that has come since, and against its promise.

A forecast is scored twice. As a whole, when its horizon is known; and as far as it was fresh, up to the origin of the
next forecast: these stretches do not overlap, so that they can be evidence one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import usual_change, usual_swing
from lstmcast.data.windows import Windows, known_at, truth_of
from lstmcast.data.written.published import PublishedRows, find_series, parse_forecast
from lstmcast.data.written.score_log import LogRow, number_in, parse_log
from lstmcast.errors import ArtifactError
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, point_scored, skill
from lstmcast.evaluation.baselines import seasonal_naive
from lstmcast.evaluation.drift import DriftReport, error_share, watch
from lstmcast.evaluation.metrics import counts_in_coverage, ratios
from lstmcast.jobs.common.folders import SCORES
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.forecasting.publishing import is_about
from lstmcast.jobs.scoring.promise import COVERAGE, SHARE, read_promises
from lstmcast.store.artifact import LoadedVersion
from lstmcast.store.damage import DamagedForecastError, DamagedScoresError
from lstmcast.store.forecasts import (
    PublishedForecast,
    kept_path,
    list_origins,
    parse_origin,
    read_forecast,
    read_manifest,
)
from lstmcast.store.members import read_small_file

TABLE, PICTURE = "scores.csv", "scores.png"
FRESH = "fresh_"
FRESH_STEPS = "fresh_steps"  # how many steps ahead the fresh values were, for most of the series
BASELINE = "seasonal_naive"
SETTLING = 10  # forecasts, the newest whose truth is all known: they are scored anew, for data are mended late
_LARGEST_TABLE = 64 * 2**20


def score_forecasts(workspace: Path, panel: Panel, season: int, talk: Talk) -> tuple[LogRow, ...]:
    """Return the rows of all origins, the oldest first: as they were, where nothing more can come to be known."""
    rows = {str(row["origin"]): row for row in read_table(workspace)}
    origins = list_origins(workspace)
    complete = [origin for origin in origins if rows.get(origin, {}).get("complete")]
    settled = set(complete[:-SETTLING])
    for place, origin in enumerate(origins):
        if origin in settled:
            continue
        try:
            published = read_forecast(kept_path(workspace, origin))
            until = _known_next(workspace, origins[place + 1 :], panel)
            row = None if published is None else _score(published, until, panel, season)
        except ArtifactError as error:
            talk.warn(f"{error}; it was not scored")
            continue
        if published is None:
            talk.warn(f"{kept_path(workspace, origin)}: does not belong to its manifest; it was not scored")
        if row is not None:
            rows[origin] = row
    known = {origin: place for place, origin in enumerate(origins)}
    return tuple(sorted(rows.values(), key=lambda row: (str(row["published"]), known.get(str(row["origin"]), -1))))


def read_table(workspace: Path) -> list[LogRow]:
    """Return the rows that were scored before."""
    path = workspace / SCORES / TABLE
    content = read_small_file(path, _LARGEST_TABLE, DamagedScoresError)
    if content is None:
        return []
    try:
        rows = parse_log(content)
        for row in rows:
            parse_origin(str(row["origin"]))
    except ValueError as error:
        raise DamagedScoresError(f"{path}: is not the table of scores: {error}") from error
    return rows


def rows_like(panel: Panel, rows: Sequence[LogRow]) -> list[LogRow]:
    """Return the rows that have steps as the panel has, whole numbers or times: only these share an axis."""
    is_counted = panel.frequency.kind == "integer"
    return [row for row in rows if isinstance(parse_origin(str(row["origin"])), np.int64) == is_counted]


def find_drift(rows: Sequence[LogRow], version: LoadedVersion, since: datetime) -> DriftReport:
    """Return the evidence that the version no longer keeps its promise, from what was published since a moment."""
    mine = [
        row for row in rows if row["model"] == version.id and str(row["published"]) >= f"{since:%Y-%m-%dT%H:%M:%SZ}"
    ]
    mine = [row for row in mine if number_in(row, f"{FRESH}values")]
    promises = read_promises(version.artifact.metrics)
    told = {
        name
        for row in mine
        for name in row
        if name.startswith(f"{FRESH}{COVERAGE}") and number_in(row, name) is not None
    }
    levels = {name.removeprefix(FRESH) for name in told}
    if promises.coverages:
        levels &= promises.coverages  # else one that was shown for a night would have a share of the stake for ever
    seen: dict[str, list[float | None]] = {name: [] for name in (SHARE, *sorted(levels))}
    for row in mine:
        numbers = {name: number_in(row, f"{FRESH}{name}") for name in ("mase", f"mase_{BASELINE}", *seen)}
        if (model := numbers["mase"]) is not None and (other := numbers[f"mase_{BASELINE}"]) is not None:
            numbers[SHARE] = error_share(model, other)
        for name, found in seen.items():
            found.append(numbers[name])
    steps = [number_in(row, FRESH_STEPS) for row in mine]
    return watch({name: [promises.of(name, each) for each in steps] for name in seen}, seen)


def _known_next(workspace: Path, later: Sequence[str], panel: Panel) -> IntArray:
    """Return the newest tick of each series that the next forecast of these data knew of, or that is known by now."""
    for origin in later:
        try:
            manifest = read_manifest(kept_path(workspace, origin))
            if manifest is None or not is_about(manifest, panel):
                continue
            until = np.full(panel.series_count, manifest.newest_tick)
            if (manifest.ticks < manifest.newest_tick).any():  # they end at different times: which is which?
                published = read_forecast(kept_path(workspace, origin))
                series = find_series(_parse(published).ids, panel) if published else np.empty(0, np.int64)
                until[series[series >= 0]] = manifest.ticks[series >= 0]
        except ArtifactError:
            continue  # it is not scored itself; that is told where its turn comes
        return until
    return panel.cutoffs


def _parse(published: PublishedForecast) -> PublishedRows:
    manifest = published.manifest
    try:
        return parse_forecast(published.csv, manifest.id_names, manifest.levels, manifest.series, manifest.horizon)
    except ValueError as error:
        raise DamagedForecastError(f"{manifest.origin}: {error}") from error


def _score(published: PublishedForecast, until: IntArray, panel: Panel, season: int) -> LogRow | None:
    """Return the row of a forecast; None while nothing of it has come true.

    `until` are the ticks of each series of the panel that count as fresh.
    """
    manifest = published.manifest
    if not is_about(manifest, panel):
        return None  # the config has been pointed at other data since
    rows = _parse(published)
    series, ticks = find_series(rows.ids, panel), manifest.ticks
    known = ticks - panel.first[series] + 1  # values before the forecast
    there = np.flatnonzero((series >= 0) & (known >= 1) & (known <= panel.known[series]))
    if not len(there):
        return None
    windows = Windows(series[there], known[there])
    scores = _Scores(panel, windows, season, manifest.horizon, rows.quantiles, rows.values[there])
    whole = scores.of(manifest.levels, np.full(len(there), manifest.horizon))
    if not whole["values"]:
        return None
    steps = np.clip(until[windows.series] - ticks[there], 0, manifest.horizon)
    fresh = scores.of(manifest.levels, steps)
    is_complete = bool((panel.known[windows.series] - windows.origin >= manifest.horizon).all())
    return {
        "origin": manifest.origin,
        "cutoff": manifest.cutoff,
        "published": manifest.created,
        "model": manifest.model,
        "complete": "yes" if is_complete else "",
        "series": float(len(there)),
        **whole,
        FRESH_STEPS: scores.usual(steps),
        **{f"{FRESH}{name}": value for name, value in fresh.items()},
    }


@dataclass(frozen=True)
class _Scores:
    """The forecasts of an origin, and all that scoring them takes."""

    panel: Panel
    windows: Windows
    season: int
    horizon: int
    quantiles: tuple[float, ...]
    values: Any  # (N, H, Q)

    def usual(self, steps: IntArray) -> float | None:
        """Return the middle of the `steps` of the windows of which something is known."""
        truth = truth_of(self.panel, self.windows, self.horizon)
        known = (np.isfinite(truth) & (np.arange(self.horizon) < steps[:, None])).any(axis=1)
        return float(np.median(steps[known])) if known.any() else None

    def of(self, levels: Sequence[float], steps: IntArray) -> dict[str, str | float | None]:
        """Return the scores over the first `steps` steps of each window."""
        past = self.panel.until(known_at(self.panel, self.windows))  # what was known then, and nothing else
        truth = truth_of(self.panel, self.windows, self.horizon)
        truth = np.where(np.arange(self.horizon)[None] < steps[:, None], truth, np.nan)
        change = usual_change(past, self.season)[self.windows.series]
        held = HeldOutWindows(
            windows=self.windows,
            round_of=np.zeros(len(self.windows), np.int64),
            truth=truth,
            change=change,
            swing=usual_swing(past, self.season)[self.windows.series],
            in_coverage=counts_in_coverage(change),
            overlap=1.0,
        )
        own = ratios(model_scored(held, self.quantiles, self.values), levels)
        naive = ratios(point_scored(held, seasonal_naive(past, self.windows, self.horizon, self.season)), ())
        model, baseline = own["mase"].value, naive["mase"].value
        found: dict[str, str | float | None] = {
            "values": float(np.isfinite(truth).sum()),
            "mase": _finite(model),
            f"mase_{BASELINE}": _finite(baseline),
            "skill": _finite(skill(model, baseline)) if np.isfinite(model) else None,
            "bias": _finite(own["bias"].value),
        }
        return found | {name: _finite(own[name].value) for name in own if name.startswith("coverage_")}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
