from math import exp, log, tanh

import numpy as np
import pytest

from lstmcast.network.cells import RUN_CELL, sigmoid
from lstmcast.network.forward import read_state, swish
from lstmcast.network.traces import TRACE_CELL, effective_memory, trace_gru, trace_layers, trace_lstm
from tests.examples import a_full_spec, random_weights
from tests.network.test_forward import some_inputs


def s(x):
    return 1 / (1 + exp(-x))


def rows(*values):
    return np.array(values, np.float32)


def test_the_trace_of_an_lstm_holds_each_gate_and_the_cell_by_hand():
    weights = {
        "kernel": rows([0.1, 0.2, 0.3, 0.4]),  # input gate, forget gate, candidate, output gate
        "recurrent": rows([0.5, 0.6, 0.7, 0.8]),
        "bias": rows(0.01, 1.0, 0.03, 0.04),
    }

    trace = trace_lstm(np.array([[[0.5], [-1.0]]], np.float32), weights)

    c1 = s(0.1 * 0.5 + 0.01) * tanh(0.3 * 0.5 + 0.03)
    h1 = s(0.4 * 0.5 + 0.04) * tanh(c1)
    forget, write = s(-0.2 + 0.6 * h1 + 1.0), s(-0.1 + 0.5 * h1 + 0.01)
    assert trace.gates["forget"][0, :, 0] == pytest.approx([s(0.2 * 0.5 + 1.0), forget], abs=1e-6)
    assert trace.gates["input"][0, :, 0] == pytest.approx([s(0.1 * 0.5 + 0.01), write], abs=1e-6)
    assert trace.gates["output"][0, 1, 0] == pytest.approx(s(-0.4 + 0.8 * h1 + 0.04), abs=1e-6)
    assert trace.memory[0, :, 0] == pytest.approx([c1, forget * c1 + write * tanh(-0.3 + 0.7 * h1 + 0.03)], abs=1e-6)


def test_the_trace_of_a_gru_explains_its_own_states():
    random = np.random.default_rng(1)
    sequence = random.normal(size=(3, 5, 2)).astype(np.float32)
    weights = {name: random.normal(size=shape).astype(np.float32)
               for name, shape in {"kernel": (2, 12), "recurrent": (4, 12), "bias": (2, 12)}.items()}  # fmt: skip

    trace = trace_gru(sequence, weights)

    before = np.concatenate([np.zeros((3, 1, 4)), trace.hidden[:, :-1]], axis=1)
    kept = trace.gates["update"]
    candidate = (trace.hidden - kept * before) / (1 - kept)
    assert (np.abs(candidate) <= 1 + 1e-4).all()  # what is left over is a tanh
    assert set(trace.gates) == {"update", "reset"}


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_trace_has_the_very_states_of_the_plain_run(cell):
    spec = a_full_spec(cell=cell)
    inputs, weights = some_inputs(spec), random_weights(spec, spec.members[0])
    of_layer = {name: weights[f"cell0/{name}"] for name in ("kernel", "recurrent", "bias")}

    trace = TRACE_CELL[cell](inputs.segments, of_layer)

    assert trace.hidden.tolist() == RUN_CELL[cell](inputs.segments, of_layer).tolist()
    assert all(((gate > 0) & (gate < 1)).all() for gate in trace.gates.values())


def test_what_an_lstm_shows_follows_from_its_output_gate_and_its_cell():
    spec = a_full_spec()
    trace = trace_layers(some_inputs(spec), spec, random_weights(spec, spec.members[0]))[0]

    assert trace.gates["output"] * np.tanh(trace.memory) == pytest.approx(trace.hidden, abs=1e-6)


def test_upper_layers_read_the_lower_ones_and_the_last_feeds_the_state():
    spec = a_full_spec(layers=2)
    inputs, weights = some_inputs(spec), random_weights(spec, spec.members[0])

    lower, upper = trace_layers(inputs, spec, weights)

    assert lower.hidden.shape == upper.hidden.shape
    state = np.concatenate([upper.hidden[:, -1], inputs.features], axis=1) @ weights["state/kernel"]
    assert swish(state + weights["state/bias"]) == pytest.approx(read_state(inputs, spec, weights), abs=1e-6)


def test_a_network_without_a_cell_leaves_no_trace():
    spec = a_full_spec(cell="linear")

    assert trace_layers(some_inputs(spec), spec, random_weights(spec, spec.members[0])) == ()


def test_effective_memory_is_the_time_until_1_over_e_is_left():
    half = np.full((2, 4, 1), 0.5, np.float32)
    quick = np.full((2, 4, 1), 0.1, np.float32)
    slow = np.full((2, 4, 1), 0.9, np.float32)  # 66% is left of the oldest: it goes on like that

    assert effective_memory(half).tolist() == pytest.approx([1 / log(2)])
    assert effective_memory(quick).tolist() == pytest.approx([-1 / log(0.1)])
    assert effective_memory(slow).tolist() == pytest.approx([-1 / log(0.9)], rel=1e-5)


def test_a_gate_that_overwrites_once_remembers_since_then():
    openings = np.ones((1, 20, 1), np.float32)
    openings[0, 5] = 0.0  # the newest 14 steps keep all

    assert effective_memory(openings).tolist() == pytest.approx([14], abs=0.1)


def test_what_is_left_is_the_mean_over_the_windows():
    forgets, keeps = np.full((1, 30, 1), 1e-6, np.float32), np.full((1, 30, 1), 0.9, np.float32)

    together = effective_memory(np.concatenate([forgets, keeps]))

    assert together.tolist() == pytest.approx([log(2 / exp(1)) / log(0.9)], rel=1e-3)  # 0.5 x 0.9^k = 1/e


def test_a_gate_that_never_closes_has_a_long_memory_but_no_endless_one():
    assert effective_memory(np.ones((1, 3, 2), np.float32)).tolist() == pytest.approx([1e6, 1e6], rel=1e-3)


def test_a_forget_gate_at_its_start_keeps_three_steps():
    start = sigmoid(np.ones((1, 9, 1), np.float32))

    assert effective_memory(start)[0] == pytest.approx(3.19, abs=0.01)  # -1 / ln 0.731
