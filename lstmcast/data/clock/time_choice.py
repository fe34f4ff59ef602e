"""Chooses the pattern of a time column by the evidence of all its texts, and refuses where there is none."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from lstmcast.arrays import TextArray
from lstmcast.data.clock.time_guess import candidate_patterns
from lstmcast.data.clock.time_walls import MANY, TimeColumn, readable, spread_of, walls_of
from lstmcast.errors import DataError

WEEK_WORDS = re.compile(r"(?i)week|woche|semana|semaine|^(kw|yw|yyyyww)$")


def find_patterns(texts: TextArray, candidates: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the patterns that fit all texts and read them differently; a lone one is tried on some of them only."""
    sample = np.array(spread_of(texts, MANY), object)
    fitting = [pattern for pattern in _candidates(texts, candidates) if _fits(sample, pattern)]
    if len(fitting) <= 1:
        return tuple(fitting)
    different: dict[bytes, str] = {}
    for pattern in fitting:
        stamps = walls_of(pd.Series(texts), pattern)
        if not np.isnat(stamps).any():
            different.setdefault(stamps.tobytes(), pattern)
    return tuple(different.values())


def in_weeks(name: str, patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the patterns with weeks for months, where a column is called after weeks: 02/2024 is the second then."""
    if not WEEK_WORDS.search(name) or len(patterns) != 1 or "%d" in patterns[0] or "%m" not in patterns[0]:
        return patterns
    return (patterns[0].replace("%m", "%V").replace("%Y", "%G"),)


def refuse_ambiguous(column: TimeColumn, patterns: Sequence[str]) -> DataError:
    """Return the error that shows a text that two patterns read differently."""
    first, second = (walls_of(pd.Series(column.texts), pattern) for pattern in patterns[:2])
    example = int(np.argmax(first != second))
    shown = " or ".join(str(reading[example].astype("datetime64[D]")) for reading in (first, second))
    named = " or ".join(f"'{readable(pattern)}'" for pattern in patterns)
    return column.refuse(example, f"can be {shown}, and no row tells which; set data.time_format: {named}")


def _candidates(texts: TextArray, given: Sequence[str] | None) -> Sequence[str]:
    if given is not None:
        return given
    found = (pattern for text in spread_of(texts, 3) for pattern in candidate_patterns(text))
    return tuple(dict.fromkeys(found))


def _fits(texts: TextArray, pattern: str) -> bool:
    return not np.isnat(walls_of(pd.Series(texts), pattern)).any()


def nearest_pattern(texts: TextArray, candidates: Sequence[str] | None) -> str | None:
    """Return the pattern that fits most of the texts."""
    sample = pd.Series(spread_of(texts, MANY))
    return min(
        _candidates(texts, candidates), key=lambda pattern: int(np.isnat(walls_of(sample, pattern)).sum()), default=None
    )


def share_of_nearest(texts: TextArray) -> float:
    """Return how large a part of the texts follows the pattern that fits most of them."""
    nearest = nearest_pattern(texts, None)
    if nearest is None:
        return 0.0
    return float((~np.isnat(walls_of(pd.Series(spread_of(texts, MANY)), nearest))).mean())


def refuse_both_orders(column: TimeColumn, pattern: str) -> None:
    """Refuse a column in which some dates have the day first and others the month."""
    other = pattern.replace("%d", "%_").replace("%m", "%d").replace("%_", "%m")
    if "%d" not in pattern or "%m" not in pattern or pattern.startswith("%Y"):
        return
    is_one, is_other = (~np.isnat(walls_of(pd.Series(column.texts), order)) for order in (pattern, other))
    only_one, only_other = is_one & ~is_other, is_other & ~is_one
    if not (only_one.any() and only_other.any() and (is_one | is_other).all()):
        return
    first, second = int(np.argmax(only_one)), int(np.argmax(only_other))
    if pattern.index("%m") < pattern.index("%d"):
        first, second = second, first
    raise column.refuse(first, f"has the day first, {column.texts[second]!r} the month; write all in one way")
