"""`train`: read, train and score, save a version, and promote it if it passes the gate."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmcast.config.schema import Config
from lstmcast.errors import GateError
from lstmcast.evaluation.backtest import ScoreRow
from lstmcast.jobs.backtesting.backtest_result import describe_absence
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.gate.new_version import NewVersion, train_version, way_past_the_gate
from lstmcast.jobs.model.checkpoints import open_checkpoints
from lstmcast.jobs.model.opening import Opening, open_job
from lstmcast.jobs.model.training_words import describe_calibration, describe_clipping
from lstmcast.jobs.watch.observing import observed
from lstmcast.store.versions import current_version, models_folder

if TYPE_CHECKING:
    pass


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


def train(config: Config, *, resume: bool = False, now: datetime, talk: Talk) -> TrainResult:
    """Train what the config describes, save it as a version, and promote it if it passes the gate.

    To resume is to go on from where a training of the same was interrupted; the version is the same in the end.
    """
    started = time.monotonic()
    with observed(config, "train", talk), open_job(config, now=now, talk=talk) as opening:
        checkpoints = open_checkpoints(config, opening, talk)
        if resume and (trouble := checkpoints.resume()):
            talk.warn(trouble)
        new = train_version(config, opening, checkpoints, now=now, talk=talk)
        result = _describe_result(new, opening, config.evaluate.gate.metric, time.monotonic() - started)
        if new.refusal:
            raise _refused(new, opening.workspace, result)
    return result


def _describe_result(new: NewVersion, opening: Opening, metric: str, seconds: float) -> TrainResult:
    return TrainResult(
        version_id=new.id,
        promoted=new.refusal is None,
        folder=models_folder(opening.workspace) / new.id,
        scores=new.trained.scores,
        test_windows=opening.problem.spans.test_rounds,
        notes=(
            *describe_calibration(new.trained.artifact.calibration),
            describe_clipping(new.trained.artifact.metrics["clipped_steps"]),
            *describe_absence(new.trained.scores, metric),
        ),
        seconds=seconds,
    )


def _refused(new: NewVersion, workspace: Path, result: TrainResult) -> GateError:
    """Return what to say of a version that the gate has refused, with its scores."""
    what_stays = ", the present version stays" if current_version(workspace) else ", and there is no other to forecast"
    error = GateError(f"{new.id}: {new.refusal}; it was saved{what_stays}; {way_past_the_gate(new.id)}")
    error.answer = result
    return error
