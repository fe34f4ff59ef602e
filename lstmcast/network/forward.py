"""The forward pass in NumPy: windows in, quantiles out. `predict` runs it; training runs the same in Keras.

Shapes are those of the equations; in memory windows lie side by side, as in `cells.py`: products are made so, and what
is done to each number keeps the order. Results of our own are changed in place, for new memory costs more than sums.
"""

from collections.abc import Mapping
from functools import lru_cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from lstmcast.network.cells import HALF, RUN_CELL, Floats
from lstmcast.network.inputs import Inputs
from lstmcast.network.spec import MemberSpec, ModelSpec

Weights = Mapping[str, Floats]  # of one member, by the names of `spec.member_shapes`

NUMBERS_AT_ONCE = 100_000  # of what is made on the way for each step ahead: they stay close to the processor
SPREAD_UNIT = 1.2  # a mean absolute error of 1 is a normal standard deviation of about 1.25


def forward(inputs: Inputs, spec: ModelSpec, member: MemberSpec, weights: Weights) -> Floats:
    """Return the (N, H, Q) quantiles of the horizon, in units of each window's scale."""
    state = read_state(inputs, spec, weights)
    median = _dense(state, weights, "correction")
    spread = _dense(state, weights, "spread").reshape(len(state), spec.horizon, -1)
    if member.bank:
        shares, forecasts = gate_openings(state, spec, weights), bank_forecasts(inputs, spec, weights)
        median += np.einsum("khn,khn->hn", shares.transpose(1, 2, 0), forecasts.transpose(1, 2, 0)).T
    if spec.horizon_features:
        effect = ahead_effect(inputs, state, weights)
        median += effect[..., 0]
        spread += effect[..., 1:]
    spread += spread_start(spec.quantiles)
    steps = softplus(spread)
    steps *= (np.float32(SPREAD_UNIT) * weights["typical_error"])[None, :, None]
    return _outwards(median, steps)


def read_state(inputs: Inputs, spec: ModelSpec, weights: Weights) -> Floats:
    """Return what the network remembers of each context, (N, state); without a cell only what describes the window."""
    sequence = inputs.segments
    for layer in range(spec.recurrent_layers):
        of_layer = {name: weights[f"cell{layer}/{name}"] for name in ("kernel", "recurrent", "bias")}
        sequence = RUN_CELL[spec.cell](sequence, of_layer)
    read = [sequence[:, -1], inputs.features] if spec.recurrent_layers else [inputs.features]
    return swish(_dense(np.concatenate(read, axis=1), weights, "state"))


def ahead_effect(inputs: Inputs, state: Floats, weights: Weights) -> Floats:
    """Return the (N, H, Q) effect of what is known ahead on median and spreads, made of some steps at a time."""
    ahead = inputs.ahead if inputs.ahead.strides[0] else inputs.ahead[:1]  # one for all windows: see calendar.py
    from_ahead = _dense(ahead, weights, "ahead")
    from_state = product(state, weights["ahead_state/kernel"])[:, None]
    from_ahead *= HALF  # once, and not each of their sums
    from_state *= HALF
    some = max(1, NUMBERS_AT_ONCE // from_state.size)
    parts = [
        _dense(_swish_of_twice(from_ahead[:, first : first + some] + from_state), weights, "ahead_effect")
        for first in range(0, from_ahead.shape[1], some)
    ]
    return np.concatenate(parts, axis=1)


def gate_openings(state: Floats, spec: ModelSpec, weights: Weights) -> Floats:
    """Return how much of each classical forecaster is used, (N, K, H); for each step the K shares sum to one."""
    shares = _dense(state, weights, "gate").reshape(len(state), -1, spec.horizon)
    shares -= shares.max(axis=1, keepdims=True)
    np.exp(shares, out=shares)
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def bank_forecasts(inputs: Inputs, spec: ModelSpec, weights: Weights) -> Floats:
    """Return what each trained classical forecaster says, (N, K, H)."""
    return product(inputs.context, weights["bank/kernel"]).reshape(len(inputs.context), -1, spec.horizon)


@lru_cache(maxsize=8)
def spread_start(quantiles: tuple[float, ...]) -> npt.NDArray[np.float32]:
    """Return the (Q - 1,) raw spreads whose softplus are the gaps of normal quantiles, upper half first, then lower."""
    upper = [NormalDist().inv_cdf(q) for q in quantiles[len(quantiles) // 2 :]]
    gaps = np.maximum(np.diff(upper), 0.05)
    return np.tile(np.log(np.expm1(gaps)), 2).astype(np.float32)


def softplus(x: Floats) -> Floats:
    """Return log(1 + exp(x)), by a form that cannot overflow."""
    answer = np.abs(x)
    np.negative(answer, out=answer)
    np.exp(answer, out=answer)
    np.log1p(answer, out=answer)
    answer += np.maximum(x, 0)
    return answer


def swish(x: Floats) -> Floats:
    """Return x times its logistic function."""
    return _swish_of_twice(np.multiply(x, HALF))


def _swish_of_twice(half: Floats) -> Floats:
    answer = np.tanh(half)
    answer *= half
    answer += half
    return answer


def product(x: Floats, kernel: Floats) -> Floats:
    """Return x @ kernel, (N, ..., F) by (F, G), with windows side by side in memory."""
    side_by_side = x.transpose(*range(1, x.ndim), 0)
    return np.asarray((kernel.T @ side_by_side).transpose(-1, *range(x.ndim - 1)))


def _outwards(median: Floats, steps: Floats) -> Floats:
    """Return the (N, H, Q) quantiles: the median, and steps up and down from there."""
    half = steps.shape[2] // 2
    quantiles = np.empty((2 * half + 1, *median.T.shape), np.float32)
    quantiles[half] = median.T
    for place in range(half):
        np.add(quantiles[half + place], steps[..., place].T, out=quantiles[half + place + 1])
        np.subtract(quantiles[half - place], steps[..., half + place].T, out=quantiles[half - place - 1])
    return quantiles.T


def _dense(x: Floats, weights: Weights, name: str) -> Floats:
    answer = product(x, weights[f"{name}/kernel"])
    answer += weights[f"{name}/bias"]
    return answer
