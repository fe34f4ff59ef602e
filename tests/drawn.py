"""How many examples a property test draws: the same few in each run of the suite, and by `make fuzz` many new ones.

A commit so passes or fails alike wherever it is tested. What `make fuzz` finds becomes an `@example` of its test.
"""

import os

from hypothesis import HealthCheck, settings

TIMES = int(os.environ.get("FUZZ_TIMES", "0"))


def drawn(count: int) -> settings:
    """Return settings to draw so many examples, or FUZZ_TIMES as many that differ from run to run."""
    return settings(max_examples=count * max(TIMES, 1))


settings.register_profile(
    "ours",
    deadline=None,
    max_examples=100 * max(TIMES, 1),
    derandomize=not TIMES,
    suppress_health_check=[HealthCheck.too_slow],  # of a machine that is busy with other things
)
settings.load_profile("ours")
