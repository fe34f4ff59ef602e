"""Where training, validation and test end.

Time runs one way:  | training ........ | validation origins | test origins |
Validation decides, the test only measures, and what is saved is the same recipe fitted on everything.
"""

from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.config.auto import LEAST_PAST
from lstmcast.errors import ShortError
from lstmcast.plurals import count_things

VALIDATION_WINDOWS = 200  # wanted; origins are added until there are so many, or
VALIDATION_SHARE = 0.25  # of the typical series is used up


@dataclass(frozen=True)
class Spans:
    """How many values of each series are known where validation and test begin, and the origins of each."""

    validation_start: IntArray  # (series,)
    validation_rounds: int
    validation_step: int
    test_start: IntArray  # (series,)
    test_rounds: int
    test_step: int


def plan_spans(known: IntArray, horizon: int, test_rounds: int, test_step: int) -> Spans:
    """Return where training, validation and test end, or say how much data is missing."""
    test_span = horizon + (test_rounds - 1) * test_step
    need = test_span + 2 * horizon + LEAST_PAST
    have = int(known.max(initial=0))
    if have < need:
        raise ShortError(
            f"data: the longest series has {have:,} known values, but {need:,} are needed: {test_span:,} for "
            f"{count_things(test_rounds, 'test window')}, {horizon:,} for validation, {horizon:,} to "
            f"learn from and {LEAST_PAST} before; lower forecast.horizon or evaluate.windows, or give more data"
        )
    test_start = np.maximum(known - test_span, 0)
    rounds, step = _validation_rounds(test_start, horizon)
    validation_start = np.maximum(test_start - horizon - (rounds - 1) * step, 0)
    return Spans(validation_start, rounds, step, test_start, test_rounds, test_step)


def _validation_rounds(known: IntArray, horizon: int) -> tuple[int, int]:
    typical, step, rounds = float(np.median(known)), max(1, horizon // 2), 1
    while len(known) * rounds < VALIDATION_WINDOWS and horizon + rounds * step <= VALIDATION_SHARE * typical + 1:
        rounds += 1
    return rounds, step
