"""Numbers to safetensors and back; reading believes nothing that the file says of itself.

The reader is our own: the format is a length, a JSON header and the numbers, and every part of it is compared
with what the model's description demands before an array exists.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.store.damage import DamagedError
from lstmcast.store.strict_json import parse_object

Weights = Mapping[str, npt.NDArray[np.float32]]
Shapes = Mapping[str, tuple[int, ...]]

LARGEST_WEIGHTS = 256 * 2**20  # bytes of numbers
LARGEST_HEADER = 2**20

_LENGTH_BYTES = 8
_NUMBER_BYTES = 4
_ENTRY_KEYS = {"dtype", "shape", "data_offsets"}


def encode_weights(weights: Weights) -> bytes:
    """Return the weights as the bytes of a safetensors file."""
    from safetensors.numpy import save  # only training writes; a forecast must not pay for the import

    encoded: bytes = save({name: np.ascontiguousarray(array) for name, array in weights.items()})
    return encoded


def _size_of_weights(shapes: Shapes, where: Path | str) -> int:
    """Return how many bytes of numbers these shapes take; refuses what no real model needs."""
    size = sum(math.prod(shape) for shape in shapes.values()) * _NUMBER_BYTES
    if size > LARGEST_WEIGHTS:
        raise DamagedError(f"{where}: asks for {size:,} bytes of weights; at most {LARGEST_WEIGHTS:,} are loaded")
    return size


def largest_file(shapes: Shapes, where: Path | str) -> int:
    """Return how many bytes a file with weights of these shapes can have."""
    return _LENGTH_BYTES + LARGEST_HEADER + _size_of_weights(shapes, where)


def decode_weights(content: bytes, shapes: Shapes, where: Path | str) -> dict[str, npt.NDArray[np.float32]]:
    """Return read-only arrays on top of `content`: exactly these names and shapes, all of them finite."""
    header_end = _LENGTH_BYTES + int.from_bytes(content[:_LENGTH_BYTES], "little")
    if header_end > min(len(content), _LENGTH_BYTES + LARGEST_HEADER) or header_end % _LENGTH_BYTES:
        raise DamagedError(f"{where}: the length of its header is impossible; the file is damaged")
    header = parse_object(content[_LENGTH_BYTES:header_end], where)
    _compare_names(header, shapes, where)
    places = _check_places(header, shapes, where)
    size = _size_of_weights(shapes, where)
    if len(content) - header_end != size:
        raise DamagedError(
            f"{where}: holds {len(content) - header_end:,} bytes of numbers, where its model has {size:,}"
        )
    numbers = np.frombuffer(content, "<f4", offset=header_end)
    weights = {name: numbers[first:last].reshape(shapes[name]) for name, (first, last) in places.items()}
    if not np.isfinite(numbers).all():
        broken = next(name for name, array in weights.items() if not np.isfinite(array).all())
        raise DamagedError(f"{where}: {broken!r} holds NaN or infinity")
    return weights


def _compare_names(header: Mapping[str, Any], shapes: Shapes, where: Path | str) -> None:
    if extra := sorted(header.keys() - shapes.keys()):
        raise DamagedError(f"{where}: holds {extra[0]!r}, which its model does not have")
    if missing := sorted(shapes.keys() - header.keys()):
        raise DamagedError(f"{where}: lacks {missing[0]!r}, which its model has")


def _check_places(header: Mapping[str, Any], shapes: Shapes, where: Path | str) -> dict[str, tuple[int, int]]:
    """Return which numbers belong to each name; together they are all numbers, without gap or overlap."""
    places = {name: _check_entry(entry, shapes[name], f"{where}: {name!r}") for name, entry in header.items()}
    reached = 0
    for name, (first, last) in sorted(places.items(), key=lambda place: place[1]):
        if first != reached:
            raise DamagedError(f"{where}: {name!r} overlaps another weight, or leaves a gap before it")
        reached = last
    return places


def _check_entry(entry: Any, shape: tuple[int, ...], where: str) -> tuple[int, int]:
    if not isinstance(entry, dict) or entry.keys() != _ENTRY_KEYS:
        raise DamagedError(f"{where}: its header entry is malformed")
    if entry["dtype"] != "F32":
        raise DamagedError(f"{where}: its type is {str(entry['dtype'])[:20]!r}, and has to be 'F32'")
    if not _are_counts(entry["shape"]) or tuple(entry["shape"]) != shape:
        raise DamagedError(f"{where}: its shape is {str(entry['shape'])[:60]}, and has to be {list(shape)}")
    offsets, count = entry["data_offsets"], math.prod(shape)
    if not _are_counts(offsets) or len(offsets) != 2 or offsets[0] % _NUMBER_BYTES:
        raise DamagedError(f"{where}: its offsets are malformed")
    first = offsets[0] // _NUMBER_BYTES
    if offsets[1] != (first + count) * _NUMBER_BYTES:
        raise DamagedError(f"{where}: its offsets do not fit its shape")
    return first, first + count


def _are_counts(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)
