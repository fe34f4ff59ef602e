"""Is one network better than another, or was it the seed? Differences paired over windows and seeds.

Two networks are trained from the same seeds and forecast the same windows. How much their difference changes from seed
to seed is seed noise; how much it changes with the windows that happened to be held out is told by the bootstrap. Both
add up as independent errors do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, hypot, isfinite, log, sqrt
from typing import Literal

import numpy as np

from lstmcast.evaluation.bootstrap import LARGEST_RATIO, Clusters, Skill, skill_against, student
from lstmcast.evaluation.metrics import Ratio

Finding = Literal[
    "better", "worse", "better at this origin", "worse at this origin", "seed noise", "these windows only", "one seed"
]
Runs = Sequence[Ratio]  # of one forecaster, the same windows once for each seed


@dataclass(frozen=True)
class Difference:
    """The share of another forecaster's error that a network saves; each interval holds it with 95% confidence."""

    saved: float
    low: float | None  # over windows and seeds; None where one of them cannot be told
    high: float | None
    seed_low: float | None  # over seeds alone
    seed_high: float | None
    is_of_one_origin: bool = False

    @property
    def is_beyond_seed_noise(self) -> bool:
        """Return whether another set of seeds would have shown the same sign."""
        return self.seed_low is not None and self.seed_high is not None and not self.seed_low <= 0 <= self.seed_high

    @property
    def finding(self) -> Finding:
        """Return what may be said; what one origin shows may have been luck of all series there."""
        if self.seed_low is None:
            return "one seed"
        if not self.is_beyond_seed_noise:
            return "seed noise"
        if self.low is not None and self.low > 0:
            return "better at this origin" if self.is_of_one_origin else "better"
        if self.high is not None and self.high < 0:
            return "worse at this origin" if self.is_of_one_origin else "worse"
        return "these windows only"


def compare_with(network: Runs, others: Mapping[str, Runs], clusters: Clusters, *, seed: int) -> dict[str, Difference]:
    """Return how a network differs from each of the others, which ran on the same windows and from the same seeds."""
    means = {name: [mean_of(runs)] for name, runs in others.items()}
    by_window = skill_against([mean_of(network)], means, clusters, seed=seed)
    alone = clusters.origins == 1
    return {
        name: replace(_difference(network, runs, by_window[name][0]), is_of_one_origin=alone)
        for name, runs in others.items()
    }


def mean_of(runs: Runs) -> Ratio:
    """Return the mean score over the seeds, window by window."""
    return replace(runs[0], top=np.mean([one.top for one in runs], axis=0))


def seed_spread(runs: Runs) -> float | None:
    """Return the standard deviation of the score over the seeds; None for one seed."""
    return float(np.std([one.value for one in runs], ddof=1)) if len(runs) > 1 else None


def _difference(network: Runs, other: Runs, by_window: Skill) -> Difference:
    centre = _log_error(by_window.skill)
    around_seeds = _half_width([_log_ratio(a.value, b.value) for a, b in zip(network, other, strict=True)])
    if around_seeds is None:
        return Difference(by_window.skill, None, None, None, None)
    seed_low, seed_high = _saved(centre + around_seeds), _saved(centre - around_seeds)
    if by_window.low is None or by_window.high is None:
        return Difference(by_window.skill, None, None, seed_low, seed_high)
    above = hypot(around_seeds, _log_error(by_window.low) - centre)
    below = hypot(around_seeds, centre - _log_error(by_window.high))
    return Difference(by_window.skill, _saved(centre + above), _saved(centre - below), seed_low, seed_high)


def _half_width(ratios: Sequence[float]) -> float | None:
    """Return how far the mean of so few may lie from the truth, with 95% confidence; None for one."""
    count = len(ratios)
    if count < 2:
        return None
    return student(count - 1) * float(np.std(ratios, ddof=1)) / sqrt(count)


def _log_ratio(one: float, other: float) -> float:
    if not (isfinite(one) and isfinite(other)) or one == other:
        return 0.0
    return log(_within(one / other if other > 0 else LARGEST_RATIO))


def _log_error(saved: float) -> float:
    """Return the logarithm of the error that is left."""
    return log(_within(1 - saved))


def _saved(log_error: float) -> float:
    return 1 - exp(min(max(log_error, -log(LARGEST_RATIO)), log(LARGEST_RATIO)))


def _within(ratio: float) -> float:
    return min(max(ratio, 1 / LARGEST_RATIO), LARGEST_RATIO)
