"""Conformal p-values: the share of earlier values that were at least as large, with a tail beyond the largest."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from math import exp

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.peaks import LEAST_P

LEAST_FOR_TAIL = 50  # values; with fewer, no p-value is below 1 / (values + 1)
TAIL_SHARE, LEAST_TAIL = 0.02, 10  # which largest values the tail goes through


class Ranked:
    """The newest values, in the order of time and in that of size."""

    def __init__(self, values: FloatArray, size: int) -> None:
        """Remember these values, oldest first, and at most `size`."""
        self._queue = deque(values[-size:].tolist())
        self._ordered = sorted(self._queue)
        self._size = size

    @property
    def values(self) -> FloatArray:
        """Return them in the order of time."""
        return np.array(self._queue, np.float64)

    def p_of(self, value: float) -> float:
        """Return how rarely a value is so large."""
        return tail_p(value, self._ordered)

    def add(self, value: float) -> None:
        """Remember a value."""
        if len(self._queue) == self._size:
            del self._ordered[bisect_left(self._ordered, self._queue.popleft())]
        self._queue.append(value)
        insort(self._ordered, value)


def tail_p(value: float, ordered: Sequence[float]) -> float:
    """Return the share of later values that will be at least `value`, by the earlier ones in rising order."""
    count = len(ordered)
    at_least = count - bisect_left(ordered, value)
    if at_least or count < LEAST_FOR_TAIL:
        return (at_least + 1) / (count + 1)
    top = max(LEAST_TAIL, int(TAIL_SHARE * count))
    start = ordered[-top]
    slope = sum(ordered[-top + 1 :]) / (top - 1) - start
    fallen = exp(-(value - start) / slope) if slope > 0 else 0.0
    return max(LEAST_P, min(1.0, top * fallen) / (count + 1))


def p_among_others(values: FloatArray) -> FloatArray:
    """Return the p-value of each against the others; NaN stays NaN."""
    p = np.full(len(values), np.nan)
    known = values[np.isfinite(values)]
    if not len(known):
        return p
    ordered = np.sort(known)
    others = len(known) - np.searchsorted(ordered, known) - 1  # at least as large
    among = np.asarray((others + 1) / len(known), np.float64)
    among[others == 0] = tail_p(float(ordered[-1]), ordered[:-1].tolist())
    p[np.isfinite(values)] = among
    return p
