import numpy as np
import pytest

from lstmcast.data.windows import Windows
from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import Ensemble, forecast_windows
from lstmcast.network.first_steps import first_steps
from lstmcast.network.scales import scale_for_members
from lstmcast.network.spec import expected_shapes, member_name
from tests.examples import a_full_spec, a_panel, a_spec, random_weights

SPECS = {"values only": a_spec(), "everything": a_full_spec()}


@pytest.fixture(params=SPECS.values(), ids=SPECS.keys())
def spec(request):
    return request.param


def weights_for(spec):
    return {
        member_name(place, name): array
        for place, member in enumerate(spec.members)
        for name, array in random_weights(spec, member, place).items()
    }


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_the_first_steps_have_the_weights_that_a_model_of_so_many_steps_has(spec, steps):
    calibration = Calibration(baseline="naive", weights=(1.0,) * 3, factors=(1.0,) * len(spec.quantiles))

    cut = first_steps(Ensemble(spec, weights_for(spec), calibration), steps)

    assert cut.spec.horizon == steps
    assert {name: array.shape for name, array in cut.weights.items()} == expected_shapes(cut.spec)
    assert cut.calibration.weights == (1.0,) * steps


@pytest.mark.parametrize("steps", [1, 2])
def test_the_first_steps_alone_say_what_the_whole_forecast_says_of_them(spec, steps):
    random = np.random.default_rng(0)
    rows = 30
    columns = {"past": {"wind": random.normal(size=rows + 3)}, "future": {"price": random.normal(size=rows + 3)}}
    panel = a_panel({"a": random.normal(10, 3, rows)}, ahead=3, **(columns if spec.past else {}))
    windows = Windows(np.zeros(20, np.int64), np.arange(8, 28))
    leaning = (0.5, 1.0, 0.2) if spec.members[0].bank else (1.0,) * 3
    calibration = Calibration(
        baseline=spec.members[0].bank[0] if spec.members[0].bank else "naive",
        weights=leaning,
        factors=tuple(1.0 + 0.1 * place for place in range(len(spec.quantiles))),
        widths=tuple((float(step),) * len(spec.quantiles) for step in (1, 2, 4)),
        share=0.5,
    )
    ensemble = Ensemble(spec, weights_for(spec), calibration)
    scaled = scale_for_members(panel, panel, spec, spec.members)
    cut = first_steps(ensemble, steps)

    alone = forecast_windows(scaled, windows, cut)

    whole = forecast_windows(scaled, windows, ensemble)
    assert alone == pytest.approx(whole[:, :steps], rel=1e-6)
