"""The update rule as pure functions of tensors: AdamW on a cosine rate, gradients clipped, weights averaged.

Keras' own optimizers keep their state in variables; here all weights are one vector that goes round as a value,
which compiles to a handful of operations.
"""

from typing import Any, NamedTuple

from lstmcast.training.backend import tf

FIRST_DECAY, SECOND_DECAY = 0.9, 0.98
WEIGHT_DECAY = 1e-4
LARGEST_GRADIENT = 1.0
WARM_UP = 0.1  # of the steps
FIRST_RATE, LAST_RATE = 0.05, 0.01  # of the peak


class Progress(NamedTuple):
    """The weights as one vector, and what is remembered of them."""

    weights: Any
    gradient: Any  # running mean
    square: Any  # running mean of the squared gradient
    averaged: Any  # running mean of the weights: what is kept in the end


def start_from(weights: Any) -> Progress:
    """Return the state before the first step."""
    return Progress(weights, tf.zeros_like(weights), tf.zeros_like(weights), weights)


def learning_rate(step: Any, steps: Any, peak: Any) -> Any:
    """Return the rate of a step: a linear warm-up, then half a cosine down."""
    warm = tf.maximum(steps * WARM_UP, 1.0)
    rising = FIRST_RATE + (1 - FIRST_RATE) * step / warm
    turn = tf.clip_by_value((step - warm) / tf.maximum(steps - warm, 1.0), 0.0, 1.0)
    falling = LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + tf.cos(turn * 3.14159265))
    return peak * tf.where(step < warm, rising, falling)


def clip_gradients(gradients: list[Any]) -> tuple[Any, Any]:
    """Return the gradients as one vector, no part longer than the limit, and 1 if a part had to be shortened."""
    lengths = [tf.norm(gradient) for gradient in gradients]
    clipped = [
        tf.reshape(gradient, [-1]) * tf.minimum(1.0, LARGEST_GRADIENT / tf.maximum(length, 1e-12))
        for gradient, length in zip(gradients, lengths, strict=True)
    ]
    return tf.concat(clipped, 0), tf.cast(tf.reduce_max(tf.stack(lengths)) > LARGEST_GRADIENT, tf.float32)


def update(progress: Progress, gradient: Any, decays: Any, step: Any, rate: Any, memory: Any) -> Progress:
    """Return the state after one step of AdamW; `decays` is 1 where weights decay, `memory` that of the average."""
    count = step + 1.0
    mean = FIRST_DECAY * progress.gradient + (1 - FIRST_DECAY) * gradient
    square = SECOND_DECAY * progress.square + (1 - SECOND_DECAY) * gradient * gradient
    direction = (mean / (1 - FIRST_DECAY**count)) / (tf.sqrt(square / (1 - SECOND_DECAY**count)) + 1e-7)
    weights = progress.weights - rate * (direction + WEIGHT_DECAY * decays * progress.weights)
    kept = tf.minimum(memory, count / (10.0 + count))
    return Progress(weights, mean, square, progress.averaged * kept + weights * (1 - kept))
