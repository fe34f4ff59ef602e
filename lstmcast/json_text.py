"""Writes values as JSON: text as it is, and numbers as short as they can be read back."""

import json
import math
from collections.abc import Callable, Mapping
from json.encoder import encode_basestring as quoted
from typing import Any

_WORDS = {None: "null", True: "true", False: "false"}


def render_json(value: Any, indent: int | None = None) -> str:
    """Return plain values as JSON: on one line, or each on a line of its own; a ValueError where one is not finite."""
    pieces: list[str] = []
    _write(value, pieces.append, " " * (indent or 0), "" if indent is None else "\n")
    return "".join(pieces)


def json_document(document: Mapping[str, Any]) -> str:
    """Return a document as indented JSON that ends its last line."""
    return json.dumps(with_nulls(document), ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def with_nulls(value: Any) -> Any:
    """Return the value with null where a number is not finite, since JSON knows none such."""
    if isinstance(value, Mapping):
        return {key: with_nulls(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_nulls(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _write(value: Any, write: Callable[[str], None], step: str, line: str) -> None:
    if isinstance(value, str):
        write(quoted(value))
    elif value is None or isinstance(value, bool):
        write(_WORDS[value])
    elif isinstance(value, float):
        write(_number(value))
    elif isinstance(value, int):
        write(int.__repr__(value))
    elif isinstance(value, Mapping):
        _write_object(value, write, step, line)
    else:
        _write_list(value, write, step, line)


def _write_object(value: Mapping[str, Any], write: Callable[[str], None], step: str, line: str) -> None:
    start, inner, colon = "{", line + step, ": " if line else ":"
    for name, item in value.items():
        write(f"{start}{inner}{quoted(name)}{colon}")
        _write(item, write, step, inner)
        start = ","
    write(f"{line}}}" if value else "{}")


def _write_list(value: Any, write: Callable[[str], None], step: str, line: str) -> None:
    start, inner = "[", line + step
    for item in value:
        write(f"{start}{inner}")
        _write(item, write, step, inner)
        start = ","
    write(f"{line}]" if value else "[]")


def _number(number: float) -> str:
    """Return 1e-7 for Python's 1e-07, and 0.00001 for 1e-05."""
    if not math.isfinite(number):
        raise ValueError(f"not a number of JSON: {number}")
    text = float.__repr__(number)
    if "e-05" in text:
        return f"{'-' * (number < 0)}0.0000{text.lstrip('-').removesuffix('e-05').replace('.', '')}"
    return text.replace("e-0", "e-")
