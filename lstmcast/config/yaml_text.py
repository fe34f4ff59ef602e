"""Reads the safe and plain part of YAML, and knows the line of every key.

Only `true`, `false`, `null` (`~`, or nothing) and decimal numbers are more than text: `no`, `on`, `12:30`, `010` and
dates stay as written. Tags, anchors, aliases, merge keys, doubled keys and several documents are faults.
"""

import math
import re
from collections.abc import Callable, Iterator

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from lstmcast.config.settings import Fault, KeyPath, Place, Plain, Settings, config_error, shown

DEEPEST = 16

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNREADABLE = re.compile("[^\x09\x0a\x0d\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_HINTS = {
    "'\\t'": "indent with spaces, not tabs",
    "mapping values are not allowed": "put text that holds ': ' in quotes",
    "expected <block end>": "mind the indent, and put text that starts with a quote in quotes as a whole",
}

PlaceOfLine = Callable[[int], Place]


def read_yaml(text: str, place_of_line: PlaceOfLine) -> Settings:
    """Return what `text` says; raise a `ConfigError` only where nothing after the fault can be understood."""
    unreadable = _UNREADABLE.search(text)
    if unreadable:
        place = place_of_line(text.count("\n", 0, unreadable.start()) + 1)
        raise config_error([Fault(place, (), f"holds the character {unreadable[0]!r}, which is not text")])
    return _Reader(yaml.parse(text, Loader=yaml.SafeLoader), place_of_line).settings()


def read_scalar(text: str) -> Plain:
    """Return the number, truth value or null that the unquoted `text` stands for, or `text` itself.

    Raises a `ValueError` for numbers that are not finite.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= 20:
        return int(text)
    if _NOT_FINITE.fullmatch(text) or (_FLOAT.fullmatch(text) and math.isinf(float(text))):
        raise ValueError(f"found {shown(text)}, must be a finite number, or text in quotes")
    return float(text) if _FLOAT.fullmatch(text) else text


class _Reader:
    """Walks the events of one text once, so that no alias is ever followed and no tag ever looked up."""

    def __init__(self, events: Iterator[Event], place_of_line: PlaceOfLine) -> None:
        self._events = events
        self._place_of_line = place_of_line
        self._places: dict[KeyPath, Place] = {}
        self._faults: list[Fault] = []

    def settings(self) -> Settings:
        values: Plain = {}
        documents = 0
        while not isinstance(event := self._next(()), StreamEndEvent):
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._fault(event, (), "starts a second document; a config is one document, without '---' lines")
                    break
            elif isinstance(event, NodeEvent):
                values = self._value(event, ())
        return Settings({} if values is None else values, self._places, tuple(self._faults))

    def _value(self, event: NodeEvent, path: KeyPath) -> Plain:
        if isinstance(event, AliasEvent):
            self._fault(event, path, f"uses the alias '*{event.anchor}'; aliases are not allowed, repeat the value")
            return None
        assert isinstance(event, ScalarEvent | CollectionStartEvent)
        if event.anchor is not None:
            self._fault(event, path, f"sets the anchor '&{event.anchor}'; anchors are not allowed, repeat the value")
        if event.tag is not None:
            self._fault(event, path, f"has the tag {shown(event.tag)}; tags are not allowed, write plain values")
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        return self._mapping(path) if isinstance(event, MappingStartEvent) else self._sequence(path)

    def _mapping(self, path: KeyPath) -> Plain:
        values: dict[str, Plain] = {}
        while not isinstance(event := self._next(path), MappingEndEvent):
            assert isinstance(event, NodeEvent)
            key = self._key(event, path)
            value_path = (*path, "?" if key is None else key)
            if key is not None:
                first = self._places.setdefault(value_path, self._place(event))
                if key in values:
                    self._fault(event, value_path, f"doubled key; it is set at {first.text} already")
            value_event = self._next(value_path)
            assert isinstance(value_event, NodeEvent)
            value = self._value(value_event, value_path)
            if key is not None:
                values.setdefault(key, value)
        return values

    def _key(self, event: NodeEvent, path: KeyPath) -> str | None:
        if not isinstance(event, ScalarEvent):
            self._fault(event, path, "has a key that is no plain text; write `key: value`")
            self._value(event, (*path, "?"))
            return None
        if event.value == "<<" and event.style is None:
            self._fault(event, (*path, "<<"), "merge keys are not allowed; repeat the values")
            return None
        if event.anchor is not None or event.tag is not None or _SURROGATE.search(event.value):
            self._fault(event, (*path, event.value), "a key is plain text, without tags and anchors")
            return None
        return str(event.value)

    def _sequence(self, path: KeyPath) -> Plain:
        values: list[Plain] = []
        while not isinstance(event := self._next(path), SequenceEndEvent):
            assert isinstance(event, NodeEvent)
            item_path = (*path, len(values))
            self._places[item_path] = self._place(event)
            values.append(self._value(event, item_path))
        return tuple(values)

    def _scalar(self, event: ScalarEvent, path: KeyPath) -> Plain:
        try:
            value = read_scalar(event.value) if event.style is None else str(event.value)
        except ValueError as error:
            self._fault(event, path, str(error))
            return None
        if _SURROGATE.search(event.value):
            self._fault(event, path, f"found {shown(event.value)}, which holds half a character")
            return None
        return value

    def _next(self, path: KeyPath) -> Event:
        try:
            event = next(self._events)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = " ".join(f"{error.problem or error.context}".split())
            hint = next((f"; {hint}" for sign, hint in _HINTS.items() if sign in problem), "")
            place = self._place_of_line(mark.line + 1 if mark else 1)
            raise config_error([Fault(place, (), f"is not YAML: {problem}{hint}")]) from error
        except (yaml.YAMLError, ValueError, OverflowError) as error:  # such as a character "\UFFFFFFFF"
            raise config_error([Fault(self._place_of_line(1), (), f"is not YAML: {error}")]) from error
        if len(path) > DEEPEST:
            raise config_error([Fault(self._place(event), (), f"is nested more than {DEEPEST} deep")])
        return event

    def _place(self, event: Event) -> Place:
        assert event.start_mark is not None
        return self._place_of_line(event.start_mark.line + 1)

    def _fault(self, event: Event, path: KeyPath, problem: str) -> None:
        self._faults.append(Fault(self._place(event), path, problem))
