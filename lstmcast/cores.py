"""How many cores this process may use."""

import math
import os

from lstmcast.control_groups import cpu_limit


def usable_cores() -> int:
    """Return how many there are for it, or for as much time as its container or unit is given; at least one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    limit = cpu_limit()
    return cores if limit is None else max(1, min(cores, math.ceil(limit)))
