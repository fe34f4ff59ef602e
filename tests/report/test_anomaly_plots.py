import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from lstmcast.report.anomaly_plots import SeriesAnomalyPicture, anomaly_plot, spans_of


def a_series(name="load", count=50):
    steps = np.arange(count)
    strange = (steps > 20) & (steps < 30)
    return SeriesAnomalyPicture(
        name=name,
        times=np.datetime64("2024-01-01", "us") + steps * np.timedelta64(1, "h"),
        after_gap=steps == 50,
        values=np.sin(steps) + 3 * strange,
        forecasts=np.sin(steps),
        scores=4.0 * strange,
        points=steps == 40,
        stretch=strange,
        alarms=steps == 21,
        trained=steps < 10,
    )


WORDS = {"title": "load: what was strange", "value_name": "load", "time_name": "hour", "threshold": 3.0}


def test_the_same_values_give_the_same_bytes_of_a_picture(cache):
    png = anomaly_plot([a_series()], total=1, cache=cache, **WORDS)

    assert png == anomaly_plot([a_series()], total=1, cache=cache, **WORDS)
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1500, 720)


def test_at_most_three_series_are_drawn(cache):
    series = [a_series(f"shop {place}") for place in range(5)]

    png = anomaly_plot(series, total=5, cache=cache, **WORDS)

    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (1500, 1800)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_anything_can_be_drawn(cache, count):
    picture = a_series(count=count)

    assert anomaly_plot([picture], total=1, cache=cache, **WORDS).startswith(b"\x89PNG")


def test_whole_number_steps_can_be_drawn(cache):
    picture = replace(a_series(), times=np.arange(50))

    assert anomaly_plot([picture], total=1, cache=cache, **WORDS).startswith(b"\x89PNG")


def test_runs_are_given_by_their_first_and_last_place():
    chosen = np.array([True, False, False, True, True, False, True])

    assert spans_of(chosen) == [(0, 0), (3, 4), (6, 6)]


def test_lines_end_where_values_are_missing(cache):
    whole = a_series()
    gap = replace(whole, times=whole.times + (np.arange(50) >= 25) * np.timedelta64(9, "h"))
    broken = replace(gap, after_gap=np.arange(50) == 25)

    drawn, drawn_broken = (anomaly_plot([one], total=1, cache=cache, **WORDS) for one in (gap, broken))

    with Image.open(io.BytesIO(drawn)) as through, Image.open(io.BytesIO(drawn_broken)) as ended:
        ink = [(np.asarray(one.convert("L")) < 100).sum() for one in (through, ended)]
    assert ink[1] < ink[0]
