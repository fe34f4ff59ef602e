"""What other tools do in their own environment: `python peer_tools.py TOOL DEED FOLDER DATA HORIZON FREQ STEPS`.

Each takes its own recurrent network with its defaults and so many steps, on a CSV with the columns `time` and `value`.
The deed `train` fits, forecasts once, and saves into the folder; `predict` loads that in a fresh process and forecasts.
"""

import os
import sys
import warnings
from pathlib import Path

import pandas as pd

PERIODS = {"MS": "M"}  # gluonts calls a month by its period


def neuralforecast_train(frame: pd.DataFrame, horizon: int, freq: str, steps: int) -> None:
    """Fit neuralforecast's LSTM, forecast and save."""
    from neuralforecast import NeuralForecast
    from neuralforecast.models import LSTM

    peer = NeuralForecast(models=[LSTM(h=horizon, max_steps=steps)], freq=freq)
    peer.fit(_long(frame))
    peer.predict().to_csv("forecast.csv", index=False)
    peer.save("saved", overwrite=True)


def neuralforecast_predict(frame: pd.DataFrame, _horizon: int, _freq: str, _steps: int) -> None:
    """Load it and forecast."""
    from neuralforecast import NeuralForecast

    NeuralForecast.load("saved").predict(df=_long(frame)).to_csv("forecast.csv", index=False)


def gluonts_train(frame: pd.DataFrame, horizon: int, freq: str, steps: int) -> None:
    """Fit gluonts' DeepAR, forecast and save."""
    from gluonts.torch import DeepAREstimator

    estimator = DeepAREstimator(
        prediction_length=horizon,
        freq=PERIODS.get(freq, freq),
        trainer_kwargs={"max_epochs": 1},
        num_batches_per_epoch=steps,
    )
    predictor = estimator.train(_dataset(frame, freq))
    _write_gluonts(predictor, frame, freq)
    Path("saved").mkdir(exist_ok=True)
    predictor.serialize(Path("saved"))


def gluonts_predict(frame: pd.DataFrame, _horizon: int, freq: str, _steps: int) -> None:
    """Load it and forecast."""
    from gluonts.model.predictor import Predictor

    _write_gluonts(Predictor.deserialize(Path("saved")), frame, freq)


def _write_gluonts(predictor: object, frame: pd.DataFrame, freq: str) -> None:
    (forecast,) = predictor.predict(_dataset(frame, freq))  # type: ignore[attr-defined]
    quantiles = {f"q{level}": forecast.quantile(level) for level in (0.025, 0.1, 0.5, 0.9, 0.975)}
    pd.DataFrame(quantiles).to_csv("forecast.csv", index=False)


def _dataset(frame: pd.DataFrame, freq: str) -> object:
    from gluonts.dataset.pandas import PandasDataset

    return PandasDataset(
        frame.astype({"value": "float32"}), target="value", timestamp="time", freq=PERIODS.get(freq, freq)
    )


def _long(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns={"time": "ds", "value": "y"}).assign(unique_id="one")


DEEDS = {
    ("neuralforecast", "train"): neuralforecast_train,
    ("neuralforecast", "predict"): neuralforecast_predict,
    ("gluonts", "train"): gluonts_train,
    ("gluonts", "predict"): gluonts_predict,
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # theirs come by the hundred
    tool, deed, folder, data, horizon, freq, steps = sys.argv[1:]
    os.chdir(folder)  # it also takes the logs that they write
    DEEDS[tool, deed](pd.read_csv(data, parse_dates=["time"]), int(horizon), freq, int(steps))
