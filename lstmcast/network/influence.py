"""What moves a forecast: each part of a window hidden in turn, checked against integrated gradients.

A past value is hidden by putting the recent level in its place, a covariate or a calendar cycle by dimming it.
- Occlusion hides one part alone and looks at what the forecast loses.
- Integrated gradients walk on a straight line from a window whose values all stand at the level to the real one, and
  add up, step by step, what each value contributes; then the same with all covariates and cycles, from dark to bright.
  Their sum is the whole difference between both ends, which shows whether the walk was fine enough.
The two see different things where parts work together or stand in for each other; where they agree, the answer is firm.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.network.forward import Weights
from lstmcast.network.probe import Probe, Signal, dimmed, signals_of

MOST_BLOCKS = 60  # of past values
WALK = 16  # steps from the quiet window to the real one
TOP = 3


@dataclass(frozen=True)
class Part:
    """A part of a window that can be hidden: a stretch of past values, a covariate, or a cycle of the calendar."""

    kind: str  # "values", or as in Signal
    name: str
    first: int = 0  # steps before the first forecast step, of values only; 1 is the newest
    last: int = 0


@dataclass(frozen=True)
class Influence:
    """How each part moves the median forecast of one window, in the target's own units."""

    parts: tuple[Part, ...]
    forecast: FloatArray  # (H,)
    flat: FloatArray  # (H,) the same with all values at their level
    dark: FloatArray  # (H,) the same without covariates and calendar
    occlusion: FloatArray  # (P, H) forecast minus what it would be without the part
    gradients: FloatArray  # (P, H) integrated gradients

    @property
    def gap(self) -> float:
        """Return how much of the differences that they walk over the gradients fail to explain, as a share."""
        is_value = np.array([part.kind == "values" for part in self.parts])
        walks = ((is_value, self.forecast - self.flat), (~is_value, self.forecast - self.dark))
        missed = sum(np.abs(self.gradients[chosen].sum(axis=0) - whole).sum() for chosen, whole in walks)
        whole = sum(np.abs(difference).sum() for _, difference in walks)
        return float(missed / whole) if whole > 0 else 0.0


@dataclass(frozen=True)
class Agreement:
    """How far occlusion and integrated gradients agree."""

    correlation: float  # of the ranks: 1 is the same order; NaN where there is nothing to order
    shared: int  # how many of the strongest parts are the same
    among: int  # of so many


def measure_influence(probe: Probe, longest: int = 0) -> Influence:
    """Return how each part of the probe's window moves its forecast, by occlusion and by integrated gradients.

    The past is cut as that of a window with `longest` values, if that is more; what this one lacks moves nothing.
    """
    context, season = probe.context, probe.spec.season
    blocks, signals = cut_lags(max(len(context), longest), season), signals_of(probe.spec)
    seen = season if season > 1 else probe.spec.context  # the mean of one value alone would hide nothing of it
    level = float(context[-seen:].mean())
    forecast = probe.forecast()[0]
    flat = probe.forecast(np.full((1, len(context)), level))[0]
    dark = probe.forecast(weights=_dim(probe, dict.fromkeys(signals, 0.0)))[0]
    return Influence(
        parts=(*blocks, *(Part(kind, name) for kind, name in signals)),
        forecast=forecast,
        flat=flat,
        dark=dark,
        occlusion=forecast - np.concatenate([_hide_values(probe, blocks, level), _hide_signals(probe, signals)]),
        gradients=np.concatenate([_walk_values(probe, blocks, level), _walk_signals(probe, signals)]),
    )


def cut_lags(length: int, season: int) -> tuple[Part, ...]:
    """Return the past in blocks, the newest first: single steps, or parts and multiples of a season if it is long."""
    size = next(size for size in _block_sizes(length, season) if -(-length // size) <= MOST_BLOCKS)
    starts = range(1, length + 1, size)
    return tuple(Part("values", "", first, min(first + size - 1, length)) for first in starts)


def sizes_of(effects: FloatArray) -> FloatArray:
    """Return the (P,) mean absolute effect over the horizon."""
    return np.asarray(np.abs(effects).mean(axis=1))


def compare_methods(occlusion: FloatArray, gradients: FloatArray) -> Agreement:
    """Return how far two (P,) rankings of the same parts agree."""
    top = min(TOP, len(occlusion))
    strongest = [set(np.argsort(-one, kind="stable")[:top].tolist()) for one in (occlusion, gradients)]
    ranks = [_ranks(one) for one in (occlusion, gradients)]
    moves = all(rank.std() > 0 for rank in ranks)
    correlation = float(np.corrcoef(ranks[0], ranks[1])[0, 1]) if moves else float("nan")
    return Agreement(correlation, len(strongest[0] & strongest[1]), top)


def _hide_values(probe: Probe, blocks: Sequence[Part], level: float) -> FloatArray:
    """Return the (B, H) forecasts without each block of values."""
    context = probe.context
    hidden = np.repeat(context[None], len(blocks), axis=0)
    for row, block in zip(hidden, blocks, strict=True):
        row[_rows_of(block, len(context))] = level
    return probe.forecast(hidden)


def _hide_signals(probe: Probe, signals: Sequence[Signal]) -> FloatArray:
    """Return the (S, H) forecasts without each signal."""
    hidden = [probe.forecast(weights=_dim(probe, {signal: 0.0}))[0] for signal in signals]
    return np.array(hidden).reshape(len(signals), probe.spec.horizon)


def _walk_values(probe: Probe, blocks: Sequence[Part], level: float) -> FloatArray:
    """Return (B, H): what moving one block from the start to the end of each step does, summed over the walk."""
    context, half = probe.context, 0.5 / WALK
    total = np.zeros((len(blocks), probe.spec.horizon))
    for middle in (np.arange(WALK) + 0.5) / WALK:
        moved = np.repeat((level + middle * (context - level))[None], 2 * len(blocks), axis=0)
        for place, block in enumerate(blocks):
            rows = _rows_of(block, len(context))
            step = half * (context[rows] - level)
            moved[2 * place, rows] -= step
            moved[2 * place + 1, rows] += step
        ends = probe.forecast(moved)
        total += ends[1::2] - ends[::2]
    return total


def _walk_signals(probe: Probe, signals: Sequence[Signal]) -> FloatArray:
    """Return (S, H): the same for the signals, which all brighten together."""
    half = 0.5 / WALK
    total = np.zeros((len(signals), probe.spec.horizon))
    for middle in ((np.arange(WALK) + 0.5) / WALK).tolist():
        seen = dict.fromkeys(signals, middle)
        for place, signal in enumerate(signals):
            low, high = (
                probe.forecast(weights=_dim(probe, {**seen, signal: end}))[0] for end in (middle - half, middle + half)
            )
            total[place] += high - low
    return total


def _dim(probe: Probe, strengths: Mapping[Signal, float]) -> Weights:
    return dimmed(probe.ensemble.weights, probe.spec, strengths) if strengths else probe.ensemble.weights


def _rows_of(block: Part, length: int) -> slice:
    return slice(max(0, length - block.last), max(0, length - block.first + 1))


def _block_sizes(length: int, season: int) -> Iterator[int]:
    """Yield the sizes to try, rising: all that divide the season, then its multiples; any, where there is no season."""
    if season > 1:
        yield from (size for size in range(1, season) if season % size == 0)
        yield from range(season, length + season, season)
    else:
        yield from range(1, length + 1)


def _ranks(values: FloatArray) -> FloatArray:
    """Return the rank of each value; equal ones share theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]
