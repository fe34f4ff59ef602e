"""Publishes a forecast: all of its files or none, each kept by its origin, and the one for readers last."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from lstmcast import __version__
from lstmcast.arrays import FloatArray
from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.written.forecast_file import order_of_ids, render_forecast
from lstmcast.drafts import remove_drafts
from lstmcast.errors import ArtifactError
from lstmcast.files import ensure_folder, is_same, remove_outdated, write_all_whole
from lstmcast.jobs.common.fingerprints import forecast_fingerprint
from lstmcast.jobs.common.freshness import notes_of
from lstmcast.jobs.common.outputs import drawing_cache
from lstmcast.jobs.forecasting.answering import Answer
from lstmcast.spool import sha256_of, spooled
from lstmcast.store.artifact import LoadedVersion
from lstmcast.store.forecasts import (
    FORECAST,
    FORECASTS,
    PLOT,
    ForecastManifest,
    PublishedForecast,
    forecast_contents,
    kept_path,
    manifest_path,
    name_origin,
    plain_ticks,
    read_forecast,
    remove_old,
    render_manifest,
)
from lstmcast.store.lock import hold_workspace, taking_turns

PATIENCE = 60.0  # seconds until another run has published
PATIENCE_ELSEWHERE = 10.0  # seconds: others may use that folder for what they like


@dataclass(frozen=True)
class Forecast:
    """What is to be published."""

    reading: Reading
    model: str  # the id of a version, or the name of a baseline
    seed: int | None
    season: int
    quantiles: tuple[float, ...]
    values: FloatArray  # (S, H, Q)
    left_out: tuple[str, ...] = ()
    stretch: float = 1.0  # of the bands, since training

    @property
    def cutoff(self) -> str:
        """Return the newest known time, in the user's own format."""
        return cutoff_of(self.reading)

    @property
    def rows(self) -> int:
        """Return how many rows the forecast file has."""
        return int(self.values.shape[0] * self.values.shape[1])


def cutoff_of(reading: Reading) -> str:
    """Return the newest known time of the data, in the user's own format."""
    newest = reading.panel.frequency.stamps(reading.panel.cutoffs.max(keepdims=True))
    return str(reading.time_format.render(newest)[0])


def _origin_of(reading: Reading) -> str:
    """Return the newest known time of the data as a plain name."""
    return name_origin(reading.panel.frequency, int(reading.panel.cutoffs.max()))


def render_csv(config: Config, forecast: Forecast) -> Iterator[bytes]:
    """Yield the pieces of the forecast file."""
    reading = forecast.reading
    return render_forecast(
        reading.panel,
        reading.time_format,
        reading.time_names,
        forecast.quantiles,
        forecast.values,
        config.forecast.levels,
        forecast.model,
    )


def publish(config: Config, forecast: Forecast, plot: Path | None, *, now: datetime) -> None:
    """Publish in the workspace, one run after the other; drafts that killed runs left there go first."""
    workspace = Path(config.output.dir)
    for folder in (workspace, workspace / FORECASTS):
        ensure_folder(folder)
        remove_drafts(folder)
    with spooled(workspace, render_csv(config, forecast)) as csv:
        manifest = render_manifest(_make_manifest(config, forecast, sha256_of(csv), now))
        picture = {} if plot is None else {plot: _draw(config, forecast)}
        contents = forecast_contents(workspace, _origin_of(forecast.reading), csv, manifest)
        with _hold_forecasts(workspace):
            write_all_whole({**picture, **contents})
            if plot is None or not is_same(plot, workspace / PLOT):
                remove_outdated(workspace / PLOT)


def remove_published(workspace: Path, age: timedelta, now: datetime) -> tuple[str, ...]:
    """Remove kept forecasts whose horizon ended so long ago, while nobody publishes, and return their origins."""
    with _hold_forecasts(workspace):
        return remove_old(workspace, age, now)


def _hold_forecasts(workspace: Path) -> AbstractContextManager[None]:
    """Hold what was published by a lock of its own: `run` holds that of the workspace meanwhile."""
    return hold_workspace(workspace / FORECASTS, PATIENCE)


