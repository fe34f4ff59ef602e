"""Reads JSON that may be hostile: no doubled keys, no NaN or infinity, no deep nesting, no unknown fields."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import from_json

from lstmcast.errors import ArtifactError
from lstmcast.records import Record
from lstmcast.store.damage import DamagedError

RecordType = TypeVar("RecordType", bound=Record)


def parse_object(
    content: bytes, where: Path | str, refusal: Callable[[str], ArtifactError] = DamagedError
) -> dict[str, Any]:
    """Return the one JSON object that `content` holds, or raise the refusal."""
    try:
        from_json(content, allow_inf_nan=False)  # strict UTF-8, whole surrogates, at most 200 levels
        parsed = json.loads(content.decode(), object_pairs_hook=_without_doubled_keys, parse_float=_finite)
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
    parse_object(content, where, refusal)
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        raise refusal(f"{where}: {_first_fault(error)}") from error


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


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"unknown key {key!r}"
    message = fault["msg"].removeprefix("Value error, ")
    return f"{key!r}: {message[:1].lower()}{message[1:]}" if key else message
