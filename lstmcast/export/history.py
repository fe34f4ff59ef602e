"""The simple forecast of a history, as `network.history` makes it, for windows of which each brings its own rows."""

import numpy as np

from lstmcast.data.windows import Tensor
from lstmcast.network.history import SURE_ROUNDS, fewest_with_season
from lstmcast.network.smoothing import (
    LEFT,
    LINES,
    SMALLEST_SHARE,
    STEPS,
    WAYS,
    Ahead,
    ahead_of,
    recurrences,
    trust_in,
)
from lstmcast.training.backend import layers, ops

TINY, MOST = float(np.finfo(np.float32).tiny), float(np.finfo(np.float32).max)


def forecast_rows(values: Tensor, known: Tensor, periods: tuple[int, ...], horizon: int) -> Tensor:
    """Return the (N, H) simple forecasts of (N, L) values, of which the last (N, 1) known ones are there."""
    season_ahead = 0.0
    for period in periods:
        if values.shape[1] >= fewest_with_season(period):
            values, season = _take_off_season(values, known, period)
            rounds = -(-horizon // period)
            season_ahead = season_ahead + ops.tile(season, (1, rounds))[:, :horizon]
    return _smooth_on(values[:, -STEPS:], ops.minimum(known, float(STEPS)), horizon) + season_ahead


def _take_off_season(values: Tensor, known: Tensor, period: int) -> tuple[Tensor, Tensor]:
    """Return the history without its season, and the (N, P) season from the first step of the horizon on."""
    length = values.shape[1]
    rounds = -(-length // period)
    steps = ops.pad(values, [[0, 0], [rounds * period - length, 0]])
    trend, half = _moving_mean(steps, period), period // 2
    places = np.arange(trend.shape[1], dtype=np.float32)[None]
    seen = ops.cast(rounds * period - known <= places, "float32")
    around = [[0, 0], [half, rounds * period - half - trend.shape[1]]]
    detrended = (steps[:, half : half + trend.shape[1]] - trend) * seen
    detrended = ops.reshape(ops.pad(detrended, around), (-1, rounds, period))
    counts = ops.sum(ops.reshape(ops.pad(seen, around), (-1, rounds, period)), axis=1)  # (N, P)
    season = ops.sum(detrended, axis=1) / ops.maximum(counts, 1.0)
    squares = ops.sum(detrended**2, axis=(1, 2)) - ops.sum(counts * season**2, axis=1)
    season = season - ops.mean(season, axis=1, keepdims=True)
    spare = ops.maximum(ops.sum(counts, axis=1) - float(period), 0.0)
    noise = squares / ops.maximum(spare, 1.0)
    noise = noise * ops.sum(1.0 / ops.maximum(counts, 1.0), axis=1) * ((period - 1) / period)
    share = ops.clip(1.0 - noise / ops.maximum(ops.sum(season**2, axis=1), TINY), 0.0, 1.0)
    unsure = ops.clip(1.0 - spare / float(SURE_ROUNDS * period), 0.0, 1.0) ** 2
    repeats = _share_that_repeats(values, known, period)
    is_seen_twice = known[:, 0] >= 2.0 * period
    share = ops.where(is_seen_twice, share + unsure * (repeats - share), repeats)
    share = ops.where(known[:, 0] >= float(fewest_with_season(period)), share, 0.0)
    newest = steps[:, -period:]
    newest = newest - ops.mean(newest, axis=1, keepdims=True)
    season = ops.where(is_seen_twice[:, None], season, newest) * share[:, None]
    left = steps - ops.tile(season, (1, rounds))
    return _known_alone(left[:, -length:], known), season


def _share_that_repeats(values: Tensor, known: Tensor, period: int) -> Tensor:
    """Return the (N,) numbers of `network.history._share_that_repeats`."""
    mean = ops.sum(values, axis=1, keepdims=True) / ops.maximum(known, 1.0)
    values = _known_alone(values - mean, known)
    again = ops.maximum(known - float(period), 0.0)
    newer, older = _known_alone(values, again)[:, period:], values[:, :-period]
    product, *squares = (
        ops.sum(one * other, axis=1) for one, other in ((newer, older), (newer, newer), (older, older))
    )
    size = ops.maximum(ops.sqrt(squares[0]) * ops.sqrt(squares[1]), TINY)
    alike, rounds = ops.clip(product / size, 0.0, 1.0), ops.maximum(again[:, 0] / float(period), 1.0)
    return rounds * alike / (1.0 + (rounds - 1.0) * alike)


def _smooth_on(values: Tensor, known: Tensor, horizon: int) -> Tensor:
    """Return the (N, H) forecasts of `network.smoothing.smooth_on`."""
    mean = ops.sum(values, axis=1, keepdims=True) / ops.maximum(known, 1.0)
    slope = _straight_slope(values, known)
    errors, slopes = _run(_inputs(values, known, mean, slope))
    squares = ops.minimum(ops.sum(errors**2, axis=1), MOST)  # (N, G)
    squares = ops.maximum(squares, SMALLEST_SHARE * ops.max(squares, axis=1, keepdims=True) + TINY)
    more = ops.log(squares / ops.min(squares, axis=1, keepdims=True))
    weights = ops.softmax(-trust_in(ops.maximum(known, 1.0)) * more, axis=1)
    ahead = Ahead(*(part.T.astype(np.float32) for part in ahead_of(horizon)))
    forecast = mean + ops.matmul(weights, ahead.left) * (values[:, -1:] - mean)
    forecast = forecast - ops.matmul(weights * errors[:, -1], ahead.missed)
    forecast = forecast + ops.matmul(weights * slopes[:, -1], ahead.slopes)
    return forecast + ops.matmul(weights, ahead.lines) * slope


def _inputs(values: Tensor, known: Tensor, mean: Tensor, slope: Tensor) -> Tensor:
    """Return the (N, T, I) numbers that the ways of smoothing read."""
    moves, first = values[:, 1:] - values[:, :-1], [[0, 0], [1, 0]]
    inputs = [ops.pad(_known_alone(moves - slope * line, known - 1.0), first) for line in LINES]
    centred = _known_alone(values - mean, known)
    before = ops.pad(centred[:, :-1], first)
    return ops.stack([*inputs, *(centred - before * left for left in LEFT)], axis=2)


def _run(inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return the (N, T, G) errors and slopes of all ways of smoothing: a recurrence without gates."""
    found, ways = recurrences(), len(WAYS)
    recurrence = layers.SimpleRNN(
        2 * ways, "linear", use_bias=False, return_sequences=True, trainable=False, name="ways_of_smoothing"
    )
    states = recurrence(inputs)
    reads = np.zeros((len(found.reads), 2, ways), np.float32)
    for place, reading in enumerate(found.reads):
        reads[place, :, reading] = found.takes[reading].T
    turns = np.zeros((2, ways, 2, ways), np.float32)  # from the first two to the last two
    for one, other in np.ndindex(2, 2):
        turns[one, range(ways), other, range(ways)] = found.turns[:, other, one]
    recurrence.set_weights([reads.reshape(-1, 2 * ways), turns.reshape(2 * ways, 2 * ways)])
    return states[:, :, :ways], states[:, :, ways:]


def _straight_slope(values: Tensor, known: Tensor) -> Tensor:
    """Return the (N, 1) slopes of the straight lines through the histories."""
    steps = np.arange(1 - values.shape[1], 1, dtype=np.float32)[None]
    product = ops.sum(values * steps, axis=1, keepdims=True)
    product = product + (known - 1.0) / 2.0 * ops.sum(values, axis=1, keepdims=True)
    return product / ops.maximum(known * (known**2 - 1.0) / 12.0, 0.5)


def _moving_mean(steps: Tensor, period: int) -> Tensor:
    """Return the (N, T) centred means over a period; for an even one the two ends count half."""
    parts, length, taken, width = [], steps.shape[1] - period + 1, 0, 1
    while width <= period:  # sums over 1, 2, 4, 8 ... steps, of which some make up the period
        if period & width:
            parts.append(steps[:, taken : taken + length])
            taken += width
        if 2 * width <= period:
            steps = steps[:, :-width] + steps[:, width:]
        width *= 2
    means = sum(parts[1:], parts[0]) / float(period)
    return means if period % 2 else (means[:, 1:] + means[:, :-1]) / 2.0


def _known_alone(values: Tensor, known: Tensor) -> Tensor:
    """Return (N, T) numbers with 0 for all but the last known ones."""
    back = np.arange(values.shape[1], 0, -1, dtype=np.float32)[None]
    return values * ops.cast(known >= back, "float32")
