"""Has freed memory go back to the system: left alone, glibc keeps some hundred megabytes of it for itself."""

import ctypes
import sys

ARENAS, FROM_SYSTEM, KEPT = -8, -3, -1  # what `mallopt` calls them
LARGE = 2_000_000  # bytes: so large a piece is taken from the system by itself, and goes back as soon as it is freed
KEPT_AT_THE_END = 16_000_000

_library = ctypes.CDLL(None) if sys.platform == "linux" else None
_IS_GLIBC = hasattr(_library, "malloc_trim")


def keep_little(threads: int) -> None:
    """Keep little of what is freed; so many threads work, and share as many stores of free memory."""
    if _library is not None and _IS_GLIBC:
        for name, value in ((ARENAS, threads), (FROM_SYSTEM, LARGE), (KEPT, KEPT_AT_THE_END)):
            _library.mallopt(name, value)


def give_back() -> None:
    """Give back what was freed: compiling frees some hundred megabytes, forecasting tens."""
    if _library is not None and _IS_GLIBC:
        _library.malloc_trim(0)
