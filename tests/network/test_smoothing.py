import numpy as np
import pytest

from lstmcast.network.smoothing import BLOCK, smooth_best, smoothing_errors


def step_by_step(moves, rate):
    """Return the sum of squared errors over one step, and the last of them."""
    error, squares = 0.0, 0.0
    for move in moves:
        error = (1 - rate) * error + move
        squares += error**2
    return squares, error


@pytest.mark.parametrize("steps", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 3])
def test_errors_at_all_rates_are_those_of_a_walk_through_the_steps(steps):
    moves, rates = np.random.default_rng(steps).normal(size=(steps, 3)), (0.02, 0.3, 1.0)

    squares, last = smoothing_errors(moves, rates)

    expected = [[step_by_step(moves[:, series], rate) for series in range(3)] for rate in rates]
    assert np.stack([squares, last], axis=2) == pytest.approx(np.array(expected), rel=1e-12)


def test_the_rate_that_erred_least_is_taken_and_the_level_stays_behind_by_what_it_missed():
    moves = np.array([[4.0], [-4.0], [4.0]])

    behind, rate = smooth_best(moves)

    # errors 4, -4 r and 4 - 4 r + 4 r²: squared, in sixteenths, 1.746 at 0.2, 1.714, 1.738 at 0.4
    assert rate.tolist() == [0.3]
    assert behind == pytest.approx([0.7 * (4 - 1.2 + 0.36)])


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_of_rates_that_differ_by_rounding_alone_the_lowest_is_taken(kind):
    random = np.random.default_rng(3)
    moves = np.zeros((40, 50), kind)
    moves[-1] = random.normal(size=50)  # one move, which every rate misses alike

    _, rate = smooth_best(moves)

    assert (rate == 0.02).all()


def test_a_series_without_moves_is_smoothed_too():
    behind, rate = smooth_best(np.zeros((0, 2)))

    assert behind.tolist() == [0, 0]
    assert rate.tolist() == [0.02, 0.02]
