from math import exp, tanh

import numpy as np
import pytest

from lstmcast.network.cells import RUN_CELL, run_gru, run_lstm, run_rnn, sigmoid

STEPS = (0.5, -1.0)  # what one unit reads, one number at a time


def s(x):
    return 1 / (1 + exp(-x))


def sequence(*steps):
    return np.array([[[step] for step in steps]], np.float32)


def rows(*values):
    return np.array(values, np.float32)


def test_an_lstm_forgets_takes_in_and_shows_as_its_gates_say():
    weights = {
        "kernel": rows([0.1, 0.2, 0.3, 0.4]),  # input gate, forget gate, candidate, output gate
        "recurrent": rows([0.5, 0.6, 0.7, 0.8]),
        "bias": rows(0.01, 1.0, 0.03, 0.04),
    }

    states = run_lstm(sequence(*STEPS), weights)

    c1 = s(0.1 * 0.5 + 0.01) * tanh(0.3 * 0.5 + 0.03)
    h1 = s(0.4 * 0.5 + 0.04) * tanh(c1)
    c2 = s(-0.2 + 0.6 * h1 + 1.0) * c1 + s(-0.1 + 0.5 * h1 + 0.01) * tanh(-0.3 + 0.7 * h1 + 0.03)
    h2 = s(-0.4 + 0.8 * h1 + 0.04) * tanh(c2)
    assert states[0, :, 0] == pytest.approx([h1, h2], abs=1e-7)


def test_a_gru_resets_after_the_product_and_keeps_what_the_update_gate_says():
    weights = {
        "kernel": rows([0.1, 0.2, 0.3]),  # update gate, reset gate, candidate
        "recurrent": rows([0.5, 0.6, 0.7]),
        "bias": rows([0.01, 0.02, 0.03], [0.04, 0.05, 0.06]),  # of the input, of the state
    }

    states = run_gru(sequence(*STEPS), weights)

    z1, r1 = s(0.1 * 0.5 + 0.01 + 0.04), s(0.2 * 0.5 + 0.02 + 0.05)
    h1 = (1 - z1) * tanh(0.3 * 0.5 + 0.03 + r1 * 0.06)
    z2, r2 = s(-0.1 + 0.01 + 0.5 * h1 + 0.04), s(-0.2 + 0.02 + 0.6 * h1 + 0.05)
    h2 = z2 * h1 + (1 - z2) * tanh(-0.3 + 0.03 + r2 * (0.7 * h1 + 0.06))
    assert states[0, :, 0] == pytest.approx([h1, h2], abs=1e-7)


def test_a_plain_network_is_one_tanh():
    weights = {"kernel": rows([0.3]), "recurrent": rows([0.7]), "bias": rows(0.1)}

    states = run_rnn(sequence(*STEPS), weights)

    h1 = tanh(0.3 * 0.5 + 0.1)
    assert states[0, :, 0] == pytest.approx([h1, tanh(-0.3 + 0.7 * h1 + 0.1)], abs=1e-7)


@pytest.mark.parametrize(("cell", "gates"), [("lstm", 4), ("gru", 3), ("rnn", 1)])
def test_windows_of_a_batch_and_units_do_not_mix(cell, gates):
    random = np.random.default_rng(0)
    shapes = {"kernel": (2, gates * 3), "recurrent": (3, gates * 3), "bias": (gates * 3,)}
    if cell == "gru":
        shapes["bias"] = (2, gates * 3)
    weights = {name: random.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
    batch = random.standard_normal((4, 5, 2)).astype(np.float32)

    states = RUN_CELL[cell](batch, weights)

    alone = np.concatenate([RUN_CELL[cell](batch[[n]], weights) for n in range(4)])
    assert states.shape == (4, 5, 3)
    assert states.dtype == np.float32
    assert states == pytest.approx(alone, abs=1e-6)


def test_an_open_forget_gate_carries_the_cell_over_many_steps():
    weights = {
        "kernel": rows([20, 0, 5, 0]),
        "recurrent": rows([0, 0, 0, 0]),
        "bias": rows(-10, 50, 0, 50),  # takes in only what is large, forgets nothing, shows all
    }

    states = run_lstm(sequence(1.0, *[0.0] * 100), weights)

    assert states[0, -1, 0] == pytest.approx(tanh(1.0), abs=1e-2)


def test_sigmoid_is_the_logistic_function():
    assert sigmoid(rows(-2, 0, 2)) == pytest.approx([s(-2), 0.5, s(2)], abs=1e-7)


def test_sigmoid_takes_any_number_without_overflow():
    answer = sigmoid(rows(-np.inf, -3e38, -100, 100, 3e38, np.inf))

    assert answer.tolist() == [0, 0, 0, 1, 1, 1]
    assert answer.dtype == np.float32
