"""Tells whether rows lie on their grid as the file has them, so that its columns are the panel's: most large files do.

The rows of each series stand together, sorted by series, and each row is one step after the one before. One look at the
codes of the times proves it, and no row needs a stamp or a place of its own.
"""

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.table.codes import Codes, Cycle, Runs, expand, find_runs

AT_ONCE = 1_000_000


def find_series(codes: Codes) -> Runs | None:
    """Return the rows of each series if they stand together and series are sorted, else None."""
    if isinstance(codes, Cycle):
        return None
    runs = codes if isinstance(codes, Runs) else find_runs(codes)
    return runs if np.array_equal(runs.values, np.arange(len(runs.values))) else None


def is_even(ticks: IntArray, times: Codes, starts: IntArray) -> bool:
    """Return whether each row is one tick after the one before, but for the first ones of series."""
    rows = len(times)
    if isinstance(times, Cycle) and (starts % len(times.values) == 0).all():
        codes = np.roll(times.values, -times.phase)
        return bool(len(starts) * len(codes) == rows and (np.diff(ticks[codes]) == 1).all())
    codes = expand(times)
    for first in range(0, rows, AT_ONCE):
        even = np.diff(ticks[codes[first : first + AT_ONCE + 1]]) == 1
        begins = starts[np.searchsorted(starts, first + 1) : np.searchsorted(starts, first + len(even), side="right")]
        even[begins - 1 - first] = True
        if not even.all():
            return False
    return True
