"""A worker that trains `torch.nn.LSTM`: eager, compiled or in bfloat16, on so many threads.

python train_torch.py SETTING eager|compile|bf16 THREADS
"""

import sys
from collections.abc import Callable

import torch
from settings import BATCHES_OF_WINDOWS, Setting, make_windows, serve


class Forecaster(torch.nn.Module):  # type: ignore[misc]
    """An LSTM and a dense layer on its last state."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(setting.features, setting.units, batch_first=True)
        self.dense = torch.nn.Linear(setting.units, setting.horizon)

    def forward(self, contexts: torch.Tensor) -> torch.Tensor:
        """Return the (N, H) forecasts."""
        states, _ = self.lstm(contexts)
        return self.dense(states[:, -1])


def prepare(setting: Setting) -> Callable[[], None]:
    """Return a run; everything is compiled."""
    mode, threads = sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)  # gradients fade over long contexts; TensorFlow does this by itself
    contexts, horizons = map(torch.from_numpy, make_windows(setting))
    model = Forecaster(setting)
    optimizer = torch.optim.Adam(model.parameters())
    loss_of = torch.nn.MSELoss()
    forecast = torch.compile(model) if mode == "compile" else model

    def step(chosen: torch.Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=mode == "bf16"):
            loss = loss_of(forecast(contexts[chosen]), horizons[chosen])
        loss.backward()
        optimizer.step()

    def run(epochs: int = setting.steps // BATCHES_OF_WINDOWS) -> None:
        for _ in range(epochs):
            for chosen in torch.randperm(len(contexts)).split(setting.batch):
                step(chosen)

    run(1)
    return run


if __name__ == "__main__":
    serve(prepare)
