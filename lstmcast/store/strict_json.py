"""Reads JSON that may be hostile: no doubled keys, no NaN or infinity, no deep nesting, no unknown fields."""

import json
import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from lstmcast.errors import ArtifactError
from lstmcast.kinds import UnfitError
from lstmcast.records import Record
from lstmcast.store.damage import DamagedError

DEEPEST = 200  # levels of nesting
_HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")

RecordType = TypeVar("RecordType", bound=Record)


def parse_object(
    content: bytes, where: Path | str, refusal: Callable[[str], ArtifactError] = DamagedError
) -> dict[str, Any]:
    """Return the one JSON object that `content` holds, or raise the refusal."""
    try:
        parsed = json.loads(
            content.decode(),
            object_pairs_hook=_without_doubled_keys,
            parse_float=_finite,
            parse_constant=_refuse_constant,
        )
        _check_depth(parsed)
        if _HALF_CHARACTER.search(content):
            json.dumps(parsed, ensure_ascii=False).encode()
    except RecursionError as error:
        raise refusal(f"{where}: is not valid JSON: recursion limit exceeded") from error
    except ValueError as error:
        raise refusal(f"{where}: is not valid JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise refusal(f"{where}: holds no JSON object, but a {type(parsed).__name__}")
    return parsed


def parse_record(
    kind: type[RecordType],
    content: bytes,
    where: Path | str,
    refusal: Callable[[str], ArtifactError] = DamagedError,
) -> RecordType:
    """Return the record that `content` describes; each of its fields is checked, and none is unknown."""
    try:
        return kind.from_plain(parse_object(content, where, refusal))
    except UnfitError as error:
        raise refusal(f"{where}: {_first_fault(error)}") from error


def parse_known(kind: type[RecordType], content: bytes, where: Path | str) -> RecordType:
    """Return the record that `content` describes among other things, which are left out."""
    return check_known(kind, parse_object(content, where), where)


def check_known(kind: type[RecordType], parsed: Mapping[str, Any], where: Path | str) -> RecordType:
    """Return the record of an object that holds other things too, which are left out."""
    known = {name: value for name, value in parsed.items() if name in kind.known_keys}
    try:
        return kind.from_plain(known)
    except UnfitError as error:
        raise DamagedError(f"{where}: {_first_fault(error)}") from error


def _without_doubled_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {doubled!r} stands there twice")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {text} is too large")
    return number


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _check_depth(parsed: Any) -> None:
    level = [parsed] if isinstance(parsed, (dict, list)) else []
    for _ in range(DEEPEST):
        insides = (outer.values() if isinstance(outer, dict) else outer for outer in level if outer)
        level = [inner for inside in insides for inner in inside if isinstance(inner, (dict, list))]
        if not level:
            return
    raise ValueError("recursion limit exceeded")


def _first_fault(error: UnfitError) -> str:
    flaw = error.flaws[0]
    where = ".".join(map(str, flaw.path))
    if flaw.kind == "unknown":
        return f"unknown key {where!r}"
    problem = f"{flaw.problem[:1].lower()}{flaw.problem[1:]}"
    return f"{where!r}: {problem}" if where else problem
