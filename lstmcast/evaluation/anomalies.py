"""How strange each value was, given what had been forecast for it: p-values, stretches, and one alarm for one fault.

A *miss* is the logarithm of |value - forecast| over the forecast's own spread. Its p-value is conformal: the share of
the misses of earlier values that were at least as large. Beyond the largest of them it goes on as the tail of a power
law through the largest ones.

Each value is looked at in two ways: by its miss, and by the *strain*, a slow mean of -log p of the misses: many values
that are each a little strange make it large, one alone does not. It has a p-value of the same kind.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log, log10

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

USUAL, POINT, STRETCH = 0, 1, 2
SLOWNESS = 0.1  # weight of the newest value in the strain: it remembers about ten
MOST_STRANGE = 4.0  # -log p of one value counts at most so much for the strain
LEAST_FOR_TAIL = 50  # values; with fewer, no p-value is below 1 / (values + 1)
TAIL_SHARE, LEAST_TAIL = 0.02, 10  # which largest values the tail goes through
LEAST_P = 1e-12
INSIDE = 0.95  # share of misses below 0, if the spread is that of the 95% interval
NEW_NORMAL = 0.1  # of the memory: a fault that lasts so long is how things are now


def _nothing() -> FloatArray:
    return np.empty(0)


@dataclass(frozen=True)
class Rule:
    """When to raise an alarm."""

    rate: float  # wanted share of values with a false alarm
    cooldown: int  # ticks without anything strange until the next alarm is another one
    size: int  # values that are remembered


@dataclass(frozen=True)
class Memory:
    """What is remembered of a series from one run to the next."""

    tick: int | None = None  # the newest value that was judged
    misses: FloatArray = field(default_factory=_nothing)  # of what counts as usual, oldest first
    strains: FloatArray = field(default_factory=_nothing)
    strain: float = 1.0
    flagged_at: int | None = None  # tick of the newest value that was strange
    flagged: int = 0  # strange values in the newest fault


@dataclass(frozen=True)
class Judged:
    """What is said of each value, in the order of time."""

    p: FloatArray  # of the miss alone
    score: FloatArray  # -log10 of how rarely anything so strange is seen, in either way
    kind: IntArray  # USUAL, POINT or STRETCH
    alarm: BoolArray  # True where a fault begins


def measure_misses(
    values: FloatArray, quantiles: FloatArray, places: tuple[int, int, int], least_spread: FloatArray
) -> FloatArray:
    """Return log(|value - median| / spread) of N values under (N, Q) quantiles; `places` are low, middle and high.

    The spread is that of the side on which the value lies; NaN where the forecast is not finite.
    """
    low, middle, high = (quantiles[:, place] for place in places)
    with np.errstate(invalid="ignore"):
        error = values - middle
        spread = np.maximum(np.where(error >= 0, high - middle, middle - low), least_spread)
        return np.asarray(np.log(np.maximum(np.abs(error) / spread, 1e-6)))


def judge_known(ticks: IntArray, misses: FloatArray, rule: Rule) -> tuple[Judged, Memory]:
    """Return what is said of values that the model was trained on, each against all others, and what to remember.

    A model misses what it was trained on by less than what is to come. So the misses are remembered as if 95% of them
    lay inside the 95% interval, which was calibrated on values that no training had seen; they are never made smaller.
    """
    if not len(misses):
        return _judged([], []), Memory()
    p = _p_among_others(misses)
    strains = _strains(p, Memory().strain)
    fault = _Fault(rule, None, 0)
    ways = zip(ticks.tolist(), p.tolist(), _p_among_others(strains).tolist(), strict=True)
    states = [fault.see(*way) for way in ways]
    usual = np.array([state.is_usual for state in states])
    memory = Memory(
        tick=int(ticks[-1]),
        misses=_as_if_unseen(misses[usual])[-rule.size :],
        strains=strains[usual][-rule.size :],
        strain=float(strains[-1]),  # but no fault goes on: what comes is new
    )
    return _judged(p.tolist(), states), memory


def judge_new(
    memory: Memory, ticks: IntArray, misses: FloatArray, learns: BoolArray, rule: Rule
) -> tuple[Judged, Memory]:
    """Return what is said of values that come after those of the memory, and the memory after them.

    Each is judged by what came before it, and then remembered where it `learns`: in pieces or at once is the same.
    Of a fault only the first value is remembered, or a long one would make the next one look usual.
    """
    usual, strains = _Ranked(memory.misses, rule.size), _Ranked(memory.strains, rule.size)
    fault, strain = _Fault(rule, memory.flagged_at, memory.flagged), memory.strain
    found, states = [], []
    for tick, miss, learn in zip(ticks.tolist(), misses.tolist(), learns.tolist(), strict=True):
        p = usual.p_of(miss)
        strain = _next_strain(strain, p)
        state = fault.see(tick, p, strains.p_of(strain))
        if learn and state.is_usual:
            usual.add(miss)
            strains.add(strain)
        found.append(p)
        states.append(state)
    after = Memory(
        tick=int(ticks[-1]) if len(ticks) else memory.tick,
        misses=usual.values,
        strains=strains.values,
        strain=strain,
        flagged_at=fault.flagged_at,
        flagged=fault.flagged,
    )
    return _judged(found, states), after


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


@dataclass(frozen=True)
class _State:
    """What one value means."""

    score: float
    kind: int
    alarm: bool
    is_usual: bool  # whether later values are compared with it


class _Fault:
    """Tells what is strange, and when a fault begins; it has ended once nothing was strange for the cool-down."""

    def __init__(self, rule: Rule, flagged_at: int | None, flagged: int) -> None:
        self.rule, self.flagged_at, self.flagged = rule, flagged_at, flagged

    def see(self, tick: int, miss: float, strain: float) -> _State:
        """Return what a value means that has these p-values."""
        either = min(1.0, 2 * min(miss, strain))  # two looks share the rate
        score = -log10(either) + 0.0
        if either > self.rule.rate:
            return _State(score, USUAL, alarm=False, is_usual=True)
        begins = self.flagged_at is None or tick - self.flagged_at > self.rule.cooldown
        self.flagged = 1 if begins else self.flagged + 1
        self.flagged_at = tick
        is_point = 2 * miss <= self.rule.rate and (begins or 2 * strain > self.rule.rate)
        kind = POINT if is_point else STRETCH
        return _State(score, kind, begins, is_usual=begins or self.flagged > NEW_NORMAL * self.rule.size)


class _Ranked:
    """The newest values, in the order of time and in that of size."""

    def __init__(self, values: FloatArray, size: int) -> None:
        self._queue = deque(values[-size:].tolist())
        self._ordered = sorted(self._queue)
        self._size = size

    @property
    def values(self) -> FloatArray:
        return np.array(self._queue, np.float64)

    def p_of(self, value: float) -> float:
        return tail_p(value, self._ordered)

    def add(self, value: float) -> None:
        if len(self._queue) == self._size:
            del self._ordered[bisect_left(self._ordered, self._queue.popleft())]
        self._queue.append(value)
        insort(self._ordered, value)


def _as_if_unseen(misses: FloatArray) -> FloatArray:
    return misses + max(0.0, -float(np.quantile(misses, INSIDE)))


def _p_among_others(values: FloatArray) -> FloatArray:
    ordered = np.sort(values)
    others = len(values) - np.searchsorted(ordered, values) - 1  # at least as large
    p = np.asarray((others + 1) / len(values), np.float64)
    p[others == 0] = tail_p(float(ordered[-1]), ordered[:-1].tolist())
    return p


def _strains(p: FloatArray, start: float) -> FloatArray:
    strains, strain = np.empty(len(p)), start
    for place, one in enumerate(p.tolist()):
        strains[place] = strain = _next_strain(strain, one)
    return strains


def _next_strain(strain: float, p: float) -> float:
    return strain + SLOWNESS * (min(-log(p), MOST_STRANGE) - strain)


def _judged(p: Sequence[float], states: Sequence[_State]) -> Judged:
    return Judged(
        p=np.array(p, np.float64),
        score=np.array([state.score for state in states], np.float64),
        kind=np.array([state.kind for state in states], np.int64),
        alarm=np.array([state.alarm for state in states], bool),
    )
