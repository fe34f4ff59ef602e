"""The equations of the recurrent cells, as Keras trains them: sequences in, states out.

Windows lie side by side, (numbers, N): a gate is then a block of rows, and no number between two gates is skipped over.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
CellWeights = Mapping[str, Floats]  # kernel, recurrent, bias
RunCell = Callable[[Floats, CellWeights], Floats]

HALF = np.float32(0.5)
SIGMOIDS_FIRST = (0, 1, 3, 2)  # Keras has input gate, forget gate, candidate, output gate


def run_lstm(sequence: Floats, weights: CellWeights) -> Floats:
    """Return the (N, T, U) hidden states of an LSTM over an (N, T, F) sequence."""
    windows, steps, features = sequence.shape
    units = len(weights["recurrent"])
    matrix = np.concatenate([weights["recurrent"], weights["kernel"], weights["bias"][None]])
    matrix = matrix.reshape(-1, 4, units)[:, SIGMOIDS_FIRST].reshape(-1, 4 * units).T
    matrix[: 3 * units] *= HALF
    read = np.ones((units + features + 1, windows), np.float32)
    hidden, now = read[:units], read[units:-1]
    hidden[:] = 0
    gates = np.empty((4 * units, windows), np.float32)
    openings = gates[: 3 * units]
    input_gate, forget_gate, output_gate, candidate = gates.reshape(4, units, windows)
    cell, shown = _zeros(units, windows), _zeros(units, windows)
    states = np.empty((steps, units, windows), np.float32)
    for step in range(steps):
        now[:] = sequence[:, step].T
        np.matmul(matrix, read, out=gates)
        np.tanh(gates, out=gates)
        openings *= HALF  # as in `sigmoid`; the matrix has halved what goes in
        openings += HALF
        cell *= forget_gate
        cell += input_gate * candidate  # the lane of long memory
        np.tanh(cell, out=shown)
        np.multiply(output_gate, shown, out=hidden)
        states[step] = hidden
    return states.transpose(2, 0, 1)


def run_gru(sequence: Floats, weights: CellWeights) -> Floats:
    """Return the (N, T, U) hidden states of a GRU (reset after the product) over an (N, T, F) sequence."""
    windows, steps, _ = sequence.shape
    units = len(weights["recurrent"])
    kernel, recurrent = weights["kernel"].T, weights["recurrent"].T
    input_bias, recurrent_bias = weights["bias"][:, :, None]
    hidden = _zeros(units, windows)
    states = np.empty((steps, units, windows), np.float32)
    for step in range(steps):
        from_input = (kernel @ sequence[:, step].T + input_bias).reshape(3, units, windows)
        from_state = (recurrent @ hidden + recurrent_bias).reshape(3, units, windows)
        update_gate = sigmoid(from_input[0] + from_state[0])
        reset_gate = sigmoid(from_input[1] + from_state[1])
        candidate = np.tanh(from_input[2] + reset_gate * from_state[2])
        hidden = update_gate * hidden + (1 - update_gate) * candidate
        states[step] = hidden
    return states.transpose(2, 0, 1)


def run_rnn(sequence: Floats, weights: CellWeights) -> Floats:
    """Return the (N, T, U) hidden states of a plain recurrent network over an (N, T, F) sequence."""
    windows, steps, _ = sequence.shape
    kernel, recurrent, bias = weights["kernel"].T, weights["recurrent"].T, weights["bias"][:, None]
    hidden = _zeros(len(recurrent), windows)
    states = np.empty((steps, *hidden.shape), np.float32)
    for step in range(steps):
        hidden = np.tanh(kernel @ sequence[:, step].T + recurrent @ hidden + bias)
        states[step] = hidden
    return states.transpose(2, 0, 1)


RUN_CELL: Mapping[str, RunCell] = {"lstm": run_lstm, "gru": run_gru, "rnn": run_rnn}


def sigmoid(x: Floats) -> Floats:
    """Return the logistic function, by a form that cannot overflow."""
    return np.asarray(HALF * np.tanh(HALF * x) + HALF)


def _zeros(units: int, windows: int) -> Floats:
    return np.zeros((units, windows), np.float32)
