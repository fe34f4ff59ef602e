"""Fingerprints of the parts of a config that decide a model or a forecast: when they differ, the result is due anew."""

import os
from typing import Any

from lstmcast.config.schema import Config
from lstmcast.config.values import names_in
from lstmcast.files import hash_json

NO_PART_OF_THE_MODEL = {"threads", "time_budget"}  # how fast it is trained, not what comes out


def model_fingerprint(config: Config) -> str:
    """Return the fingerprint of what decides a model, the data's place and form apart."""
    return hash_json(
        _parts_of_both(config)
        | {
            "train": config.train.as_plain(with_defaults=False, without=NO_PART_OF_THE_MODEL),
            "season": config.evaluate.as_plain(only={"season"}),
        }
    )


def training_fingerprint(config: Config) -> str:
    """Return the fingerprint of all that decides how a training goes, from its first step to its scores."""
    return hash_json(
        _parts_of_both(config)
        | {
            "train": config.train.as_plain(with_defaults=False),
            "evaluate": config.evaluate.as_plain(with_defaults=False, without={"gate"}),
        }
    )


def forecast_fingerprint(config: Config) -> str:
    """Return the fingerprint of what decides a forecast, beside the model and the data themselves."""
    return hash_json(_parts_of_a_forecast(config))


def place_of_data(config: Config) -> list[str]:
    """Return where the data lie as seen from the workspace, which stays the same when both are moved together."""
    return [os.path.relpath(path, config.output.dir) for path in names_in(config.data.path)]


def _parts_of_both(config: Config) -> dict[str, Any]:
    """Return what decides a model as well as how its training goes."""
    return _parts_of_a_forecast(config) | {"model": config.model.as_plain(with_defaults=False)}


def _parts_of_a_forecast(config: Config) -> dict[str, Any]:
    return {
        "data": config.data.as_plain(with_defaults=False, without={"path", "future_path", "csv"}),
        "forecast": config.forecast.as_plain(with_defaults=False),
    }
