"""A model version as a folder: written whole, never changed, and believed only after every part was checked.

A version is numbers and their description. Nothing in it is ever executed, unpickled or imported.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.data.contract import Contract
from lstmcast.errors import ArtifactError, DivergedError, OutputError
from lstmcast.files import ensure_folder, hash_bytes, write_folder_whole
from lstmcast.json_text import with_nulls
from lstmcast.network.bank import forecasters
from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import MEAN_OF_SIMPLE, SMOOTHING_OF_HISTORY, Ensemble
from lstmcast.network.spec import ModelSpec, expected_shapes
from lstmcast.store.damage import DamagedError
from lstmcast.store.formats import Members, migrate
from lstmcast.store.manifest import (
    LIMITS,
    MANIFEST,
    PLOTS,
    WEIGHTS,
    Manifest,
    Provenance,
    make_manifest,
    parse_manifest,
)
from lstmcast.store.members import RealFolder, open_folder
from lstmcast.store.noted import NotedScores
from lstmcast.store.strict_json import check_known, parse_object, parse_record
from lstmcast.store.weights import Weights, decode_weights, encode_weights, largest_file


@dataclass(frozen=True)
class Artifact:
    """All that training leaves behind."""

    spec: ModelSpec
    contract: Contract
    calibration: Calibration
    weights: Weights
    config_yaml: str
    metrics: Mapping[str, Any]
    history_csv: str
    plots: Mapping[str, bytes]  # by the names in PLOTS; empty when loaded

    @property
    def ensemble(self) -> Ensemble:
        """Return what forecasts."""
        return Ensemble(self.spec, self.weights, self.calibration)

    def __post_init__(self) -> None:
        assert self.plots.keys() <= PLOTS, f"plots are {sorted(PLOTS)}"
        _check_agreement(self.spec, self.contract, self.calibration)


@dataclass(frozen=True)
class LoadedVersion:
    """A version that was read from disk and found sound."""

    folder: Path
    manifest: Manifest
    artifact: Artifact

    @property
    def id(self) -> str:
        """Return the version's id, which stays when its folder is moved."""
        return self.manifest.id


def write_version(models_folder: Path, artifact: Artifact, provenance: Provenance) -> str:
    """Write the artifact as a new version and return its id; what could not be loaded again is never written."""
    if broken := [name for name, array in artifact.weights.items() if not np.isfinite(array).all()]:
        raise DivergedError(f"training: {broken[0]!r} holds NaN or infinity; lower train.learning_rate")
    members = _encode(artifact)
    if large := [name for name in members if len(members[name]) > LIMITS[name]]:
        raise OutputError(f"{models_folder}: the new {large[0]} has {len(members[large[0]]):,} bytes, too many to load")
    _decode_members(members, members[WEIGHTS], Path("the new version"))
    manifest = make_manifest(members, provenance)
    members[MANIFEST] = manifest.as_json(indent=2).encode()
    folder = models_folder / manifest.id
    ensure_folder(models_folder)
    if not _stands_already(folder, manifest):
        write_folder_whole(folder, members)
    return manifest.id


def load_version(path: Path) -> LoadedVersion:
    """Return the version in this folder, or refuse it with an ArtifactError that names what is wrong with it."""
    with open_folder(path) as folder:
        manifest = parse_manifest(folder)
        members = {name: _read_member(folder, name, manifest) for name in sorted(manifest.files.keys() - {WEIGHTS})}
        members = migrate(members, manifest.format_version)
        spec = parse_record(ModelSpec, members["model.json"], path / "model.json")
        limit = largest_file(expected_shapes(spec), path / "model.json")
        weights = _read_member(folder, WEIGHTS, manifest, limit)
    return LoadedVersion(path, manifest, _decode_members(members, weights, path))


def read_manifest(path: Path) -> Manifest:
    """Return the manifest of the version in this folder; its other files are listed, but not read."""
    with open_folder(path) as folder:
        return parse_manifest(folder)


