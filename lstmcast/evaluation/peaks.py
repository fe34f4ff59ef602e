"""How rarely a statistic gets so high, told from its earlier peaks.

Values near one another are high together, and one alarm is raised for all of them. So not values are counted but peaks:
the highest value of a while. While little is
remembered a while is short. Beyond the highest peak, p-values fall exponentially, as
fast as the highest peaks do.
"""

from bisect import bisect_left, insort
from collections import deque
from math import exp

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

APART, SHARE_APART = 24, 30  # values between two peaks: at most these, or the 30th part of those remembered
TOP, FEWEST = 15, 5  # how many peaks the tail goes through: at most these, and with fewer than those there is no tail
LEAST_P = 1e-12


class Peaks:
    """The peaks among the newest values of one statistic."""

    def __init__(self, size: int, count: int = 0, peaks: FloatArray | None = None) -> None:
        """Remember peaks, (N, 2): when their while began, counted in values, and how high; `size` values count."""
        rows = [] if peaks is None else peaks.tolist()
        self._queue: deque[tuple[float, float]] = deque((clock, value) for clock, value in rows)
        self._ordered = sorted(value for _, value in self._queue)
        self._size = size
        self.count = count

    @property
    def rows(self) -> FloatArray:
        """Return when the while of each began, and how high it was."""
        return np.array(self._queue, np.float64).reshape(-1, 2)

    def add(self, clock: float, value: float) -> None:
        """Remember a value; clocks rise."""
        queue, ordered = self._queue, self._ordered
        self.count = min(self.count + 1, self._size)
        if queue and clock - queue[-1][0] <= min(APART, self.count // SHARE_APART):
            begun, highest = queue[-1]
            if value <= highest:
                return
            del ordered[bisect_left(ordered, highest)]
            queue[-1] = (begun, value)
        else:
            queue.append((clock, value))
        insort(ordered, value)
        while queue[0][0] <= clock - self._size:
            del ordered[bisect_left(ordered, queue.popleft()[1])]

    def p_of(self, value: float, least_slope: float = 0.0) -> float:
        """Return how many peaks at least as high as a new value there are for each value, itself counted in."""
        return _p(value, self._ordered, self.count, least_slope)

    def p_among(self, value: float, least_slope: float = 0.0) -> float:
        """Return the same for one of the values that were remembered, compared with the others."""
        ordered = self._ordered
        if len(ordered) < 2 or value <= ordered[-2]:
            return min(1.0, max(1, len(ordered) - bisect_left(ordered, value)) / max(self.count, 1))
        return _p(value, ordered[:-1], self.count, least_slope)


def _p(value: float, ordered: list[float], count: int, least_slope: float) -> float:
    as_high = len(ordered) - bisect_left(ordered, value)
    if as_high or len(ordered) < FEWEST:
        return min(1.0, (as_high + 1) / (count + 1))
    top = min(TOP, max(FEWEST, len(ordered) // 3))
    start = ordered[-top]
    slope = max(sum(ordered[-top + 1 :]) / (top - 1) - start, least_slope)
    fallen = exp(-(value - start) / slope) if slope > 0 else 0.0
    return max(LEAST_P, top * fallen / (count + 1))
