from itertools import product

import numpy as np
import pytest

from lstmcast.data.windows import NUMPY
from lstmcast.network.bank import build_bank
from lstmcast.network.forward import forward
from lstmcast.network.inputs import make_inputs
from lstmcast.network.spec import Cycle, member_shapes
from lstmcast.training.backend import keras
from lstmcast.training.keras_model import build_model, set_weights, weight_variables
from tests.examples import a_full_spec, a_member, a_panel, a_scale, a_spec, arrays_of, random_weights

BANK = tuple(build_bank(8, 3, (2,)))
PARTS = {
    "bank": {"members": (a_member(bank=BANK),)},
    "past": {"past": (a_scale("wind", centred=True),)},
    "future": {"future": (a_scale("price", centred=True), a_scale("holiday"))},
    "calendar": {"calendar": (Cycle(name="four", period=4.0, harmonics=2),)},
}
COMBINATIONS = [
    parts for count in range(5) for parts in product(PARTS, repeat=count) if list(parts) == sorted(set(parts))
]


def some_inputs(spec, count=20):
    random = np.random.default_rng(7)
    length = 40

    def columns(scales):
        return {scale.name: random.normal(size=2 * (length + 3)) for scale in scales}

    series = {name: random.normal(10, 3, length) for name in "ab"}
    panel = a_panel(series, ahead=3, past=columns(spec.past), future=columns(spec.future))
    arrays = arrays_of(panel, periods=tuple(cycle.period for cycle in spec.calendar))
    origins = np.linspace(3, length, count).astype(int)
    return make_inputs(NUMPY, arrays, np.arange(count) % 2, origins, spec, spec.members[0])


def assert_parity(spec, seed=0):
    member = spec.members[0]
    weights = random_weights(spec, member, seed)
    model = build_model(spec, member)
    set_weights(model, spec, member, weights)
    inputs = some_inputs(spec)

    ours = forward(inputs, spec, member, weights)
    theirs = np.asarray(model([inputs.segments, inputs.features, inputs.context, inputs.ahead]))

    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() <= 1e-5 * max(1.0, np.abs(theirs).max())


@pytest.mark.parametrize("parts", COMBINATIONS, ids=lambda parts: "+".join(parts) or "plain")
@pytest.mark.parametrize(("cell", "layers"), [*product(["lstm", "gru", "rnn"], [1, 2, 3]), ("linear", 1)])
def test_our_forward_pass_is_that_of_keras(cell, layers, parts):
    changes = {name: value for part in parts for name, value in PARTS[part].items()}

    assert_parity(a_spec(cell=cell, layers=layers, **changes), seed=layers)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_our_forward_pass_is_that_of_keras_over_many_segments(cell):
    context = 33

    assert_parity(a_spec(cell=cell, layers=2, members=(a_member(context=context, segment=1),)))


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "linear"])
@pytest.mark.parametrize("spec", [a_spec(layers=2), a_full_spec(layers=2)], ids=["plain", "full"])
def test_the_variables_have_the_names_and_shapes_of_the_specification(spec, cell):
    spec = spec.changed({"cell": cell})
    model = build_model(spec, spec.members[0])

    variables = weight_variables(model, spec, spec.members[0])

    assert {name: tuple(v.shape) for name, v in variables.items()} == member_shapes(spec, spec.members[0])
    assert {id(v) for v in model.trainable_variables} <= {id(v) for v in variables.values()}


def test_the_typical_error_is_measured_and_not_trained():
    spec = a_spec()
    model = build_model(spec, spec.members[0])

    assert "typical_error" in [v.name for v in model.non_trainable_variables]
    assert "typical_error" not in [v.name for v in model.trainable_variables]


def test_dropout_is_only_there_while_training():
    spec = a_full_spec()
    member = spec.members[0]
    model = build_model(spec, member, dropout=0.5)
    weights = random_weights(spec, member)
    set_weights(model, spec, member, weights)
    inputs = some_inputs(spec)

    quantiles = np.asarray(model([inputs.segments, inputs.features, inputs.context, inputs.ahead], training=False))

    assert quantiles == pytest.approx(forward(inputs, spec, member, weights), rel=1e-4, abs=1e-4)


def test_the_model_is_made_of_layers_of_keras_and_no_lambda():
    spec = a_full_spec()

    model = build_model(spec, spec.members[0])
    names = {type(layer).__name__ for layer in model.layers}

    assert isinstance(model.get_layer("cell0"), keras.layers.LSTM)
    assert {"Dense", "Softmax", "Quantiles"} <= names
    assert "Lambda" not in names
