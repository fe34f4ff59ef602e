"""Lists the sections and keys of the config."""

from collections.abc import Iterator, Mapping
from functools import cache

from lstmcast.config.schema import Config
from lstmcast.records import Record


@cache
def sections() -> Mapping[tuple[str, ...], type[Record]]:
    """Return the record of each section under its path; the whole config's path is empty."""
    return dict(_walk_sections((), Config))


@cache
def dotted_keys() -> tuple[str, ...]:
    """Return every key that holds a value, as `train.learning_rate`, in the order of the file."""
    found = sections()
    paths = [(*path, name) for path, record in found.items() for name in record.known_keys]
    return tuple(".".join(path) for path in paths if path not in found)


def _walk_sections(path: tuple[str, ...], record: type[Record]) -> Iterator[tuple[tuple[str, ...], type[Record]]]:
    yield path, record
    for name, facts in record.known_keys.items():
        if isinstance(facts.kind, type) and issubclass(facts.kind, Record):
            yield from _walk_sections((*path, name), facts.kind)
