"""Says how many there are of a thing, and names some of many."""

from collections.abc import Iterable, Sequence


def count_things(count: int, thing: str) -> str:
    """Return a count with what is counted: `1 row`, `1,203 rows`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def list_all(texts: Iterable[str]) -> str:
    """Return texts in a row: `a, b and c`."""
    *first, last = texts
    return f"{', '.join(first)} and {last}" if first else last


def name_some(shown: Sequence[str], count: int) -> str:
    """Return the names that are shown of so many, and how many more there are: `a, b and 3 more`."""
    more = count - len(shown)
    return f"{', '.join(shown)} and {more:,} more" if more > 0 else ", ".join(shown)
