"""Layers of Keras with their gradients written out, which take less memory and time than what TensorFlow derives.

TensorFlow keeps up to seven arrays of all steps, fills each with zeros first, and goes through the numbers of a step
some twenty times. Here two arrays are kept. Windows stand side by side, so that what belongs to one gate lies together.
"""

from typing import Any

from lstmcast.training.backend import keras, tf

Kept = tuple[Any, Any]  # two arrays of all steps


class LeanLayer:
    """What such layers share; each has the weights and equations of its parent, and takes neither masks nor a state.

    A `room` is where the two arrays lie. Who sets one finds there what to hand to the next training step, which then
    need not fill a new one with zeros.
    """

    room: Kept | None = None

    def make_room(self, windows: int, steps: int) -> Kept:
        """Return room for so many windows and steps; what holds states before the first step is zero, and stays so."""
        raise NotImplementedError

    def forward(self, read: Any, weights: list[Any], room: Kept) -> tuple[Any, Kept]:
        """Return the last hidden state (U, N), and what was kept; `read` is that of each step: inputs, and a one."""
        raise NotImplementedError

    def backward(self, of_hidden: Any, read: Any, weights: list[Any], kept: Kept, *, every: bool) -> tuple[Any, ...]:
        """Return the gradients of the inputs and of the weights; `of_hidden` is that of what came out."""
        raise NotImplementedError

    def all_hidden(self, kept: Kept) -> Any:
        """Return the hidden states of all steps (T, U, N)."""
        raise NotImplementedError

    def build(self, sequences_shape: Any) -> None:
        """Make the weights; Keras wants `build` and `call` to agree in what they take."""
        super().build(sequences_shape)  # type: ignore[misc]  # of the layer of Keras

    def compute_output_spec(self, sequences: Any) -> Any:
        """Return the form of what comes out, which needs no walk through the steps."""
        return keras.KerasTensor(self.compute_output_shape(sequences.shape), sequences.dtype)  # type: ignore[attr-defined]

    def call(self, sequences: Any) -> Any:
        """Return the last hidden state of each window (N, U), or all of them (N, T, U)."""
        cell, every = self.cell, self.return_sequences  # type: ignore[attr-defined]
        weights = [tf.convert_to_tensor(weight) for weight in (cell.kernel, cell.recurrent_kernel, cell.bias)]
        inputs, room = tf.transpose(sequences, (1, 2, 0)), self.room or self.make_room(*sequences.shape[:2])
        hidden, kept = self._run(inputs, weights, room, every=every)
        if self.room is not None:
            self.room = kept
        return tf.transpose(hidden, (2, 0, 1)) if every else tf.transpose(hidden)

    def _run(self, inputs: Any, weights: list[Any], room: Kept, *, every: bool) -> tuple[Any, Kept]:
        """Return the last hidden state (U, N), or those of all steps (T, U, N), and the room as it is now."""
        found: list[Kept] = []

        @tf.custom_gradient  # type: ignore[untyped-decorator]  # TensorFlow has no types
        def hidden(inputs: Any, *weights: Any) -> tuple[Any, Any]:
            read = _with_ones(inputs)
            last, kept = self.forward(read, list(weights), room)
            found.append(kept)

            def gradients(of_hidden: Any) -> tuple[Any, ...]:
                return self.backward(of_hidden, read, list(weights), kept, every=every)

            return (self.all_hidden(kept) if every else last), gradients

        return hidden(inputs, *weights), found[0]


def by_step(values: Any) -> Any:
    """Return an array of steps, each of which can be read and written in its place."""
    shape = values.shape
    steps = tf.TensorArray(values.dtype, shape[0], element_shape=shape[1:], clear_after_read=False)
    return steps.unstack(values)


def _with_ones(inputs: Any) -> Any:
    """Return what is read at each step, and a one for the bias."""
    steps, _, windows = inputs.shape
    return tf.concat([inputs, tf.ones((steps, 1, windows))], 1)