def _encode(artifact: Artifact) -> Members:
    metrics = json.dumps(with_nulls(artifact.metrics), indent=1, allow_nan=False)
    return {
        "model.json": artifact.spec.as_json(indent=1).encode(),
        "contract.json": artifact.contract.as_json(indent=1).encode(),
        "calibration.json": artifact.calibration.as_json(indent=1).encode(),
        "config.yaml": artifact.config_yaml.encode(),
        "metrics.json": metrics.encode(),
        "history.csv": artifact.history_csv.encode(),
        WEIGHTS: encode_weights(artifact.weights),
        **artifact.plots,
    }


def _stands_already(folder: Path, manifest: Manifest) -> bool:
    """Return whether the same version was written before; the same content in the same second has the same id."""
    if not folder.is_dir():
        return False
    try:
        return load_version(folder).manifest == manifest
    except ArtifactError as error:
        raise OutputError(f"{folder}: is there already, but damaged; remove it and train again") from error


def _read_member(folder: RealFolder, name: str, manifest: Manifest, limit: int | None = None) -> bytes:
    where, entry = folder.path / name, manifest.files[name]
    content = folder.read(name, LIMITS[name] if limit is None else limit)
    if len(content) != entry.size:
        raise DamagedError(f"{where}: has {len(content):,} bytes, and was saved with {entry.size:,}")
    if hash_bytes(content) != entry.sha256:
        raise DamagedError(f"{where}: was changed since it was saved: its checksum differs")
    return content


def _decode_members(members: Members, weights: bytes, folder: Path) -> Artifact:
    spec = parse_record(ModelSpec, members["model.json"], folder / "model.json")
    try:
        return Artifact(
            spec=spec,
            contract=parse_record(Contract, members["contract.json"], folder / "contract.json"),
            calibration=parse_record(Calibration, members["calibration.json"], folder / "calibration.json"),
            weights=decode_weights(weights, expected_shapes(spec), folder / WEIGHTS),
            config_yaml=_decode_text(members, "config.yaml", folder),
            metrics=_decode_metrics(members["metrics.json"], spec, folder / "metrics.json"),
            history_csv=_decode_text(members, "history.csv", folder),
            plots={},
        )
    except ValueError as error:
        raise DamagedError(f"{folder}: {error}") from error


def _decode_metrics(content: bytes, spec: ModelSpec, where: Path) -> dict[str, Any]:
    metrics = parse_object(content, where)
    noted = check_known(NotedScores, metrics, where)
    if any(len(line) != spec.horizon for line in noted.test_mase_by_step.values()):
        raise DamagedError(f"{where}: 'test_mase_by_step' has not one score for each step of the horizon")
    return metrics


def _decode_text(members: Members, name: str, folder: Path) -> str:
    try:
        return members[name].decode()
    except UnicodeDecodeError as error:
        raise DamagedError(f"{folder / name}: is not UTF-8 text") from error


def _check_agreement(spec: ModelSpec, contract: Contract, calibration: Calibration) -> None:
    """Raise ValueError where two descriptions contradict each other; each alone may be sound."""
    if len(calibration.weights) != spec.horizon or len(calibration.factors) != len(spec.quantiles):
        raise ValueError("calibration.json does not fit the horizon and the quantiles of model.json")
    known = {MEAN_OF_SIMPLE, SMOOTHING_OF_HISTORY, *forecasters(spec.members[0].context, spec.periods)}
    if calibration.leans and calibration.baseline not in known:
        raise ValueError(f"calibration.json leans on {calibration.baseline!r}, which model.json knows nothing of")
    columns = [contract.lowest, contract.highest, *contract.ids]
    series = len(contract.ids[0]) if contract.ids else 1  # one that has no name
    if len(contract.ids) != len(contract.id_names) or not series or {len(column) for column in columns} != {series}:
        raise ValueError("contract.json names not as many series as it has ranges")
    covariates = (tuple(scale.name for scale in spec.past), tuple(scale.name for scale in spec.future))
    if covariates != (contract.past, contract.future) or spec.positive != contract.positive:
        raise ValueError("contract.json and model.json do not describe the same data")
