import numpy as np
import pytest

from lstmcast.network.filters import BLOCK, prepare, run

TURNS = np.array([[[0.9, 0.0], [0.0, 0.0]], [[0.4, -0.9], [0.1, 0.7]], [[0.0, -0.5], [0.0, 0.95]]])
TAKES = np.array([[1.0, 0.0], [1.0, 0.3], [1.0, 0.2]])
READS = (slice(0, 2), slice(2, 3))


def step_by_step(inputs):
    """Return the sums of squares and the last states of each recurrence, by a walk through the steps."""
    state, squares = np.zeros((2, len(TURNS), inputs.shape[2])), np.zeros((len(TURNS), inputs.shape[2]))
    for given in inputs.transpose(1, 0, 2):
        read = given[[0, 0, 1]]
        state = np.einsum("gij,jgn->ign", TURNS, state) + np.einsum("gi,gn->ign", TAKES, read)
        squares += state[0] ** 2
    return squares, state


@pytest.mark.parametrize("steps", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3])
def test_squares_and_states_are_those_of_a_walk_through_the_steps(steps):
    inputs = np.random.default_rng(steps).normal(size=(2, steps, 3))

    squares, state = run(inputs, prepare(TURNS, TAKES, READS))

    expected_squares, expected_state = step_by_step(inputs)
    assert squares == pytest.approx(expected_squares, rel=1e-11)
    assert state == pytest.approx(expected_state, rel=1e-11)


def test_numbers_of_single_precision_stay_such_and_give_nearly_the_same():
    inputs = np.random.default_rng(0).normal(size=(2, 100, 3))

    squares, state = run(inputs.astype(np.float32), prepare(TURNS, TAKES, READS))

    assert {squares.dtype, state.dtype} == {np.dtype(np.float32)}
    assert squares == pytest.approx(step_by_step(inputs)[0], rel=1e-5)


def test_rounding_makes_no_squares_negative():
    inputs = np.zeros((2, 40, 1), np.float32)
    inputs[:, 0], inputs[:, 1] = 1e4, -0.9e4  # what the first recurrence has forgotten at the second step

    assert (run(inputs, prepare(TURNS, TAKES, READS))[0] >= 0).all()
