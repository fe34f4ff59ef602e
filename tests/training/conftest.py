"""What the tests of training share: one small problem, so that few programs have to be compiled."""

from dataclasses import dataclass

import numpy as np
import pytest

from lstmcast.data.panel import Panel
from lstmcast.data.scaling import SeriesArrays
from lstmcast.data.windows import TrainingOrigins, training_origins
from lstmcast.network.bank import build_bank
from lstmcast.network.spec import MemberSpec, ModelSpec
from lstmcast.training.plan import FitPlan
from tests.examples import a_member, a_panel, a_spec, arrays_of

PLAN = FitPlan(steps=10, stop=10, batch=16, learning_rate=0.01, dropout=0.2, reports=2)


@dataclass(frozen=True)
class Task:
    """A member and the data that it is trained on."""

    panel: Panel
    arrays: SeriesArrays
    origins: TrainingOrigins
    spec: ModelSpec

    @property
    def member(self) -> MemberSpec:
        return self.spec.members[0]


def a_task(panel: Panel | None = None, **changes: object) -> Task:
    """Return the shared task: a context of 8, a horizon of 3, four units; or the same on another panel."""
    spec = a_spec(units=4, members=(a_member(bank=tuple(build_bank(8, 3, (2,))), **changes),))
    panel = wavy_panel() if panel is None else panel
    return Task(panel, arrays_of(panel), training_origins(panel.known, 8, spec.horizon, spec.season), spec)


def wavy_panel(length: int = 60) -> Panel:
    """Return two series with a season of two and some noise."""
    random = np.random.default_rng(0)
    steps = np.arange(length)
    return a_panel(
        {
            "a": 20 + 5 * (-1.0) ** steps + random.normal(size=length),
            "b": 500 + steps + 30 * (-1.0) ** steps + random.normal(size=length),
        }
    )


@pytest.fixture(scope="session")
def task() -> Task:
    return a_task()
