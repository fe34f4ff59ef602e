"""Plain values with the place that each was written at, and the faults found in them."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Union

from lstmcast.errors import ConfigError

# A forward reference, since the type holds itself.
Plain = Union[str, int, float, bool, None, tuple["Plain", ...], dict[str, "Plain"]]  # noqa: UP007
KeyPath = tuple[str | int, ...]

_MOST_NAMED = 5
_MOST_TOLD = 50
_LONGEST_VALUE = 60


class Place(NamedTuple):
    """Where a value was written: a line of a file, an option or a variable."""

    line: int  # 0 for what has no lines
    text: str
    folder: str = ""  # what relative paths start from; empty: the current folder


class Fault(NamedTuple):
    """One thing that is wrong, where, and what is allowed there."""

    place: Place
    path: KeyPath
    problem: str

    @property
    def key(self) -> str:
        return f"{self.place.text} key {shown(dotted(self.path))}" if self.path else self.place.text

    def __str__(self) -> str:
        key = f" key {shown(dotted(self.path))}:" if self.path else ""
        return f"{self.place.text}:{key} {self.problem}"


class Settings(NamedTuple):
    """Nested values, the place of each key and list item, and what was wrong already with the text."""

    values: Plain
    places: Mapping[KeyPath, Place]
    faults: tuple[Fault, ...] = ()


def dotted(path: KeyPath) -> str:
    """Return `path` as people write it: `data.target[1]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def shown(value: object) -> str:
    """Return `value` on one short line, as it would be written in YAML."""
    if isinstance(value, str):
        text = repr(value)
    elif isinstance(value, (tuple, list)):
        text = f"[{', '.join(shown(item) for item in value[:_LONGEST_VALUE])}]"
    else:
        text = json.dumps(value, default=repr)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def overlay(under: Settings, over: Settings) -> Settings:
    """Return the settings of both; where both name a key, those of `over`."""
    replaced = {path for path in over.places if not isinstance(_value_at(over.values, path), dict)}
    kept = {path: place for path, place in under.places.items() if not _starts_with_any(path, replaced)}
    return Settings(_merged(under.values, over.values), {**over.places, **kept}, (*under.faults, *over.faults))


def config_error(faults: Sequence[Fault]) -> ConfigError:
    """Return one error whose single line tells the first fault in full and where the others are; these come along."""
    first, *others = sorted(faults, key=lambda fault: fault.place.line or float("inf"))
    if not others:
        return ConfigError(str(first))
    named = ", ".join(fault.key for fault in others[:_MOST_NAMED])
    more = ", …" if len(others) > _MOST_NAMED else ""
    error = ConfigError(f"{first} (and {len(others)} more: {named}{more})")
    untold = len(others) - _MOST_TOLD
    error.faults = (*map(str, (first, *others[:_MOST_TOLD])), *([f"{untold} more keys"] if untold > 0 else []))
    return error


def _merged(under: Plain, over: Plain) -> Plain:
    if not isinstance(over, dict) or under is None:
        return over
    if not isinstance(under, dict):
        return under  # a value where a section belongs: left for the schema to refuse
    both = {key: _merged(under[key], value) if key in under else value for key, value in over.items()}
    return {**under, **both}


def _value_at(values: Plain, path: KeyPath) -> Plain:
    for part in path:
        if isinstance(values, dict):
            values = values.get(str(part))
        elif isinstance(values, tuple) and isinstance(part, int):
            values = values[part]
    return values


def _starts_with_any(path: KeyPath, heads: set[KeyPath]) -> bool:
    return any(path[:length] in heads for length in range(1, len(path) + 1))
