import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from lstmcast.report.ledger_plots import LedgerPicture, draw_errors, ledger_plot

PICTURE = LedgerPicture(
    title="load: 3 published forecasts",
    note="",
    times=np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[us]"),
    model=np.array([0.8, 0.7, 0.9]),
    baseline=np.array([1.0, 1.1, 0.9]),
    coverage={80.0: np.array([0.75, 1.0, 0.5]), 95.0: np.array([1.0, 1.0, 0.9])},
    changes=np.array([False, False, True]),
)


def pixels(cache, picture):
    with Image.open(io.BytesIO(ledger_plot(picture, cache=cache))) as image:
        return np.asarray(image.convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def drawn(cache):
    return pixels(cache, PICTURE)


def test_the_same_scores_give_the_same_bytes_of_a_picture(cache):
    png = ledger_plot(PICTURE, cache=cache)

    assert png == ledger_plot(PICTURE, cache=cache)
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1500, 1110)


@pytest.mark.parametrize(
    "changes",
    [
        {"model": np.array([0.8, 0.7, 0.5])},
        {"baseline": np.array([1.0, 1.1, 0.5])},
        {"coverage": {80.0: np.array([0.75, 1.0, 1.0])}},
        {"changes": np.array([False, True, False])},
    ],
    ids=["the error", "the baseline", "the coverage", "another version"],
)
def test_every_figure_shows_in_the_picture(cache, drawn, changes):
    assert (pixels(cache, replace(PICTURE, **changes)) != drawn).any()


def test_one_lost_night_does_not_flatten_all_others():
    pane = Figure().subplots()

    draw_errors(pane, replace(PICTURE, model=np.array([0.8, 0.7, 50.0])))

    assert pane.get_ylim() == pytest.approx((0, 1.1 * 4 * 1.0))  # four times the median of the baseline
    assert [text.get_text() for text in pane.texts] == ["up to 50"]


@pytest.mark.parametrize(
    "changes",
    [
        {
            "times": PICTURE.times[:1], "model": np.array([0.8]), "baseline": np.array([1.0]),
            "coverage": {80.0: np.array([1.0])}, "changes": np.array([False]),
        },
        {"model": np.full(3, np.nan), "baseline": np.full(3, np.nan), "coverage": {80.0: np.full(3, np.nan)}},
        {"model": np.zeros(3), "baseline": np.zeros(3)},
        {"times": np.array([7, 8, 9]), "coverage": {}},
        {"title": "$a_1$ 😀 " * 30, "note": "12 series"},
    ],
    ids=["one forecast", "no score", "no error", "whole-number steps, no interval", "odd texts"],
)  # fmt: skip
def test_odd_scores_are_drawn_without_a_warning(cache, changes):
    assert ledger_plot(replace(PICTURE, **changes), cache=cache).startswith(b"\x89PNG")
