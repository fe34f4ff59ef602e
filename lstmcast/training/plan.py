"""How long and how fast a member is trained, and whether XLA compiles it for that."""

from dataclasses import dataclass
from math import prod

import numpy as np

from lstmcast.network.spec import MemberSpec, ModelSpec, member_shapes

SLOWER, SLOWER_BY_SEGMENT, SLOWER_BY_WEIGHT = 1.5, 0.1, 15e-6  # milliseconds, of a step that XLA has not compiled
COMPILING = 2300.0  # milliseconds by which it takes longer to compile a step than to only lay it out


@dataclass(frozen=True)
class FitPlan:
    """How long and how fast to train."""

    steps: int  # the rate falls over so many
    stop: int  # but training ends here
    batch: int
    learning_rate: float
    dropout: float
    reports: int  # how often to look at the score on the way
    compiled: bool = True  # by XLA

    @property
    def looks(self) -> list[tuple[int, int]]:
        """Return the spans of steps between the looks."""
        marks = np.unique(np.round(np.linspace(0, self.stop, self.reports + 1)).astype(int))
        return list(zip(marks[:-1].tolist(), marks[1:].tolist(), strict=True))

    @property
    def memory(self) -> float:
        """Return how much of the average of the weights stays at each step."""
        return float(np.clip(1 - 8 / self.steps, 0.95, 0.997))


def is_worth_compiling(spec: ModelSpec, member: MemberSpec, steps: float) -> bool:
    """Return whether so many steps, of all members of this shape, are sooner done if XLA compiles them first."""
    weights = sum(prod(shape) for shape in member_shapes(spec, member).values())
    segments = spec.recurrent_layers * member.segments
    slower = SLOWER + SLOWER_BY_SEGMENT * segments + SLOWER_BY_WEIGHT * weights
    return steps * slower > COMPILING
