"""Who is told how far the reading of files has come."""

from collections.abc import Callable

Progress = Callable[[int, int], None]  # how many of all: bytes, or columns
BytesRead = Callable[[int], None]  # of one file


def no_progress(_done: int, _total: int) -> None:
    """Tell nobody."""
