"""What the gates of a cell did on a sequence: read off the hidden states afterwards, so that forecasting pays nothing.

A gate opens by what the cell reads and what it remembered one step before. The hidden states of the plain run hold the
second, so all openings follow from them at once, by the same equations as in `cells.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstmcast.network.cells import RUN_CELL, CellWeights, Floats, run_gru, run_lstm, run_rnn, sigmoid
from lstmcast.network.forward import Weights
from lstmcast.network.inputs import Inputs
from lstmcast.network.spec import Cell, ModelSpec

LONGEST_KEEPING = 1 - 1e-6  # a gate that rounds to 1 keeps for a million steps, not for ever
KEEPING_GATE: Mapping[Cell, str | None] = {"lstm": "forget", "gru": "update", "rnn": None, "linear": None}


@dataclass(frozen=True)
class CellTrace:
    """What one recurrent layer did, each array (N, T, U): gates from 0 (closed) to 1 (open), and the state it kept."""

    gates: Mapping[str, Floats]  # LSTM: forget, input, output; GRU: update, reset; RNN: none
    memory: Floats  # the cell state of an LSTM, the hidden state of the others
    hidden: Floats


def trace_layers(inputs: Inputs, spec: ModelSpec, weights: Weights) -> tuple[CellTrace, ...]:
    """Return what each recurrent layer of a member did on its windows, the lowest first."""
    sequence, traces = inputs.segments, []
    for layer in range(spec.recurrent_layers):
        of_layer = {name: weights[f"cell{layer}/{name}"] for name in ("kernel", "recurrent", "bias")}
        traces.append(TRACE_CELL[spec.cell](sequence, of_layer))
        sequence = traces[-1].hidden
    return tuple(traces)


def trace_lstm(sequence: Floats, weights: CellWeights) -> CellTrace:
    """Return the gates and the cell state of an LSTM."""
    hidden = run_lstm(sequence, weights)
    gates = sequence @ weights["kernel"] + weights["bias"] + _one_step_before(hidden) @ weights["recurrent"]
    input_gate, forget_gate, candidate, output_gate = np.split(gates, 4, axis=2)
    forget, written = sigmoid(forget_gate), sigmoid(input_gate) * np.tanh(candidate)
    cell = np.empty_like(hidden)
    before = np.zeros_like(hidden[:, 0])
    for step in range(hidden.shape[1]):
        before = cell[:, step] = forget[:, step] * before + written[:, step]
    gate_openings = {"forget": forget, "input": sigmoid(input_gate), "output": sigmoid(output_gate)}
    return CellTrace(gate_openings, cell, hidden)


def trace_gru(sequence: Floats, weights: CellWeights) -> CellTrace:
    """Return the gates and the state of a GRU."""
    hidden = run_gru(sequence, weights)
    input_bias, recurrent_bias = weights["bias"]
    from_input = np.split(sequence @ weights["kernel"] + input_bias, 3, axis=2)
    from_state = np.split(_one_step_before(hidden) @ weights["recurrent"] + recurrent_bias, 3, axis=2)
    update, reset = (sigmoid(from_input[place] + from_state[place]) for place in (0, 1))
    return CellTrace({"update": update, "reset": reset}, hidden, hidden)


def _trace_rnn(sequence: Floats, weights: CellWeights) -> CellTrace:
    """Return the states of a plain recurrent network, which has no gates."""
    hidden = run_rnn(sequence, weights)
    return CellTrace({}, hidden, hidden)


TRACE_CELL = {"lstm": trace_lstm, "gru": trace_gru, "rnn": _trace_rnn}
assert TRACE_CELL.keys() == RUN_CELL.keys()


def effective_memory(keeping: Floats) -> Floats:
    """Return for each unit (U,) after how many steps of the cell 1/e of what was written is left.

    `keeping` is the (N, T, U) gate that keeps the old. Along the direct path the newest state holds, of what was
    written k steps before, the product of the newest k openings: their mean over the windows is what is left. Between
    two steps, and beyond the oldest, it falls by the same share all the time.
    """
    steps = keeping.shape[1]
    openings = np.clip(keeping.astype(np.float64), 1e-6, LONGEST_KEEPING)
    left = np.log(np.exp(np.cumsum(np.log(openings[:, ::-1]), axis=1)).mean(axis=0))  # (T, U) after 1 to T steps
    left = np.concatenate([np.zeros_like(left[:1]), left])
    whole = np.minimum((left > -1).sum(axis=0), steps)[None]  # steps after which it is little, or the last
    after, before = (np.take_along_axis(left, place, axis=0)[0] for place in (whole, whole - 1))
    reached = whole[0] - 1 + (-1 - before) / (after - before)
    return np.asarray(np.where(after > -1, -steps / after, reached), np.float32)


def _one_step_before(states: Floats) -> Floats:
    return np.concatenate([np.zeros_like(states[:, :1]), states[:, :-1]], axis=1)
