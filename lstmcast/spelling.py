"""Finds the name that somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest_name(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that is most like `name`, if any is like it at all.

    A name that goes on from where it ends is more so than any other.
    """
    by_folded = {candidate.casefold(): candidate for candidate in names}
    folded = name.casefold()
    longer = [candidate for candidate in by_folded if folded and candidate.startswith(folded)]
    found = [min(longer, key=len)] if longer else get_close_matches(folded, by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)`, or nothing where no name is near."""
    near = nearest_name(name, names)
    return f" (did you mean {near!r}?)" if near else ""
