"""Fills missing values of many series at once, by one of the policies of `data.gaps`.

All series lie one after the other, each a whole grid; only the missing places are ever looked at one by one.
"""

import numpy as np

from lstmcast.arrays import FloatArray, IntArray


def fill_missing(
    values: FloatArray, missing: IntArray, offsets: IntArray, policy: str, season: int | None
) -> FloatArray:
    """Return what goes to the missing places, which rise; NaN where their series has nothing to fill them from.

    The rows of series s are offsets[s] to offsets[s + 1]. `interpolate` looks at both sides, all others only back.
    """
    if policy == "zero":
        return np.zeros(len(missing))
    series = np.searchsorted(offsets, missing, side="right") - 1
    starts, ends = offsets[series], offsets[series + 1]
    if policy == "seasonal" and season is not None:
        return _from_season(values, missing, starts, season)
    before, after = bounds_of_gaps(missing, starts)
    has_before, has_after = before >= starts, after < ends
    left = np.where(has_before, values[np.maximum(before, 0)], np.nan)
    if policy != "interpolate" or not len(missing):
        return left
    right = values[np.minimum(after, len(values) - 1)]
    has_after &= ~np.isnan(right)
    share = (missing - before) / np.where(has_after, after - before, 1)
    return np.asarray(np.where(has_after, left + (right - left) * share, left))


def bounds_of_gaps(missing: IntArray, starts: IntArray) -> tuple[IntArray, IntArray]:
    """Return the places right before and right after the gap that each missing place is in."""
    begins = np.append(True, (np.diff(missing) != 1) | (np.diff(starts) != 0))[: len(missing)]
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(missing))[: len(first)] - 1
    lengths = last - first + 1
    return np.repeat(missing[first] - 1, lengths), np.repeat(missing[last] + 1, lengths)


def _from_season(values: FloatArray, missing: IntArray, starts: IntArray, season: int) -> FloatArray:
    """Return the values of one season before, or of the nearest season before that is known, else the newest ones."""
    source, is_open = missing - season, np.ones(len(missing), bool)
    while is_open.any():  # each look goes twice as far back as the one before
        is_open &= source >= starts
        is_open[is_open] = np.isnan(values[source[is_open]])
        next_one = source.copy()
        next_one[is_open] = source[np.searchsorted(missing, source[is_open])]
        source = next_one
    has_source = source >= starts
    filled = values.copy()
    filled[missing] = np.where(has_source, values[np.maximum(source, 0)], np.nan)
    rest = missing[~has_source]
    if len(rest):
        before, _ = bounds_of_gaps(rest, starts[~has_source])
        filled[rest] = np.where(before >= starts[~has_source], filled[np.maximum(before, 0)], np.nan)
    return np.asarray(filled[missing])
