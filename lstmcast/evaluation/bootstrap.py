"""Is a model better than a baseline, or was it luck? Skill with an interval, by resampling origins and series.

Windows of one origin share what happened to everybody then, and windows of one series share the series. So whole
origins are drawn again with replacement, and apart from that whole series; the distances from the score to the ends of
both intervals add up as independent errors do. What rests on few origins is too narrow in any bootstrap: their part is
stretched by Student's t for their number, and by the steps that neighbouring origins share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, floor, hypot, isfinite, log, sqrt
from typing import Literal

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.evaluation.backtest import HeldOutWindows, skill
from lstmcast.evaluation.metrics import Ratio

Verdict = Literal["better", "worse", "no clear difference", "cannot be told"]

DRAWS = 1000
CONFIDENCE = 0.95
NUMBERS_AT_ONCE = 4_000_000
LARGEST_RATIO = 1e6  # of two scores: beyond it, one of them is zero
NORMAL = 1.96
STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
)  # fmt: skip  # the 97.5% quantile of Student's t for 1, 2, … degrees of freedom


@dataclass(frozen=True)
class Skill:
    """The share of a baseline's error that the model saves, and where it lies with 95% confidence."""

    skill: float
    low: float | None  # None where nothing could be resampled
    high: float | None

    @property
    def verdict(self) -> Verdict:
        """Return what may be said: better or worse only where the interval excludes zero."""
        if not isfinite(self.skill):
            return "cannot be told"
        if self.low is not None and self.low > 0:
            return "better"
        if self.high is not None and self.high < 0:
            return "worse"
        return "no clear difference"


@dataclass(frozen=True)
class Clusters:
    """Which origin and which series each window belongs to."""

    origin: IntArray  # (N,) 0, 1, …
    series: IntArray  # (N,) 0, 1, …, without holes
    origins: int
    series_count: int
    overlap: float  # how many windows of a series share a step

    @property
    def described(self) -> str:
        """Return what is resampled, for people."""
        if self.origins > 1 and self.series_count > 1:
            return f"resampled over {self.origins} origins and {self.series_count:,} series"
        if self.origins > 1:
            return f"resampled over {self.origins} origins: what holds for this one series"
        if self.series_count > 1:
            return f"resampled over {self.series_count:,} series: what holds at this one origin"
        return "one origin of one series: nothing to resample, so nothing is proved"

    @property
    def reach(self) -> str:
        """Return how far a finding reaches, to stand behind it: what one origin shows may be luck of all series."""
        return " at this origin" if self.origins == 1 else ""

    def limit(self, verdict: Verdict) -> str:
        """Return the verdict with how far it reaches."""
        return verdict + self.reach if verdict in ("better", "worse") else verdict


def student(degrees: int) -> float:
    """Return the 97.5% quantile of Student's t for so many degrees of freedom, at least one."""
    return STUDENT[degrees - 1] if degrees <= len(STUDENT) else NORMAL + 2.4 / degrees


def clusters_of(held: HeldOutWindows) -> Clusters:
    """Return the origins and series of held-out windows."""
    origins, origin = np.unique(held.round_of, return_inverse=True)
    series, place = np.unique(held.windows.series, return_inverse=True)
    return Clusters(origin, place, len(origins), len(series), held.overlap)


def skill_against(
    model: Sequence[Ratio], baselines: Mapping[str, Sequence[Ratio]], clusters: Clusters, *, seed: int
) -> dict[str, list[Skill]]:
    """Return, for each baseline, the model's skill in each score; all of them from the same draws."""
    every = [*model, *(ratio for one in baselines.values() for ratio in one)]
    drawn = [
        (_draw_scores(every, group, count, seed), stretch)
        for group, count, stretch in (
            (clusters.origin, clusters.origins, _stretch_of_origins(clusters)),
            (clusters.series, clusters.series_count, _stretch_of_series(clusters)),
        )
        if count > 1
    ]
    found: dict[str, list[Skill]] = {}
    for place, (name, scores) in enumerate(baselines.items(), start=1):
        found[name] = []
        for score, (own, other) in enumerate(zip(model, scores, strict=True)):
            rival = place * len(model) + score
            ratios = [(_log_ratio(one[:, score], one[:, rival], own.nothing), stretch) for one, stretch in drawn]
            found[name].append(_skill(own.value, other.value, ratios, own.nothing))
    return found


def _draw_scores(ratios: Sequence[Ratio], group: IntArray, count: int, seed: int) -> FloatArray:
    """Return (draws, scores): each score when whole groups of windows are drawn with replacement."""
    tops = np.stack([np.bincount(group, one.top, count) for one in ratios], axis=1)  # (groups, scores)
    bottoms = np.stack([np.bincount(group, one.bottom, count) for one in ratios], axis=1)
    random = np.random.default_rng(seed)
    at_once = max(1, NUMBERS_AT_ONCE // count)
    parts = []
    for start in range(0, DRAWS, at_once):
        drawn = _times_drawn(random, min(at_once, DRAWS - start), count)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            parts.append((drawn @ tops) / (drawn @ bottoms))
    return np.concatenate(parts)


def _times_drawn(random: np.random.Generator, draws: int, count: int) -> FloatArray:
    """Return (draws, count) how often each was drawn, with replacement."""
    picks = random.integers(0, count, (draws, count)) + count * np.arange(draws)[:, None]
    return np.bincount(picks.ravel(), minlength=draws * count).reshape(draws, count).astype(np.float64)


def _skill(model: float, baseline: float, drawn: Sequence[tuple[FloatArray, float]], nothing: float) -> Skill:
    """Return the skill with its interval, from the drawn logarithms of ratios and how much to stretch them."""
    found = skill(model, baseline, nothing)
    if not drawn or not (isfinite(model) and isfinite(baseline)):
        return Skill(found, None, None)
    centre = float(_log_ratio(np.array(model), np.array(baseline), nothing))
    below = above = 0.0
    for ratios, stretch in drawn:
        low, high = np.quantile(ratios, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        below, above = hypot(below, stretch * (centre - low)), hypot(above, stretch * (high - centre))
    limit = log(LARGEST_RATIO)
    return Skill(found, 1 - exp(min(centre + above, limit)), 1 - exp(max(centre - below, -limit)))


def _log_ratio(model: FloatArray, baseline: FloatArray, nothing: float) -> FloatArray:
    """Return log(model / baseline), finite; 0 where neither has an error beyond rounding, or neither was drawn."""
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(np.maximum(model, baseline) <= nothing, 1.0, model / baseline)
    ratio = np.where(np.isnan(ratio), 1.0, ratio)
    return np.asarray(np.log(np.clip(ratio, 1 / LARGEST_RATIO, LARGEST_RATIO)))


def _stretch_of_origins(clusters: Clusters) -> float:
    return sqrt(clusters.overlap) * _stretch(max(2, floor(clusters.origins / clusters.overlap)))


def _stretch_of_series(clusters: Clusters) -> float:
    """Return the full stretch where series alone bear the claim; beside origins they are mostly all that there are."""
    count = clusters.series_count
    return _stretch(count) if clusters.origins == 1 else sqrt(count / max(1, count - 1))


def _stretch(count: int) -> float:
    """Return Student's t against the normal, and the root by which a resampled spread of `count` is too small."""
    degrees = max(1, count - 1)
    return student(degrees) / NORMAL * sqrt((degrees + 1) / degrees)
