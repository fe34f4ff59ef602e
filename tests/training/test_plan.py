import pytest

from lstmcast.training.plan import FitPlan, is_worth_compiling
from tests.examples import a_member, a_spec


def a_plan(**changes):
    fields = {"steps": 10, "stop": 10, "batch": 16, "learning_rate": 0.01, "dropout": 0.0, "reports": 2}
    return FitPlan(**(fields | changes))


@pytest.mark.parametrize(("steps", "memory"), [(10, 0.95), (160, 0.95), (400, 0.98), (800, 0.99), (10_000, 0.997)])
def test_the_weights_are_averaged_over_an_eighth_of_the_steps_within_limits(steps, memory):
    assert a_plan(steps=steps).memory == pytest.approx(memory)


def test_looks_share_the_steps_evenly_and_never_stand_still():
    assert a_plan(stop=10, reports=4).looks == [(0, 2), (2, 5), (5, 8), (8, 10)]
    assert a_plan(stop=2, reports=4).looks == [(0, 1), (1, 2)]


@pytest.mark.parametrize(
    ("context", "segment", "steps", "compiled"),
    [(24, 12, 300, False), (24, 12, 1500, True), (320, 10, 300, False), (320, 10, 600, True)],
)
def test_few_and_light_steps_are_not_worth_compiling(context, segment, steps, compiled):
    spec = a_spec(units=64, members=(a_member(context=context, segment=segment),))

    assert is_worth_compiling(spec, spec.members[0], steps) is compiled


def test_heavy_steps_are_worth_compiling_where_as_many_light_ones_are_not():
    light, heavy = (a_spec(units=units, members=(a_member(context=24, segment=12),)) for units in (64, 512))

    assert [is_worth_compiling(spec, spec.members[0], 300) for spec in (light, heavy)] == [False, True]
