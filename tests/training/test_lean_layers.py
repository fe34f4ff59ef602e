import numpy as np
import pytest

from lstmcast.training.backend import keras, layers, tf
from lstmcast.training.lean_gru import LeanGRU
from lstmcast.training.lean_lstm import LeanLSTM

WINDOWS, UNITS, FEATURES = 6, 5, 3
KINDS = {"lstm": (layers.LSTM, LeanLSTM), "gru": (layers.GRU, LeanGRU)}

both = pytest.mark.parametrize("cell", list(KINDS))


def numbers(*shape, seed=0):
    return tf.constant(np.random.default_rng(seed).normal(size=shape).astype(np.float32))


def a_pair(cell, steps, *, every):
    """Return a layer of Keras and ours, with the same weights."""
    inputs, pair = keras.Input((steps, FEATURES)), []
    for kind in KINDS[cell]:
        pair.append(kind(UNITS, return_sequences=every))
        pair[-1](inputs)
    random = np.random.default_rng(1)
    weights = [random.normal(size=weight.shape).astype(np.float32) for weight in pair[0].get_weights()]
    for layer in pair:
        layer.set_weights(weights)
    return pair


def output_and_gradients(layer, sequences, weighing, *, compiled):
    """Return what comes out, and the gradients of the inputs and of each weight."""

    @tf.function(jit_compile=compiled, autograph=False)
    def differentiate(sequences):
        weights = [tf.identity(weight.value) for weight in layer.trainable_variables]
        with tf.GradientTape() as tape:
            tape.watch([sequences, *weights])
            fixed = [variable.value for variable in layer.non_trainable_variables]
            output, _ = layer.stateless_call(weights, fixed, sequences)
            loss = tf.reduce_sum(output * weighing)
        return [output, *tape.gradient(loss, [sequences, *weights])]

    return [np.asarray(found) for found in differentiate(sequences)]


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
@pytest.mark.parametrize("every", [False, True], ids=["last", "every"])
@pytest.mark.parametrize("steps", [1, 2, 9])
@both
def test_output_and_gradients_are_those_of_keras(cell, steps, every, compiled):
    theirs, ours = a_pair(cell, steps, every=every)
    sequences = numbers(WINDOWS, steps, FEATURES)
    weighing = numbers(*((WINDOWS, steps, UNITS) if every else (WINDOWS, UNITS)), seed=2)

    wanted = output_and_gradients(theirs, sequences, weighing, compiled=compiled)
    found = output_and_gradients(ours, sequences, weighing, compiled=compiled)

    for one, other in zip(found, wanted, strict=True):
        assert one.shape == other.shape
        assert one == pytest.approx(other, rel=1e-4, abs=1e-5)
    assert all(np.abs(each).max() > 0.01 for each in found[:3])  # a single step reads no state


@both
def test_a_room_is_handed_on_and_what_lay_in_it_does_not_matter(cell):
    _, ours = a_pair(cell, 9, every=False)
    first, second = numbers(WINDOWS, 9, FEATURES), numbers(WINDOWS, 9, FEATURES, seed=3)
    wanted = np.asarray(ours(second))

    ours.room = ours.make_room(WINDOWS, 9)
    ours(first)
    used = [np.asarray(part) for part in ours.room]
    found = np.asarray(ours(second))

    assert [part.shape for part in used] == [(9, 4 * UNITS, WINDOWS), (10, UNITS, WINDOWS)]
    assert all(np.abs(part).max() > 0.1 for part in used)
    assert found == pytest.approx(wanted, rel=1e-6)


@both
def test_no_room_is_kept_unless_there_is_one(cell):
    _, ours = a_pair(cell, 4, every=False)

    ours(numbers(WINDOWS, 4, FEATURES))

    assert ours.room is None
    assert ours(numbers(WINDOWS + 1, 4, FEATURES)).shape == (WINDOWS + 1, UNITS)
