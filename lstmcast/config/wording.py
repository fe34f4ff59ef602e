"""Says in words what a key allows, for the error messages and the config reference."""

from typing import Any

from lstmcast.config.settings import KeyPath

Node = dict[str, Any]  # one node of a JSON Schema


def find_node(schema: Node, path: KeyPath) -> Node:
    """Return the part of the JSON Schema that describes `path`."""
    node = _resolve(schema, schema)
    for part in path:
        inner = _inside(node, part) if isinstance(part, str) else _items(node)
        node = _resolve(schema, inner or {})
    return node


def choices(node: Node) -> tuple[str, ...]:
    """Return the words that the node allows."""
    words = [node["const"]] if "const" in node else node.get("enum", [])
    found = [str(word) for word in words if isinstance(word, str)]
    return (*found, *(word for option in node.get("anyOf", ()) for word in choices(option)))


def allowed(node: Node) -> str:
    """Return what the node allows: `'auto' or a whole number from 1 to 1024`."""
    if "anyOf" in node:
        phrases = list(dict.fromkeys(allowed(option) for option in _without_narrower(node["anyOf"])))
        return " or ".join(phrases)
    if "const" in node or "enum" in node:
        words = [repr(word) for word in ([node["const"]] if "const" in node else node["enum"])]
        return words[0] if len(words) == 1 else f"one of {', '.join(words)}"
    if "properties" in node:
        return "a section: indented `key: value` lines"
    return _of_type(node)


def accepts_text(node: Node) -> bool:
    """Return whether free text is among what the node allows."""
    return any(option.get("type") == "string" and "enum" not in option and "const" not in option
               for option in node.get("anyOf", [node]))  # fmt: skip


def _of_type(node: Node) -> str:
    match node.get("type"):
        case "integer":
            return f"a whole number{_limits(node)}"
        case "number":
            return f"a number{_limits(node)}"
        case "boolean":
            return "true or false"
        case "null":
            return "null"
        case "object":
            return f"lines of `name: {allowed(node.get('additionalProperties', {}))}`"
        case "array":
            return f"a list of {_plural(allowed(node['items']))}{' (at least one)' if node.get('minItems') else ''}"
        case _:
            examples = node.get("examples")
            text = "one character" if node.get("maxLength") == 1 else "text"
            return f"a length of time such as {', '.join(examples)}" if examples else text


def _plural(phrase: str) -> str:
    return phrase.removeprefix("one of ").replace("a number", "numbers").replace("text", "texts")


def _limits(node: Node) -> str:
    low = f" from {node['minimum']}" if "minimum" in node else ""
    above = f" above {node['exclusiveMinimum']}" if "exclusiveMinimum" in node else ""
    high = f" to {node['maximum']}" if "maximum" in node and low else ""
    only_high = f" of at most {node['maximum']}" if "maximum" in node and not low else ""
    below = f" to below {node['exclusiveMaximum']}" if "exclusiveMaximum" in node else ""
    return low + above + high + only_high + below


def _without_narrower(options: list[Node]) -> list[Node]:
    """Leave out whole numbers where any number will do."""
    any_number = any(option.get("type") == "number" for option in options)
    return [option for option in options if not (any_number and option.get("type") == "integer")]


def _inside(node: Node, name: str) -> Node:
    """Return what a key of a section allows, or any key of a section with free names."""
    rest = node.get("additionalProperties")
    found: Node | None = node.get("properties", {}).get(name)
    return found or (rest if isinstance(rest, dict) else {})


def _items(node: Node) -> Node:
    lists = [option for option in node.get("anyOf", [node]) if "items" in option]
    return lists[0]["items"] if lists else {}


def _resolve(schema: Node, node: Node) -> Node:
    reference = node.get("$ref")
    return schema["$defs"][reference.rsplit("/", 1)[-1]] if reference else node
