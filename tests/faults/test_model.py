"""What a model may and may not say: flat series, training that explodes, absurd forecasts, noise, plain arithmetic."""

import csv
import io
import json

import numpy as np
import pytest

from tests.faults.conftest import write_load
from tests.faults.runs import NOW, assert_refusal, assert_refused, call_here, change, snapshot
from tests.store.golden import change_json, rehash


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def write_values(folder, values):
    """Write months that end in December 2023, and a config for them."""
    write_load(folder)
    months = np.datetime64("2023-12") - np.arange(len(values))[::-1]
    rows = [f"{month},{value}\n" for month, value in zip(months, values, strict=True)]
    (folder / "load.csv").write_text("".join(["month,load\n", *rows]))
    return folder / "job.yaml"


@pytest.mark.parametrize("value", ["0.1", "0", "-3", "1e-12", "123456789"])
def test_a_series_that_never_changes_goes_on_as_it_is(tmp_path, value):
    job = write_values(tmp_path, [value] * 60)

    trained = call_here("train", job, "--now", NOW)
    ended = call_here("predict", job, "--now", NOW, "--output", "-")

    assert (trained.code, ended.code) == (0, 0), (trained, ended)
    numbers = [float(row[name]) for row in rows_of(ended.out) for name in ("forecast", "lo-95", "hi-95")]
    np.testing.assert_allclose(numbers, float(value), rtol=0, atol=1e-6)


@pytest.mark.parametrize("steps", [1, 10])
def test_training_that_explodes_saves_nothing(load, steps):
    settings = ("--set", "train.learning_rate=1e30", "--set", f"train.steps={steps}")

    assert_refused(load.root, 30, ["train.learning_rate"], "train", load.config, "--now", "2024-01-16", *settings)


@pytest.mark.parametrize("value", ["1e30", "1e300", "-1e30"])
def test_an_absurd_forecast_is_not_published(shops, value):
    lines = shops.data.read_text().splitlines()
    lines[-4:] = [f"{','.join(line.split(',')[:2])},{value},1" for line in lines[-4:]]
    shops.newer.write_text("\n".join(lines) + "\n")

    assert_refused(
        shops.root,
        32,
        ["'north'", "are they in another unit"],
        "predict",
        shops.config,
        "--now",
        NOW,
        "--data",
        shops.newer,
    )


def test_a_model_that_does_not_beat_its_baseline_is_not_promoted(tmp_path):
    walk = 1000 + np.random.default_rng(1).normal(0, 10, 120).cumsum()  # its last value is the best forecast there is
    job = write_values(tmp_path, [f"{value:.3f}" for value in walk])
    first = call_here("train", job, "--now", NOW)
    before = snapshot(tmp_path)

    ended = call_here(
        "train", job, "--now", "2024-01-16", "--set", "evaluate.gate={against: naive, min_skill: 0.25}",
        "--set", "evaluate.windows=12",
    )  # fmt: skip

    assert first.code == 0, first
    assert_refusal(ended, 31, "20240116-", "naive", "evaluate.gate.min_skill is 25.0%", "the present version stays")
    assert f"version {ended.last_line.split()[2][:-1]} was saved, not promoted" in ended.out.decode()
    after = snapshot(tmp_path)
    assert {name: after[name] for name in before} == before


def test_a_first_model_that_is_refused_shows_its_scores_and_every_command_says_the_way_on(tmp_path):
    write_load(tmp_path)
    job = tmp_path / "job.yaml"

    ended = call_here("train", job, "--now", NOW, "--set", "evaluate.gate.min_skill=1")
    version = next((tmp_path / "runs" / "models").iterdir()).name
    others = [call_here(*words, job) for words in (("predict",), ("report",), ("models", "rollback"))]
    promoted = call_here("models", "promote", job, version)

    way_on = f"`lstmcast models promote {version}`"
    assert_refusal(
        ended, 31, version, "it was saved, and there is no other to forecast", way_on, "change evaluate.gate"
    )
    assert "seasonal_naive" in ended.out.decode()
    assert f"version {version} was saved, not promoted" in ended.out.decode()
    for other in others:
        assert_refusal(other, 20, "no version was promoted yet", way_on)
    assert promoted.code == 0, promoted


