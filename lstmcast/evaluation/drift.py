"""Has a model drifted? A sequential test of what it does against what its backtest promised.

Each number that is watched lies between 0 and 1, and the promise is a bound on its mean. A gambler bets against the
promise, origin after origin: as long as the promise holds, what he owns cannot be expected to grow, however he bets,
and the chance that it ever reaches 1/p is at most p (Ville). So one may look every night, and stop at any, without
more false alarms. He spreads his stake over all promises, and over bets of several sizes, since nobody knows beforehand
which will be broken and how far.

A forecast errs less on its first steps than on its last ones, and a baseline need not. So each origin has a promise of
its own: what the backtest found of as many steps ahead as were used before the next forecast came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.bootstrap import student

FALSE_ALARMS = 0.05  # chance that a model which keeps its promises is ever called drifted; that costs one training
ENOUGH = 1 / FALSE_ALARMS
BETS = (0.1, 0.25, 0.5, 0.75, 0.95)  # of the largest stake that cannot ruin
LEAST_SLACK, MOST_SLACK = 0.05, 0.2  # around what the backtest found: few windows do not find it exactly
FARTHEST = 0.98  # a bound at the very end could never be broken


@dataclass(frozen=True)
class Found:
    """What a backtest found of a number: its mean over the origins, and how far that may be off."""

    mean: float | None  # None where nothing was found,
    off: float | None  # or nothing of how much origins differ


@dataclass(frozen=True)
class Promise:
    """The range in which the mean of a number is to stay."""

    low: float
    high: float


@dataclass(frozen=True)
class Evidence:
    """What a stake of 1 against one promise has become after each origin."""

    name: str
    side: str  # `above` or `below`
    bound: float  # on average over the origins
    mean: float | None  # of what was watched
    wealth: tuple[float, ...]


@dataclass(frozen=True)
class DriftReport:
    """All evidence against a model."""

    origins: int
    evidence: tuple[Evidence, ...]

    @property
    def weight(self) -> float:
        """Return the most that the gambler who spread his stake of 1 has ever owned."""
        if not self.origins or not self.evidence:
            return 1.0
        return float(np.mean([one.wealth for one in self.evidence], axis=0).max())

    @property
    def drifted(self) -> bool:
        """Return whether that is enough to say that a promise was broken."""
        return self.weight >= ENOUGH

    @property
    def strongest(self) -> Evidence | None:
        """Return the evidence that weighs most."""
        return max(self.evidence, key=lambda one: max(one.wealth, default=1.0), default=None)


def summarize(rounds: Sequence[float]) -> Found:
    """Return what is known from the origins of a backtest: the mean, and half its 95% interval by Student's t."""
    if len(rounds) < 2:
        return Found(rounds[0] if rounds else None, None)
    off = student(len(rounds) - 1) * float(np.std(rounds, ddof=1)) / sqrt(len(rounds))
    return Found(float(np.mean(rounds)), off)


def summarize_stretches(stretches: Sequence[Sequence[float]]) -> list[Found]:
    """Return the same for each number of steps ahead.

    Few origins may be alike by chance, and more so on few steps, so none is held for surer than all are on average.
    """
    found = [summarize(rounds) for rounds in stretches]
    known = [one.off for one in found if one.off is not None]
    usual = sqrt(sum(off**2 for off in known) / len(known)) if known else 0.0
    return [one if one.off is None else Found(one.mean, max(one.off, usual)) for one in found]


def promise_of_error(found: Found) -> Promise:
    """Return the promise about the model's share of the error (see `error_share`)."""
    return Promise(0.0, min(FARTHEST, _middle(found, 0.5) + _slack(found)))


def promise_of_coverage(found: Found, level: float) -> Promise:
    """Return the promise about the truth inside an interval: what it says, or what the backtest found of it."""
    nominal = level / 100
    middle, slack = _middle(found, nominal), _slack(found)
    return Promise(max(1 - FARTHEST, min(nominal, middle) - slack), min(FARTHEST, max(nominal, middle) + slack))


def error_share(model: float, baseline: float) -> float | None:
    """Return the model's error as a share of its own and the baseline's together: 0.5 where both are as good."""
    if not (isfinite(model) and isfinite(baseline)) or model + baseline <= 0:
        return None
    return model / (model + baseline)


def watch(promises: Mapping[str, Sequence[Promise]], seen: Mapping[str, Sequence[float | None]]) -> DriftReport:
    """Return the evidence against the promises of each origin of what was seen there; None where nothing was."""
    found = []
    for name, promised in promises.items():
        numbers = np.array([np.nan if number is None else number for number in seen[name]])
        highs, lows = (np.array([getattr(one, side) for one in promised]) for side in ("high", "low"))
        if (highs < FARTHEST).any():
            found.append(_weigh(name, "above", numbers, highs, _bet(numbers, highs)))
        if (lows > 1 - FARTHEST).any():
            found.append(_weigh(name, "below", numbers, lows, _bet(1 - numbers, 1 - lows)))
    return DriftReport(max((len(numbers) for numbers in seen.values()), default=0), tuple(found))


def _weigh(name: str, side: str, numbers: FloatArray, bounds: FloatArray, wealth: tuple[float, ...]) -> Evidence:
    known = np.isfinite(numbers)
    mean = float(numbers[known].mean()) if known.any() else None
    return Evidence(name, side, float(bounds[known].mean() if known.any() else bounds.mean()), mean, wealth)


def _bet(numbers: FloatArray, bounds: FloatArray) -> tuple[float, ...]:
    """Return what bets on means above the bounds have made of 1."""
    stakes = np.array(BETS) / bounds[:, None]  # the largest could lose everything on a zero
    gains = np.where(np.isfinite(numbers) & (bounds < FARTHEST), numbers - bounds, 0.0)
    growth = np.cumprod(1 + stakes * gains[:, None], axis=0)
    return tuple(growth.mean(axis=1).tolist())


def _middle(found: Found, otherwise: float) -> float:
    return otherwise if found.mean is None else found.mean


def _slack(found: Found) -> float:
    """Return how far the mean of a backtest may be off, within limits."""
    return MOST_SLACK if found.off is None else float(np.clip(found.off, LEAST_SLACK, MOST_SLACK))
