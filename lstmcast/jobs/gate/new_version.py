"""A new version: trained, held against the gate, saved, and promoted if that lets it."""

from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lstmcast import __version__
from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.errors import ArtifactError, NoModelError
from lstmcast.evaluation.backtest import score_baselines
from lstmcast.jobs.common.fingerprints import model_fingerprint, place_of_data
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.version_data import TRAINED_UNTIL
from lstmcast.jobs.common.versions import CONFIG, DATA
from lstmcast.jobs.gate.gate import Verdict, judge
from lstmcast.jobs.gate.gate_notes import GATE
from lstmcast.jobs.model.checkpoints import Checkpoints
from lstmcast.jobs.model.opening import Opening
from lstmcast.jobs.scoring.promise import PROMISE, describe_promise
from lstmcast.jobs.scoring.scoring import BASELINE
from lstmcast.store.artifact import LoadedVersion, load_version, write_version
from lstmcast.store.manifest import Provenance
from lstmcast.store.versions import current_version, models_folder, promote, prune, resolve_version

if TYPE_CHECKING:
    from lstmcast.jobs.model.training import Trained

LIBRARIES = ("keras", "numpy", "pandas", "tensorflow")


@dataclass(frozen=True)
class NewVersion:
    """A version that was trained, and why it was not promoted, if so."""

    id: str
    trained: "Trained"
    refusal: str | None


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
