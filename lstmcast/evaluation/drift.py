"""Has a model drifted? A sequential test of what it does against what its backtest promised.

Each number that is watched lies between 0 and 1, and the promise is a bound on its mean. A gambler bets against the
promise, origin after origin: as long as the promise holds, what he owns cannot be expected to grow, however he bets,
and the chance that it ever reaches 1/p is at most p (Ville). So one may look every night, and stop at any, without
more false alarms. He spreads his stake over all promises, and over bets of several sizes, since nobody knows beforehand
which will be broken and how far.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from lstmcast.data.panel import FloatArray
from lstmcast.evaluation.bootstrap import STUDENT

FALSE_ALARMS = 0.05  # chance that a model which keeps its promises is ever called drifted; that costs one training
ENOUGH = 1 / FALSE_ALARMS
BETS = (0.1, 0.25, 0.5, 0.75, 0.95)  # of the largest stake that cannot ruin
LEAST_SLACK, MOST_SLACK = 0.05, 0.2  # around what the backtest found: few windows do not find it exactly
FARTHEST = 0.98  # a bound at the very end could never be broken


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
    bound: float
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


def promise_of_error(rounds: Sequence[float]) -> Promise:
    """Return the promise about the model's share of the error (see `error_share`) at the origins of a backtest."""
    return Promise(0.0, min(FARTHEST, _middle(rounds, 0.5) + _slack(rounds)))


def promise_of_coverage(rounds: Sequence[float], level: float) -> Promise:
    """Return the promise about the truth inside an interval: what it says, or what the backtest found of it."""
    nominal = level / 100
    found, slack = _middle(rounds, nominal), _slack(rounds)
    return Promise(max(1 - FARTHEST, min(nominal, found) - slack), min(FARTHEST, max(nominal, found) + slack))


def error_share(model: float, baseline: float) -> float | None:
    """Return the model's error as a share of its own and the baseline's together: 0.5 where both are as good."""
    if not (isfinite(model) and isfinite(baseline)) or model + baseline <= 0:
        return None
    return model / (model + baseline)


def watch(promises: Mapping[str, Promise], seen: Mapping[str, Sequence[float | None]]) -> DriftReport:
    """Return the evidence against each promise of what was seen at each origin; None where nothing was."""
    found, origins = [], max((len(numbers) for numbers in seen.values()), default=0)
    for name, promise in promises.items():
        numbers = np.array([np.nan if number is None else number for number in seen[name]])
        mean = float(np.nanmean(numbers)) if np.isfinite(numbers).any() else None
        if promise.high < FARTHEST:
            found.append(Evidence(name, "above", promise.high, mean, _bet(numbers, promise.high)))
        if promise.low > 1 - FARTHEST:
            found.append(Evidence(name, "below", promise.low, mean, _bet(1 - numbers, 1 - promise.low)))
    return DriftReport(origins, tuple(found))


def _bet(numbers: FloatArray, bound: float) -> tuple[float, ...]:
    """Return what bets on a mean above the bound have made of 1."""
    stakes = np.array(BETS) / bound  # the largest could lose everything on a zero
    gains = np.where(np.isfinite(numbers), numbers - bound, 0.0)
    growth = np.cumprod(1 + stakes * gains[:, None], axis=0)
    return tuple(growth.mean(axis=1).tolist())


def _middle(rounds: Sequence[float], otherwise: float) -> float:
    return float(np.mean(rounds)) if len(rounds) else otherwise


def _slack(rounds: Sequence[float]) -> float:
    """Return how far the mean of a backtest may be off: its 95% interval by Student's t, within limits."""
    if len(rounds) < 2:
        return MOST_SLACK
    half = STUDENT[min(len(rounds) - 1, len(STUDENT)) - 1] * float(np.std(rounds, ddof=1)) / sqrt(len(rounds))
    return float(np.clip(half, LEAST_SLACK, MOST_SLACK))
