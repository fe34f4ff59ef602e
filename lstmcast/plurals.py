"""Says how many there are of a thing."""


def count_things(count: int, thing: str) -> str:
    """Return a count with what is counted: `1 row`, `1,203 rows`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
