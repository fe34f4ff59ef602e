"""The versions of a workspace, as `lstmcast models` shows and changes them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lstmcast.config.schema import Config
from lstmcast.errors import NoModelError
from lstmcast.jobs.common.version_lines import VersionLine, describe_line, state_of
from lstmcast.jobs.gate.gate_notes import describe_passage
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.checkpoint import checkpoint_folder, remove_checkpoint
from lstmcast.store.lock import hold_workspace
from lstmcast.store.versions import (
    current_version,
    list_versions,
    models_folder,
    promote,
    prune,
    remove_leftovers,
    resolve_version,
    rollback,
)


@dataclass(frozen=True)
class ModelsResult:
    """The versions of a workspace, the newest first."""

    workspace: Path
    versions: tuple[VersionLine, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return {"workspace": str(self.workspace), "versions": [asdict(line) for line in self.versions]}


@dataclass(frozen=True)
class ModelResult:
    """What one version is and how it scored."""

    version: str
    folder: Path
    state: str
    created: str
    seed: int
    data_fingerprint: str
    libraries: Mapping[str, str]
    model: Mapping[str, Any]
    metrics: Mapping[str, Any] = field(repr=False)

    @property
    def gate(self) -> str:
        """Return what the gate said of the version."""
        return describe_passage(self.metrics)

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return {**asdict(self), "folder": str(self.folder)}


@dataclass(frozen=True)
class VersionsResult:
    """The versions that a command has dealt with, and the one that is current after it."""

    workspace: Path
    versions: tuple[str, ...]
    current: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return {"workspace": str(self.workspace), "versions": list(self.versions), "current": self.current}


@dataclass(frozen=True)
class PruneResult(VersionsResult):
    """The versions that were removed, and whether there was a checkpoint to remove."""

    checkpoint: bool

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return super().as_json() | {"checkpoint": self.checkpoint}


def list_models(config: Config) -> ModelsResult:
    """Return every version of the workspace with its state, without reading more than the manifests."""
    workspace = Path(config.output.dir)
    return ModelsResult(workspace, tuple(describe_line(workspace, version) for version in list_versions(workspace)))


def show_model(config: Config, *, model: str | None) -> ModelResult:
    """Return what `model`, an id or a folder, is; left out, it is the current version."""
    workspace = Path(config.output.dir)
    loaded = load_version(resolve_version(workspace, model))
    return _describe_model(workspace, loaded)


def verify_models(config: Config, *, model: str | None) -> VersionsResult:
    """Read every byte of `model`, or of all versions, and return the sound ones; a damaged one is an ArtifactError."""
    workspace = Path(config.output.dir)
    if model is None:
        _refuse_empty(workspace)
        folders = [models_folder(workspace) / version for version in list_versions(workspace)]
    else:
        folders = [resolve_version(workspace, model)]
    sound = tuple(load_version(folder).id for folder in folders)
    return VersionsResult(workspace, sound, current_version(workspace))


def promote_model(config: Config, *, model: str) -> VersionsResult:
    """Make the version `model` the current one after checking every part of it."""
    workspace = Path(config.output.dir)
    version = resolve_version(workspace, model).name
    with _hold_cleared(workspace):
        promote(workspace, version)
    return VersionsResult(workspace, (version,), version)


def rollback_model(config: Config) -> VersionsResult:
    """Make the version that was current before the current one again."""
    workspace = Path(config.output.dir)
    _refuse_empty(workspace)
    if current_version(workspace) is None:
        resolve_version(workspace)  # says that none was promoted yet, and which could be
    with _hold_cleared(workspace):
        version = rollback(workspace)
    return VersionsResult(workspace, (version,), version)


def prune_models(config: Config, *, keep: int | None) -> PruneResult:
    """Remove the oldest versions above `keep` (left out: `job.keep`), never the current one nor the one before it.

    The checkpoint of an interrupted training goes, too.
    """
    workspace = Path(config.output.dir)
    checkpoint = checkpoint_folder(workspace)
    if not os.path.lexists(checkpoint):  # that of a first training stands alone
        _refuse_empty(workspace)
    with _hold_cleared(workspace):
        removed = prune(workspace, config.job.keep if keep is None else keep)
        had_checkpoint = remove_checkpoint(checkpoint)
    return PruneResult(workspace, removed, current_version(workspace), had_checkpoint)


@contextmanager
def _hold_cleared(workspace: Path) -> Iterator[None]:
    """Hold the workspace until the end of the block, without what killed runs left there."""
    with hold_workspace(workspace):
        remove_leftovers(workspace)
        yield


def _refuse_empty(workspace: Path) -> None:
    """Raise NoModelError where there is no version, before a lock would make the folder."""
    if not list_versions(workspace):
        raise NoModelError(f"{workspace}: no trained model; run `lstmcast train`")


def _describe_model(workspace: Path, loaded: LoadedVersion) -> ModelResult:
    """Return what a loaded version is."""
    return ModelResult(
        version=loaded.id,
        folder=loaded.folder,
        state=state_of(workspace, loaded.id),
        created=loaded.manifest.created,
        seed=loaded.manifest.seed,
        data_fingerprint=loaded.manifest.data_fingerprint,
        libraries=loaded.manifest.libraries,
        model=loaded.artifact.spec.as_plain(),
        metrics=loaded.artifact.metrics,
    )
