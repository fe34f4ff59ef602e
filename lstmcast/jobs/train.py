"""`train`: read, train and score, save a version, and promote it if it passes the gate."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from lstmcast import __version__
from lstmcast.config.schema import Config
from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.errors import GateError
from lstmcast.evaluation.backtest import ScoreRow, skill
from lstmcast.files import check_writable, ensure_folder
from lstmcast.jobs.freshness import check_not_from_the_future
from lstmcast.jobs.problem import make_problem
from lstmcast.jobs.talk import Talk
from lstmcast.network.calibration import Calibration
from lstmcast.store.artifact import write_version
from lstmcast.store.lock import hold_workspace
from lstmcast.store.manifest import Provenance
from lstmcast.store.versions import models_folder, promote, prune, remove_leftovers

LIBRARIES = ("keras", "numpy", "pandas", "tensorflow")


@dataclass(frozen=True)
class TrainResult:
    """A new version and how it did on the test windows."""

    version_id: str
    promoted: bool
    folder: Path
    scores: tuple[ScoreRow, ...]
    test_windows: int
    notes: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {
            "version": self.version_id,
            "promoted": self.promoted,
            "folder": str(self.folder),
            "test_windows": self.test_windows,
            "scores": [dict(row) for row in self.scores],
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
        }


def train(
    config_path: Path, *, sets: Sequence[str], environment: Mapping[str, str], now: datetime, talk: Talk
) -> TrainResult:
    """Train what the config describes, save it as a version, and promote it if it passes the gate."""
    started = time.monotonic()
    config = load_config(config_path, sets=sets, environment=environment)
    workspace = Path(config.output.dir)
    ensure_folder(workspace)
    with hold_workspace(workspace):
        remove_leftovers(workspace)
        check_writable(workspace)
        reading = read_panel(config.data)
        check_not_from_the_future(reading, now)
        for note in reading.notes:
            talk.say(note)
        problem = make_problem(config, reading.panel)
        from lstmcast.jobs.training import train_forecaster  # TensorFlow: only once all else is known to be well

        trained = train_forecaster(problem, config, reading, talk)
        libraries = {name: installed_version(name) for name in LIBRARIES} | {"lstmcast": __version__}
        origin = Provenance(now, config.train.seed, reading.fingerprint, libraries)
        version_id = write_version(models_folder(workspace), trained.artifact, origin)
        refusal = refuse_promotion(config, trained.scores)
        if refusal:
            raise GateError(f"{version_id}: {refusal}; it was saved, the present version stays")
        promote(workspace, version_id)
        prune(workspace, config.job.keep)
    return TrainResult(
        version_id=version_id,
        promoted=True,
        folder=models_folder(workspace) / version_id,
        scores=trained.scores,
        test_windows=problem.spans.test_rounds,
        notes=describe_calibration(trained.artifact.calibration),
        seconds=time.monotonic() - started,
    )


def refuse_promotion(config: Config, rows: tuple[ScoreRow, ...]) -> str | None:
    """Return why the model may not be promoted, if so."""
    gate = config.evaluate.gate
    by_name = {row["forecaster"]: row for row in rows}
    model, baseline = (by_name[name].get(gate.metric) for name in (config.model.cell, gate.against))
    found = skill(_number(model), _number(baseline))
    if found >= gate.min_skill:
        return None
    return (
        f"{gate.metric} {_number(model):.4g} of the model against {_number(baseline):.4g} of {gate.against}: "
        f"skill {found:.1%}, evaluate.gate.min_skill is {gate.min_skill:.1%}"
    )


def describe_calibration(calibration: Calibration) -> tuple[str, ...]:
    """Return what a reader should know of how the forecast was corrected."""
    kept = calibration.weights[0]
    if kept == 1:
        return ()
    return (f"the forecast leans {1 - kept:.0%} on {calibration.baseline}, which did clearly better on held-out data",)


def _number(score: object) -> float:
    return float(score) if isinstance(score, int | float) else float("nan")
