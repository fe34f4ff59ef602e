from statistics import NormalDist

import numpy as np
import pytest

from lstmcast.data.windows import NUMPY
from lstmcast.network.forward import (
    SPREAD_UNIT,
    ahead_effect,
    bank_forecasts,
    forward,
    gate_openings,
    product,
    read_state,
    softplus,
    spread_start,
    swish,
)
from lstmcast.network.inputs import make_inputs
from lstmcast.network.spec import member_shapes
from tests.examples import a_full_spec, a_panel, a_spec, arrays_of, random_weights

SPECS = {"values only": a_spec(), "everything": a_full_spec()}


def some_inputs(spec, count=6):
    random = np.random.default_rng(5)
    length = 8 + count
    covariates = {"past": {"wind": random.normal(size=length + 3)}, "future": {"price": random.normal(size=length + 3)}}
    panel = a_panel({"a": random.normal(10, 3, length)}, ahead=3, **(covariates if spec.past else {}))
    arrays = arrays_of(panel, periods=tuple(cycle.period for cycle in spec.calendar))
    return make_inputs(NUMPY, arrays, np.zeros(count, int), 8 + np.arange(count), spec, spec.members[0])


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
@pytest.mark.parametrize("size", [0.1, 1.0, 100.0])
@pytest.mark.parametrize("seed", range(3))
def test_quantiles_never_cross_whatever_the_weights(spec, size, seed):
    weights = random_weights(spec, spec.members[0], seed, size)

    quantiles = forward(some_inputs(spec), spec, spec.members[0], weights)

    assert quantiles.shape == (6, 3, len(spec.quantiles))
    assert quantiles.dtype == np.float32
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=2) >= 0).all()


def test_weights_of_zero_give_the_middle_of_the_bank_and_normal_bands():
    spec = a_full_spec()
    member = spec.members[0]
    weights = {name: np.zeros(shape, np.float32) for name, shape in member_shapes(spec, member).items()}
    weights["bank/kernel"] = random_weights(spec, member)["bank/kernel"]
    weights["typical_error"] = np.array([1, 2, 3], np.float32)
    inputs = some_inputs(spec)

    quantiles = forward(inputs, spec, member, weights)

    assert quantiles[..., 2] == pytest.approx(bank_forecasts(inputs, spec, weights).mean(axis=1), abs=1e-5)
    normal = np.array([NormalDist().inv_cdf(q) for q in spec.quantiles])
    expected = SPREAD_UNIT * np.array([1, 2, 3])[:, None] * normal
    assert quantiles - quantiles[..., 2:3] == pytest.approx(np.tile(expected, (6, 1, 1)), abs=1e-4)


def test_the_gate_shares_sum_to_one_at_each_step_ahead():
    spec = a_full_spec()
    weights = random_weights(spec, spec.members[0], size=30)
    state = read_state(some_inputs(spec), spec, weights)

    shares = gate_openings(state, spec, weights)

    assert shares.shape == (6, len(spec.members[0].bank), 3)
    assert shares.sum(axis=1) == pytest.approx(np.ones((6, 3)), abs=1e-5)
    assert (shares >= 0).all()


def test_a_wide_open_gate_uses_one_forecaster_alone():
    spec = a_full_spec()
    member = spec.members[0]
    weights = {name: np.zeros(shape, np.float32) for name, shape in member_shapes(spec, member).items()}
    weights["bank/kernel"] = random_weights(spec, member)["bank/kernel"]
    weights["gate/bias"][3:6] = 1000  # the second forecaster, at all three steps
    inputs = some_inputs(spec)

    quantiles = forward(inputs, spec, member, weights)

    assert quantiles[..., 2] == pytest.approx(inputs.context @ weights["bank/kernel"][:, 3:6], abs=1e-5)


@pytest.mark.parametrize(("block", "column"), [("segments", 2), ("segments", 4), ("ahead", 0), ("ahead", 1)])
def test_what_covariates_and_calendar_say_reaches_the_forecast(block, column):
    spec = a_full_spec()
    weights = random_weights(spec, spec.members[0])
    inputs = some_inputs(spec)
    changed = getattr(inputs, block).copy()
    changed[..., column] += 1

    one = forward(inputs, spec, spec.members[0], weights)
    other = forward(inputs._replace(**{block: changed}), spec, spec.members[0], weights)

    assert np.abs(one - other).max() > 1e-3


def test_each_window_is_forecast_as_if_it_were_alone():
    spec = a_full_spec()
    weights = random_weights(spec, spec.members[0])
    inputs = some_inputs(spec)

    together = forward(inputs, spec, spec.members[0], weights)

    for n in range(6):
        alone = forward(type(inputs)(*(block[[n]] for block in inputs)), spec, spec.members[0], weights)
        assert alone[0] == pytest.approx(together[n], abs=1e-5)


def test_a_product_is_that_of_matrices_with_windows_side_by_side_in_memory():
    random = np.random.default_rng(1)
    x, kernel = random.normal(size=(4, 3, 2)).astype(np.float32), random.normal(size=(2, 5)).astype(np.float32)

    answer = product(x, kernel)

    assert answer == pytest.approx(x @ kernel, abs=1e-6)
    assert answer.strides[0] == answer.itemsize


def test_windows_that_know_the_same_of_the_horizon_are_forecast_as_if_each_knew_it_alone():
    spec = a_full_spec()
    weights = random_weights(spec, spec.members[0])
    inputs = some_inputs(spec)
    shared = np.broadcast_to(inputs.ahead[:1], inputs.ahead.shape)

    together = forward(inputs._replace(ahead=shared), spec, spec.members[0], weights)

    assert together == pytest.approx(
        forward(inputs._replace(ahead=shared.copy()), spec, spec.members[0], weights), abs=1e-6
    )


def test_what_is_known_ahead_has_the_same_effect_however_many_steps_are_taken_at_a_time(monkeypatch):
    spec = a_full_spec()
    weights = random_weights(spec, spec.members[0])
    inputs = some_inputs(spec)
    state = read_state(inputs, spec, weights)
    whole = ahead_effect(inputs, state, weights)

    monkeypatch.setattr("lstmcast.network.forward.NUMBERS_AT_ONCE", 1)

    assert whole.shape == (6, 3, len(spec.quantiles))
    assert ahead_effect(inputs, state, weights) == pytest.approx(whole, abs=1e-6)


def test_softplus_is_the_logarithm_of_one_plus_exp_without_overflow():
    x = np.array([-1e30, -1, 0, 1, 1e30], np.float32)

    assert softplus(x) == pytest.approx([0, np.log1p(np.exp(-1)), np.log(2), np.log1p(np.e), 1e30], rel=1e-6)


def test_swish_is_x_times_its_logistic_function_without_overflow():
    x = np.array([-1e30, -1, 0, 1, 1e30], np.float32)

    assert swish(x) == pytest.approx([0, -1 / (1 + np.e), 0, np.e / (1 + np.e), 1e30], rel=1e-6)


def test_spreads_start_as_the_gaps_of_normal_quantiles_upper_half_first():
    start = spread_start((0.025, 0.1, 0.5, 0.9, 0.975))

    inner = NormalDist().inv_cdf(0.9)
    outer = NormalDist().inv_cdf(0.975) - inner
    assert softplus(start) == pytest.approx([inner, outer, inner, outer], rel=1e-5)
