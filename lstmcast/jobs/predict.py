"""`predict`: the current version forecasts from the newest data, without TensorFlow."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast import __version__
from lstmcast.config.schema import Config
from lstmcast.config.values import check_path
from lstmcast.config.yaml_file import load_config
from lstmcast.data.contract import Contract, check_contract, find_implausible
from lstmcast.data.csv_file import ColumnError
from lstmcast.data.forecast_file import render_forecast
from lstmcast.data.panel import FloatArray, Panel
from lstmcast.data.read import Known, Reading, read_panel
from lstmcast.data.time_format import TimeFormat
from lstmcast.data.times import Frequency
from lstmcast.data.windows import latest_windows
from lstmcast.errors import ArtifactError, ConfigError, ContractError, ImplausibleError, MissingError
from lstmcast.files import ensure_folder, remove_drafts, write_all_whole
from lstmcast.jobs.freshness import check_fresh
from lstmcast.jobs.talk import Talk
from lstmcast.network.ensemble import forecast_windows, scale_for_members
from lstmcast.network.spec import ModelSpec
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.versions import resolve_version

STANDARD_OUTPUT = "-"
FORECAST_NAME = "forecast.csv"


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

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        paths = {"forecast": self.csv_path, "manifest": self.manifest_path, "plot": self.plot_path}
        return {name: None if path is None else str(path) for name, path in paths.items()} | {
            "version": self.version_id,
            "rows": self.rows,
            "cutoff": self.cutoff,
        }


def predict(
    config_path: Path,
    *,
    sets: Sequence[str],
    environment: Mapping[str, str],
    now: datetime,
    model: str | None,
    data: str | Path | None,
    output: str | None,
    plot: Path | None,
    talk: Talk,
) -> PredictResult:
    """Forecast from the current version, or from `model`, and publish the forecast whole."""
    config = load_config(config_path, sets=sets, environment=environment)
    workspace = Path(config.output.dir)
    version = load_version(resolve_version(workspace, model))
    spec, contract = version.artifact.spec, version.artifact.contract
    _check_wishes(config, spec)
    reading = _read(config, data, contract)
    for note in reading.notes:
        talk.say(note)
    check_fresh(reading, config.job.max_age, now)
    places = check_contract(reading.panel, reading.panel.frequency.to_json(), contract)
    _check_future_rows(reading, spec.horizon)
    values = _forecast(reading.panel, version)
    implausible = find_implausible(values, contract, places)
    if len(implausible):
        raise ImplausibleError(
            f"forecast: that of series {reading.panel.name_of(int(implausible[0]))!r} is not finite, or absurdly far "
            "from the history that the model was trained on; look at its newest rows; nothing was published"
        )
    csv = render_forecast(
        reading.panel,
        reading.time_format,
        reading.time_name,
        spec.quantiles,
        values,
        config.forecast.levels,
        version.id,
    )
    published = _publish(config, workspace, output, plot, csv, reading, version, values, now)
    return PredictResult(
        csv=csv if output == STANDARD_OUTPUT else None,
        csv_path=published.csv,
        manifest_path=published.manifest,
        plot_path=published.plot,
        version_id=version.id,
        rows=values.shape[0] * values.shape[1],
        cutoff=_cutoff(reading),
    )


@dataclass(frozen=True)
class _Published:
    csv: Path | None
    manifest: Path | None
    plot: Path | None


def _read(config: Config, data: str | Path | None, contract: Contract) -> Reading:
    try:
        known = Known(TimeFormat.from_json(contract.time_format), Frequency.from_json(contract.frequency))
    except ValueError as error:
        raise ArtifactError(f"contract.json: {error}; restore the version from a copy, or train again") from error
    data_config = config.data
    if data is not None:
        data_config = data_config.model_copy(update={"path": _local_path(str(data))})
    try:
        return read_panel(data_config, known)
    except ColumnError as error:
        raise ContractError(f"{error} (the model was trained with it)") from error


def _local_path(text: str) -> str:
    try:
        return str(Path.cwd() / check_path(text))
    except ValueError as error:
        raise ConfigError(f"--data: {error}") from error


def _check_wishes(config: Config, spec: ModelSpec) -> None:
    """Refuse what the config asks for and the model was not trained for."""
    if config.forecast.horizon != spec.horizon:
        raise ContractError(
            f"forecast.horizon: is {config.forecast.horizon}, the model was trained for {spec.horizon}; train again"
        )
    for level in config.forecast.levels:
        if round((1 - level / 100) / 2, 6) not in spec.quantiles:
            raise ContractError(f"forecast.levels: the model was not trained for {level:g}%; train again")


def _check_future_rows(reading: Reading, horizon: int) -> None:
    """Refuse a panel that lacks the known-ahead covariates of a step of the horizon."""
    panel = reading.panel
    if not panel.future_names:
        return
    ahead = np.diff(panel.offsets) - panel.known
    short = np.flatnonzero(ahead < horizon)
    if not len(short):
        return
    first_missing = panel.first[short] + np.diff(panel.offsets)[short]
    series = int(short[np.argmin(first_missing)])
    stamp = reading.time_format.render(panel.frequency.stamps(first_missing.min(keepdims=True)))[0]
    raise ContractError(
        f"data: {', '.join(panel.future_names)} must be known {horizon} steps ahead, but series "
        f"{panel.name_of(series)!r} has no row for {stamp}; add the rows, with the target left empty"
    )


def _forecast(panel: Panel, version: LoadedVersion) -> FloatArray:
    artifact = version.artifact
    scaled = scale_for_members(panel, panel, artifact.spec, artifact.spec.members)
    return forecast_windows(scaled, latest_windows(panel), artifact.spec, artifact.weights, artifact.calibration)


def _publish(
    config: Config,
    workspace: Path,
    output: str | None,
    plot: Path | None,
    csv: bytes,
    reading: Reading,
    version: LoadedVersion,
    values: FloatArray,
    now: datetime,
) -> _Published:
    """Write plot, manifest and forecast: all of them or none, and the forecast last."""
    csv_path = None if output == STANDARD_OUTPUT else Path(output) if output else workspace / FORECAST_NAME
    plot_path = plot
    if plot is None and output is None and config.output.plots:
        plot_path = workspace / "forecast.png"
    for path in (csv_path, plot_path):
        if path is not None and path.parent == workspace:
            ensure_folder(workspace)
            remove_drafts(workspace)
        elif path is not None and not path.parent.is_dir():
            raise MissingError(f"{path.parent}: no such folder; make it first, or write elsewhere")
    manifest_path = None if csv_path is None else csv_path.with_name(f"{csv_path.stem}.manifest.json")
    contents = {}
    if plot_path is not None:
        contents[plot_path] = _draw(config, workspace, reading, version, values)
    if manifest_path is not None and csv_path is not None:
        contents[manifest_path] = _manifest(reading, version, values, now)
        contents[csv_path] = csv
    write_all_whole(contents)
    return _Published(csv_path, manifest_path, plot_path)


def _draw(config: Config, workspace: Path, reading: Reading, version: LoadedVersion, values: FloatArray) -> bytes:
    from lstmcast.jobs.forecast_picture import draw_forecast  # matplotlib costs more than the whole forecast

    spec = version.artifact.spec
    return draw_forecast(
        reading,
        spec.quantiles,
        values,
        season=spec.season,
        levels=config.forecast.levels,
        cache=workspace / ".cache",
    )


def _manifest(reading: Reading, version: LoadedVersion, values: FloatArray, now: datetime) -> bytes:
    """Return where the forecast comes from, as JSON."""
    content = {
        "model": version.id,
        "lstmcast": __version__,
        "created": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "cutoff": _cutoff(reading),
        "series": values.shape[0],
        "horizon": values.shape[1],
        "seed": version.manifest.seed,
        "data_fingerprint": reading.fingerprint,
        "rows_read": reading.rows_read,
        "values_filled": int(reading.fills.sum()),
        "covariates_filled": reading.covariate_fills,
        "duplicates_dropped": reading.duplicates_dropped,
        "notes": list(reading.notes),
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _cutoff(reading: Reading) -> str:
    newest = reading.panel.frequency.stamps(reading.panel.cutoffs.max(keepdims=True))
    return str(reading.time_format.render(newest)[0])
