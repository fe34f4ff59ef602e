"""How much of a forecast's error reaches back through the cell: gradients of the loss by its states, by lag."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmcast.network.cells import Floats
from lstmcast.network.inputs import Inputs
from lstmcast.network.spec import MemberSpec, ModelSpec
from lstmcast.training.backend import keras, layers, tf
from lstmcast.training.keras_model import build_model, set_weights

HIDDEN, CELL = "hidden state", "cell state"


@dataclass(frozen=True)
class GradientFlow:
    """Norms of the gradient of each window's loss by the states of the lowest layer; lag 0 is the newest step."""

    norms: Mapping[str, Floats]  # by the state's name: (N, T), over the lag

    def mean(self, state: str) -> Floats:
        """Return the (T,) geometric mean over the windows."""
        return np.asarray(np.exp(np.log(np.maximum(self.norms[state], np.finfo(np.float32).tiny)).mean(axis=0)))


def measure_gradient_flow(
    inputs: Inputs, truth: Floats, counts: Floats, spec: ModelSpec, member: MemberSpec, weights: Mapping[str, Floats]
) -> GradientFlow:
    """Return the gradient flow of a trained member over some windows; `truth` is (N, H), of which `counts` counts."""
    model = build_model(spec, member)
    set_weights(model, spec, member, weights)
    layer = model.get_layer("cell0")
    rest = keras.Model([layer.output, *model.inputs[1:]], model.output)
    with tf.GradientTape() as tape:
        hidden, kept = _run_step_by_step(layer.cell, tf.constant(inputs.segments), spec.units)
        output = tf.stack(hidden, axis=1) if spec.layers > 1 else hidden[-1]
        forecast = rest([output, *map(tf.constant, (inputs.features, inputs.context, inputs.ahead))])
        loss = _loss_of_windows(forecast, tf.constant(truth), tf.constant(counts), spec)
    states = {HIDDEN: hidden} | ({CELL: kept} if kept else {})
    gradients = tape.gradient(loss, states, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    norms = {name: tf.norm(tf.stack(each, axis=1), axis=2).numpy()[:, ::-1] for name, each in gradients.items()}
    return GradientFlow(norms)


def _run_step_by_step(cell: Any, sequence: Any, units: int) -> tuple[list[Any], list[Any]]:
    """Return the hidden states of all steps, and the cell states of an LSTM, as tensors with gradients."""
    states = [tf.zeros((len(sequence), units)) for _ in range(2 if isinstance(cell, layers.LSTMCell) else 1)]
    hidden, kept = [], []
    for step in tf.unstack(sequence, axis=1):
        _, states = cell(step, states)
        hidden.append(states[0])
        kept += states[1:]
    return hidden, kept


def _loss_of_windows(forecast: Any, truth: Any, counts: Any, spec: ModelSpec) -> Any:
    """Return the (N,) losses that training takes the mean of: the median's error and all pinball losses."""
    error = truth[..., None] - forecast
    levels = tf.constant(spec.quantiles, tf.float32)
    pinball = tf.reduce_mean(tf.maximum(levels * error, (levels - 1) * error), axis=2)
    each = (tf.abs(error[..., spec.median]) + 2 * pinball) * counts
    return tf.reduce_sum(each, axis=1) / tf.maximum(tf.reduce_sum(counts, axis=1), 1.0)
