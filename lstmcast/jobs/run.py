"""`run`: the nightly job. Each step is skipped where its result is there already, so that running twice is once."""

import time
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from lstmcast.config.schema import Config
from lstmcast.errors import PartialError
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.versions import describe_other_data, find_versions
from lstmcast.jobs.common.workspace import hold_folder
from lstmcast.jobs.nightly.due import reasons_to_train
from lstmcast.jobs.nightly.night import Night, Standing, Training, clean_up, forecast, publish_new, read, train_anew
from lstmcast.jobs.scoring.ledger import Scoring, score_if_sound
from lstmcast.jobs.watch.observing import Observation, observed
from lstmcast.store.forecasts import FORECAST


@dataclass(frozen=True)
class RunResult:
    """What a night has brought."""

    forecast: Path
    cutoff: str
    model: str  # the version that forecast, or the baseline that stood in
    published: bool  # False: this forecast stood there already
    fallback: str | None  # why no model could answer
    left_out: tuple[str, ...]
    reasons: tuple[str, ...]  # for training
    trained: str | None
    promoted: bool
    origins: int  # scored so far
    skill: float | None  # of the forecasts of late
    drifted: bool
    removed: tuple[str, ...]
    warnings: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {**asdict(self), "forecast": str(self.forecast), "seconds": round(self.seconds, 3)}


@dataclass
class _Heard:
    """A talk that remembers its warnings."""

    talk: Talk
    warnings: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.talk.say(text)

    def warn(self, text: str) -> None:
        self.warnings.append(text)
        self.talk.warn(text)

    def progress(self, label: str, done: int, total: int, detail: str = "") -> None:
        self.talk.progress(label, done, total, detail)

    def step(self, name: str) -> AbstractContextManager[None]:
        return self.talk.step(name)


def run(config: Config, *, now: datetime, allow_partial: bool = False, talk: Talk) -> RunResult:
    """Train if that is due, publish the forecast of the newest data, and score the earlier ones."""
    started, heard = time.monotonic(), _Heard(talk)
    with observed(config, "run", heard) as observation, hold_folder(config) as workspace:
        observation.figures |= {"retrained": 0.0, "promoted": 0.0}
        night = Night(config, workspace, now, allow_partial, heard)
        versions = find_versions(workspace, now)
        if versions.present is not None and (other := describe_other_data(config, versions.present)):
            heard.warn(other)
        with heard.step("read"):
            data = read(night, versions.present)
        with heard.step("score"):
            scoring = score_if_sound(config, workspace, data.result, versions, heard)
        _note_scores(observation, scoring)
        reasons = reasons_to_train(config, versions, data.result, scoring.drift, now)
        if reasons and data.left_out and versions.present is not None:
            heard.warn(f"not trained from a part of the data, though it is due: {'; '.join(reasons)}")
            reasons = ()
        training = train_anew(night, versions, data.result, reasons)
        promoted = training.id is not None and training.present is not None and training.present.id == training.id
        _note_training(observation, training, promoted)
        with heard.step("predict"):
            standing = forecast(night, data, training)
        with heard.step("publish"):
            publish_new(night, standing)
        _note_forecast(observation, standing)
        with heard.step("clean up"):
            removed = clean_up(night)
    return RunResult(
        forecast=workspace / FORECAST,
        cutoff=standing.cutoff,
        model=standing.model,
        published=standing.new is not None,
        fallback=standing.fallback,
        left_out=standing.left_out,
        reasons=reasons,
        trained=training.id,
        promoted=promoted,
        origins=scoring.origins,
        skill=scoring.skill,
        drifted=scoring.drift.drifted,
        removed=removed,
        warnings=tuple(heard.warnings),
        seconds=time.monotonic() - started,
    )


def _note_scores(observation: Observation, scoring: Scoring) -> None:
    """Note what the metrics file tells of earlier forecasts: at once, for a later step may fail."""
    observation.figures["scored"] = float(scoring.is_sound)
    observation.figures["drifted"] = float(scoring.drift.drifted)
    if scoring.skill is not None:
        observation.figures["skill_ratio"] = scoring.skill


def _note_training(observation: Observation, training: Training, promoted: bool) -> None:
    observation.figures |= {"retrained": float(training.id is not None), "promoted": float(promoted)}
    if training.present is not None:
        created = datetime.fromisoformat(training.present.manifest.created)
        observation.figures["model_timestamp_seconds"] = created.timestamp()


def _note_forecast(observation: Observation, standing: Standing) -> None:
    if standing.new is not None:
        observation.note_forecast(standing.new)
    observation.figures["fallback"] = float(standing.fallback is not None)
    if standing.left_out:
        observation.exit_code = PartialError.exit_code
