"""What training reports at each look, and what it needs to go on from where it stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.network.cells import Floats

Numbers = npt.NDArray[Any]

LARGEST_WEIGHT = 1e6  # beyond, the last step has already left all sense, and only the next loss would tell


@dataclass(frozen=True)
class Checkpoint:
    """The averaged weights after so many steps, the mean loss since the last look, and the share of clipped steps."""

    step: int
    loss: float
    clipped: float
    weights: dict[str, Floats]


@dataclass(frozen=True)
class Position:
    """Where training is: with the numbers, it goes on as if it had never stopped; without, it was at its end."""

    step: int
    looked: int  # the step of the last look
    seen: Numbers = field(default_factory=lambda: np.zeros(2, np.float32))  # sums since: losses, clipped steps
    numbers: tuple[Numbers, ...] = ()


def forget(_position: Position) -> None:
    """Keep nothing."""


def are_sound(weights: Mapping[str, Floats]) -> bool:
    """Return whether all trained weights are numbers that a forecast can be made with."""
    trained = (array for name, array in weights.items() if name != "typical_error")
    return all(bool((np.abs(array) <= LARGEST_WEIGHT).all()) for array in trained)  # False for NaN
