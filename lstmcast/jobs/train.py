"""`train`: read, train and score, save a version, and promote it if it passes the gate."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmcast import __version__
from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.errors import ArtifactError, GateError, NoModelError
from lstmcast.evaluation.backtest import ScoreRow, score_baselines
from lstmcast.jobs.backtesting.backtest_result import describe_absence
from lstmcast.jobs.fingerprints import model_fingerprint, place_of_data
from lstmcast.jobs.model.checkpoints import Checkpoints, open_checkpoints
from lstmcast.jobs.nightly.gate import Verdict, judge
from lstmcast.jobs.nightly.gate_notes import GATE
from lstmcast.jobs.nightly.observing import observed
from lstmcast.jobs.nightly.promise import PROMISE, describe_promise
from lstmcast.jobs.nightly.scoring import BASELINE
from lstmcast.jobs.opening import Opening, open_job
from lstmcast.jobs.talk import Talk
from lstmcast.jobs.version_data import TRAINED_UNTIL
from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import spell_baseline
from lstmcast.store.artifact import LoadedVersion, load_version, write_version
from lstmcast.store.manifest import Provenance
from lstmcast.store.versions import current_version, models_folder, promote, prune, resolve_version

if TYPE_CHECKING:
    from lstmcast.jobs.model.training import Trained

LIBRARIES = ("keras", "numpy", "pandas", "tensorflow")
CONFIG, DATA = "config_fingerprint", "data_path"


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


@dataclass(frozen=True)
class NewVersion:
    """A version that was trained, and why it was not promoted, if so."""

    id: str
    trained: "Trained"
    refusal: str | None


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


def way_past_the_gate(version: str) -> str:
    """Return what to do for a version that the gate has refused."""
    return f"`lstmcast models promote {version}` takes it all the same; else change evaluate.gate or the data"


def train_version(
    config: Config, opening: Opening, checkpoints: Checkpoints, *, now: datetime, talk: Talk
) -> NewVersion:
    """Return a version that was trained and saved, and is promoted if the gate lets it."""
    current_version(opening.workspace)  # where that cannot be read, no version could be promoted in the end
    with checkpoints.kept():
        with talk.step("train"):
            from lstmcast.jobs.model.training import train_forecaster  # TensorFlow: only once all else is well

            trained = train_forecaster(opening.problem, config, opening.reading, checkpoints, talk)
        with talk.step("gate"):
            return _pass_gate(config, opening, trained, now=now, talk=talk)


def describe_calibration(calibration: Calibration) -> tuple[str, ...]:
    """Return what a reader should know of how the forecast was corrected."""
    leans = [1 - kept for kept in calibration.weights]
    least, most = min(leans), max(leans)
    if not most:
        return ()
    share = f"{most:.0%}" if least == most else f"{least:.0%} to {most:.0%}"
    return (f"to be safe, the forecast leans {share} on {spell_baseline(calibration.baseline)}",)


def describe_clipping(shares: Sequence[float]) -> str:
    """Return how often the gradients had to be cut, from the share of the steps of each member."""
    share = sum(shares) / len(shares)
    if not share:
        return "the gradient never had to be cut"
    told = "less than 0.1%" if share < 0.001 else f"{share:.1%}"
    return f"the gradient had to be cut in {told} of the training steps"


def _pass_gate(config: Config, opening: Opening, trained: "Trained", *, now: datetime, talk: Talk) -> NewVersion:
    """Return the new version, saved, and promoted if the gate lets it."""
    workspace, reading = opening.workspace, opening.reading
    verdict = judge(config, trained, reading.panel, _present(workspace, talk))
    metrics = {**trained.artifact.metrics, **_describe(config, trained, reading.panel, verdict)}
    artifact = replace(trained.artifact, metrics=metrics)
    libraries = {name: installed_version(name) for name in LIBRARIES} | {"lstmcast": __version__}
    origin = Provenance(now, config.train.seed, reading.fingerprint, libraries)
    version_id = write_version(models_folder(workspace), artifact, origin)
    if verdict.doubt:
        talk.warn(verdict.doubt)
    if verdict.remark:
        talk.say(verdict.remark)
    if verdict.refusal is None:
        promote(workspace, version_id)
    prune(workspace, config.job.keep, spare=[version_id])  # a refused one tells when it was tried last
    return NewVersion(version_id, trained, verdict.refusal)


def _present(workspace: Path, talk: Talk) -> LoadedVersion | None:
    try:
        return load_version(resolve_version(workspace))
    except NoModelError:
        return None
    except ArtifactError as error:
        talk.warn(f"{error}; the new model is compared with the baseline alone")
        return None


def _describe(config: Config, trained: "Trained", panel: Panel, verdict: Verdict) -> dict[str, Any]:
    """Return what a later run asks of this version: what it was made from, the gate's scores, what it promises."""
    model, season = trained.scored[config.model.cell], trained.artifact.spec.season
    naive = score_baselines(panel, trained.windows, [BASELINE], season)[BASELINE]
    return {
        CONFIG: model_fingerprint(config),
        DATA: place_of_data(config),
        TRAINED_UNTIL: int(panel.cutoffs.max()),
        GATE: verdict.scores,
        PROMISE: describe_promise(trained.windows, model, naive, config.forecast.levels),
    }
