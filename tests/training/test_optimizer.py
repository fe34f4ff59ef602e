import numpy as np
import pytest

from lstmcast.training.backend import tf
from lstmcast.training.optimizer import clip_gradients, learning_rate, start_from, update


def rate_at(step, steps=100.0, peak=2.0):
    return float(learning_rate(tf.constant(float(step)), tf.constant(steps), tf.constant(peak)))


def test_the_rate_warms_up_and_falls_along_half_a_cosine():
    assert rate_at(0) == pytest.approx(0.1)
    assert rate_at(10) == pytest.approx(2.0)
    assert rate_at(55) == pytest.approx(2 * (0.01 + 0.99 / 2))
    assert rate_at(100) == pytest.approx(0.02)
    assert np.diff([rate_at(step) for step in range(10, 101)]).max() < 0


def test_a_single_step_has_a_rate():
    assert rate_at(0, steps=1.0) == pytest.approx(0.1)


def test_long_gradients_are_shortened_part_by_part():
    gradient, clipped = clip_gradients([tf.constant([[3.0, 4.0]]), tf.constant([0.5])])

    assert gradient.numpy() == pytest.approx([0.6, 0.8, 0.5])
    assert float(clipped) == 1


def test_short_gradients_stay_as_they_are():
    gradient, clipped = clip_gradients([tf.constant([0.3, 0.4]), tf.constant([0.0])])

    assert gradient.numpy() == pytest.approx([0.3, 0.4, 0.0])
    assert float(clipped) == 0


def test_the_first_step_goes_by_the_rate_against_the_sign_of_the_gradient():
    progress = start_from(tf.constant([1.0, 1.0, 1.0]))

    after = update(progress, tf.constant([0.5, -0.1, 0.0]), tf.constant([0.0, 0.0, 1.0]), 0.0, 0.1, 0.99)

    assert after.weights.numpy() == pytest.approx([0.9, 1.1, 1 - 0.1 * 1e-4], abs=1e-6)


def test_the_average_forgets_where_training_began():
    progress = start_from(tf.constant([0.0]))
    for step in range(200):
        progress = update(
            progress._replace(weights=tf.constant([5.0])), tf.zeros(1), tf.zeros(1), float(step), 0.1, 0.95
        )

    assert progress.averaged.numpy() == pytest.approx([5.0], abs=1e-2)
