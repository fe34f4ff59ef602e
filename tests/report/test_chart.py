import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from lstmcast.report.axes import LETTER
from lstmcast.report.chart import Chart, range_of, render_chart, whole_of
from lstmcast.report.layers import Layer

NAN = np.nan


def a_chart(**changes):
    values = np.array([1.0, 3.0, 2.0, NAN, NAN])
    low, high = np.array([NAN, NAN, NAN, 1.0, 2.0]), np.array([NAN, NAN, NAN, 5.0, 6.0])
    fields = {
        "title": "load",
        "summary": "Three values and two bands.",
        "x": np.arange(5.0),
        "labels": tuple(f"2024-01-0{day}" for day in range(1, 6)),
        "x_name": "day",
        "y_name": "MW",
        "layers": (Layer("band", "80% interval", "band0", low, high), Layer("line", "history", "ink thin", values)),
    }
    return Chart(**(fields | changes))


def drawn(chart):
    """Return the chart's picture as XML, and the data for the script."""
    html = render_chart(chart)
    picture = ElementTree.fromstring(re.search(r'<div class="chart[^"]*">(<svg.*</svg>)</div>', html)[1])
    return picture, json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])


def paths_of(picture):
    return [(path.get("class"), path.get("d")) for path in picture.findall("svg/path")]


def test_a_line_and_a_band_are_drawn_where_they_have_values():
    picture, _ = drawn(a_chart())

    (band, shape), (line, course) = paths_of(picture)
    assert (band, line) == ("f-band0", "line s-ink thin")
    assert re.findall(r"[\d.]+ -", shape + " -") != []
    assert [float(point.split()[0]) for point in re.findall(r"[\d.]+ -[\d.]+", course)] == [0, 1, 2]
    assert {float(point.split()[0]) for point in re.findall(r"[\d.]+ -[\d.]+", shape)} == {3, 4}


def test_the_inner_picture_counts_a_thousand_units_from_the_lowest_to_the_highest_value():
    picture, data = drawn(a_chart())

    low, high = range_of(a_chart(), *whole_of(a_chart()))
    assert (low, high) == (0.75, 6.25)  # 1 to 6, and a twentieth on each side
    assert picture.find("svg").get("viewBox") == "-0.08 -1000 4.16 1000"
    assert data["unit"] == pytest.approx((high - low) / 1000)
    heights = [float(y) for y in re.findall(r" (-[\d.]+)", paths_of(picture)[1][1])]
    assert [data["base"] - y * data["unit"] for y in heights] == pytest.approx([1, 3, 2], abs=1e-4)


def test_large_values_that_hardly_differ_keep_their_shape():
    picture, data = drawn(a_chart(layers=(Layer("line", "a", "c0", 1e9 + np.arange(5.0)),)))

    heights = [float(y) for y in re.findall(r" (-[\d.]+)", paths_of(picture)[0][1])]
    assert [data["base"] - y * data["unit"] - 1e9 for y in heights] == pytest.approx([0, 1, 2, 3, 4], abs=1e-3)
    assert data["layers"][0]["values"] == (1e9 + np.arange(5.0)).tolist()  # what the script draws anew from
    assert data["digits"] == 14


def test_the_script_gets_no_more_digits_than_can_be_seen():
    _, data = drawn(a_chart(layers=(Layer("line", "a", "c0", np.array([1 / 3, 2 / 3, 4 / 3, 5 / 3, 7 / 3])),)))

    assert data["layers"][0]["values"] == [0.333333, 0.666667, 1.33333, 1.66667, 2.33333]


def test_numbers_of_any_length_stand_between_the_name_of_the_axis_and_the_picture():
    picture, data = drawn(a_chart(layers=(Layer("line", "a", "c0", 2.5e8 * np.arange(5.0)),)))

    numbers = picture.findall("g[@class='values']/text")
    assert [number.text for number in numbers] == [
        "0",
        *(f"{place}00,000,000" for place in (2, 4, 6, 8)),
        "1,000,000,000",
    ]
    assert {number.get("text-anchor") for number in numbers} == {"end"}
    assert min(float(number.get("x")) - LETTER * len(number.text) for number in numbers) > 16
    assert {float(number.get("x")) for number in numbers} == {data["box"][0] - 8}
    across = next(name for name in picture.findall("text[@class='name']") if name.text == "day")
    assert float(across.get("x")) == pytest.approx(data["box"][0] + data["box"][2] / 2, abs=0.05)
    assert data["size"] == [920, 310] == [float(part) for part in picture.get("viewBox").split()[2:]]


def test_the_table_of_large_values_that_hardly_differ_tells_them_apart():
    html = render_chart(a_chart(layers=(Layer("line", "a", "c0", 1e9 + np.arange(5.0)),)))

    assert re.findall(r'<td class="num">([^<]*)</td>', html) == [f"1,000,000,00{last}" for last in range(5)]


def test_ticks_of_large_values_that_hardly_differ_can_be_told_apart():
    picture, _ = drawn(a_chart(layers=(Layer("line", "a", "c0", 1.001e9 + 2e6 * np.arange(5.0)),)))

    numbers = [number.text for number in picture.findall("g[@class='values']/text")]
    assert numbers == ["1,002,000,000", "1,004,000,000", "1,006,000,000", "1,008,000,000"]