def write_elsewhere(config: Config, forecast: Forecast, csv: Path | None, plot: Path | None, *, now: datetime) -> None:
    """Write forecast, manifest and plot to places of the user's own."""
    picture = {} if plot is None else {plot: _draw(config, forecast)}
    if csv is None:
        write_all_whole(picture)
        return
    with spooled(csv.parent, render_csv(config, forecast)) as content:
        manifest = render_manifest(_make_manifest(config, forecast, sha256_of(content), now))
        with taking_turns(csv.parent, PATIENCE_ELSEWHERE):
            write_all_whole({**picture, manifest_path(csv): manifest, csv: content})


def find_published(config: Config, reading: Reading, model: str) -> PublishedForecast | None:
    """Return the forecast that stands, if it is just the one that would be published now, whole and in every place."""
    workspace = Path(config.output.dir)
    paths = (workspace / FORECAST, kept_path(workspace, _origin_of(reading)))
    try:
        public, kept = (read_forecast(path) for path in paths)
    except ArtifactError:
        return None  # of an older release, or damaged: it is written anew
    if public is None or kept != public or (config.output.plots and not (workspace / PLOT).is_file()):
        return None
    found, wanted = public.manifest, (model, reading.fingerprint, forecast_fingerprint(config))
    return public if (found.model, found.data_fingerprint, found.config_fingerprint) == wanted else None


def _make_manifest(config: Config, forecast: Forecast, sha256: str, now: datetime) -> ForecastManifest:
    """Return where the forecast comes from."""
    reading = forecast.reading
    panel = reading.panel
    return ForecastManifest(
        model=forecast.model,
        lstmcast=__version__,
        created=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        cutoff=forecast.cutoff,
        origin=_origin_of(reading),
        target=panel.target,
        id_names=panel.id_names,
        frequency=panel.frequency.to_json(),
        cutoff_ticks=plain_ticks(panel.cutoffs[order_of_ids(panel)]),
        series=forecast.values.shape[0],
        horizon=forecast.values.shape[1],
        levels=config.forecast.levels,
        seed=forecast.seed,
        data_fingerprint=reading.fingerprint,
        config_fingerprint=forecast_fingerprint(config),
        rows_read=reading.rows_read,
        values_filled=int(np.sum(reading.fills)),
        covariates_filled=reading.covariate_fills,
        duplicates_dropped=reading.duplicates_dropped,
        left_out=forecast.left_out,
        notes=notes_of(reading, forecast.values.shape[1]),
        stretch=round(forecast.stretch, 4),
        sha256=sha256,
    )


def is_about(manifest: ForecastManifest, panel: Panel) -> bool:
    """Return whether a forecast was made of such data: the same target, series named alike, in the same steps."""
    theirs = (manifest.target, manifest.id_names, dict(manifest.frequency))
    return theirs == (panel.target, panel.id_names, panel.frequency.to_json())


def _draw(config: Config, forecast: Forecast) -> bytes:
    """Return the plot of the forecast."""
    from lstmcast.jobs.common.forecast_picture import draw_forecast  # matplotlib costs more than the whole forecast

    return draw_forecast(
        forecast.reading,
        forecast.quantiles,
        forecast.values,
        season=forecast.season,
        levels=config.forecast.levels,
        cache=drawing_cache(config),
    )


def plot_of(config: Config) -> Path | None:
    """Return where the plot of the published forecast goes, if there is to be one."""
    return Path(config.output.dir) / PLOT if config.output.plots else None


def forecast_of(answered: Answer, version: LoadedVersion) -> Forecast:
    """Return what a version answered as a forecast to be published."""
    return Forecast(
        reading=answered.reading,
        model=version.id,
        seed=version.manifest.seed,
        season=version.artifact.spec.season,
        quantiles=answered.quantiles,
        values=answered.values,
        left_out=answered.left_out,
        stretch=answered.stretch,
    )
