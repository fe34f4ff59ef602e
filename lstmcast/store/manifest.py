"""What a version consists of and where it comes from: the closed set of its files, each with size and checksum."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from lstmcast import __version__
from lstmcast.errors import ArtifactError
from lstmcast.files import hash_bytes, hash_json
from lstmcast.kinds import Limits, Pattern, Size
from lstmcast.records import Record
from lstmcast.store.damage import DamagedError
from lstmcast.store.formats import FORMAT_VERSION, Members, check_format
from lstmcast.store.members import RealFolder
from lstmcast.store.moments import Moment
from lstmcast.store.strict_json import parse_object, parse_record
from lstmcast.store.weights import LARGEST_WEIGHTS

VERSION_ID = r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}"
PLOTS = frozenset({"history.png", "backtest.png", "forecast.png"})
Checksum = Annotated[str, Pattern(r"^[0-9a-f]{64}$")]

MANIFEST = "manifest.json"
WEIGHTS = "weights.safetensors"
_MEGABYTE = 2**20
LIMITS = {  # bytes
    MANIFEST: _MEGABYTE,
    "model.json": _MEGABYTE,
    "contract.json": 32 * _MEGABYTE,  # the ids and ranges of all series
    "calibration.json": 4 * _MEGABYTE,
    "config.yaml": _MEGABYTE,
    "metrics.json": 32 * _MEGABYTE,
    "history.csv": 16 * _MEGABYTE,
    WEIGHTS: LARGEST_WEIGHTS,  # until the model's description says exactly how many
} | dict.fromkeys(PLOTS, 16 * _MEGABYTE)
_REQUIRED = LIMITS.keys() - PLOTS
_MOST_NAMES = 1000  # more are not even listed in a message
_FOREIGN = {
    "saved_model.pb": "a TensorFlow SavedModel",
    "model.weights.h5": "an unzipped Keras model",
    "_CHECKPOINT_METADATA": "an Orbax checkpoint",
}


@dataclass(frozen=True)
class Provenance:
    """When and from what a version was trained."""

    created: datetime  # with its zone
    seed: int
    data_fingerprint: str
    libraries: Mapping[str, str]


class FileEntry(Record):
    """The size and the checksum of a file."""

    size: Annotated[int, Limits(ge=0)]
    sha256: Checksum


class Manifest(Record):
    """What a version consists of, and where it comes from."""

    format_version: int
    id: Annotated[str, Pattern(f"^{VERSION_ID}$")]
    created: Moment
    seed: int
    data_fingerprint: Annotated[str, Size(1, 200)]
    libraries: dict[str, Annotated[str, Size(most=100)]]
    sha256: Checksum  # of the fields above
    files: dict[str, FileEntry]


def new_version_id(created: datetime, digest: str) -> str:
    """Return an id that sorts by time and that differs where the content does."""
    return f"{id_time(created)}-{digest[:8]}"


def id_time(moment: datetime) -> str:
    """Return what the ids of versions begin with that are made at a moment."""
    return f"{moment.astimezone(UTC):%Y%m%d-%H%M%S}"


def make_manifest(members: Members, provenance: Provenance) -> Manifest:
    """Return the manifest of these members."""
    files = {name: FileEntry(size=len(members[name]), sha256=hash_bytes(members[name])) for name in sorted(members)}
    digest = hashlib.sha256("".join(f"{name} {entry.sha256}\n" for name, entry in files.items()).encode())
    origin = {
        "format_version": FORMAT_VERSION,
        "id": new_version_id(provenance.created, digest.hexdigest()),
        "created": f"{provenance.created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "seed": provenance.seed,
        "data_fingerprint": provenance.data_fingerprint,
        "libraries": {**provenance.libraries, "lstmcast": __version__},
    }
    return Manifest.from_plain({**origin, "sha256": hash_json(origin), "files": files})


def parse_manifest(folder: RealFolder) -> Manifest:
    """Return the manifest of the version in this folder, after comparing it with the names that are there."""
    names = folder.names(most=_MOST_NAMES)
    if MANIFEST not in names:
        foreign = next((kind for name, kind in _FOREIGN.items() if name in names), "not a version of lstmcast")
        raise ArtifactError(
            f"{folder.path}: has no {MANIFEST}, so it is {foreign} or incomplete; "
            "only what `lstmcast train` saved is loaded"
        )
    if unlisted := sorted(names - LIMITS.keys()):
        raise ArtifactError(
            f"{folder.path}: holds {unlisted[0]!r}, which is no part of a version and was not opened; "
            "remove it if you know where it comes from"
        )
    where = folder.path / MANIFEST
    content = folder.read(MANIFEST, LIMITS[MANIFEST])
    check_format(parse_object(content, where), where)
    manifest = parse_record(Manifest, content, where)
    _check_names(names - {MANIFEST}, manifest, folder.path)
    if manifest.sha256 != hash_json(manifest.as_plain(without={"sha256", "files"})):
        raise DamagedError(f"{where}: was changed since it was saved: its own checksum differs")
    return manifest


def _check_names(names: set[str], manifest: Manifest, folder: Path) -> None:
    where = folder / MANIFEST
    if alien := sorted(manifest.files.keys() - LIMITS.keys() | manifest.files.keys() & {MANIFEST}):
        raise DamagedError(f"{where}: lists {alien[0][:200]!r}, which is no part of a version and was not opened")
    if missing := sorted((_REQUIRED - {MANIFEST} | manifest.files.keys()) - names):
        raise DamagedError(f"{folder}: lacks {missing[0]!r}")
    if unlisted := sorted(names - manifest.files.keys()):
        raise DamagedError(f"{where}: does not list {unlisted[0]!r}, which was not opened")
