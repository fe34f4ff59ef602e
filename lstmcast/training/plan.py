"""How long and how fast a member is trained."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FitPlan:
    """How long and how fast to train."""

    steps: int  # the rate falls over so many
    stop: int  # but training ends here
    batch: int
    learning_rate: float
    dropout: float
    reports: int  # how often to look at the score on the way

    @property
    def looks(self) -> list[tuple[int, int]]:
        """Return the spans of steps between the looks."""
        marks = np.unique(np.round(np.linspace(0, self.stop, self.reports + 1)).astype(int))
        return list(zip(marks[:-1].tolist(), marks[1:].tolist(), strict=True))

    @property
    def memory(self) -> float:
        """Return how much of the average of the weights stays at each step."""
        return float(np.clip(1 - 8 / self.steps, 0.95, 0.997))
