"""`predict`: the current version forecasts from the newest data, without TensorFlow."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from lstmcast.config.schema import Config
from lstmcast.errors import PartialError
from lstmcast.jobs.common.given_data import with_data
from lstmcast.jobs.common.outputs import STANDARD_OUTPUT, check_outputs, make_place
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.forecasting.answering import Answer, missing_series, read_and_answer
from lstmcast.jobs.forecasting.publishing import Forecast, forecast_of, plot_of, publish, render_csv, write_elsewhere
from lstmcast.jobs.watch.observing import observed
from lstmcast.plurals import name_some
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.forecasts import FORECAST, manifest_path
from lstmcast.store.versions import resolve_version

NAMED = 3  # series in a warning


@dataclass(frozen=True)
class PredictResult:
    """A published forecast; `csv` holds it instead where it goes to standard output."""

    csv: bytes | None
    csv_path: Path | None
    manifest_path: Path | None
    plot_path: Path | None
    version_id: str
    rows: int
    cutoff: str
    left_out: tuple[str, ...] = ()  # series without a forecast

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        paths = {"forecast": self.csv_path, "manifest": self.manifest_path, "plot": self.plot_path}
        return {name: None if path is None else str(path) for name, path in paths.items()} | {
            "version": self.version_id,
            "rows": self.rows,
            "cutoff": self.cutoff,
            "left_out": list(self.left_out),
        }


def predict(
    config: Config,
    *,
    now: datetime,
    model: str | None,
    data: str | Path | None,
    output: str | None,
    plot: Path | None,
    allow_partial: bool = False,
    talk: Talk,
) -> PredictResult:
    """Forecast from the current version, or from `model`, and publish the forecast whole."""
    given = config
    if data is not None:
        config = with_data(config, str(data))
    path, plot = _places(config, output, plot)
    with observed(config, "predict", talk) as observation:
        results = (path, plot, None if path is None else manifest_path(path))
        check_outputs(config, *results)
        if data is not None:
            check_outputs(given, *results)
        version = load_version(resolve_version(Path(config.output.dir), model))
        answered = read_and_answer(config, version, now=now, allow_partial=allow_partial, talk=talk)
        _warn_of_missing_series(answered, version, talk)
        forecast = forecast_of(answered, version)
        result = _write(config, forecast, path, plot, now)
        observation.note_forecast(forecast)
        if result.left_out:
            observation.exit_code = PartialError.exit_code
    return result


def _warn_of_missing_series(answered: Answer, version: LoadedVersion, talk: Talk) -> None:
    """Say which series the model knows and the data lack: `run` refuses that, here somebody may want only some."""
    names = ["/".join(key) for key in missing_series(answered.reading.panel, version)]
    missing = [name for name in names if name not in answered.left_out]
    if missing:
        known = len(version.artifact.contract.lowest)
        named = name_some([repr(name) for name in missing[:NAMED]], len(missing))
        talk.warn(f"data: {len(missing)} of the {known} series of the model are not there: {named}; is the file whole?")


def _places(config: Config, output: str | None, plot: Path | None) -> tuple[Path | None, Path | None]:
    """Return where forecast and plot go: the forecast to standard output, and a plot nowhere, are None."""
    if output is None:
        return Path(config.output.dir) / FORECAST, plot or plot_of(config)
    return None if output == STANDARD_OUTPUT else Path(output), plot


def _write(config: Config, forecast: Forecast, path: Path | None, plot: Path | None, now: datetime) -> PredictResult:
    """Write plot, manifest and forecast: all of them or none, and the forecast last."""
    workspace = Path(config.output.dir)
    for each in (path, plot):
        if each is not None:
            make_place(each, workspace)
    if path == workspace / FORECAST:
        publish(config, forecast, plot, now=now)
    else:
        write_elsewhere(config, forecast, path, plot, now=now)
    return PredictResult(
        csv=b"".join(render_csv(config, forecast)) if path is None else None,
        csv_path=path,
        manifest_path=None if path is None else manifest_path(path),
        plot_path=plot,
        version_id=forecast.model,
        rows=forecast.rows,
        cutoff=forecast.cutoff,
        left_out=forecast.left_out,
    )
