"""The LSTM with its gradient written out: gates and cell states are kept, the hidden states follow from them."""

from typing import Any

from lstmcast.training.backend import layers, tf
from lstmcast.training.lean_layer import Kept, LeanLayer, by_step


class LeanLSTM(LeanLayer, layers.LSTM):  # type: ignore[misc]  # Keras has no types
    """An LSTM with the weights and equations of its parent."""

    def make_room(self, windows: int, steps: int) -> Kept:
        """Return room for the gates of all steps, and the cells of one step more."""
        return tf.zeros((steps, 4 * self.units, windows)), tf.zeros((steps + 1, self.units, windows))

    def forward(self, read: Any, weights: list[Any], room: Kept) -> tuple[Any, Kept]:
        """Return the last hidden state, the gates of all steps as `tanh` leaves them, and the cells."""
        steps, _, windows = read.shape
        kernel, recurrent, bias = weights
        halves = tf.repeat([0.5, 0.5, 1.0, 0.5], self.units)  # so that all gates go through `tanh`: see `_openings`
        matrix = tf.transpose(tf.concat([recurrent, kernel, bias[None]], 0) * halves)
        all_read = by_step(read)

        def step(now: Any, hidden: Any, gates: Any, cells: Any) -> tuple[Any, Any, Any, Any]:
            gates = gates.write(now, tf.tanh(tf.matmul(matrix, tf.concat([hidden, all_read.read(now)], 0))))
            at_input, kept, candidate, at_output = _openings(gates.read(now))
            cells = cells.write(now + 1, kept * cells.read(now) + at_input * candidate)
            return now + 1, at_output * tf.tanh(cells.read(now + 1)), gates, cells

        start = (0, tf.zeros((self.units, windows)), *map(by_step, room))
        _, hidden, gates, cells = tf.while_loop(lambda now, *_: now < steps, step, start)
        return hidden, (gates.stack(), cells.stack())

    def backward(self, of_hidden: Any, read: Any, weights: list[Any], kept: Kept, *, every: bool) -> tuple[Any, ...]:
        """Return the gradients of the inputs, of both matrices and of the bias."""
        (steps, numbers, windows), units = read.shape, self.units
        kernel, recurrent, _ = weights
        all_read, all_gates, all_cells = map(by_step, (read, *kept))
        from_above = by_step(of_hidden) if every else None

        def step(after: Any, of_hidden: Any, of_cell: Any, of_inputs: Any, of_weights: Any) -> tuple[Any, ...]:
            now = after - 1
            if from_above is not None:
                of_hidden += from_above.read(now)
            at_input, kept, candidate, at_output = _openings(all_gates.read(now))
            before, shown = all_cells.read(now), tf.tanh(all_cells.read(after))
            of_cell += of_hidden * at_output * (1 - shown * shown)
            of_gates = tf.concat(
                [
                    of_cell * candidate * at_input * (1 - at_input),
                    of_cell * before * kept * (1 - kept),
                    of_cell * at_input * (1 - candidate * candidate),
                    of_hidden * shown * at_output * (1 - at_output),
                ],
                0,
            )
            *_, output_before = _openings(all_gates.read(tf.maximum(now - 1, 0)))  # before the first, cells are zero
            was_read = tf.concat([output_before * tf.tanh(before), all_read.read(now)], 0)
            of_weights += tf.matmul(was_read, of_gates, transpose_b=True)
            of_inputs = of_inputs.write(now, tf.matmul(kernel, of_gates))  # which XLA leaves out if nobody asks
            return now, tf.matmul(recurrent, of_gates), of_cell * kept, of_inputs, of_weights

        nothing = tf.zeros((units, windows))
        start = (
            steps,
            nothing if every else of_hidden,
            nothing,
            by_step(tf.zeros_like(read[:, :-1])),
            tf.zeros((units + numbers, 4 * units)),
        )
        _, _, _, of_inputs, of_weights = tf.while_loop(lambda after, *_: after > 0, step, start)
        return of_inputs.stack(), of_weights[units:-1], of_weights[:units], of_weights[-1]

    def all_hidden(self, kept: Kept) -> Any:
        """Return the hidden states of all steps."""
        gates, cells = kept
        return _openings(gates, axis=1)[-1] * tf.tanh(cells[1:])


def _openings(gates: Any, axis: int = 0) -> tuple[Any, Any, Any, Any]:
    """Return how far input and forget gates are open, the candidate, and how far output gates are open."""
    at_input, kept, candidate, at_output = tf.split(gates, 4, axis)
    return 0.5 * at_input + 0.5, 0.5 * kept + 0.5, candidate, 0.5 * at_output + 0.5
