"""The GRU with its gradient written out: its gates and hidden states are kept."""

from typing import Any

from lstmcast.training.backend import layers, tf
from lstmcast.training.lean_layer import Kept, LeanLayer, by_step


class LeanGRU(LeanLayer, layers.GRU):  # type: ignore[misc]  # Keras has no types
    """A GRU (reset after the product) with the weights and equations of its parent."""

    def make_room(self, windows: int, steps: int) -> Kept:
        """Return room for what `_parts` takes apart of all steps, and the hidden states of one step more."""
        return tf.zeros((steps, 4 * self.units, windows)), tf.zeros((steps + 1, self.units, windows))

    def forward(self, read: Any, weights: list[Any], room: Kept) -> tuple[Any, Kept]:
        """Return the last hidden state, what `_parts` takes apart of all steps, and the hidden states."""
        (steps, numbers, _), units = read.shape, self.units
        kernel, recurrent, biases = weights
        of_gates, of_candidate = tf.split(tf.concat([kernel, biases[:1]], 0), [2 * units, units], 1)
        of_gates += tf.concat([tf.zeros((numbers - 1, 2 * units)), biases[1:, : 2 * units]], 0)
        of_recalled = tf.concat([tf.zeros((numbers - 1, units)), biases[1:, 2 * units :]], 0)
        halves = tf.repeat([0.5, 0.5, 1.0], units)  # so that both gates go through `tanh`: see `_parts`
        matrix = tf.transpose(tf.concat([recurrent, tf.concat([of_gates, of_recalled], 1)], 0) * halves)
        of_candidate, all_read = tf.transpose(of_candidate), by_step(read)

        def step(now: Any, kept: Any, hidden: Any) -> tuple[Any, Any, Any]:
            before, inputs = hidden.read(now), all_read.read(now)
            product = tf.matmul(matrix, tf.concat([before, inputs], 0))
            gates, recalled = tf.tanh(product[: 2 * units]), product[2 * units :]
            candidate = tf.tanh(tf.matmul(of_candidate, inputs) + (0.5 * gates[units:] + 0.5) * recalled)
            kept = kept.write(now, tf.concat([gates, candidate, recalled], 0))
            update, _, candidate, _ = _parts(kept.read(now))
            return now + 1, kept, hidden.write(now + 1, update * before + (1 - update) * candidate)

        _, kept, hidden = tf.while_loop(lambda now, *_: now < steps, step, (0, *map(by_step, room)))
        return hidden.read(steps), (kept.stack(), hidden.stack())

    def backward(self, of_hidden: Any, read: Any, weights: list[Any], kept: Kept, *, every: bool) -> tuple[Any, ...]:
        """Return the gradients of the inputs, of both matrices and of the two biases."""
        (steps, numbers, windows), units = read.shape, self.units
        kernel, recurrent, _ = weights
        all_read, all_kept, all_hidden = map(by_step, (read, *kept))
        from_above = by_step(of_hidden) if every else None

        def step(after: Any, of_hidden: Any, of_inputs: Any, *sums: Any) -> tuple[Any, ...]:
            now = after - 1
            if from_above is not None:
                of_hidden += from_above.read(now)
            update, reset, candidate, recalled = _parts(all_kept.read(now))
            before, inputs = all_hidden.read(now), all_read.read(now)
            of_candidate = of_hidden * (1 - update) * (1 - candidate * candidate)
            of_gates = tf.concat(
                [
                    of_hidden * (before - candidate) * update * (1 - update),
                    of_candidate * recalled * reset * (1 - reset),
                ],
                0,
            )
            of_products = tf.concat([of_gates, of_candidate * reset], 0)
            of_matrix = sums[0] + tf.matmul(tf.concat([before, inputs], 0), of_products, transpose_b=True)
            of_new = sums[1] + tf.matmul(inputs, of_candidate, transpose_b=True)
            of_read = tf.matmul(kernel, tf.concat([of_gates, of_candidate], 0))  # left out if nobody asks
            of_before = tf.matmul(recurrent, of_products) + of_hidden * update
            return now, of_before, of_inputs.write(now, of_read), of_matrix, of_new

        start = (
            steps,
            tf.zeros((units, windows)) if every else of_hidden,
            by_step(tf.zeros_like(read[:, :-1])),
            tf.zeros((units + numbers, 3 * units)),
            tf.zeros((numbers, units)),
        )
        _, _, of_inputs, of_matrix, of_new = tf.while_loop(lambda after, *_: after > 0, step, start)
        of_read = tf.concat([of_matrix[units:, : 2 * units], of_new], 1)
        return of_inputs.stack(), of_read[:-1], of_matrix[:units], tf.stack([of_read[-1], of_matrix[-1]])

    def all_hidden(self, kept: Kept) -> Any:
        """Return the hidden states of all steps."""
        return kept[1][1:]


def _parts(kept: Any) -> tuple[Any, Any, Any, Any]:
    """Return how far update and reset gates are open, the candidate, and what is recalled of the state before."""
    update, reset, candidate, recalled = tf.split(kept, 4)
    return 0.5 * update + 0.5, 0.5 * reset + 0.5, candidate, recalled
