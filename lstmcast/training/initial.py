"""Where training starts: the bank as its matrices, the heads at zero, the cells as Keras starts them.

Gates that start half open forget within some ten steps, and what is forgotten sends no gradient back to learn from. So
where the usual start would leave less than 1% of the oldest, a cell starts with units that keep for 1 step up to the
whole context (Tallec and Ollivier, 2018).
"""

import numpy as np

from lstmcast.network.bank import build_bank
from lstmcast.network.cells import Floats
from lstmcast.network.spec import MemberSpec, ModelSpec, Shape, member_shapes

MANY_STEPS = 15  # of the cell: over more, forget gates of 0.73 leave less than 1%
STARTS_AT_ZERO = ("gate/kernel", "correction/kernel", "spread/kernel", "ahead_effect/kernel")


def initial_weights(spec: ModelSpec, member: MemberSpec) -> dict[str, Floats]:
    """Return the weights of an untrained member; its forecast is the mean of the bank."""
    random = np.random.default_rng(member.seed)
    weights = {name: _initial(name, shape, random) for name, shape in member_shapes(spec, member).items()}
    if spec.cell == "lstm":
        for layer in range(spec.recurrent_layers):
            weights[f"cell{layer}/bias"][spec.units : 2 * spec.units] = 1.0  # forget nothing at first
    if member.segments > MANY_STEPS:
        for layer in range(spec.recurrent_layers):
            _keep_for_long(spec, weights[f"cell{layer}/bias"], member.segments, random)
    if member.bank:
        bank = build_bank(member.context, spec.horizon, spec.periods)
        matrices = np.stack([bank[name] for name in member.bank], axis=1)  # (C, K, H)
        weights["bank/kernel"] = matrices.reshape(member.context, -1).astype(np.float32)
    return weights


def _initial(name: str, shape: Shape, random: np.random.Generator) -> Floats:
    if name == "typical_error":
        return np.ones(shape, np.float32)
    if name.endswith("/bias") or name in STARTS_AT_ZERO:
        return np.zeros(shape, np.float32)
    if name.endswith("/recurrent"):
        return _orthogonal(shape, random)
    limit = np.sqrt(6 / (shape[0] + shape[1]))
    return random.uniform(-limit, limit, shape).astype(np.float32)


def _keep_for_long(spec: ModelSpec, bias: Floats, steps: int, random: np.random.Generator) -> None:
    """Set the biases of gates so that the units keep for 1, … up to `steps` steps."""
    kept = np.log(random.uniform(1, steps - 1, spec.units)).astype(np.float32)
    if spec.cell == "lstm":
        bias[: spec.units], bias[spec.units : 2 * spec.units] = -kept, kept  # write as rarely as the old is kept long
    if spec.cell == "gru":
        bias[0, : spec.units] = kept


def _orthogonal(shape: Shape, random: np.random.Generator) -> Floats:
    """Return a matrix with orthonormal rows: a state keeps its length from step to step."""
    basis, triangle = np.linalg.qr(random.standard_normal((shape[1], shape[0])))
    return np.asarray((basis * np.sign(np.diag(triangle))).T, np.float32)
