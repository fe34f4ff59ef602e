import numpy as np
import pytest

from lstmcast.data.windows import NUMPY
from lstmcast.network.forward import forward
from lstmcast.network.inputs import make_inputs, make_targets
from lstmcast.training.gradient_flow import CELL, HIDDEN, GradientFlow, measure_gradient_flow
from tests.examples import a_full_spec, a_member, a_panel, a_spec, arrays_of, random_weights

PANEL = a_panel({"a": np.random.default_rng(3).normal(10, 3, 40)})
SERIES, ORIGINS = np.zeros(5, np.int64), np.array([10, 15, 20, 25, 30])


def flow_of(spec, weights):
    member, arrays = spec.members[0], arrays_of(PANEL)
    inputs = make_inputs(NUMPY, arrays, SERIES, ORIGINS, spec, member)
    truth, counts = make_targets(NUMPY, arrays, SERIES, ORIGINS, inputs, spec.horizon)
    return measure_gradient_flow(inputs, truth, counts, spec, member, weights)


@pytest.mark.parametrize(("cell", "states"), [("lstm", {HIDDEN, CELL}), ("gru", {HIDDEN}), ("rnn", {HIDDEN})])
@pytest.mark.parametrize("layers", [1, 2])
def test_every_state_of_every_cell_has_a_gradient_at_each_lag(cell, states, layers):
    spec = a_spec(cell=cell, layers=layers)

    flow = flow_of(spec, random_weights(spec, spec.members[0]))

    assert flow.norms.keys() == states
    for norms in flow.norms.values():
        assert norms.shape == (5, 4)
        assert (norms > 0).all()


def test_without_recurrence_only_the_newest_state_moves_the_loss():
    spec = a_spec(cell="rnn")
    weights = random_weights(spec, spec.members[0])
    weights["cell0/recurrent"] = np.zeros_like(weights["cell0/recurrent"])

    mean = flow_of(spec, weights).norms[HIDDEN]

    assert (mean[:, 0] > 0).all()
    assert mean[:, 1:].tolist() == [[0.0] * 3] * 5


def test_a_plain_network_loses_the_same_share_with_each_step_back():
    spec = a_spec(cell="rnn", units=1)
    weights = random_weights(spec, spec.members[0])
    weights |= {name: np.zeros_like(weights[name]) for name in ("cell0/kernel", "cell0/bias")}
    weights["cell0/recurrent"] = np.array([[0.5]], np.float32)  # the state stays 0, where tanh has a slope of 1

    mean = flow_of(spec, weights).mean(HIDDEN)

    assert mean / mean[0] == pytest.approx([1, 0.5, 0.25, 0.125], rel=1e-5)


def test_the_gradient_is_that_of_the_loss_of_training():
    spec = a_spec(
        cell="rnn", units=1, members=(a_member(context=2, segment=2),)
    )  # one step: the state is what it reads
    member, arrays = spec.members[0], arrays_of(PANEL)
    weights = random_weights(spec, member)
    inputs = make_inputs(NUMPY, arrays, SERIES, ORIGINS, spec, member)
    truth, _ = make_targets(NUMPY, arrays, SERIES, ORIGINS, inputs, spec.horizon)

    def losses(pre_activation):
        moved = {**weights, "cell0/kernel": np.zeros_like(weights["cell0/kernel"]), "cell0/bias": pre_activation}
        error = truth[..., None] - forward(inputs, spec, member, moved)
        levels = np.array(spec.quantiles)
        pinball = np.maximum(levels * error, (levels - 1) * error).mean(axis=2)
        return (np.abs(error[..., 2]) + 2 * pinball).mean(axis=1)

    by_hand = np.abs(losses(np.float32([0.001])) - losses(np.float32([-0.001]))) / 0.002  # tanh has a slope of 1 at 0

    still = weights | {name: np.zeros_like(weights[name]) for name in ("cell0/kernel", "cell0/bias")}
    assert flow_of(spec, still).norms[HIDDEN][:, 0] == pytest.approx(by_hand, rel=0.02)


def test_the_bank_and_all_other_inputs_may_be_there():
    spec = a_full_spec()
    panel = a_panel(
        {"a": np.linspace(1, 9, 40)}, ahead=3, past={"wind": np.ones(43)}, future={"price": np.arange(43.0)}
    )
    arrays = arrays_of(panel, periods=(4.0,))
    inputs = make_inputs(NUMPY, arrays, SERIES, ORIGINS, spec, spec.members[0])
    truth, counts = make_targets(NUMPY, arrays, SERIES, ORIGINS, inputs, spec.horizon)

    flow = measure_gradient_flow(inputs, truth, counts, spec, spec.members[0], random_weights(spec, spec.members[0]))

    assert flow.norms[CELL].shape == (5, 4)


def test_the_mean_over_windows_is_geometric_and_survives_a_gradient_of_nothing():
    flow = GradientFlow({HIDDEN: np.array([[4.0, 0.0], [9.0, 0.0]], np.float32)})

    assert flow.mean(HIDDEN)[0] == pytest.approx(6.0)
    assert 0 < flow.mean(HIDDEN)[1] < 1e-37
