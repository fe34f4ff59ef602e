import pytest

from lstmcast.training.plan import FitPlan


def a_plan(**changes):
    fields = {"steps": 10, "stop": 10, "batch": 16, "learning_rate": 0.01, "dropout": 0.0, "reports": 2}
    return FitPlan(**(fields | changes))


@pytest.mark.parametrize(("steps", "memory"), [(10, 0.95), (160, 0.95), (400, 0.98), (800, 0.99), (10_000, 0.997)])
def test_the_weights_are_averaged_over_an_eighth_of_the_steps_within_limits(steps, memory):
    assert a_plan(steps=steps).memory == pytest.approx(memory)


def test_looks_share_the_steps_evenly_and_never_stand_still():
    assert a_plan(stop=10, reports=4).looks == [(0, 2), (2, 5), (5, 8), (8, 10)]
    assert a_plan(stop=2, reports=4).looks == [(0, 1), (1, 2)]
