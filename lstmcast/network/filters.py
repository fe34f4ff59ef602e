"""Recurrences of two numbers, a great many of them over the same steps, and the squares of what they say.

Each has a state s, moved on by an input u at every step, and the first of its two numbers is what counts:

    s(t) = A s(t-1) + b u(t)          e(t) = the first of s(t)

The sum of all e² is taken without a walk through the steps. Were the input to end after a block of steps, the squares
still to come would depend on the state alone: they are s P s, with P the sum over all powers of A. So the squares of a
block are those that state and inputs would give for ever, less those that the state after it would give. From block to
block the latter cancel, but for the last, and there remain products of inputs that are k steps apart, weighed by how
far b A^j and b A^(j+k) go together; products of each block's first state with its inputs; and the last state.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

BLOCK = 16  # steps

Matrix = npt.NDArray[Any]  # numbers of one kind, which the answers are of as well


@dataclass(frozen=True)
class Recurrences:
    """G recurrences, those that read the same input side by side, with all that a walk by blocks needs."""

    turns: Matrix  # (G, 2, 2) A
    takes: Matrix  # (G, 2) b
    reads: tuple[slice, ...]  # of each input, which recurrences read it
    moved: Matrix  # (G, 2, 2) A to the power of a block
    inflow: Matrix  # (2 G, BLOCK) what a block's inputs make of the state after it: rows of e, then those of the other
    meets: Matrix  # (2 G, BLOCK) how far they go together with the state before it
    alike: Matrix  # (G, BLOCK) weights of products of inputs that are 0, 1, 2 ... steps apart
    ringing: Matrix  # (G, 2, 2) P


def prepare(turns: Matrix, takes: Matrix, reads: tuple[slice, ...]) -> Recurrences:
    """Return the recurrences of these (G, 2, 2) A and (G, 2) b."""
    count = len(turns)
    powers = [np.broadcast_to(np.eye(2), turns.shape)]
    for _ in range(BLOCK):
        powers.append(powers[-1] @ turns)
    counted = np.zeros((2, 2))
    counted[0, 0] = 1
    both = np.einsum("gij,gkl->gjlik", turns, turns).reshape(count, 4, 4)  # of A' X A, as a product with all of X
    ringing = np.linalg.solve(np.eye(4) - both, (both @ counted.reshape(4))[..., None]).reshape(count, 2, 2)
    whole = counted + ringing  # with the square at this step itself
    inflow = np.stack([np.einsum("gij,gj->gi", powers[BLOCK - 1 - step], takes) for step in range(BLOCK)], axis=2)
    meets = np.stack([np.einsum("gji,gjk,gk->gi", powers[step + 1], whole, takes) for step in range(BLOCK)], axis=2)
    alike = np.stack([np.einsum("gi,gji,gjk,gk->g", takes, powers[lag], whole, takes) for lag in range(BLOCK)], axis=1)
    alike[:, 1:] *= 2  # each pair once
    return Recurrences(
        turns=turns,
        takes=takes,
        reads=reads,
        moved=powers[BLOCK],
        inflow=_by_rows(inflow),
        meets=_by_rows(meets),
        alike=alike,
        ringing=ringing,
    )


def _by_rows(parts: Matrix) -> Matrix:
    """Return (G, 2, BLOCK) as (2 G, BLOCK)."""
    return parts.transpose(1, 0, 2).reshape(-1, BLOCK)


def run(inputs: Matrix, recurrences: Recurrences) -> tuple[Matrix, Matrix]:
    """Return the (G, N) sums of all e² over the steps, and the last states (2, G, N).

    The (I, T, N) inputs have the series side by side. Each recurrence starts from nothing. Squares that are too large
    to be numbers of this kind are the largest one.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        squares, state = _walk(inputs, recurrences)
    return np.clip(np.where(np.isnan(squares), np.inf, squares), 0, np.finfo(inputs.dtype).max), state


def _walk(inputs: Matrix, recurrences: Recurrences) -> tuple[Matrix, Matrix]:
    kinds, steps, series = inputs.shape
    count, kind = len(recurrences.moved), inputs.dtype
    rounds = -(-steps // BLOCK)
    blocks = inputs
    if steps < rounds * BLOCK:
        blocks = np.zeros((kinds, rounds * BLOCK, series), kind)
        blocks[:, rounds * BLOCK - steps :] = inputs
    blocks = blocks.reshape(kinds, rounds, BLOCK, series)
    moved, ringing = recurrences.moved.astype(kind), recurrences.ringing.astype(kind)
    on_inputs = np.stack([recurrences.meets, recurrences.inflow]).reshape(2, 2, count, BLOCK).astype(kind)
    squares = _squares_of_blocks(blocks, recurrences.alike.astype(kind), recurrences.reads)
    state, met = np.zeros((2, count, series), kind), np.zeros((2, count, series), kind)
    coming, product = np.empty((2, 2, count, series), kind), np.empty((2, count, series), kind)
    for place in range(rounds):
        for of_input, reading in zip(blocks[:, place], recurrences.reads, strict=True):
            np.matmul(on_inputs[:, :, reading], of_input, out=coming[:, :, reading])
        met += np.multiply(state, coming[0], out=product)
        for column in range(2):
            coming[1] += np.multiply(state[column], moved[:, :, column].T[..., None], out=product)
        state[:] = coming[1]
    squares += 2 * met.sum(axis=0)
    squares -= np.einsum("ign,gij,jgn->gn", state, ringing, state)
    return squares, state


def _squares_of_blocks(blocks: Matrix, alike: Matrix, reads: tuple[slice, ...]) -> Matrix:
    """Return the (G, N) squares that the inputs of each block alone would give for ever."""
    products = np.stack(
        [np.einsum("irbn,irbn->in", blocks[:, :, lag:], blocks[:, :, : BLOCK - lag]) for lag in range(BLOCK)], axis=1
    )
    return np.concatenate([alike[reading] @ products[place] for place, reading in enumerate(reads)])
