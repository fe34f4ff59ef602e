"""How strange each value was, given what had been forecast for it and what came before: one alarm for one fault.

A *miss* is the logarithm of |value - forecast| over the forecast's own spread. Its p-value is conformal: the share of
the misses of earlier values that were at least as large. Beyond the largest of them it goes on as the tail of a power
law through the largest ones.

An alarm is raised by any of the signs (`signs.py`) that gets higher than its earlier peaks (`peaks.py`) allow. Of all
signs the rarest counts, and they share the wanted rate of false alarms.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isnan, log10, nan

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.evaluation.peaks import Peaks, find_peaks, p_among
from lstmcast.evaluation.ranks import Ranked, p_among_others
from lstmcast.evaluation.signs import AT_ONCE, POINT, SIDES, STRETCH, Signs

USUAL = 0
INSIDE = 0.95  # share of misses below 0, if the spread is that of the 95% interval
SURE = 0.001  # of the wanted rate: what is rarer than that is a fault, and no model for what comes
SPARED = 5  # such faults at most, among the values remembered: what comes oftener is how things are now
NEW_NORMAL = 0.05  # of the values remembered: a fault that lasts so long is how things are now


def _nothing() -> FloatArray:
    return np.empty(0)


def _no_peaks() -> tuple[FloatArray, ...]:
    return tuple(np.empty((0, 2)) for _ in SIDES)


@dataclass(frozen=True)
class Rule:
    """When to raise an alarm."""

    rate: float  # wanted share of values with a false alarm
    cooldown: int  # ticks without anything strange until the next alarm is another one
    size: int  # values that are remembered
    season: int  # ticks


@dataclass(frozen=True)
class Memory:
    """What is remembered of a series from one run to the next."""

    tick: int | None = None  # the newest value
    count: int = 0  # values so far
    misses: FloatArray = field(default_factory=_nothing)  # of the newest values, oldest first
    signs: Signs = field(default_factory=Signs)
    peaks: tuple[FloatArray, ...] = field(default_factory=_no_peaks)  # of each side, of what counts as usual
    learnt: tuple[int, ...] = (0,) * len(SIDES)  # values behind the peaks of each side
    flagged_at: int | None = None  # tick of the newest value that was strange
    flagged: int = 0  # strange values in the newest fault
    spared: tuple[int, ...] = ()  # ticks of the faults that are not remembered at all


@dataclass(frozen=True)
class Values:
    """N values of a series in the order of time, and what is known of each; NaN where nothing is."""

    tick: IntArray
    value: FloatArray
    season_ago: FloatArray
    miss: FloatArray  # NaN: there is no forecast for it, so it is only remembered


@dataclass(frozen=True)
class Judged:
    """What is said of each value, in the order of time."""

    p: FloatArray  # of the miss alone
    score: FloatArray  # -log10 of the share of values with an alarm, if all so rare were to raise one
    kind: IntArray  # USUAL, POINT or STRETCH
    alarm: BoolArray  # True where a fault begins
    why: IntArray  # the place of the rarest sign among SIDES


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


def judge_known(values: Values, rule: Rule) -> tuple[Judged, Memory]:
    """Return what is said of values that the model was trained on, each against all others, and what to remember.

    A model misses what it was trained on by less than what is to come. So the misses are remembered as if 95% of them
    lay inside the 95% interval, which was calibrated on values that no training had seen; they are never made smaller.
    """
    misses = _as_if_unseen(values.miss)
    p, signs = p_among_others(misses), Signs()
    columns = (values.value, values.season_ago, misses, p)
    seen = _by_sign([signs.see(*one) for one in zip(*(column.tolist() for column in columns), strict=True)])
    learnt, peaks = _remember(seen, np.ones(len(p), bool), rule.size)
    rare = _rare_among(seen, learnt, peaks)
    known = np.isfinite(misses)
    rare[:, ~known] = 1.0
    fault, verdicts = _Fault(rule, Memory()), [_NOTHING] * len(p)
    for place in np.flatnonzero(_share_with_an_alarm(rare) <= rule.rate).tolist():
        verdicts[place] = fault.see(int(values.tick[place]), rare[:, place].tolist(), min(len(p), rule.size))
    usual = np.array([verdict.is_usual for verdict in verdicts], bool)
    if not usual.all():
        learnt, peaks = _remember(seen, usual, rule.size)
    memory = Memory(
        tick=int(values.tick[-1]) if len(p) else None,
        count=len(p),
        misses=misses[known][-rule.size :],
        signs=signs,
        peaks=peaks,
        learnt=learnt,
        spared=tuple(fault.spared),
    )  # no fault goes on: what comes is new
    return _judged(p, rare, verdicts), memory


def judge_new(memory: Memory, values: Values, learns: BoolArray, rule: Rule) -> tuple[Judged, Memory]:
    """Return what is said of values that come after those of the memory, and the memory after them.

    Each is judged by what came before it, and then remembered, its miss only where it `learns`: in pieces or at once is
    the same. Of a fault at most its first value and the step back are remembered, or a long one would make the next one
    look usual.
    """
    if not len(values.tick):
        return _judged(np.empty(0), _by_sign([]), []), replace(memory, misses=memory.misses[-rule.size :])
    usual, signs = Ranked(memory.misses, rule.size), replace(memory.signs)
    peaks = [Peaks(rule.size, *one) for one in zip(memory.learnt, memory.peaks, strict=True)]
    fault, clock = _Fault(rule, memory), memory.count
    columns = (values.tick, values.value, values.season_ago, values.miss, learns)
    found: list[float] = []
    rare: list[list[float]] = []
    verdicts: list[_Verdict] = []
    for tick, value, season_ago, miss, learn in zip(*(column.tolist() for column in columns), strict=True):
        is_known = not isnan(miss)
        p = usual.p_of(miss) if is_known else nan
        before = signs.kept
        if tick - rule.season in fault.spared:
            season_ago = nan
        seen = signs.see(value, season_ago, miss, p)
        found.append(p)
        rare.append(_p_of(peaks, seen) if is_known else _NOT_RARE)
        verdicts.append(fault.see(tick, rare[-1], min(clock, rule.size)) if is_known else _NOTHING)
        clock += 1
        if learn and is_known:
            usual.add(miss)
        if verdicts[-1].is_usual:
            _add(peaks, clock, seen, learn)
        elif verdicts[-1].is_spared:
            signs.kept = before  # else means of many values would be those of this one for long
    after = Memory(
        tick=int(values.tick[-1]),
        count=clock,
        misses=usual.values,
        signs=signs,
        peaks=tuple(peak.rows for peak in peaks),
        learnt=tuple(peak.count for peak in peaks),
        flagged_at=fault.flagged_at,
        flagged=fault.flagged,
        spared=tuple(fault.spared),
    )
    return _judged(np.array(found, np.float64), _by_sign(rare), verdicts), after


@dataclass(frozen=True)
class _Verdict:
    """What one value means."""

    kind: int
    alarm: bool
    is_usual: bool  # whether later values are compared with it
    is_spared: bool = False  # a fault beyond doubt: it is as if the value had not come


_NOTHING = _Verdict(USUAL, alarm=False, is_usual=True)
_NOT_RARE = [1.0] * len(SIDES)


class _Fault:
    """Tells what is strange, and when a fault begins; it has ended once nothing was strange for the cool-down."""

    def __init__(self, rule: Rule, memory: Memory) -> None:
        self.rule, self.flagged_at, self.flagged = rule, memory.flagged_at, memory.flagged
        self.spared = list(memory.spared)

    def see(self, tick: int, rare: Sequence[float], remembered: int) -> _Verdict:
        """Return what a value means of which all signs are so rare, compared with so many values."""
        if AT_ONCE * min(rare) > self.rule.rate:
            return _NOTHING
        before, self.flagged_at = self.flagged_at, tick
        begins = before is None or tick - before > self.rule.cooldown
        self.flagged = 1 if begins else self.flagged + 1
        strange = {side.kind for side, one in zip(SIDES, rare, strict=True) if AT_ONCE * one <= self.rule.rate}
        kind = POINT if POINT in strange and (begins or STRETCH not in strange) else STRETCH
        is_spared = begins and self._spares(tick, min(rare))
        # the step back from a value that is remembered belongs to it
        is_step_back = self.flagged == 2 and before == tick - 1 and before not in self.spared
        is_usual = (begins and not is_spared) or is_step_back or self.flagged > NEW_NORMAL * remembered
        return _Verdict(kind, begins, is_usual=is_usual, is_spared=is_spared and not is_usual)

    def _spares(self, tick: int, rarest: float) -> bool:
        """Return whether a fault is beyond doubt, and one of few such: then the next of its kind is one as well."""
        if AT_ONCE * rarest > SURE * self.rule.rate:
            return False
        self.spared = [one for one in self.spared if tick - one < self.rule.size]
        if len(self.spared) == SPARED:
            return False
        self.spared.append(tick)
        return True


def _by_sign(rows: Sequence[Sequence[float]]) -> FloatArray:
    """Return what is said of N values as (12, N)."""
    return np.array(rows, np.float64).reshape(-1, len(SIDES)).T.copy()


def _share_with_an_alarm(rare: FloatArray) -> FloatArray:
    """Return the share of values with an alarm, if all so rare were to raise one: the signs share the rate."""
    return np.asarray(np.minimum(1.0, AT_ONCE * rare.min(axis=0)))


def _remember(seen: FloatArray, usual: BoolArray, size: int) -> tuple[tuple[int, ...], tuple[FloatArray, ...]]:
    """Return, of each sign, how many of the values that are usual count, and their peaks."""
    places = [np.flatnonzero(usual & ~np.isnan(one)) for one in seen]
    peaks = [find_peaks(chosen + 1, one[chosen], size) for one, chosen in zip(seen, places, strict=True)]
    return tuple(min(len(chosen), size) for chosen in places), tuple(peaks)


def _rare_among(seen: FloatArray, learnt: Sequence[int], peaks: Sequence[FloatArray]) -> FloatArray:
    """Return the p-value of each sign of each value among all of them."""
    return np.array([
        p_among(one, rows[:, 1], count, side.least_slope)
        for one, rows, count, side in zip(seen, peaks, learnt, SIDES, strict=True)
    ])  # fmt: skip


def _p_of(peaks: Sequence[Peaks], seen: Sequence[float]) -> list[float]:
    return [
        1.0 if isnan(value) else peak.p_of(value, side.least_slope)
        for value, peak, side in zip(seen, peaks, SIDES, strict=True)
    ]


def _add(peaks: Sequence[Peaks], clock: int, seen: Sequence[float], learns: bool) -> None:
    for peak, value, side in zip(peaks, seen, SIDES, strict=True):
        if not isnan(value) and (learns or not side.of_forecast):
            peak.add(clock, value)


def _as_if_unseen(misses: FloatArray) -> FloatArray:
    known = misses[np.isfinite(misses)]
    return misses + max(0.0, -float(np.quantile(known, INSIDE))) if len(known) else misses


def _judged(p: FloatArray, rare: FloatArray, verdicts: Sequence[_Verdict]) -> Judged:
    return Judged(
        p=p,
        score=np.array([-log10(share) + 0.0 for share in _share_with_an_alarm(rare).tolist()], np.float64),
        kind=np.array([verdict.kind for verdict in verdicts], np.int64),
        alarm=np.array([verdict.alarm for verdict in verdicts], bool),
        why=np.argmin(rare, axis=0),
    )
