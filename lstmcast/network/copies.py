"""Fills an array by copies of this process, each on a core of its own, which write to memory that they share.

Threads that make thousands of short calls wait for the interpreter's lock, two of them for a third of their time;
copies wait for nothing. They are made only where nothing else runs in this process: no other thread can then hold a
lock at that moment. What a copy did not do, for whatever reason, is done here in the end.
"""

import mmap
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from lstmcast.arrays import FloatArray

THREADS = Path("/proc/self/task")
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
SHARES = 64  # that the work is cut into: whoever is done with one takes the next


def can_be_copied() -> bool:
    """Return whether this process has one thread only, those of libraries included, and can wait for its children."""
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:  # inherited: the system forgets them as they end
        return False
    try:
        return len(list(THREADS.iterdir())) == 1
    except OSError:
        return False


def shared_array(shape: Sequence[int]) -> FloatArray:
    """Return an array of zeros that copies of this process write to as it does."""
    size = int(np.prod(shape))
    return np.frombuffer(mmap.mmap(-1, size * np.dtype(np.float64).itemsize)).reshape(shape)


def fill_by_copies(fill: Callable[[slice], None], parts: Sequence[slice], processes: int) -> None:
    """Let so many processes, this one among them, call `fill` with all the parts."""
    shares = [parts[first::SHARES] for first in range(min(SHARES, len(parts)))]
    todo, done, main = _Tickets(), _Tickets(), os.getpid()
    todo.give(range(len(shares)))
    todo.close_entrance()

    def work_on(share: int) -> None:
        for part in shares[share]:
            fill(part)

    def work() -> None:
        while main in (os.getpid(), os.getppid()) and (share := todo.take()) is not None:  # no copy survives it
            work_on(share)
            done.give([share])

    with todo, done, _ending_together() as copies:
        for _ in range(processes - 1):
            with suppress(OSError):  # no further process, or no memory for one
                _start_copy(work, copies)
        work()
        done.close_entrance()
        missing = set(range(len(shares)))
        while (share := done.take()) is not None:
            missing.discard(share)
    for share in sorted(missing):
        work_on(share)


class _Tickets:
    """Numbers below 256 in a pipe: each is taken by one process."""

    def __init__(self) -> None:
        self._exit, self._entrance = os.pipe()

    def __enter__(self) -> "_Tickets":
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._exit)
        self.close_entrance()

    def give(self, numbers: Sequence[int]) -> None:
        os.write(self._entrance, bytes(numbers))

    def take(self) -> int | None:
        """Return the next number; None where all are taken and nobody can give one any more."""
        found = os.read(self._exit, 1)
        return found[0] if found else None

    def close_entrance(self) -> None:
        if self._entrance >= 0:
            os.close(self._entrance)
            self._entrance = -1


@contextmanager
def _ending_together() -> Iterator[list[int]]:
    """Yield a list of processes; none of them outlives the block."""
    copies: list[int] = []
    try:
        yield copies
    finally:
        for copy in copies:
            os.kill(copy, signal.SIGKILL)  # it has done its part, or is not to do it any more
        for copy in copies:
            os.waitpid(copy, 0)


def _start_copy(work: Callable[[], None], copies: list[int]) -> None:
    """Add a copy of this process, which does the work and ends."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        copy = os.fork()
        if copy == 0:
            try:
                for number in STOPS:
                    if callable(signal.getsignal(number)):  # what this process does then is not for its copies
                        signal.signal(number, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                work()
            finally:
                os._exit(0)  # whatever happened: what is not done will be missed
        copies.append(copy)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
