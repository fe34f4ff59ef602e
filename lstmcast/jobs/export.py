"""`export`: a trained version as a file for other runtimes, which says what `predict` says, or is not written."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray
from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.drafts import draft_folder
from lstmcast.errors import ConfigError, ImplausibleError, ShortError
from lstmcast.export.description import describe_file, plain_array
from lstmcast.export.feed import Feed, choose_windows, cut_panel, feed_of
from lstmcast.export.file_names import FILES, FormatName
from lstmcast.files import reporting_failure, write_all_whole
from lstmcast.jobs.common.folders import EXPORT
from lstmcast.jobs.common.outputs import check_outputs, make_place
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.version_data import read_present_for_version
from lstmcast.json_text import render_json
from lstmcast.network.ensemble import rows_needed
from lstmcast.network.latest import forecast_latest
from lstmcast.network.spec import ModelSpec
from lstmcast.store.artifact import Artifact, load_version
from lstmcast.store.versions import resolve_version

USUAL_ROWS = 2000  # of a series that go in, if there are more
WINDOWS = 20  # on which the file is held against our own forecast
TOLERANCE = 0.01  # of the width of the widest interval
LEAST_OF_WIDEST = 0.01  # of the widest interval of a series: at some step, all may end at zero
WIDTH_OF_NONE = 1e-3  # of the size of a forecast that has no intervals


@dataclass(frozen=True)
class ExportResult:
    """The file, and how near it came to our own forecast."""

    format: FormatName
    file: Path
    description: Path
    size: int
    version_id: str
    rows: int
    windows: int
    difference: float  # of the width of the widest interval

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {
            "format": self.format,
            "file": str(self.file),
            "description": str(self.description),
            "bytes": self.size,
            "version": self.version_id,
            "rows": self.rows,
            "windows_checked": self.windows,
            "largest_difference": self.difference,
        }


def export(
    config: Config,
    *,
    name: FormatName,
    model: str | None,
    rows: int | None,
    output: Path | None,
    now: datetime,
    talk: Talk,
) -> ExportResult:
    """Write the current version, or `model`, as a file of this format that takes the newest `rows` of each series."""
    workspace = Path(config.output.dir)
    path = workspace / EXPORT / FILES[name].name if output is None else output
    description = path.parent / f"{path.name}.json"
    check_outputs(config, path, description)
    version = load_version(resolve_version(workspace, model))
    artifact = version.artifact
    reading = read_present_for_version(config.data, artifact, now, talk)
    panel = reading.panel
    length = _decide_rows(artifact, panel, rows)
    cut = _windows_to_check(panel, artifact.spec, length)
    feed = feed_of(cut, artifact.spec, length)
    own = forecast_latest(cut, artifact.ensemble)
    make_place(path, workspace / EXPORT)
    content, found = _write_and_run(artifact, name, length, feed, path, talk)
    difference = largest_difference(found, own)
    if not difference <= TOLERANCE:
        raise ImplausibleError(f"{path}: not written: {_tell_difference(difference)}")
    described = {
        "version": version.id,
        "format": name,
        **describe_file(reading, cut, artifact.spec, length, FILES[name].windows),
        "largest_difference": difference,
        "example": {key: plain_array(values[:1]) for key, values in feed.items()}
        | {"quantiles": plain_array(found[:1])},
    }
    write_all_whole({path: content, description: f"{render_json(described, indent=1)}\n".encode()})
    return ExportResult(name, path, description, len(content), version.id, length, cut.series_count, difference)


def largest_difference(found: npt.NDArray[np.float32], own: FloatArray) -> float:
    """Return the largest difference of two (N, H, Q) forecasts, in widths of the widest interval at that step.

    Next to a wider interval at another step, and of a series that stands still, an interval may have no width at all.
    """
    width = own[..., -1] - own[..., 0]
    widest = width.max(axis=1, keepdims=True)
    size = np.abs(own).max(axis=(1, 2))[:, None]
    width = np.where(widest > 0, np.maximum(width, LEAST_OF_WIDEST * widest), WIDTH_OF_NONE * size)
    width = np.maximum(width, np.finfo(np.float32).tiny)
    differences = np.abs(found - own) / width[..., None]
    return float(differences.max()) if np.isfinite(differences).all() else float("inf")


def _tell_difference(difference: float) -> str:
    """Return in words what is wrong with a forecast that is too far from ours."""
    if not np.isfinite(difference):
        return "its forecast is not finite: values go farther than single precision; give them in another unit"
    return (
        f"its forecast is off ours by {difference:.0%} of the width of an interval, and more than {TOLERANCE:.0%} is "
        "too much; values as large as these beside their changes need double precision"
    )


def _decide_rows(artifact: Artifact, panel: Panel, wanted: int | None) -> int:
    """Return how many rows of each series go in: all there are, unless that is more than a small machine likes."""
    needed = rows_needed(artifact.spec, artifact.calibration)
    if wanted is not None and wanted < needed:
        raise ConfigError(f"--rows {wanted}: this version looks back {needed} rows; give that many or more")
    return wanted or max(needed, min(int(panel.known.max()), USUAL_ROWS))


def _windows_to_check(panel: Panel, spec: ModelSpec, rows: int) -> Panel:
    windows = choose_windows(panel, spec, WINDOWS)
    if not len(windows):
        raise ShortError("data: no series is long enough to see whether the file says what predict says; give more")
    return cut_panel(panel, windows, rows, spec.horizon)


def _write_and_run(
    artifact: Artifact, name: FormatName, rows: int, feed: Feed, path: Path, talk: Talk
) -> tuple[bytes, npt.NDArray[np.float32]]:
    """Return the file's content and what it says, by the runtime that it is for."""
    from lstmcast.export.formats import check_packages, run_graph, write_graph  # imports TensorFlow
    from lstmcast.export.graph import Forecaster

    check_packages(name)
    forecaster = Forecaster(artifact.spec, artifact.weights, artifact.calibration, rows)
    with reporting_failure(path), draft_folder(path.parent) as (draft, _):
        with talk.step("write"):
            file = write_graph(forecaster, name, draft)
        with talk.step("check"):
            found = run_graph(file, name, feed)
        return file.read_bytes(), found
