"""Runs NumPy's work on all cores: by threads, since its loops and products let go of the interpreter, or by copies.

Whole batches on each core are quicker than products that are split over the cores: these wait for each other at every
step of a cell, for ever longer the busier the machine is. So NumPy's products should have one thread each, which is
settled before NumPy is imported; where it is not, nothing is run side by side.
"""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.cores import usable_cores
from lstmcast.network.copies import can_be_copied, fill_by_copies, shared_array

PRODUCTS = "OPENBLAS_NUM_THREADS"  # read by NumPy when it is imported

Part = TypeVar("Part")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
    """Return what the work makes of each part, in their order, on as many cores as this process may use."""
    threads = min(len(parts), _free_cores())
    if threads < 2:
        return [work(part) for part in parts]
    from concurrent.futures import ThreadPoolExecutor  # a few milliseconds that a small forecast has no use for

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, parts))


def filled_side_by_side(
    work: Callable[[slice], FloatArray], parts: Sequence[slice], shape: Sequence[int]
) -> FloatArray:
    """Return an array of this shape of which the work makes each part, on as many cores as this process may use."""
    cores = min(len(parts), _free_cores())
    has_copies = cores > 1 and can_be_copied()
    values = shared_array(shape) if has_copies else np.empty(shape)

    def fill(part: slice) -> None:
        values[part] = work(part)

    if has_copies:
        fill_by_copies(fill, parts, cores)
    else:
        side_by_side(fill, parts)
    return values


def _free_cores() -> int:
    """Return how many cores this process may use, as far as products leave them free."""
    if os.environ.get(PRODUCTS) != "1":
        return 1
    return usable_cores()
