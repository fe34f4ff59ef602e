"""How rarely a statistic gets so high, told from its earlier peaks.

Values near one another are high together, and one alarm is raised for all of them. So not values are counted but peaks:
the highest value of a while. While little is remembered a while is short. Beyond the highest peak, p-values fall
exponentially, as fast as the highest peaks do.
"""

from bisect import bisect_left, insort
from collections import deque
from functools import lru_cache
from math import exp, inf

import numpy as np

from lstmcast.arrays import FloatArray, IntArray

APART, SHARE_APART = 24, 30  # values between two peaks: at most these, or the 30th part of those remembered
TOP, FEWEST = 15, 5  # how many peaks the tail goes through: at most these, and with fewer than those there is no tail
LEAST_P = 1e-12


class Peaks:
    """The peaks among the newest values of one statistic."""

    def __init__(self, size: int, count: int = 0, peaks: FloatArray | None = None) -> None:
        """Remember peaks, (N, 2): when their while began, counted in values, and how high; `size` values count."""
        begun, heights = ([], []) if peaks is None else peaks.T.tolist()
        self._begun: deque[float] = deque(begun)
        self._heights: deque[float] = deque(heights)
        self._ordered: list[float] = sorted(heights)
        self._size = size
        self.count = count

    @property
    def rows(self) -> FloatArray:
        """Return when the while of each began, and how high it was."""
        return np.array((self._begun, self._heights), np.float64).T

    def add(self, clock: float, value: float) -> None:
        """Remember a value; clocks rise."""
        begun, heights, ordered = self._begun, self._heights, self._ordered
        self.count = self.count + 1 if self.count < self._size else self._size
        if begun and clock - begun[-1] <= min(APART, self.count // SHARE_APART):
            if value <= heights[-1]:
                return
            del ordered[bisect_left(ordered, heights[-1])]
            heights[-1] = value
        else:
            begun.append(clock)
            heights.append(value)
        insort(ordered, value)
        while begun[0] <= clock - self._size:
            begun.popleft()
            del ordered[bisect_left(ordered, heights.popleft())]

    def p_of(self, value: float, least_slope: float = 0.0) -> float:
        """Return how many peaks at least as high as a new value there are for each value, itself counted in."""
        return _p(value, self._ordered, self.count, least_slope)


def find_peaks(clocks: IntArray, values: FloatArray, size: int) -> FloatArray:
    """Return the rows that `Peaks` has after all these values, of which `size` count."""
    if not len(clocks):
        return np.empty((0, 2))
    begins = _begin_whiles(clocks.tobytes(), size)
    rows = np.array((clocks[begins], np.maximum.reduceat(values, begins))).T
    newest = begins[-1] + int(np.argmax(values[begins[-1] :]))  # old ones are forgotten where a new one gets higher
    return np.asarray(rows[rows[:, 0] > clocks[newest] - size])


@lru_cache(12)  # most signs of most series begin together
def _begin_whiles(clocks: bytes, size: int) -> IntArray:
    """Return the places of the values with which a while begins, given the exact bytes of all clocks."""
    rising = np.frombuffer(clocks, np.int64)
    longest = np.minimum(APART, np.minimum(np.arange(1, len(rising) + 1), size) // SHARE_APART)
    begun, places = -inf, []
    for place, (clock, most) in enumerate(zip(rising.tolist(), longest.tolist(), strict=True)):
        if clock - begun > most:
            begun = clock
            places.append(place)
    return np.array(places)


def p_among(values: FloatArray, heights: FloatArray, count: int, least_slope: float = 0.0) -> FloatArray:
    """Return what `Peaks.p_of` does for each of the values that were remembered, compared with the others.

    `heights` are those of the peaks of `count` values. Of a value that says nothing (NaN) the p-value is 1.
    """
    ordered = np.sort(heights)
    as_high = np.maximum(len(ordered) - np.searchsorted(ordered, values), 1)
    p: FloatArray = np.where(np.isnan(values), 1.0, np.minimum(1.0, as_high / max(count, 1)))
    others = ordered[:-1].tolist()
    for place in np.flatnonzero(values > others[-1]).tolist() if others else ():  # the highest alone
        p[place] = _p(float(values[place]), others, count, least_slope)
    return p


def _p(value: float, ordered: list[float], count: int, least_slope: float) -> float:
    as_high = len(ordered) - bisect_left(ordered, value)
    if as_high or len(ordered) < FEWEST:
        return min(1.0, (as_high + 1) / (count + 1))
    top = min(TOP, max(FEWEST, len(ordered) // 3))
    start = ordered[-top]
    slope = max(sum(ordered[-top + 1 :]) / (top - 1) - start, least_slope)
    fallen = exp(-(value - start) / slope) if slope > 0 else 0.0
    return max(LEAST_P, top * fallen / (count + 1))
