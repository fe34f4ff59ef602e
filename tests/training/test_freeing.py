import ctypes
import resource
import sys
from pathlib import Path

import numpy as np
import pytest

from lstmcast.training.freeing import give_back

IS_GLIBC = sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")


@pytest.mark.skipif(not IS_GLIBC, reason="only glibc keeps what is freed")
def test_freed_memory_goes_back_to_the_system():
    blocks = [np.ones(10_000) for _ in range(2000)]
    last = blocks.pop()  # behind all others: without it, they would go back by themselves
    del blocks
    before = resident_megabytes()

    give_back()

    assert before - resident_megabytes() > 80
    assert last.all()


def resident_megabytes():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6
