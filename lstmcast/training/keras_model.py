"""The forecaster as a Keras functional model: the same equations as `network.forward`, with gradients."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from lstmcast.network.cells import Floats
from lstmcast.network.forward import SPREAD_UNIT, spread_start
from lstmcast.network.spec import WINDOW_FEATURES, MemberSpec, ModelSpec
from lstmcast.training.backend import keras, layers, ops
from lstmcast.training.lean_gru import LeanGRU
from lstmcast.training.lean_lstm import LeanLSTM

CELLS: Mapping[str, Any] = {"lstm": LeanLSTM, "gru": LeanGRU, "rnn": layers.SimpleRNN}
WEIGHT_NAMES = {"cell": ("kernel", "recurrent", "bias"), "dense": ("kernel", "bias")}
DROPOUT_SEED = 1  # else Keras takes a random one, and the same seed would not give the same weights


class Quantiles(layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Median and raw spreads become quantiles that cannot cross: positive steps, summed outwards from the median."""

    def __init__(self, quantiles: tuple[float, ...], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start = spread_start(quantiles)

    def build(self, shapes: Any) -> None:
        """Make room for the typical error of each step ahead, which is measured, not trained."""
        self.typical_error = self.add_weight(
            shape=(shapes[0][1],), initializer="ones", trainable=False, name="typical_error"
        )

    def call(self, inputs: Any) -> Any:
        """Return the (N, H, Q) quantiles."""
        median, spread = inputs
        steps = ops.softplus(spread + self.start) * (SPREAD_UNIT * self.typical_error[None, :, None])
        return sum_outwards(median, steps)


def sum_outwards(median: Any, steps: Any, plus: Callable[[Any, Any], Any] = operator.add) -> Any:
    """Return the (N, H, Q) quantiles: the (N, H) median, and positive steps up and down from there."""
    half, middle = steps.shape[2] // 2, median[..., None]
    below = ops.flip(ops.cumsum(steps[..., half:], axis=2), axis=2)
    above = ops.cumsum(steps[..., :half], axis=2)
    return ops.concatenate([middle - below, middle, plus(middle, above)], axis=2)


def build_model(spec: ModelSpec, member: MemberSpec, *, dropout: float = 0.0) -> Any:
    """Return the Keras model of one member: (segments, features, context, ahead) in, (N, H, Q) quantiles out."""
    inputs, median, spread = build_network(spec, member, CELLS, dropout=dropout)
    return keras.Model(inputs, Quantiles(spec.quantiles, name="quantiles")([median, spread]))


def build_network(
    spec: ModelSpec, member: MemberSpec, cells: Mapping[str, Any], *, dropout: float = 0.0
) -> tuple[list[Any], Any, Any]:
    """Return what one member reads, its (N, H) median and the (N, H, Q - 1) raw spreads, with these cells."""
    segments = keras.Input((member.segments, spec.segment_features(member)), name="segments")
    features = keras.Input((WINDOW_FEATURES,), name="features")
    context = keras.Input((member.context,), name="context")
    ahead = keras.Input((spec.horizon, spec.horizon_features), name="known_ahead")
    state = _read_state(segments, features, spec, cells, dropout)
    median = layers.Dense(spec.horizon, name="correction")(state)
    spread = layers.Dense(spec.horizon * (len(spec.quantiles) - 1), name="spread")(state)
    spread = layers.Reshape((spec.horizon, -1))(spread)
    if member.bank:
        median = layers.Add()([median, _chosen_from_bank(context, state, spec, member)])
    if spec.horizon_features:
        from_state = layers.Dense(spec.state, use_bias=False, name="ahead_state")(state)
        hidden = layers.Dense(spec.state, name="ahead")(ahead) + from_state[:, None]
        effect = layers.Dense(len(spec.quantiles), name="ahead_effect")(layers.Activation("swish")(hidden))
        median, spread = median + effect[..., 0], spread + effect[..., 1:]
    return [segments, features, context, ahead], median, spread


def weight_variables(model: Any, spec: ModelSpec, member: MemberSpec) -> dict[str, Any]:
    """Return the model's variables under the names of `network.spec.member_shapes`."""
    return {"typical_error": model.get_layer("quantiles").typical_error} | trained_variables(model, spec, member)


def trained_variables(model: Any, spec: ModelSpec, member: MemberSpec) -> dict[str, Any]:
    """Return those of them that are trained."""
    found: dict[str, Any] = {}
    for layer in range(spec.recurrent_layers):
        found |= _named(model, f"cell{layer}", WEIGHT_NAMES["cell"])
    dense = ["state", "correction", "spread"]
    dense += ["bank", "gate"] if member.bank else []
    dense += ["ahead", "ahead_state", "ahead_effect"] if spec.horizon_features else []
    for name in dense:
        found |= _named(model, name, WEIGHT_NAMES["dense"])
    return found


def set_weights(model: Any, spec: ModelSpec, member: MemberSpec, weights: Mapping[str, Floats]) -> None:
    """Give the model the weights of a member."""
    for name, variable in weight_variables(model, spec, member).items():
        variable.assign(weights[name])


def _named(model: Any, layer: str, names: tuple[str, ...]) -> dict[str, Any]:
    return {f"{layer}/{name}": variable for name, variable in zip(names, model.get_layer(layer).weights, strict=False)}


def _read_state(segments: Any, features: Any, spec: ModelSpec, cells: Mapping[str, Any], dropout: float) -> Any:
    sequence = segments
    for layer in range(spec.recurrent_layers):
        sequence = cells[spec.cell](
            spec.units,
            return_sequences=layer < spec.layers - 1,
            name=f"cell{layer}",
        )(sequence)
    read = layers.Concatenate()([sequence, features]) if spec.recurrent_layers else features
    state = layers.Dense(spec.state, "swish", name="state")(read)
    return layers.Dropout(dropout, seed=DROPOUT_SEED)(state) if dropout else state


def _chosen_from_bank(context: Any, state: Any, spec: ModelSpec, member: MemberSpec) -> Any:
    shape = (len(member.bank), spec.horizon)
    forecasts = layers.Reshape(shape)(layers.Dense(shape[0] * shape[1], use_bias=False, name="bank")(context))
    scores = layers.Reshape(shape)(layers.Dense(shape[0] * shape[1], name="gate")(state))
    shares = layers.Softmax(axis=1)(scores)
    return ops.sum(shares * forecasts, axis=1)
