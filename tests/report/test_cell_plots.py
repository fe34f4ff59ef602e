import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lstmcast.report.cell_plots import CellPicture, DifferenceBar, FlowLine, SeedDots, cells_plot

LAGS = np.arange(0.0, 24.0)
PICTURE = CellPicture(
    title="load: which cell?",
    note="2 origins, 1 series, 3 seeds",
    metric="MASE",
    use="lstm",
    dots=(SeedDots("lstm", np.array([0.8, 0.9, 0.85])), SeedDots("seasonal_naive", np.array([1.2]))),
    bars=(DifferenceBar("seasonal_naive", 0.3, 0.1, 0.4, 0.28, 0.32, is_clear=True),),
    flows=(
        FlowLine("lstm", "cell state", LAGS, 0.99**LAGS),
        FlowLine("rnn", "hidden state", LAGS, 0.2**LAGS),
    ),
    step_unit="hour",
)


def pixels(picture, cache):
    return np.asarray(Image.open(io.BytesIO(cells_plot(picture, cache=cache))).convert("RGB"))


@pytest.fixture(scope="module")
def drawn(cache):
    return pixels(PICTURE, cache)


def test_a_comparison_is_drawn_the_same_each_time(cache):
    assert cells_plot(PICTURE, cache=cache) == cells_plot(PICTURE, cache=cache)


@pytest.mark.parametrize(
    "changes",
    [
        {"dots": PICTURE.dots[:1]},
        {"bars": (replace(PICTURE.bars[0], is_clear=False),)},
        {"bars": (replace(PICTURE.bars[0], seed_low=None, seed_high=None),)},
        {"flows": PICTURE.flows[:1]},
    ],
    ids=["a forecaster", "what is clear", "seed noise", "a flow"],
)
def test_all_that_is_told_can_be_seen(cache, drawn, changes):
    assert (pixels(replace(PICTURE, **changes), cache) != drawn).any()


def test_what_is_not_there_is_left_out_and_what_cannot_be_drawn_is_cut(cache):
    odd = replace(
        PICTURE,
        bars=(DifferenceBar("x$_$y", -30.0, None, None, None, None, is_clear=False),),
        flows=(FlowLine("gru", "hidden state", LAGS, np.append(1.0, np.zeros(23))),),
    )

    assert pixels(odd, cache).shape == (1110, 1500, 3)
    assert pixels(replace(PICTURE, flows=()), cache).shape == (1110, 1500, 3)
