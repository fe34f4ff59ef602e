import io
import warnings

import numpy as np
import pytest
from PIL import Image

from lstmcast.report.plots import (
    BacktestWindow,
    Band,
    MemberHistory,
    SeriesBacktestPicture,
    SeriesForecastPicture,
    backtest_plot,
    count_note,
    forecast_plot,
    history_plot,
    history_steps,
)


def months(start, count):
    return (np.datetime64(start, "M") + np.arange(count)).astype("datetime64[us]")


def a_picture(name="passengers", history=(1.0, 2.0, 3.0, 2.0), forecast=(3.0, 4.0), times=None):
    median = np.array(forecast)
    times = months("2024-01", len(history) + len(forecast)) if times is None else times
    return SeriesForecastPicture(
        name=name,
        history_times=times[: len(history)],
        history=np.array(history),
        times=times[len(history) :],
        median=median,
        bands=(Band(80, median - 1, median + 1), Band(95, median - 2, median + 2)),
    )


def draw(pictures, cache, *, title="Forecast", total=None):
    return forecast_plot(
        pictures,
        title=title,
        value_name="passengers",
        time_name="month",
        season=12,
        total=total or len(pictures),
        cache=cache,
    )


def size_of(png):
    with Image.open(io.BytesIO(png)) as image:
        return image.size


def test_the_same_forecast_gives_the_same_bytes(cache):
    assert draw([a_picture()], cache) == draw([a_picture()], cache)


def test_a_png_holds_neither_date_nor_program(cache):
    with Image.open(io.BytesIO(draw([a_picture()], cache))) as image:
        assert image.format == "PNG"
        assert image.info.keys() == {"dpi"}


def test_other_forecasts_give_other_pictures(cache):
    assert draw([a_picture()], cache) != draw([a_picture(forecast=(3.0, 5.0))], cache)


def test_at_most_six_series_are_drawn(cache):
    pictures = [a_picture(name=str(number)) for number in range(8)]

    assert draw(pictures, cache, total=120) == draw(pictures[:6], cache, total=120)
    assert draw(pictures[:6], cache, total=120) != draw(pictures[:6], cache, total=6)


@pytest.mark.parametrize(
    "name", ["x$_$y", "$", "\\frac{1}{", "北/東京", "a\nb\x07\x00", "d" * 500, "", "مبيعات", "_hidden", "\udcff"]
)
def test_no_name_breaks_the_picture(cache, name):
    png = forecast_plot(
        [a_picture(name=name)] * 2, title=name, value_name=name, time_name=name, season=1, total=2, cache=cache
    )

    assert size_of(png)[0] > 1000


@pytest.mark.parametrize(
    "values",
    [(0.1,) * 6, (0.0,) * 6, (1e30,) * 6, (1e-300, 2e-300) * 3, (1e15, 1e15 + 1) * 3, (-5e4, 5e4) * 3],
    ids=["constant", "zero", "large", "tiny", "large and close", "negative"],
)
def test_no_size_of_value_breaks_the_picture(cache, values):
    png = draw([a_picture(history=values[:4], forecast=values[4:])], cache)

    assert size_of(png)[0] > 1000


def test_whole_number_steps_are_an_axis_too(cache):
    assert size_of(draw([a_picture(times=np.arange(6))], cache))[0] > 1000


def test_one_step_of_history_and_one_of_forecast_are_enough(cache):
    assert size_of(draw([a_picture(history=(1.0,), forecast=(2.0,))], cache))[0] > 1000


def test_a_matplotlibrc_in_the_current_folder_changes_nothing(cache, tmp_path, monkeypatch):
    before = draw([a_picture()], cache)
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: red\nsavefig.dpi: 10\n")
    monkeypatch.chdir(tmp_path)

    assert draw([a_picture()], cache) == before


def test_drawing_leaves_the_arrays_and_the_warnings_alone(cache):
    picture = a_picture(name="北")
    history = picture.history.copy()
    filters = warnings.filters.copy()

    draw([picture], cache)

    assert picture.history.tolist() == history.tolist()
    assert warnings.filters == filters


def test_history_is_cut_to_what_helps():
    assert history_steps(horizon=12, season=12) == 48
    assert history_steps(horizon=24, season=168) == 192
    assert history_steps(horizon=28, season=7) == 112
    assert history_steps(horizon=1, season=1) == 24


def test_the_note_says_how_many_are_left_out():
    assert count_note(6, 1200) == "6 of 1,200 series"
    assert count_note(6, 6) == ""


def test_a_backtest_shows_truth_and_forecasts(cache):
    times = months("2024-01", 6)
    windows = tuple(
        BacktestWindow(
            times=times[start : start + 2],
            median=np.array([2.0, 3.0]),
            baseline=np.array([1.0, 1.0]),
            bands=(Band(80, np.array([1.0, 2.0]), np.array([3.0, 4.0])),),
        )
        for start in (0, 2, 4)
    )
    picture = SeriesBacktestPicture("x$_$y", times, np.arange(6.0), windows)

    png = backtest_plot(
        [picture] * 5,
        title="Backtest",
        value_name="sales",
        time_name="month",
        model_name="LSTM",
        baseline_name="seasonal naive",
        total=5,
        cache=cache,
    )

    assert size_of(png)[0] > 1000


def test_a_history_of_several_members_marks_the_chosen_steps(cache):
    def a_member(chosen):
        steps = np.array([10, 20, 30])
        return MemberHistory("member", steps, np.array([3.0, 2.0, 1.0]), steps, np.array([1.0, 0.8, 0.9]), chosen)

    def draw_history(members):
        return history_plot(members, cache=cache)

    assert draw_history([a_member(20)] * 8) == draw_history([a_member(20)] * 8)
    assert draw_history([a_member(20)]) != draw_history([a_member(None)])
