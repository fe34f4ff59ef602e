"""A worker that trains as the Keras tutorial does: `keras.Sequential` and `model.fit` on arrays of windows."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from collections.abc import Callable

import keras
from settings import BATCHES_OF_WINDOWS, Setting, make_windows, serve


def prepare(setting: Setting) -> Callable[[], None]:
    """Return a run; everything is compiled."""
    contexts, horizons = make_windows(setting)
    model = keras.Sequential(
        [
            keras.Input((setting.context, setting.features)),
            keras.layers.LSTM(setting.units),
            keras.layers.Dense(setting.horizon),
        ]
    )
    model.compile(optimizer="adam", loss="mse")

    def run() -> None:
        model.fit(contexts, horizons, batch_size=setting.batch, epochs=setting.steps // BATCHES_OF_WINDOWS, verbose=0)

    model.fit(contexts, horizons, batch_size=setting.batch, epochs=1, verbose=0)
    return run


if __name__ == "__main__":
    serve(prepare)
