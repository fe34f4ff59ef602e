"""A line for each version, as lists show them."""

from dataclasses import dataclass
from pathlib import Path

from lstmcast.errors import ArtifactError
from lstmcast.store.artifact import read_manifest
from lstmcast.store.versions import (
    current_version,
    models_folder,
    previous_version,
)


@dataclass(frozen=True)
class VersionLine:
    """What a list says of a version."""

    version: str
    created: str
    state: str  # current, previous, damaged or nothing
    size: int | None  # bytes of all its files


def describe_line(workspace: Path, version: str) -> VersionLine:
    """Return a version's line; a damaged one is listed as such, so that it can be found."""
    try:
        manifest = read_manifest(models_folder(workspace) / version)
    except ArtifactError:
        return VersionLine(version, "", "damaged", None)
    size = sum(entry.size for entry in manifest.files.values())
    return VersionLine(version, manifest.created, state_of(workspace, version), size)


def state_of(workspace: Path, version: str) -> str:
    """Return whether a version is the current or the previous one, or nothing."""
    if version == current_version(workspace):
        return "current"
    return "previous" if version == previous_version(workspace) else ""
