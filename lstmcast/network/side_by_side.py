"""Runs NumPy's work on all cores: its loops and products let go of the interpreter, so that threads are enough.

Whole batches on each core are quicker than products that are split over the cores: these wait for each other at every
step of a cell, for ever longer the busier the machine is. So NumPy's products should have one thread each, which is
settled before NumPy is imported; where it is not, nothing is run side by side.
"""

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

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


def _free_cores() -> int:
    """Return how many cores this process may use, as far as products leave them free."""
    if os.environ.get(PRODUCTS) != "1":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
