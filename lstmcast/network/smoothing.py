"""Exponential smoothing in many ways at once, each of which counts by how little it would have erred so far.

In every way a level takes in a share of what it missed at the last step, and

    goes on along none, half or all of the straight line through the history;
    follows a slope of its own, which it learns from the same errors and which fades;
    or falls back to the mean of the history.

Which of them suits a series cannot be told from few values, and the best so far is seldom the best of what comes. So
the forecast is the mean of all of them, weighed by their squared errors over one step.
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmcast.network.filters import Matrix, Recurrences, prepare, run

Counts = npt.NDArray[np.int64]

RATES = (0.1, 0.3, 0.6, 1.0)  # of an error that the level takes in
LINES = (0.0, 0.5, 1.0)  # shares of the straight line
SLOPE_RATES, FADING = (0.1, 0.4), (0.85, 0.97)  # of that which the slope takes in; what a step leaves of a slope
RETURN_RATES, LEFT = (0.5, 1.0), (0.8, 0.95)  # of an error; what a step leaves of the distance from the mean
STEPS = 240  # that are smoothed: what erred longer ago tells little
TRUST = 1 / 6  # of an error: what it adds to the power of the squares, where a witness of its own would add 1 / 2,
FEW = 20  # errors of which half as much is believed
SMALLEST_SHARE = 1e-6  # of the largest squares: what is smaller is rounding


class Way(NamedTuple):
    """One way of smoothing."""

    rate: float
    line: float = 0.0
    slope_rate: float = 0.0
    fading: float = 0.0
    left: float = 1.0


WAYS = (
    *(Way(rate) for rate in RATES),
    *(Way(rate, slope_rate=slope, fading=fading) for rate in RATES for slope in SLOPE_RATES for fading in FADING),
    *(Way(rate, line=line) for line in LINES if line for rate in RATES),
    *(Way(rate, left=left) for left in LEFT for rate in RETURN_RATES),
)


def smooth_on(values: Matrix, known: Counts, horizon: int) -> Matrix:
    """Return the (H, N) forecasts of the (T, N) values, of which the last known ones are there and the others 0."""
    values, known = values[-STEPS:], np.minimum(known, STEPS)
    kind = values.dtype
    mean, slope = (values.sum(axis=0) / known).astype(kind), straight_slope(values, known)
    squares, state = run(_inputs(values, known, mean, slope), recurrences())
    weights = weigh(squares, known)
    weighed = state * weights
    ahead = Ahead(*(part.astype(kind) for part in ahead_of(horizon)))
    forecast = ahead.left @ weights
    forecast *= values[-1] - mean
    forecast += mean
    forecast -= ahead.missed @ weighed[0]
    forecast += ahead.slopes @ weighed[1]
    forecast += (ahead.lines @ weights) * slope
    return forecast


def weigh(squares: Matrix, known: Counts) -> Matrix:
    """Return the (G, N) weights of the ways by the sums of their squared errors."""
    squares = np.maximum(squares, SMALLEST_SHARE * squares.max(axis=0) + np.finfo(squares.dtype).tiny)
    more = np.log(squares / squares.min(axis=0))  # powers of such numbers take ten times as long
    weights = np.exp(-trust_in(known).astype(squares.dtype) * more)
    return np.asarray(weights / weights.sum(axis=0))


def trust_in(known: Any) -> Any:
    """Return the power of the squared errors of so many values that weights fall with."""
    moves = known - 1
    return TRUST * moves * moves / (moves + FEW)


def straight_slope(values: Matrix, known: Counts) -> Matrix:
    """Return the (N,) slopes of the straight lines through the (T, N) values."""
    steps = np.arange(1 - len(values), 1, dtype=values.dtype)
    product = np.einsum("tn,t->n", values, steps)  # not @, whose last bits depend on the place among the series
    product = product + (known - 1) / 2 * values.sum(axis=0)  # with steps from the middle of what is known
    return np.asarray(product / np.maximum(known * (known**2 - 1) / 12, 0.5)).astype(values.dtype)


def known_alone(steps: Matrix, known: Counts) -> Matrix:
    """Return (T, N) numbers with 0 for all but the last known ones."""
    if known.min(initial=len(steps)) >= len(steps):
        return steps
    return steps * _is_known(len(steps), known)


def _is_known(steps: int, known: Counts) -> npt.NDArray[np.bool_]:
    """Return (T, N) whether a step is among the last known ones."""
    return np.arange(-steps, 0)[:, None] >= -known


@lru_cache(maxsize=1)
def recurrences() -> Recurrences:
    """Return what the ways miss from step to step, and the slopes that they follow.

    A level takes in a share a of its error e, so that it misses 1 - a of it once more, beside what is new:

        e(t) = u(t) + left (1 - a) e(t-1) - fading s(t-1)        s(t) = fading s(t-1) + a b e(t)
    """
    turns, takes = np.zeros((len(WAYS), 2, 2)), np.zeros((len(WAYS), 2))
    for place, way in enumerate(WAYS):
        error = np.array([way.left * (1 - way.rate), -way.fading])
        taken = way.rate * way.slope_rate
        turns[place] = error, np.array([0, way.fading]) + taken * error
        takes[place] = 1, taken
    kinds = [(way.line, way.left) for way in WAYS]
    firsts = [place for place, kind in enumerate(kinds) if kind not in kinds[:place]]
    return prepare(turns, takes, tuple(slice(*ends) for ends in zip(firsts, [*firsts[1:], len(WAYS)], strict=True)))


class Ahead(NamedTuple):
    """What becomes of the parts of a forecast: (H, G) for each step ahead and each way."""

    left: Matrix  # of the distance from the mean
    missed: Matrix  # of the last error, by which the level is behind
    slopes: Matrix  # of the slope
    lines: Matrix  # of the straight line


@lru_cache(maxsize=8)
def ahead_of(horizon: int) -> Ahead:
    """Return them for so many steps."""
    steps = np.arange(1, horizon + 1)[:, None]
    rate, line, _, fading, left = np.array(WAYS).T
    remains = left**steps
    return Ahead(remains, remains * (1 - rate), np.cumsum(fading**steps, axis=0), line * steps)


def _inputs(values: Matrix, known: Counts, mean: Matrix, slope: Matrix) -> Matrix:
    """Return the (I, T, N) numbers that the ways read: what is new at each step, if the level were all right."""
    steps, series = values.shape
    inputs = np.zeros((len(LINES) + len(LEFT), steps, series), values.dtype)
    moves = known_alone(values[1:] - values[:-1], known - 1)  # the first known value is no move
    for place, line in enumerate(LINES):
        inputs[place, 1:] = moves if line == 0 else known_alone(moves - line * slope, known - 1)
    centred = known_alone(values - mean, known)
    for place, left in enumerate(LEFT, start=len(LINES)):
        inputs[place] = centred
        inputs[place, 1:] -= left * centred[:-1]
    return inputs
