"""Turns what is wrong with the values of a config into faults that name the place, the key and what is allowed."""

from collections.abc import Mapping, Set

from lstmcast.config.json_schema import record_schema
from lstmcast.config.keys import dotted_keys, sections
from lstmcast.config.settings import Fault, KeyPath, Place, Settings, dotted, shown
from lstmcast.config.wording import Node, accepts_text, allowed, choices, find_node
from lstmcast.kinds import Flaw, UnfitError
from lstmcast.spelling import did_you_mean, nearest_name


def faults_of(error: UnfitError, settings: Settings, top: Place) -> list[Fault]:
    """Return one fault for each key that is wrong, after those that the text had already.

    A key that is missing since its name is misspelt is one fault, not two: the misspelling.
    """
    lacking = {flaw.path[:-1] for flaw in error.flaws if flaw.kind == "missing"}
    meant = {_meant_by(flaw.path) for flaw in error.flaws if flaw.kind == "unknown" and flaw.path[:-1] in lacking}
    known = {*sections(), *(tuple(key.split(".")) for key in dotted_keys()), *settings.places}
    told = {fault.path for fault in settings.faults}
    found: dict[KeyPath, Fault] = {}
    for flaw in sorted(error.flaws, key=lambda flaw: flaw.kind != "told"):
        if flaw.kind == "missing" and flaw.path in meant:
            continue
        path = _path_of(flaw, known)
        if path not in told and path not in found:
            place = _nearest_place(path, settings.places, top)
            found[path] = Fault(place, path, _problem(flaw, path))
    lists_with_bad_items = {path[:-1] for path in found if path and isinstance(path[-1], int)}
    return [*settings.faults, *(fault for path, fault in found.items() if path not in lists_with_bad_items)]


def _path_of(flaw: Flaw, known: Set[KeyPath]) -> KeyPath:
    """Return the longest part of the path that a place is known for."""
    path: KeyPath = ()
    for part in flaw.path:
        if (*path, part) in known:
            path = (*path, part)
    return path


def _nearest_place(path: KeyPath, places: Mapping[KeyPath, Place], top: Place) -> Place:
    """Return the place of `path`, or of the section that should hold it."""
    heads = (path[:length] for length in range(len(path), 0, -1))
    return next((places[head] for head in heads if head in places), top)


def _problem(flaw: Flaw, path: KeyPath) -> str:
    match flaw.kind:
        case "told":
            return flaw.problem
        case "unknown":
            return f"unknown key{_instead(path)}"
        case "missing":
            return f"is missing; must be {allowed(_node_of(path))}"
        case _:
            return _wrong_value(flaw.value, _node_of(path))


def _node_of(path: KeyPath) -> Node:
    """Return the JSON Schema of a key, made for its section alone: that of the whole config takes longer."""
    names = tuple(map(str, path))
    section = next(names[:length] for length in range(len(path), -1, -1) if names[:length] in sections())
    return find_node(record_schema(sections()[section]), path[len(section) :])


def _wrong_value(value: object, node: Node) -> str:
    hint = ""
    if isinstance(value, str):
        hint = did_you_mean(value, choices(node))
    elif isinstance(value, bool | int | float) and accepts_text(node):
        hint = "; put text in quotes"
    return f"found {shown(value)}, must be {allowed(node)}{hint}"


def _meant_by(path: KeyPath) -> KeyPath:
    """Return the key of the same section that an unknown one was probably meant to be."""
    section = tuple(map(str, path[:-1]))
    return (*section, nearest_name(str(path[-1]), sections()[section].known_keys) or "")


def _instead(path: KeyPath) -> str:
    """Return the key that was probably meant: a neighbour, a namesake elsewhere, or any of the section."""
    *section, key = (str(part) for part in path)
    neighbours = sections()[tuple(section)].known_keys
    if nearest_name(key, neighbours):
        return did_you_mean(key, neighbours)
    namesakes = [known for known in dotted_keys() if known.rsplit(".", 1)[-1] == key]
    if namesakes:
        return f" (did you mean {namesakes[0]!r}?)"
    return f"; {dotted(tuple(section)) or 'a config'} has {', '.join(neighbours)}"
