"""The versions of a workspace: which there are, which one answers, which one did before."""

import os
import re
from collections.abc import Collection
from pathlib import Path

from lstmcast.drafts import remove_drafts
from lstmcast.errors import NoModelError
from lstmcast.files import remove_folder, write_whole
from lstmcast.spelling import did_you_mean
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.damage import DamagedError, DamagedPromotionsError
from lstmcast.store.manifest import VERSION_ID
from lstmcast.store.members import list_names, read_small_file

MODELS = "models"
CURRENT = "current"

_ID = re.compile(VERSION_ID)
_REMEMBERED = 50  # promotions
_LARGEST_CURRENT = 65_536  # bytes


def models_folder(workspace: Path) -> Path:
    """Return the folder that holds the versions."""
    return workspace / MODELS


def list_versions(workspace: Path) -> tuple[str, ...]:
    """Return the ids of all versions, the newest first."""
    return tuple(sorted(filter(_ID.fullmatch, list_names(models_folder(workspace))), reverse=True))


def current_version(workspace: Path) -> str | None:
    """Return the id of the promoted version, or None if none was promoted yet."""
    promoted = _read_promoted(workspace)
    return promoted[0] if promoted else None


def previous_version(workspace: Path) -> str | None:
    """Return the id of the version that was promoted before the current one and still exists."""
    existing = set(list_versions(workspace))
    return next((version for version in _read_promoted(workspace)[1:] if version in existing), None)


def promote(workspace: Path, version: str) -> LoadedVersion:
    """Make a version the current one, after checking every part of it."""
    loaded = _load_own(workspace, version)
    others = [other for other in _read_promoted(workspace) if other != version]
    _write_promoted(workspace, [version, *others])
    return loaded


def rollback(workspace: Path) -> str:
    """Make the previously promoted version the current one again, forget the present one's promotion, return the id."""
    previous = previous_version(workspace)
    if previous is None:
        raise NoModelError(f"{workspace}: no version was promoted before the current one; nothing was changed")
    _load_own(workspace, previous)
    promoted = _read_promoted(workspace)
    _write_promoted(workspace, promoted[promoted.index(previous) :])
    return previous


def prune(workspace: Path, keep: int, spare: Collection[str] = ()) -> tuple[str, ...]:
    """Remove the oldest versions above `keep`, never the current one, the one before it or `spare`; return the ids."""
    versions = list_versions(workspace)
    protected = {current_version(workspace), previous_version(workspace), *spare} & set(versions)
    room = max(keep - len(protected), 0)
    others = [version for version in versions if version not in protected]
    removed = tuple(others[room:])
    for version in removed:
        remove_folder(models_folder(workspace) / version)
    return removed


def remove_leftovers(workspace: Path) -> None:
    """Remove what killed runs left half written anywhere in the workspace."""
    remove_drafts(workspace)
    try:
        folders = [entry for entry in workspace.iterdir() if entry.is_dir() and not entry.is_symlink()]
    except OSError:
        return  # no workspace, no leftovers
    for folder in folders:
        remove_drafts(folder)


def resolve_version(workspace: Path, name: str | None = None) -> Path:
    """Return the folder of the current version, or of the one named by its id, the start of its id, or its path."""
    versions = list_versions(workspace)
    if name is None:
        return models_folder(workspace) / _require_current(workspace, versions)
    matching = [version for version in versions if name and version.startswith(name)]
    if len(matching) == 1:
        return models_folder(workspace) / matching[0]
    if os.path.lexists(name):
        return Path(name)
    if matching:
        raise NoModelError(f"{workspace}: {name!r} begins several versions: {', '.join(matching[:5])}; give more of it")
    raise _no_version(workspace, name, versions)


def _no_version(workspace: Path, name: str, versions: Collection[str]) -> NoModelError:
    return NoModelError(
        f"{workspace}: no version {name!r}{did_you_mean(name, versions)}; `lstmcast models list` names them all"
    )


def _require_current(workspace: Path, versions: tuple[str, ...]) -> str:
    current = current_version(workspace)
    if current in versions:
        return current
    if current is not None:
        raise NoModelError(f"{workspace}: the current version {current} is gone; roll back, or run `lstmcast train`")
    if versions:
        raise NoModelError(
            f"{workspace}: no version was promoted yet; run `lstmcast models promote {versions[0]}`, or train again"
        )
    raise NoModelError(f"{workspace}: no trained model; run `lstmcast train`")


def _load_own(workspace: Path, version: str) -> LoadedVersion:
    if version not in (versions := list_versions(workspace)):
        raise _no_version(workspace, version, versions)
    loaded = load_version(models_folder(workspace) / version)
    if loaded.id != version:
        raise DamagedError(f"{loaded.folder}: is version {loaded.id} under another name")
    return loaded


def _read_promoted(workspace: Path) -> tuple[str, ...]:
    """Return the promoted ids, the current one first."""
    path = workspace / CURRENT
    content = read_small_file(path, _LARGEST_CURRENT, DamagedPromotionsError)
    if content is None:
        return ()
    lines = content.decode(errors="replace").splitlines()
    if not lines or not all(_ID.fullmatch(line) for line in lines):
        raise DamagedPromotionsError(f"{path}: does not name versions")
    return tuple(lines)


def _write_promoted(workspace: Path, versions: list[str] | tuple[str, ...]) -> None:
    write_whole(workspace / CURRENT, "".join(f"{version}\n" for version in versions[:_REMEMBERED]).encode())
