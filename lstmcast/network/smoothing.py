"""Simple exponential smoothing at many rates at once, without a step by step through all of them.

With m(t) the moves of the values from step to step, and q = 1 - rate, the errors over one step are

    e(t) = q e(t-1) + m(t)

What a level has not taken in yet is missed again, and so is the next move. Squared and summed, that gives

    (1 - q²) Σ e² = Σ m² - q² e(last)² + 2 q Σ m(t) e(t-1)

The last sum pairs moves, and q to the power of the steps between them. Of pairs inside a block of steps the products
are the same at all rates; what lies before a block reaches it through one error alone.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

RATES = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TIE = 1e-5  # of the squares: so far rounding may make one rate better than another; the lowest one is taken
BLOCK = 16  # steps

Matrix = npt.NDArray[Any]  # numbers of one kind, which the answers are of as well


def smooth_best(moves: Matrix) -> tuple[Matrix, Matrix]:
    """Return how far below the last values their (N,) smoothed levels are, and the rates that erred least.

    The (T, N) moves have the series side by side.
    """
    squares, last = smoothing_errors(moves, RATES)
    best = (squares <= (1 + TIE) * squares.min(axis=0)).argmax(axis=0)
    rows = np.arange(moves.shape[1])
    rates = np.array(RATES)[best]
    return (1 - rates) * last[best, rows], rates


def smoothing_errors(moves: Matrix, rates: tuple[float, ...]) -> tuple[Matrix, Matrix]:
    """Return the (R, N) sums of squared errors at each rate, and the last errors."""
    steps, series = moves.shape
    count = -(-steps // BLOCK)
    blocks = np.zeros((count * BLOCK, series), moves.dtype)
    blocks[count * BLOCK - steps :] = moves
    blocks = blocks.reshape(count, BLOCK, series)
    missed = 1 - np.array(rates, moves.dtype)[:, None]
    powers = missed ** np.arange(BLOCK, dtype=moves.dtype)  # (R, BLOCK)
    pairs = powers[:, :-1] @ np.stack([_sum_of_products(blocks[:, lag:], blocks[:, :-lag]) for lag in range(1, BLOCK)])
    weighed = np.concatenate([powers, powers[:, ::-1]]) @ blocks  # after the error before a block, and until its end
    errors, products = np.zeros((2, len(rates), series), moves.dtype)
    kept = np.repeat(powers[:, -1:] * missed, series, axis=1)
    for before, until in zip(weighed[:, : len(rates)], weighed[:, len(rates) :], strict=True):
        pairs += np.multiply(errors, before, out=products)
        errors *= kept
        errors += until
    squares = _sum_of_products(blocks, blocks) - (missed * errors) ** 2 + 2 * missed * pairs
    return squares / (1 - missed**2), errors


def _sum_of_products(one: Matrix, other: Matrix) -> Matrix:
    """Return the (N,) sums over all steps of all blocks."""
    return np.asarray(np.einsum("bsn,bsn->n", one, other))
