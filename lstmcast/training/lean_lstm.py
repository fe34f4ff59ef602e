"""The LSTM of Keras with its gradient written out, which takes less memory and time than what TensorFlow derives.

TensorFlow keeps seven arrays of all steps, fills each with zeros first, and goes through the numbers of a step some
twenty times. Here two arrays are kept: the gates, and the cell states; the hidden states follow from them. Windows
stand side by side, so that what belongs to one gate lies together.
"""

from typing import Any

from lstmcast.training.backend import keras, layers, tf


class LeanLSTM(layers.LSTM):  # type: ignore[misc]  # Keras has no types
    """An LSTM with the weights and equations of its parent; it takes neither masks nor a state to begin with.

    A `room` is where gates and cells of all steps are kept. Who sets one finds there what to hand to the next training
    step, which then need not fill a new one with zeros.
    """

    room: tuple[Any, Any] | None = None

    def make_room(self, windows: int, steps: int) -> tuple[Any, Any]:
        """Return room for so many windows and steps; the cells before the first step are zero, and stay so."""
        return tf.zeros((steps, 4 * self.units, windows)), tf.zeros((steps + 1, self.units, windows))

    def build(self, sequences_shape: Any) -> None:
        """Make the weights; Keras wants `build` and `call` to agree in what they take."""
        super().build(sequences_shape)

    def compute_output_spec(self, sequences: Any) -> Any:
        """Return the form of what comes out, which needs no walk through the steps."""
        return keras.KerasTensor(self.compute_output_shape(sequences.shape), sequences.dtype)

    def call(self, sequences: Any) -> Any:
        """Return the last hidden state of each window (N, U), or all of them (N, T, U)."""
        cell = self.cell
        kernel, recurrent, bias = map(tf.convert_to_tensor, (cell.kernel, cell.recurrent_kernel, cell.bias))
        inputs, room = tf.transpose(sequences, (1, 2, 0)), self.room or self.make_room(*sequences.shape[:2])
        hidden, room = _run(inputs, kernel, recurrent, bias, room, every=self.return_sequences)
        if self.room is not None:
            self.room = room
        return tf.transpose(hidden, (2, 0, 1)) if self.return_sequences else tf.transpose(hidden)


def _run(
    inputs: Any, kernel: Any, recurrent: Any, bias: Any, room: tuple[Any, Any], *, every: bool
) -> tuple[Any, tuple[Any, Any]]:
    """Return the hidden state of the last step (U, N), or those of every step (T, U, N), and the room as it is now."""
    kept: list[Any] = []

    @tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow has no types
    def hidden(inputs: Any, kernel: Any, recurrent: Any, bias: Any) -> tuple[Any, Any]:
        read = _with_ones(inputs)
        last, gates, cells = _forward(read, kernel, recurrent, bias, room)
        kept.extend((gates, cells))

        def gradients(of_hidden: Any) -> tuple[Any, Any, Any, Any]:
            return _backward(of_hidden, read, kernel, recurrent, gates, cells, every=every)

        return (_openings(gates, axis=1)[-1] * tf.tanh(cells[1:]) if every else last), gradients

    answer = hidden(inputs, kernel, recurrent, bias)
    return answer, (kept[0], kept[1])


def _forward(read: Any, kernel: Any, recurrent: Any, bias: Any, room: tuple[Any, Any]) -> tuple[Any, Any, Any]:
    """Return the last hidden state, the gates of all steps as `tanh` leaves them, and the cells of one step more."""
    (steps, _, windows), units = read.shape, recurrent.shape[0]
    halves = tf.repeat([0.5, 0.5, 1.0, 0.5], units)  # so that all gates go through `tanh`: see `_openings`
    matrix = tf.transpose(tf.concat([recurrent, kernel, bias[None]], 0) * halves)
    all_read = _by_step(read)

    def step(now: Any, hidden: Any, gates: Any, cells: Any) -> tuple[Any, Any, Any, Any]:
        gates = gates.write(now, tf.tanh(tf.matmul(matrix, tf.concat([hidden, all_read.read(now)], 0))))
        at_input, kept, candidate, at_output = _openings(gates.read(now))
        cells = cells.write(now + 1, kept * cells.read(now) + at_input * candidate)
        return now + 1, at_output * tf.tanh(cells.read(now + 1)), gates, cells

    start = (0, tf.zeros((units, windows)), *map(_by_step, room))
    _, hidden, gates, cells = tf.while_loop(lambda now, *_: now < steps, step, start)
    return hidden, gates.stack(), cells.stack()


def _backward(
    of_hidden: Any, read: Any, kernel: Any, recurrent: Any, gates: Any, cells: Any, *, every: bool
) -> tuple[Any, Any, Any, Any]:
    """Return the gradients of the inputs, of both matrices and of the bias; `of_hidden` is that of what came out."""
    (steps, numbers, windows), units = read.shape, recurrent.shape[0]
    all_read, all_gates, all_cells = map(_by_step, (read, gates, cells))
    from_above = _by_step(of_hidden) if every else None

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
        *_, output_before = _openings(all_gates.read(tf.maximum(now - 1, 0)))  # before the first, the cells are zero
        was_read = tf.concat([output_before * tf.tanh(before), all_read.read(now)], 0)
        of_weights += tf.matmul(was_read, of_gates, transpose_b=True)
        of_inputs = of_inputs.write(now, tf.matmul(kernel, of_gates))  # which XLA leaves out if nobody asks
        return now, tf.matmul(recurrent, of_gates), of_cell * kept, of_inputs, of_weights

    nothing = tf.zeros((units, windows))
    start = (
        steps,
        nothing if every else of_hidden,
        nothing,
        _by_step(tf.zeros_like(read[:, :-1])),
        tf.zeros((units + numbers, 4 * units)),
    )
    _, _, _, of_inputs, of_weights = tf.while_loop(lambda after, *_: after > 0, step, start)
    return of_inputs.stack(), of_weights[units:-1], of_weights[:units], of_weights[-1]


def _openings(gates: Any, axis: int = 0) -> tuple[Any, Any, Any, Any]:
    """Return how far input and forget gates are open, the candidate, and how far output gates are open."""
    at_input, kept, candidate, at_output = tf.split(gates, 4, axis)
    return 0.5 * at_input + 0.5, 0.5 * kept + 0.5, candidate, 0.5 * at_output + 0.5


def _with_ones(inputs: Any) -> Any:
    """Return what is read at each step, and a one for the bias."""
    steps, _, windows = inputs.shape
    return tf.concat([inputs, tf.ones((steps, 1, windows))], 1)


def _by_step(values: Any) -> Any:
    """Return an array of steps, each of which can be read and written in its place."""
    shape = values.shape
    steps = tf.TensorArray(values.dtype, shape[0], element_shape=shape[1:], clear_after_read=False)
    return steps.unstack(values)