def forecast_by_hand(folder, values):
    """Return the (H, Q) forecast of a textbook LSTM, from its files and the equations alone."""
    model = json.loads((folder / "model.json").read_text())
    member, season, quantiles = model["members"][0], model["season"], model["quantiles"]
    w = read_weights(folder / "weights.safetensors")
    known = np.log(values) if member["log"] else values
    unit = 1.0 if member["log"] else np.abs(known).mean()
    x = (known - known.mean()) / unit
    context = x[-member["context"] :]
    level = context[-season:].mean()
    typical = np.abs(x[season:] - x[:-season]).mean()
    scale = max(np.abs(context[season:] - context[:-season]).mean(), 0.1 * typical)
    shape = (context - level) / scale
    spread = np.sqrt((shape**2).mean() + 0.01)
    raw = context + known.mean() / unit
    relative = scale if member["log"] else scale / max(np.abs(raw).mean(), 1e-3)
    size = 0.0 if member["log"] else np.clip(np.log(abs(level + known.mean() / unit) + 0.01), -3, 3)
    features = [np.log(relative + 1e-6) * 0.3 + 1, np.log(spread) * 0.5, np.log(scale / typical) * 0.5, 1.0, size]
    hidden = cell = np.zeros(model["units"])
    for step in np.arcsinh(shape / spread):
        gates = np.array([step, 1.0, *features]) @ w["cell0/kernel"] + hidden @ w["cell0/recurrent"] + w["cell0/bias"]
        enter, forget, candidate, leave = np.split(gates, 4)
        cell = sigmoid(forget) * cell + sigmoid(enter) * np.tanh(candidate)
        hidden = sigmoid(leave) * np.tanh(cell)
    state = np.append(hidden, features) @ w["state/kernel"] + w["state/bias"]
    state = state * sigmoid(state)
    median = state @ w["correction/kernel"] + w["correction/bias"]
    bands = (state @ w["spread/kernel"] + w["spread/bias"]).reshape(model["horizon"], -1)
    gaps = np.log1p(np.exp(bands + spread_of_a_normal(quantiles))) * 1.2 * w["typical_error"][:, None]
    above, below = np.cumsum(np.split(gaps, 2, axis=1), axis=2)
    scaled = median[:, None] + np.concatenate([-below[:, ::-1], np.zeros((len(median), 1)), above], axis=1)
    answer = (level + scale * scaled) * unit + known.mean()
    return np.exp(answer) if member["log"] else answer


def spread_of_a_normal(quantiles):
    from statistics import NormalDist

    upper = [NormalDist().inv_cdf(q) for q in quantiles[len(quantiles) // 2 :]]
    return np.tile(np.log(np.expm1(np.maximum(np.diff(upper), 0.05))), 2)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def read_weights(path):
    content = path.read_bytes()
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    header.pop("__metadata__", None)
    return {
        name.removeprefix("member0/"): np.frombuffer(content[end:][slice(*entry["data_offsets"])], "<f4")
        .reshape(entry["shape"])
        .astype(float)
        for name, entry in header.items()
    }


@pytest.mark.parametrize("turn", [1.0, -1.0], ids=["positive", "negative"])
def test_a_textbook_forecast_can_be_computed_by_hand(tmp_path, turn):
    write_load(tmp_path)
    if turn < 0:
        change(tmp_path / "load.csv", ",", ",-")
        change(tmp_path / "load.csv", "month,-load", "month,load")
    trained = call_here("train", tmp_path / "job.yaml", "--now", NOW)
    folder = next((tmp_path / "runs" / "models").iterdir())
    plain = {"baseline": "naive", "weights": [1.0] * 3, "factors": [1.0] * 13, "widths": [], "share": 0}
    change_json(folder / "calibration.json", lambda calibration: calibration.update(plain))
    rehash(folder)

    ended = call_here("predict", tmp_path / "job.yaml", "--now", NOW, "--output", "-")

    assert (trained.code, ended.code) == (0, 0), (trained, ended)
    quantiles = json.loads((folder / "model.json").read_text())["quantiles"]
    values = np.array([float(line.split(",")[1]) for line in (tmp_path / "load.csv").read_text().splitlines()[1:]])
    by_hand = forecast_by_hand(folder, values)
    for name, quantile in (("forecast", 0.5), ("lo-80", 0.1), ("hi-80", 0.9), ("lo-95", 0.025), ("hi-95", 0.975)):
        column = [float(row[name]) for row in rows_of(ended.out)]
        np.testing.assert_allclose(column, by_hand[:, quantiles.index(quantile)], rtol=1e-5)


def test_a_check_says_that_a_series_never_changes(tmp_path):
    job = write_values(tmp_path, ["0.1"] * 60)

    ended = call_here("check", job)

    assert ended.code == 0
    assert b"it never changes" in ended.out
