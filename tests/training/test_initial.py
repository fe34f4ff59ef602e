import numpy as np
import pytest

from lstmcast.network.forward import forward
from lstmcast.network.spec import member_shapes
from lstmcast.training.initial import initial_weights
from tests.examples import a_full_spec, a_member, a_spec
from tests.network.test_forward import some_inputs


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "linear"])
@pytest.mark.parametrize("spec", [a_spec(layers=3), a_full_spec()], ids=["plain", "full"])
def test_initial_weights_have_the_shapes_of_the_specification(spec, cell):
    spec = spec.changed({"cell": cell})

    weights = initial_weights(spec, spec.members[0])

    assert {name: array.shape for name, array in weights.items()} == member_shapes(spec, spec.members[0])
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in weights.values())


def test_an_untrained_member_forecasts_the_mean_of_its_bank():
    spec = a_full_spec()
    weights = initial_weights(spec, spec.members[0])
    inputs = some_inputs(spec)

    quantiles = forward(inputs, spec, spec.members[0], weights)

    matrices = weights["bank/kernel"].reshape(8, -1, 3)
    assert quantiles[..., 2] == pytest.approx(inputs.context @ matrices.mean(axis=1), abs=1e-5)


def test_the_forget_gates_of_an_lstm_of_two_steps_start_open():
    member = a_member(context=4, segment=2)
    spec = a_spec(layers=2, members=(member,))

    weights = initial_weights(spec, member)

    assert weights["cell1/bias"].tolist() == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(("steps", "many"), [(15, False), (100, True)])
def test_a_cell_of_more_steps_starts_with_units_that_keep_for_one_step_up_to_all_of_them(steps, many):
    member = a_member(context=steps, segment=1)
    lstm, gru, rnn = (a_spec(cell=cell, units=50, members=(member,)) for cell in ("lstm", "gru", "rnn"))

    write, forget = np.split(initial_weights(lstm, member)["cell0/bias"], 4)[:2]
    update, reset, _ = np.split(initial_weights(gru, member)["cell0/bias"][0], 3)

    if many:
        assert write.tolist() == (-forget).tolist()
        for kept in (forget, update):
            memory = np.exp(kept)  # a gate of s(b) loses 1 / (1 + e^b) of the old at each step
            assert 1 <= memory.min() < 20
            assert 80 < memory.max() <= 99
    else:
        assert (write == 0).all()
        assert (forget == 1).all()
        assert (update == 0).all()
    assert (reset == 0).all()
    assert (initial_weights(rnn, member)["cell0/bias"] == 0).all()


def test_recurrent_weights_start_as_rows_of_length_one_at_right_angles():
    spec = a_spec()

    recurrent = initial_weights(spec, spec.members[0])["cell0/recurrent"]

    assert recurrent @ recurrent.T == pytest.approx(np.eye(3), abs=1e-6)


def test_seeds_decide_where_members_start():
    spec = a_spec()
    member = spec.members[0]

    one, again = initial_weights(spec, member), initial_weights(spec, member)
    other = initial_weights(spec, member.changed({"seed": 2}))

    assert all((one[name] == again[name]).all() for name in one)
    assert (one["state/kernel"] != other["state/kernel"]).any()
