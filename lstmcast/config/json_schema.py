"""The config's form as a JSON Schema: for editors, and for what is said of a wrong value."""

import json
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from lstmcast.config.schema import Config
from lstmcast.kinds import Checked, Limits, ReadBy, Size
from lstmcast.records import MISSING, Key, Record

Node = dict[str, Any]

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null"}
_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_SIZES = {"string": ("minLength", "maxLength"), "array": ("minItems", "maxItems")}


def json_schema() -> Node:
    """Return the JSON Schema of a config file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **record_schema(Config),
        "title": "lstmcast config",
    }


def json_schema_text() -> str:
    """Return the JSON Schema as the text of a file."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def record_schema(record: type[Record]) -> Node:
    """Return the JSON Schema of a record, with those of the records inside it as definitions."""
    inside = {kind.__name__: kind for kind in _records_inside(record)}
    definitions = {name: _record_node(kind) for name, kind in sorted(inside.items())}
    return ({"$defs": definitions} if definitions else {}) | _record_node(record)


def _records_inside(record: type[Record]) -> list[type[Record]]:
    inside = [facts.kind for facts in record.known_keys.values() if isinstance(facts.kind, type)]
    own = [kind for kind in inside if issubclass(kind, Record)]
    return own + [deeper for kind in own for deeper in _records_inside(kind)]


def _record_node(record: type[Record]) -> Node:
    required = [name for name, facts in record.known_keys.items() if facts.default is MISSING]
    return {
        "additionalProperties": False,
        "description": record.__doc__,
        "properties": {name: _key_node(name, facts) for name, facts in record.known_keys.items()},
        **({"required": required} if required else {}),
        "title": record.__name__,
        "type": "object",
    }


def _key_node(name: str, facts: Key) -> Node:
    node = _node(facts.kind)
    if facts.default is not MISSING:
        node["default"] = _as_json(facts.default)
    if "$ref" not in node:
        node |= {"description": facts.description, "title": name.replace("_", " ").title()}
    return dict(sorted(node.items()))


def _as_json(value: Any) -> Any:
    if isinstance(value, Record):
        value = value.as_plain()
    if isinstance(value, dict):
        return {name: _as_json(inner) for name, inner in value.items()}
    return [_as_json(item) for item in value] if isinstance(value, tuple) else value


def _node(kind: Any) -> Node:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _ruled_node(*arguments)
    if origin is Literal:
        words = {"const": arguments[0]} if len(arguments) == 1 else {"enum": list(arguments)}
        return {**words, "type": _TYPES[type(arguments[0])]}
    if origin in (Union, UnionType):
        options = map(_node, arguments)
        return {"anyOf": [each for option in options for each in option.get("anyOf", [option])]}
    if origin is tuple:
        return {"items": _node(arguments[0]), "type": "array"}
    if origin is dict:
        names = {name: limit for name, limit in _node(arguments[0]).items() if name != "type"}
        return {"additionalProperties": _node(arguments[1]), "propertyNames": names, "type": "object"}
    return {"type": _TYPES[kind]} if kind in _TYPES else {"$ref": f"#/$defs/{kind.__name__}"}


def _ruled_node(kind: Any, *rules: object) -> Node:
    node = _node(kind)
    for rule in rules:
        match rule:
            case ReadBy():
                node = _node(rule.written)
            case Limits():
                node |= {_LIMITS[name]: limit for name, limit in rule._asdict().items() if limit is not None}
            case Size():
                least, most = _SIZES.get(node["type"], ("minProperties", "maxProperties"))
                node |= {least: rule.least} if rule.least else {}
                node |= {most: rule.most} if rule.most is not None else {}
            case Checked(pattern=str() as pattern):
                node |= {"pattern": pattern, "examples": list(rule.examples)}
    return dict(sorted(node.items()))
