"""Makes the next parts while one is used: in order, on a few threads, and never so far ahead that memory fills up."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from itertools import chain
from typing import TypeVar

WORKERS = 2
WAITING = 2  # parts that are made or wait for a worker while another one is used

Part = TypeVar("Part")
Result = TypeVar("Result")


def made_ahead(work: Callable[[Part], Result], parts: Iterable[Part]) -> Generator[Result, None, None]:
    """Yield what the work makes of each part, in their order; the first failure ends it."""
    parts = iter(parts)
    some = [part for _, part in zip(range(2), parts, strict=False)]
    if len(some) < 2:
        yield from map(work, some)
        return
    from concurrent.futures import Future, ThreadPoolExecutor  # its import takes longer than many a single part

    pool = ThreadPoolExecutor(WORKERS)
    try:
        waiting = deque[Future[Result]]()
        for part in chain(some, parts):
            waiting.append(pool.submit(work, part))
            if len(waiting) > WAITING:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
