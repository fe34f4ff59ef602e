"""The files of a checkpoint: what an interrupted training had reached, as numbers with a checksum in front."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt

from lstmcast.config.schema import MOST_MEMBERS, MOST_STEPS
from lstmcast.errors import ArtifactError
from lstmcast.files import ensure_folder, hash_bytes, remove_folder, write_whole
from lstmcast.kinds import Limits
from lstmcast.records import Record
from lstmcast.store.members import read_small_file
from lstmcast.store.strict_json import parse_record

FOLDER = "checkpoint"

_ORIGIN = "origin.json"
_LARGEST_ORIGIN = 65_536  # bytes
_LARGEST_PART = 4 * 2**30
_CHECKSUM = 64  # bytes, hexadecimal

Arrays = Mapping[str, npt.NDArray[Any]]


class BrokenCheckpointError(ArtifactError):
    """A checkpoint is damaged; training begins anew."""


class Origin(Record):
    """What a training was begun with: only the same goes on from where it stopped."""

    format_version: Literal[1] = 1
    config: str  # fingerprints
    data: str
    release: str  # of this program and the libraries that compute
    members: Annotated[int, Limits(ge=0, le=MOST_MEMBERS)]  # as `train.time_budget` allowed; 0 before that was decided
    steps: Annotated[int, Limits(ge=0, le=MOST_STEPS)]


def checkpoint_folder(workspace: Path) -> Path:
    """Return where the checkpoint of a workspace is, if there is one."""
    return workspace / FOLDER


def begin_checkpoint(folder: Path, origin: Origin) -> None:
    """Make the folder anew, with nothing in it but where its training comes from."""
    remove_checkpoint(folder)
    ensure_folder(folder)
    write_whole(folder / _ORIGIN, origin.as_json(indent=1).encode())


def remove_checkpoint(folder: Path) -> bool:
    """Remove the folder with all that is in it, and return whether it was there."""
    was_there = os.path.lexists(folder)
    if was_there:
        remove_folder(folder)
    return was_there


def read_origin(folder: Path) -> Origin | None:
    """Return where the training of a checkpoint comes from; None if there is no checkpoint."""
    path = folder / _ORIGIN
    content = read_small_file(path, _LARGEST_ORIGIN, BrokenCheckpointError)
    return None if content is None else parse_record(Origin, content, path, BrokenCheckpointError)


def write_part(folder: Path, name: str, arrays: Arrays) -> None:
    """Write numbers under a name, in the place of those before."""
    from safetensors.numpy import save  # only training writes

    content: bytes = save({key: np.asarray(array, order="C") for key, array in arrays.items()})
    write_whole(folder / name, hash_bytes(content).encode() + content)


def read_part(folder: Path, name: str) -> dict[str, npt.NDArray[Any]] | None:
    """Return the numbers under a name; None if there are none."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    path = folder / name
    content = read_small_file(path, _LARGEST_PART, BrokenCheckpointError)
    if content is None:
        return None
    if hash_bytes(content[_CHECKSUM:]).encode() != content[:_CHECKSUM]:
        raise BrokenCheckpointError(f"{path}: is damaged: its checksum differs")
    try:
        found: dict[str, npt.NDArray[Any]] = load(content[_CHECKSUM:])
    except (SafetensorError, KeyError) as error:  # the second: numbers of a kind that NumPy does not know
        raise BrokenCheckpointError(f"{path}: is damaged: {error}") from error
    return found
