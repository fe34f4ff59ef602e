import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lstmcast.report.score_plots import ScoreLine, ScorePicture, SkillBar, scores_plot

PICTURE = ScorePicture(
    title="load: 3 held-out origins",
    note="",
    metric="MASE",
    lines=(
        ScoreLine("LSTM", np.array([0.5, 0.8]), np.array([0.7, 0.6, 0.9])),
        ScoreLine("seasonal naive", np.array([1.0, 1.1]), np.array([1.2, 1.0, 0.9])),
    ),
    origins=("2024-01", "2024-02", "2024-03"),
    step_unit="month",
    coverage=((0.8, 0.75), (0.95, 0.97)),
    skills=(SkillBar("seasonal naive", 0.3, 0.1, 0.5, "better", "better"),),
)


def test_the_same_scores_give_the_same_bytes_of_a_picture(cache):
    png = scores_plot(PICTURE, cache=cache)

    assert png == scores_plot(PICTURE, cache=cache)
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1500, 1110)


@pytest.mark.parametrize(
    "changes",
    [
        {"origins": ("2024-01",), "lines": (ScoreLine("LSTM", np.array([0.5]), np.array([0.7])),)},
        {"lines": (ScoreLine("LSTM", np.full(2, np.nan), np.full(3, np.nan)), PICTURE.lines[1])},
        {"lines": (ScoreLine("LSTM", np.zeros(2), np.zeros(3)), PICTURE.lines[1])},
        {"lines": (PICTURE.lines[0], ScoreLine("drift", np.full(2, 1e9), np.full(3, 1e9)))},
        {"coverage": (), "skills": ()},
        {
            "skills": (
                SkillBar("naive", -30.0, -90.0, 0.2, "no clear difference", ""),
                SkillBar("x", 0.1, None, None, "no", ""),
            )
        },
        {"origins": ("$a_1$", "😀", "\n"), "title": "x" * 200},
    ],
    ids=["one origin", "no score", "no error", "far off", "nothing", "wide", "odd texts"],
)
def test_odd_scores_are_drawn_without_a_warning(cache, changes):
    assert scores_plot(replace(PICTURE, **changes), cache=cache).startswith(b"\x89PNG")
