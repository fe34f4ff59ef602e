"""What one member of a training has reached, as named numbers; those that no training leaves behind are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmcast.network.spec import ModelSpec, member_shapes
from lstmcast.store.checkpoint import BrokenCheckpointError
from lstmcast.training.checkpoint import Checkpoint, Position, are_sound

if TYPE_CHECKING:
    from lstmcast.training.members import MemberTask

Arrays = Mapping[str, npt.NDArray[Any]]
Form = tuple[str, tuple[int, ...]]  # kind of number, shape

OTHER_SHAPES = "holds numbers of other shapes"
NO_NUMBERS = "holds numbers that no training ends with"


@dataclass
class Part:
    """What one member has reached."""

    about: str  # its size, its seed and its plan
    looks: list[Checkpoint] = field(default_factory=list)
    position: Position | None = None


def describe(spec: ModelSpec, task: "MemberTask") -> str:
    """Return what a member is and how it is trained: numbers of another one must not be taken for its own."""
    return f"{spec.changed({'members': (task.member,)}).as_json()} {task.plan}"


def pack_part(part: Part) -> dict[str, npt.NDArray[Any]]:
    """Return the part as named numbers."""
    position = part.position
    assert position is not None, "a member is kept once it has a position"
    looks = [look for look in part.looks if look.step <= position.looked]
    arrays: dict[str, npt.NDArray[Any]] = {
        "about": np.frombuffer(part.about.encode(), np.uint8),
        "looks": np.array([(look.step, look.loss, look.clipped) for look in looks], np.float64).reshape(-1, 3),
        "position": np.array([position.step, position.looked], np.int64),
        "seen": position.seen,
    }
    arrays |= {f"number/{place:03}": number for place, number in enumerate(position.numbers)}
    return arrays | {f"look/{look.step}/{name}": array for look in looks for name, array in look.weights.items()}


def unpack_part(arrays: Arrays, about: str, where: Path) -> Part:
    """Return the part that named numbers hold, if they are of this member."""
    if missing := {"about", "looks", "position", "seen"} - arrays.keys():
        raise BrokenCheckpointError(f"{where}: has no {min(missing)!r}")
    if arrays["about"].tobytes() != about.encode():
        raise BrokenCheckpointError(f"{where}: is of a member of another size, seed or plan")
    count = len(arrays["looks"]) if arrays["looks"].ndim else 0
    forms = {"looks": ("float64", (count, 3)), "position": ("int64", (2,)), "seen": ("float32", (2,))}
    if any(_form(arrays[name]) != form for name, form in forms.items()):
        raise BrokenCheckpointError(f"{where}: {OTHER_SHAPES}")
    if not _are_finite(arrays["looks"]):
        raise BrokenCheckpointError(f"{where}: {NO_NUMBERS}")
    looks = []
    for step, loss, clipped in arrays["looks"].tolist():
        start = f"look/{int(step)}/"
        weights = {name.removeprefix(start): array for name, array in arrays.items() if name.startswith(start)}
        looks.append(Checkpoint(int(step), loss, clipped, weights))
    step, looked = arrays["position"].tolist()
    numbers = tuple(arrays[name] for name in sorted(arrays) if name.startswith("number/"))
    return Part(about, looks, Position(step, looked, arrays["seen"], numbers))


def check_part(spec: ModelSpec, task: "MemberTask", part: Part, where: Path, *, every_look: bool) -> None:
    """Refuse what the training of this member never comes by: it goes on from the numbers as they are."""
    position = part.position
    assert position is not None, "what is unpacked has a position"
    marks = [0, *(last for _, last in task.plan.looks)]
    place = marks.index(position.looked) if position.looked in marks else -1
    reach = range(position.looked, marks[min(place + 1, len(marks) - 1)] + 1)
    if place < 0 or position.step not in reach or [look.step for look in part.looks] != marks[1 : place + 1]:
        raise BrokenCheckpointError(f"{where}: is at a step that the training of this member does not come by")
    ended = position.looked == task.plan.stop
    needed = part.looks if every_look else part.looks[-1:] if ended else []
    kept = [look.weights for look in needed]
    shapes = {name: ("float32", shape) for name, shape in member_shapes(spec, task.member).items()}
    same = all({name: _form(array) for name, array in weights.items()} == shapes for weights in kept)
    if not same or [_form(array) for array in position.numbers] != ([] if ended else _forms_of_numbers(spec, task)):
        raise BrokenCheckpointError(f"{where}: {OTHER_SHAPES}")
    numbers = [position.seen, *position.numbers, *(array for weights in kept for array in weights.values())]
    if not (all(map(are_sound, kept)) and all(map(_are_finite, numbers))):
        raise BrokenCheckpointError(f"{where}: {NO_NUMBERS}")


def _forms_of_numbers(spec: ModelSpec, task: "MemberTask") -> list[Form]:
    from lstmcast.training.program import program_for  # only training goes on from a checkpoint

    return program_for(spec, task.member, task.plan).forms


def _form(array: npt.NDArray[Any]) -> Form:
    return str(array.dtype), array.shape


def _are_finite(array: npt.NDArray[Any]) -> bool:
    return bool(np.isfinite(array).all())
