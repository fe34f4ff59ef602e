import io

import numpy as np
import pytest
from PIL import Image

from lstmcast.report.gate_plots import (
    BankPicture,
    GatePicture,
    InfluencePicture,
    MemoryPicture,
    bank_plot,
    gates_plot,
    influence_plot,
    memory_plot,
    sort_units,
)


def size_of(png):
    picture = Image.open(io.BytesIO(png))
    assert picture.format == "PNG"
    return picture.size


def a_gate_picture(**changes):
    random = np.random.default_rng(0)
    openings = {
        f"{name} gate": random.uniform(size=(4, 5)).astype(np.float32) for name in ("forget", "input", "output")
    }
    fields = {
        "title": "LSTM: what the gates did",
        "note": "member 1 of 2",
        "times": np.datetime64("2024-01-01", "us") + np.arange(9) * np.timedelta64(1, "D"),
        "values": np.array([np.nan, np.nan, 1, 2, 3, 4, 5, 6]),
        "value_name": "x$_$y",
        "time_name": "day",
        "segment": 2,
        "gates": openings,
        "state": random.normal(size=(4, 5)).astype(np.float32),
        "state_name": "cell state",
    }
    return GatePicture(**(fields | changes))


def test_gates_stand_below_the_series_and_without_one_alone(cache):
    with_series = size_of(gates_plot(a_gate_picture(), cache=cache))
    alone = size_of(gates_plot(a_gate_picture(values=np.empty(0), times=np.arange(-8, 1)), cache=cache))
    plain = size_of(gates_plot(a_gate_picture(gates={}, values=np.empty(0), times=np.arange(9)), cache=cache))

    assert with_series[1] > alone[1] > plain[1]


def test_the_same_picture_has_the_same_bytes(cache):
    assert gates_plot(a_gate_picture(), cache=cache) == gates_plot(a_gate_picture(), cache=cache)


@pytest.mark.parametrize("kept", [[1.0, 5.0, 300.0], [24.0], [1e7, 1e7]])
def test_memory_is_drawn_however_it_is_spread(cache, kept):
    members = {"member 1": np.array(kept), "member 2": np.array(kept)}

    assert size_of(memory_plot(MemoryPicture("Memory", "hour", members, (24, 336), 22.0), cache=cache))[0] == 1200


def test_many_forecasters_become_others(cache):
    shares = {f"f{place}": np.full(3, 0.1) for place in range(10)}

    assert size_of(bank_plot(BankPicture("Bank", "month", shares), cache=cache))[0] == 1200


def test_forecasters_without_a_share_are_not_drawn(cache):
    shares = {"theta": np.ones(3), "naive": np.zeros(3)}

    assert bank_plot(BankPicture("Bank", "month", shares), cache=cache) == bank_plot(
        BankPicture("Bank", "month", {"theta": np.ones(3)}), cache=cache
    )


def an_influence(signals, changes):
    return InfluencePicture(
        title="What moves the forecast",
        note="",
        unit="hour",
        effect_name="MW",
        lags=np.array([[1.0, 2], [3, 4]]),
        lag_occlusion=np.array([2.0, 1]),
        lag_gradients=np.array([2.1, 0.9]),
        signals=signals,
        signal_occlusion=np.ones(len(signals)),
        signal_gradients=np.ones(len(signals)),
        changes=changes,
        change_effects=-np.ones(len(changes)),
    )


def test_the_picture_of_influence_grows_with_what_there_is_to_say(cache):
    heights = [
        size_of(influence_plot(an_influence(signals, ("newest value +1",)), cache=cache))[1]
        for signals in ((), ("price",), ("price", "x$_$y"))
    ]

    assert heights[0] < heights[1] < heights[2]


def test_units_are_sorted_with_the_longest_memory_last():
    openings = np.array([[0.1, 0.2, 0.3]], np.float32)

    assert sort_units(openings, [3.0, 1.0, 2.0]).tolist() == np.array([[0.2, 0.3, 0.1]], np.float32).tolist()
