"""The equations of the recurrent cells, as Keras trains them: sequences in, states out."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
CellWeights = Mapping[str, Floats]  # kernel, recurrent, bias
RunCell = Callable[[Floats, CellWeights], Floats]


def run_lstm(sequence: Floats, weights: CellWeights) -> Floats:
    """Return the (N, T, U) hidden states of an LSTM over an (N, T, F) sequence."""
    inputs = sequence @ weights["kernel"] + weights["bias"]
    units = inputs.shape[-1] // 4
    hidden, cell = _zeros(sequence, units), _zeros(sequence, units)
    states = np.empty((*sequence.shape[:2], units), np.float32)
    for step in range(sequence.shape[1]):
        gates = inputs[:, step] + hidden @ weights["recurrent"]
        input_gate, forget_gate, candidate, output_gate = np.split(gates, 4, axis=1)
        cell = sigmoid(forget_gate) * cell + sigmoid(input_gate) * np.tanh(candidate)  # the lane of long memory
        hidden = sigmoid(output_gate) * np.tanh(cell)
        states[:, step] = hidden
    return states


def run_gru(sequence: Floats, weights: CellWeights) -> Floats:
    """Return the (N, T, U) hidden states of a GRU (reset after the product) over an (N, T, F) sequence."""
    input_bias, recurrent_bias = weights["bias"]
    inputs = sequence @ weights["kernel"] + input_bias
    units = inputs.shape[-1] // 3
    hidden = _zeros(sequence, units)
    states = np.empty((*sequence.shape[:2], units), np.float32)
    for step in range(sequence.shape[1]):
        from_input = np.split(inputs[:, step], 3, axis=1)
        from_state = np.split(hidden @ weights["recurrent"] + recurrent_bias, 3, axis=1)
        update_gate = sigmoid(from_input[0] + from_state[0])
        reset_gate = sigmoid(from_input[1] + from_state[1])
        candidate = np.tanh(from_input[2] + reset_gate * from_state[2])
        hidden = update_gate * hidden + (1 - update_gate) * candidate
        states[:, step] = hidden
    return states


def run_rnn(sequence: Floats, weights: CellWeights) -> Floats:
    """Return the (N, T, U) hidden states of a plain recurrent network over an (N, T, F) sequence."""
    inputs = sequence @ weights["kernel"] + weights["bias"]
    hidden = _zeros(sequence, inputs.shape[-1])
    states = np.empty(inputs.shape, np.float32)
    for step in range(sequence.shape[1]):
        hidden = np.tanh(inputs[:, step] + hidden @ weights["recurrent"])
        states[:, step] = hidden
    return states


RUN_CELL: Mapping[str, RunCell] = {"lstm": run_lstm, "gru": run_gru, "rnn": run_rnn}


def sigmoid(x: Floats) -> Floats:
    """Return the logistic function, by a form that cannot overflow."""
    half = np.float32(0.5)
    return np.asarray(half * np.tanh(half * x) + half)


def _zeros(sequence: Floats, units: int) -> Floats:
    return np.zeros((len(sequence), units), np.float32)
