"""From a window's rows to the numbers that the network reads: levels taken off, scales divided out, segments cut.

Written once for NumPy and for the training backend (see `data.windows`).
"""

from typing import NamedTuple

import numpy as np

from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import NUMPY, Operations, Tensor, context_positions, horizon_positions
from lstmcast.network.calendar import calendar_features
from lstmcast.network.spec import MemberSpec, ModelSpec

SMALLEST_SHARE = 0.1  # of the usual change: a window quieter than that is not blown up further


class Inputs(NamedTuple):
    """A batch of windows as the network sees them, and what turns its answer back."""

    segments: Tensor  # (N, S, F) [samples, timesteps, features] of the cell
    features: Tensor  # (N, 5) one description of the whole window
    context: Tensor  # (N, C) normalised values for the bank
    ahead: Tensor  # (N, H, F) what is known of the horizon
    level: Tensor  # (N, 1)
    scale: Tensor  # (N, 1)
    relative: Tensor  # (N, 1) scale against the size of the values


def make_inputs(
    xp: Operations, arrays: SeriesArrays, series: Tensor, origin: Tensor, spec: ModelSpec, member: MemberSpec
) -> Inputs:
    """Return the inputs of the windows at (series, origin)."""
    start, season = xp.take(arrays.start, series, axis=0), spec.season
    origin = xp.cast(origin, arrays.start.dtype)
    rows, exists = context_positions(xp, start, origin, member.context, season)
    values = xp.take(arrays.flat, known_then(xp, arrays, rows, start + origin), axis=0)
    mask = xp.cast(exists, "float32")
    typical = xp.take(arrays.typical, series, axis=0)[:, None]
    base = xp.take(arrays.base, series, axis=0)[:, None]

    level = xp.mean(values[:, -season:], axis=1, keepdims=True)
    scale = xp.maximum(_usual_change(xp, values, mask, season), SMALLEST_SHARE * typical)
    context = (values - level) / scale
    filling = xp.mean(mask, axis=1, keepdims=True)
    spread = xp.sqrt(xp.mean((context * mask) ** 2, axis=1, keepdims=True) / filling + 0.01)
    relative = _against_size(xp, scale, values, base, arrays.log)
    size = xp.where(arrays.log, level * 0.0, xp.clip(xp.log(xp.abs(level + base) + 0.01), -3.0, 3.0))
    features = xp.concatenate(
        [
            xp.log(relative + 1e-6) * 0.3 + 1.0,
            xp.log(spread) * 0.5,
            xp.log(scale / typical) * 0.5,
            filling,
            size,
        ],
        axis=1,
    )
    past = _over_context(xp, arrays.past, rows, mask, [scale.centred for scale in spec.past])[0]
    future, means = _over_context(xp, arrays.future, rows, mask, [scale.centred for scale in spec.future])
    segments = _cut_segments(xp, [xp.arcsinh(context / spread) * mask, *past, *future], mask, features, member)
    ahead = []
    if spec.future or not spec.calendar:
        ahead.append(_known_ahead(xp, arrays, series, start, origin, means, spec.horizon))
    if spec.calendar:
        phase = xp.take(arrays.phase, series, axis=0)
        first_steps = np.arange(0, member.context, member.segment) - member.context
        segments.append(calendar_features(xp, phase, origin, first_steps, spec.calendar))
        ahead.append(calendar_features(xp, phase, origin, np.arange(spec.horizon), spec.calendar))
    segments = xp.concatenate(segments, axis=2)
    ahead = xp.concatenate(ahead, axis=2) if len(ahead) > 1 else ahead[0]
    return Inputs(segments, features, context, ahead, level, scale, relative)


def known_then(xp: Operations, arrays: SeriesArrays, rows: Tensor, end: Tensor) -> Tensor:
    """Return the (N, C) rows to read the values of contexts from that end before the rows `end`.

    A gap that a context ends in was filled with what came after it: there the last value before the gap is read.
    """
    if isinstance(arrays.interpolated, np.bool_) and not arrays.interpolated:
        return rows
    back = np.arange(rows.shape[1], 0, -1).astype(np.int32)[None]  # of each place, how far it is before the end
    given = xp.take(arrays.trusted, rows, axis=0)
    nearest = xp.min(xp.where(given, back, rows.shape[1]), axis=1, keepdims=True)
    newest = end[:, None] - xp.cast(xp.where(arrays.interpolated, nearest, 1), rows.dtype)
    return xp.minimum(rows, newest)


