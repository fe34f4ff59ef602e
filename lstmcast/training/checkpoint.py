"""What training reports at each look, and what it needs to go on from where it stopped."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.network.cells import Floats

Numbers = npt.NDArray[Any]


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
