"""What `detect` remembers between its runs, as one JSON file; arrays are Base64 of their exact bytes.

The memory is written after the table of judged values. It names the last row that it knows of: what a killed run has
left behind that one will be judged again.
"""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.kinds import Checked, Limits, Size
from lstmcast.records import Record
from lstmcast.store.damage import DamagedDetectionError
from lstmcast.store.members import read_small_file
from lstmcast.store.moments import Tick
from lstmcast.store.strict_json import parse_record

STATE = "state.json"
LARGEST = 512 * 2**20
SIDES = 12  # of all signs; see evaluation/signs.py


def pack(values: FloatArray) -> str:
    """Return the exact bytes of an array as text."""
    return base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()


def unpack(text: str) -> FloatArray:
    """Return the array that was packed; anything else is a ValueError."""
    try:
        values = np.frombuffer(base64.b64decode(text, validate=True), "<f8").astype(np.float64)
    except binascii.Error as error:
        raise ValueError(f"is not Base64: {error}") from error
    if not np.isfinite(values).all():
        raise ValueError("holds NaN or infinity")
    return values


def _check_packed(text: str) -> str:
    unpack(text)
    return text


def _check_pairs(text: str) -> str:
    if unpack(text).size % 2:
        raise ValueError("holds half a pair")
    return text


Packed = Annotated[str, Checked(_check_packed)]
PackedPairs = Annotated[str, Checked(_check_pairs)]
Number = Annotated[int, Limits(ge=0, le=2**53)]


class SignsState(Record):
    """How far the slow statistics of one series are."""

    strain: Annotated[float, Limits(ge=0)]
    last: float | None
    level: float
    activity: float
    shift: float
    repeats: Number
    count: Number


class SeriesState(Record):
    """What is remembered of one series."""

    ids: tuple[str, ...]
    tick: Tick | None
    count: Number
    misses: Packed
    signs: SignsState
    peaks: Annotated[tuple[PackedPairs, ...], Size(SIDES, SIDES)]
    learnt: Annotated[tuple[Number, ...], Size(SIDES, SIDES)]
    flagged_at: Tick | None
    flagged: Number
    spared: tuple[Tick, ...] = ()  # an older release remembered every fault


class DetectionState(Record):
    """What is remembered of all series."""

    format_version: Literal[1] = 1
    target: str
    id_names: tuple[str, ...]
    frequency: dict[str, str | int]
    series: tuple[SeriesState, ...]
    last_row: str | None = None  # of the table, as it stands there; the memory of an older release has none

    def fits(self, target: str, id_names: tuple[str, ...], frequency: Mapping[str, str | int]) -> bool:
        """Return whether it is about data of this kind."""
        return (self.target, self.id_names, self.frequency) == (target, id_names, dict(frequency))


def read_state(folder: Path) -> DetectionState | None:
    """Return what the last run remembered, or None if there was none."""
    content = read_small_file(folder / STATE, LARGEST, DamagedDetectionError)
    return None if content is None else parse_record(DetectionState, content, folder / STATE, DamagedDetectionError)


def find_last_row(table: bytes) -> str:
    """Return the last row of a table, or its header if there is no row."""
    return table.rstrip(b"\n").rpartition(b"\n")[2].decode(errors="replace")


def cut_back(table: bytes, last_row: str | None) -> bytes:
    """Return the table up to a row; whole, where that row is unknown, or is not there any more."""
    if last_row is None:
        return table
    row = b"\n" + last_row.encode() + b"\n"
    place = (b"\n" + table).rfind(row)
    return table if place < 0 else table[: place + len(row) - 1]


def render_state(state: DetectionState) -> bytes:
    """Return the file of a state."""
    return f"{state.as_json(indent=1)}\n".encode()
