"""Reads lengths of time as people write them: `36h`, `2D`, `10min`."""

import re
from datetime import timedelta

DURATION_PATTERN = r"^[0-9]+(\.[0-9]+)?(s|min|[hH]|[dD]|[wW])$"
DURATION_EXAMPLES = ("10min", "36h", "2D")

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LONGEST = timedelta(days=36_525)


def parse_duration(text: str) -> timedelta:
    """Return the length of time that `text` says, or raise a `ValueError` that tells what is allowed."""
    if not re.fullmatch(DURATION_PATTERN, text):
        raise ValueError(f"found {text!r}, must be a number and a unit of s, min, h, D or W, such as 36h or 2D")
    unit = text.lstrip("0123456789.")
    seconds = float(text.removesuffix(unit)) * _SECONDS[unit.lower()]
    length = timedelta(seconds=min(seconds, 2 * _LONGEST.total_seconds()))  # rounded to millionths of a second
    if not timedelta() < length <= _LONGEST:
        raise ValueError(f"found {text!r}, must be more than nothing and at most 100 years")
    return length