def test_the_script_gets_each_value_and_null_where_there_is_none():
    _, data = drawn(a_chart(zoom=True))

    assert data["layers"][0] == {"name": "80% interval", "kind": "band", "low": [None] * 3 + [1.0, 2.0],
                                 "high": [None] * 3 + [5.0, 6.0]}  # fmt: skip
    assert data["layers"][1]["values"] == [1.0, 3.0, 2.0, None, None]
    assert data["labels"][0] == "2024-01-01"


def test_a_joint_is_drawn_but_is_no_value():
    line = Layer("line", "forecast", "c0", np.array([NAN, NAN, 4.0, 5.0, 4.0]), joint=(1, 3.0))

    picture, data = drawn(a_chart(layers=(line,)))

    assert paths_of(picture)[0][1].startswith("M1 ")
    assert data["layers"][0]["values"][1] is None


def labels_below(picture):
    texts = picture.findall("g[@class='ticks']/text")
    return [text.text for text in texts if text.get("text-anchor") == "middle"]


def test_labels_stand_at_the_beginnings_of_days_and_years():
    hours = tuple(f"2024-03-{4 + hour // 24:02} {hour % 24:02}:00" for hour in range(13, 133))
    months = tuple(f"{1957 + month // 12}-{month % 12 + 1:02}" for month in range(5, 65))

    by_hour = drawn(a_chart(x=np.arange(120.0), labels=hours, layers=(Layer("line", "a", "c0", np.arange(120.0)),)))
    by_month = drawn(a_chart(x=np.arange(60.0), labels=months, layers=(Layer("line", "a", "c0", np.arange(60.0)),)))

    assert labels_below(by_hour[0]) == [f"2024-03-{day:02} 00:00" for day in (5, 6, 7, 8, 9)]
    assert labels_below(by_month[0]) == [f"{year}-01" for year in range(1958, 1963)]


def test_labels_never_lie_over_each_other():
    picture, _ = drawn(a_chart(x=np.array([0.0, 50, 90, 95, 99]), layers=(Layer("line", "a", "c0", np.arange(5.0)),),
                               wide=False))  # fmt: skip

    places = [float(text.get("x")) for text in picture.findall("g[@class='ticks']/text")
              if text.get("text-anchor") == "middle"]  # fmt: skip
    assert len(places) < 5
    assert min(np.diff(places)) > 7 * len("2024-01-01")


def test_a_chart_can_be_read_without_eyes_and_without_a_pointer():
    html = render_chart(a_chart(zoom=True))
    picture, _ = drawn(a_chart(zoom=True))

    assert (picture.get("role"), picture.get("tabindex")) == ("img", "0")
    assert picture.get("aria-label") == "load. Three values and two bands."
    assert 'aria-live="polite"' in html
    assert html.count("<button") == html.count("aria-label") - 1 == 5
    assert "<details><summary>Numbers</summary>" in html
    assert "80% interval from" in html


def test_the_table_of_a_long_chart_is_cut_and_says_so():
    chart = a_chart(x=np.arange(100.0), labels=("t",) * 100, layers=(Layer("line", "a", "c0", np.arange(100.0)),))

    assert "the first 60 of 90 rows" in render_chart(replace(chart, first_row=10))


@pytest.mark.parametrize("values", [np.full(5, NAN), np.zeros(5), np.full(5, 1e-300), np.full(5, -3.0)])
@pytest.mark.parametrize("kind", ["line", "dots", "bars"])
def test_a_chart_of_nothing_or_of_one_value_is_drawn(values, kind):
    picture, data = drawn(a_chart(layers=(Layer(kind, "a", "c0", values),)))

    assert data["unit"] > 0
    assert picture.find("svg").get("viewBox")


@pytest.mark.parametrize("kind", ["line", "dots", "bars", "band"])
def test_what_is_too_large_to_draw_is_left_out(kind):
    values = np.array([1.0, 1.7e308, -1.7e308, 2.0, 3.0])

    picture, data = drawn(a_chart(layers=(Layer(kind, "a", "c0", values, values if kind == "band" else None),)))

    assert 0 < data["unit"] < 1
    assert data["layers"][0]["low" if kind == "band" else "values"] == [1, None, None, 2, 3]
    assert "inf" not in str(paths_of(picture))


def test_a_chart_without_places_is_nothing():
    nothing = np.zeros(0)

    assert render_chart(a_chart(x=nothing, labels=(), layers=(Layer("line", "a", "c0", nothing),))) == ""


def test_one_place_is_enough():
    assert render_chart(a_chart(x=np.zeros(1), labels=("now",), layers=(Layer("dots", "a", "c0", np.ones(1)),)))


def test_names_from_the_data_are_text():
    hostile = "</svg><script>alert(1)</script>"
    layer = Layer("line", hostile, "c0", np.arange(5.0))

    html = render_chart(
        a_chart(title=hostile, summary=hostile, labels=(hostile,) * 5, y_name=hostile, layers=(layer, layer))
    )

    assert "<script>alert" not in html
    assert html.count("<script") == 1