def make_targets(
    xp: Operations, arrays: SeriesArrays, series: Tensor, origin: Tensor, inputs: Inputs, horizon: int
) -> tuple[Tensor, Tensor]:
    """Return the (N, H) normalised truth and which of it counts."""
    start, rows = xp.take(arrays.start, series, axis=0), xp.take(arrays.rows, series, axis=0)
    positions, exists = horizon_positions(xp, start, xp.cast(origin, arrays.start.dtype), rows, horizon)
    truth = (xp.take(arrays.flat, positions, axis=0) - inputs.level) / inputs.scale
    counts = xp.logical_and(exists, xp.take(arrays.trusted, positions, axis=0))
    return truth, xp.cast(counts, "float32")


def _against_size(xp: Operations, scale: Tensor, values: Tensor, base: Tensor, log: Tensor) -> Tensor:
    """Return the (N, 1) scale against the mean size of the values; that of logarithms is relative as it is."""
    if xp is NUMPY and log:
        return scale
    absolute = xp.mean(xp.abs(base + values), axis=1, keepdims=True)
    return xp.where(log, scale, scale / xp.maximum(absolute, 1e-3))


def _usual_change(xp: Operations, values: Tensor, mask: Tensor, season: int) -> Tensor:
    """Return the (N, 1) mean absolute change over a season inside the context; over a step, where no season fits."""
    by_season, pairs = _mean_change(xp, values, mask, season)
    if xp is NUMPY and (pairs > 0).all():
        return by_season
    by_step, _ = _mean_change(xp, values, mask, 1)
    return xp.where(pairs > 0, by_season, by_step)


def _mean_change(xp: Operations, values: Tensor, mask: Tensor, lag: int) -> tuple[Tensor, Tensor]:
    change = xp.abs(values[:, lag:] - values[:, :-lag]) * mask[:, :-lag]
    pairs = xp.sum(mask[:, :-lag], axis=1, keepdims=True)
    return xp.sum(change, axis=1, keepdims=True) / xp.maximum(pairs, 1.0), pairs


def _cut_segments(
    xp: Operations, columns: list[Tensor], mask: Tensor, features: Tensor, member: MemberSpec
) -> list[Tensor]:
    """Return parts of (N, S, F): each segment's steps of each column, how much of it exists, the window's features."""
    shape = (-1, member.segments, member.segment)
    parts = [xp.reshape(column, shape) for column in columns]
    parts.append(xp.mean(xp.reshape(mask, shape), axis=2, keepdims=True))
    parts.append(xp.repeat(features[:, None], member.segments, axis=1))
    return parts


def _known_ahead(
    xp: Operations,
    arrays: SeriesArrays,
    series: Tensor,
    start: Tensor,
    origin: Tensor,
    means: list[Tensor],
    horizon: int,
) -> Tensor:
    """Return the (N, H, F) future covariates of the horizon, less their means over the context."""
    positions, _ = horizon_positions(xp, start, origin, xp.take(arrays.rows, series, axis=0), horizon)
    ahead = xp.take(arrays.future, positions, axis=0)
    return ahead - xp.concatenate(means, axis=1)[:, None] if means else ahead


def _over_context(
    xp: Operations, covariates: Tensor, rows: Tensor, mask: Tensor, centred: list[bool]
) -> tuple[list[Tensor], list[Tensor]]:
    """Return the covariates over the context, each (N, C), and what was taken off each of them, (N, 1)."""
    columns, means = [], []
    for index, is_centred in enumerate(centred):
        column = xp.take(covariates[..., index], rows, axis=0) * mask
        mean = xp.sum(column, axis=1, keepdims=True) / xp.sum(mask, axis=1, keepdims=True)
        mean = mean if is_centred else mean * 0.0
        columns.append((column - mean) * mask)
        means.append(mean)
    return columns, means
