"""What published forecasts were worth: each against the truth that has come since, and against its promise.

A forecast is scored twice. As a whole, when its horizon is known; and as far as it was fresh, up to the origin of the
next forecast: these stretches do not overlap, so that they can be evidence one after the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.data.panel import IntArray, Panel
from lstmcast.data.scaling import usual_change, usual_swing
from lstmcast.data.windows import Windows
from lstmcast.data.written.published import find_series, parse_forecast
from lstmcast.data.written.score_log import LogRow, number_in, parse_log
from lstmcast.errors import ArtifactError
from lstmcast.evaluation.backtest import HeldOutWindows, model_scored, point_scored, skill, truth_of
from lstmcast.evaluation.baselines import seasonal_naive
from lstmcast.evaluation.drift import (
    DriftReport,
    error_share,
    promise_of_coverage,
    promise_of_error,
    watch,
)
from lstmcast.evaluation.metrics import Scored, ratios
from lstmcast.jobs.talk import Talk
from lstmcast.store.artifact import LoadedVersion
from lstmcast.store.damage import DamagedForecastError
from lstmcast.store.forecasts import PublishedForecast, kept_path, list_origins, read_forecast, read_manifest
from lstmcast.store.members import read_small_file

FOLDER, TABLE, PICTURE = "scores", "scores.csv", "scores.png"
FRESH = "fresh_"
BASELINE = "seasonal_naive"
PROMISE = "promise"
SHARE = "error_share"
_LARGEST_TABLE = 64 * 2**20


def score_forecasts(workspace: Path, panel: Panel, season: int, talk: Talk) -> tuple[LogRow, ...]:
    """Return the rows of all origins, the oldest first: as they were, where nothing more can come to be known."""
    rows = {str(row["origin"]): row for row in read_table(workspace)}
    origins = list_origins(workspace)
    for place, origin in enumerate(origins):
        if rows.get(origin, {}).get("complete"):
            continue
        try:
            published = read_forecast(kept_path(workspace, origin))
            row = None if published is None else _score(published, _next_tick(workspace, origins, place), panel, season)
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
    path = workspace / FOLDER / TABLE
    content = read_small_file(path, _LARGEST_TABLE)
    if content is None:
        return []
    try:
        return parse_log(content)
    except ValueError as error:
        raise DamagedForecastError(f"{path}: is not the table of scores: {error}") from error


def find_drift(rows: Sequence[LogRow], version: LoadedVersion, since: datetime) -> DriftReport:
    """Return the evidence that the version no longer keeps its promise, from what was published since a moment."""
    mine = [
        row for row in rows if row["model"] == version.id and str(row["published"]) >= f"{since:%Y-%m-%dT%H:%M:%SZ}"
    ]
    levels = sorted(
        {name.removeprefix(f"{FRESH}coverage_") for row in mine for name in row if "fresh_coverage" in name}
    )
    mine = [row for row in mine if number_in(row, f"{FRESH}values")]
    seen: dict[str, list[float | None]] = {name: [] for name in (SHARE, *(f"coverage_{level}" for level in levels))}
    for row in mine:
        numbers = {name: number_in(row, f"{FRESH}{name}") for name in ("mase", f"mase_{BASELINE}", *seen)}
        if (model := numbers["mase"]) is not None and (other := numbers[f"mase_{BASELINE}"]) is not None:
            numbers[SHARE] = error_share(model, other)
        for name, found in seen.items():
            found.append(numbers[name])
    rounds = _rounds(version.artifact.metrics)
    promises = {SHARE: promise_of_error(rounds.get(SHARE, ()))}
    promises |= {
        f"coverage_{level}": promise_of_coverage(rounds.get(f"coverage_{level}", ()), float(level)) for level in levels
    }
    return watch(promises, seen)


def describe_promise(held: HeldOutWindows, model: Scored, baseline: Scored, levels: Sequence[float]) -> dict[str, Any]:
    """Return what a backtest promises for each of its origins: the share of the error, and the coverage."""
    found: dict[str, list[float | None]] = {}
    own, other = ratios(model, levels), ratios(baseline, ())
    errors = [ratio.by(held.round_of, held.rounds).tolist() for ratio in (own["mase"], other["mase"])]
    found[SHARE] = [error_share(mine, theirs) for mine, theirs in zip(*errors, strict=True)]
    for level in levels:
        shares = own[f"coverage_{level:g}"].by(held.round_of, held.rounds).tolist()
        found[f"coverage_{level:g}"] = [share if np.isfinite(share) else None for share in shares]
    return found


def _rounds(metrics: Mapping[str, Any]) -> dict[str, list[float]]:
    """Return what a version has noted of its backtest; nothing where it is too old, or noted nothing sensible."""
    noted = metrics.get(PROMISE)
    if not isinstance(noted, dict):
        return {}
    return {
        name: [float(number) for number in numbers if isinstance(number, int | float) and 0 <= number <= 1]
        for name, numbers in noted.items()
        if isinstance(numbers, list)
    }


def _next_tick(workspace: Path, origins: Sequence[str], place: int) -> int | None:
    """Return the newest tick that the next forecast knew of, if there is one."""
    for origin in origins[place + 1 :]:
        manifest = read_manifest(kept_path(workspace, origin))
        if manifest is not None:
            return manifest.newest_tick
    return None


def _score(published: PublishedForecast, next_tick: int | None, panel: Panel, season: int) -> LogRow | None:
    """Return the row of a forecast; None while nothing of it has come true."""
    manifest = published.manifest
    if (manifest.target, manifest.id_names, dict(manifest.frequency)) != (
        panel.target,
        panel.id_names,
        panel.frequency.to_json(),
    ):
        return None  # the config has been pointed at other data since
    try:
        rows = parse_forecast(published.csv, manifest.id_names, manifest.levels, manifest.series, manifest.horizon)
    except ValueError as error:
        raise DamagedForecastError(f"{manifest.origin}: {error}") from error
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
    until = int(panel.cutoffs.max()) if next_tick is None else next_tick
    fresh = scores.of(manifest.levels, np.clip(until - ticks[there], 0, manifest.horizon))
    is_complete = bool((panel.known[windows.series] - windows.origin >= manifest.horizon).all())
    return {
        "origin": manifest.origin,
        "cutoff": manifest.cutoff,
        "published": manifest.created,
        "model": manifest.model,
        "complete": "yes" if is_complete else "",
        "series": float(len(there)),
        **whole,
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

    def of(self, levels: Sequence[float], steps: IntArray) -> dict[str, str | float | None]:
        """Return the scores over the first `steps` steps of each window."""
        known = np.zeros_like(self.panel.known)
        known[self.windows.series] = self.windows.origin
        past = self.panel.until(known)  # what was known then, and nothing else
        truth = truth_of(self.panel, self.windows, self.horizon)
        truth = np.where(np.arange(self.horizon)[None] < steps[:, None], truth, np.nan)
        held = HeldOutWindows(
            windows=self.windows,
            round_of=np.zeros(len(self.windows), np.int64),
            truth=truth,
            change=usual_change(past, self.season)[self.windows.series],
            swing=usual_swing(past, self.season)[self.windows.series],
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
