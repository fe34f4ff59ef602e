"""The forward pass in NumPy: windows in, quantiles out. `predict` runs it; training runs the same in Keras."""

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from lstmcast.network.cells import RUN_CELL, Floats, sigmoid
from lstmcast.network.inputs import Inputs
from lstmcast.network.spec import MemberSpec, ModelSpec

Weights = Mapping[str, Floats]  # of one member, by the names of `spec.member_shapes`

SPREAD_UNIT = 1.2  # a mean absolute error of 1 is a normal standard deviation of about 1.25


def forward(inputs: Inputs, spec: ModelSpec, member: MemberSpec, weights: Weights) -> Floats:
    """Return the (N, H, Q) quantiles of the horizon, in units of each window's scale."""
    state = read_state(inputs, spec, weights)
    median = _dense(state, weights, "correction")
    spread = _dense(state, weights, "spread").reshape(len(state), spec.horizon, -1)
    if member.bank:
        median = median + (gate_openings(state, spec, weights) * bank_forecasts(inputs, spec, weights)).sum(axis=1)
    if spec.horizon_features:
        hidden = swish(_dense(inputs.ahead, weights, "ahead") + (state @ weights["ahead_state/kernel"])[:, None])
        effect = _dense(hidden, weights, "ahead_effect")
        median, spread = median + effect[..., 0], spread + effect[..., 1:]
    steps = softplus(spread + spread_start(spec.quantiles)) * (SPREAD_UNIT * weights["typical_error"][None, :, None])
    above, below = np.split(np.asarray(steps, np.float32), 2, axis=2)
    middle = median[..., None]
    return np.concatenate([middle - np.cumsum(below, 2)[..., ::-1], middle, middle + np.cumsum(above, 2)], axis=2)


def read_state(inputs: Inputs, spec: ModelSpec, weights: Weights) -> Floats:
    """Return what the network remembers of each context, (N, state); without a cell only what describes the window."""
    sequence = inputs.segments
    for layer in range(spec.recurrent_layers):
        of_layer = {name: weights[f"cell{layer}/{name}"] for name in ("kernel", "recurrent", "bias")}
        sequence = RUN_CELL[spec.cell](sequence, of_layer)
    read = [sequence[:, -1], inputs.features] if spec.recurrent_layers else [inputs.features]
    return swish(_dense(np.concatenate(read, axis=1), weights, "state"))


def gate_openings(state: Floats, spec: ModelSpec, weights: Weights) -> Floats:
    """Return how much of each classical forecaster is used, (N, K, H); for each step the K shares sum to one."""
    scores = _dense(state, weights, "gate").reshape(len(state), -1, spec.horizon)
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def bank_forecasts(inputs: Inputs, spec: ModelSpec, weights: Weights) -> Floats:
    """Return what each trained classical forecaster says, (N, K, H)."""
    return np.asarray(inputs.context @ weights["bank/kernel"]).reshape(len(inputs.context), -1, spec.horizon)


def spread_start(quantiles: tuple[float, ...]) -> npt.NDArray[np.float32]:
    """Return the (Q - 1,) raw spreads whose softplus are the gaps of normal quantiles, upper half first, then lower."""
    upper = [NormalDist().inv_cdf(q) for q in quantiles[len(quantiles) // 2 :]]
    gaps = np.maximum(np.diff(upper), 0.05)
    return np.tile(np.log(np.expm1(gaps)), 2).astype(np.float32)


def softplus(x: Floats) -> Floats:
    """Return log(1 + exp(x)), by a form that cannot overflow."""
    return np.asarray(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def swish(x: Floats) -> Floats:
    """Return x times its logistic function."""
    return x * sigmoid(x)


def _dense(x: Floats, weights: Weights, name: str) -> Floats:
    return np.asarray(x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"])
