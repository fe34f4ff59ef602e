"""Fills missing values of many series at once, by one of the policies of `data.gaps`."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def fill_missing(values: FloatArray, series: IntArray, policy: str, season: int | None) -> FloatArray:
    """Return the values with NaN filled from the same series; NaN stays where there is nothing to fill from.

    Rows are whole grids, series after series. `interpolate` looks at both sides, all others only back.
    """
    if policy == "zero":
        return np.where(np.isnan(values), 0.0, values)
    if policy == "seasonal" and season is not None:
        values = _fill_from_season(values, series, season)
    before = _last_known(values, series)
    if policy != "interpolate":
        return np.where(before >= 0, values[before], np.nan)
    after = len(values) - 1 - _last_known(values[::-1], series[::-1])[::-1]
    after = np.where(after < len(values), after, before)
    share = (np.arange(len(values)) - before) / np.maximum(after - before, 1)
    return np.where(before >= 0, values[before] + (values[after] - values[before]) * share, np.nan)


def _last_known(values: FloatArray, groups: IntArray) -> IntArray:
    """Return the place of the newest known value of the same group up to each row, or -1; groups are contiguous."""
    places = np.maximum.accumulate(np.where(np.isnan(values), -1, np.arange(len(values))))
    same = groups[np.maximum(places, 0)] == groups
    return np.where((places >= 0) & same, places, -1)


def _fill_from_season(values: FloatArray, series: IntArray, season: int) -> FloatArray:
    """Return the values with NaN taken from one season before, or the nearest season before that is known."""
    starts = np.flatnonzero(np.diff(series, prepend=-1))
    place_in_series = np.arange(len(values)) - np.repeat(starts, np.diff(np.append(starts, len(values))))
    groups = series * season + place_in_series % season
    order = np.argsort(groups, kind="stable")
    before = _last_known(values[order], groups[order])
    filled = values.copy()
    filled[order] = np.where(before >= 0, values[order][before], np.nan)
    return filled
