"""Charts as plain SVG, finished in the page: they print, and need neither a library nor a script to be seen.

The plot area is an SVG of its own whose coordinates are the data's, so that the page's few lines of script zoom by
changing its view box; lines keep their width. The numbers stand beside it for pointer, keyboard and screen reader.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.report.axes import LETTER, choose_labels, nice_ticks, tick_numbers
from lstmcast.report.canvas import label_text
from lstmcast.report.layers import Layer, bar_width, draw_layer, draw_path, draw_swatch
from lstmcast.report.markup import (
    NOTHING,
    Html,
    folded,
    is_number,
    join,
    json_block,
    single,
    table,
    tag,
    text,
)

WIDE, NARROW = 920, 480
HEIGHT, TOP, BOTTOM, RIGHT = 310, 12, 44, 14
UNITS_HIGH = 1000.0  # of the inner coordinates: browsers count with single precision
MOST_ROWS = 60  # of a chart's table
FEWEST_DIGITS, MOST_DIGITS = 6, 17  # of a value for the script
HIDDEN_DIGITS = 2  # of these in a table
LARGEST = 1e300  # of what is drawn: beyond, the height of a picture is no number any more


@dataclass(frozen=True)
class Chart:
    """A chart over n places."""

    title: str
    summary: str  # what it shows, for those who cannot see it
    x: FloatArray  # (n,) rising
    labels: tuple[str, ...]  # of each place
    x_name: str
    y_name: str
    layers: tuple[Layer, ...]
    view: tuple[float, float] | None = None  # what is seen at first; all, if left out
    zoom: bool = False
    from_zero: bool = False
    marks: tuple[float, ...] = ()  # places of vertical lines
    levels: tuple[float, ...] = ()  # heights of horizontal lines
    wide: bool = True
    first_row: int = 0  # place from which on the table lists values


def render_chart(chart: Chart) -> Html:
    """Return the chart as a figure with its legend, its tools and its numbers; nothing, if it has no places."""
    if not len(chart.x):
        return NOTHING
    chart = replace(chart, layers=tuple(_drawable(layer) for layer in chart.layers))
    first, last = chart.view or whole_of(chart)
    low, high = range_of(chart, first, last)
    ticks = nice_ticks(low, high)
    width = WIDE if chart.wide else NARROW
    numbers = tick_numbers(ticks)
    left = 34 + LETTER * max(map(len, numbers))
    box = (left, TOP, width - left - RIGHT, HEIGHT - TOP - BOTTOM)
    plot = _plot(chart, (first, last), (low, high), box)
    drawn = tag(
        "svg",
        tag("g", *_axis_marks(chart, ticks, (first, last), (low, high), box), class_="ticks"),
        plot,
        tag("g", *_tick_numbers(ticks, numbers, (low, high), box), class_="values"),
        _axis_names(chart, box),
        viewBox=f"0 0 {width} {HEIGHT}",
        role="img",
        aria_label=f"{chart.title}. {chart.summary}",
        tabindex=0,
    )
    return tag(
        "figure",
        tag("figcaption", text(chart.title)),
        _tools() if chart.zoom else NOTHING,
        tag("div", drawn, class_="chart wide" if chart.wide else "chart"),
        _legend(chart.layers),
        tag("span", aria_live="polite", class_="hidden"),
        json_block(_data(chart, (first, last), low, high, box)),
        folded("Numbers", _numbers(chart, _digits_for(low, high) - HIDDEN_DIGITS)),
        data_chart=True,
    )


def _drawable(layer: Layer) -> Layer:
    high = None if layer.high is None else _within_reach(layer.high)
    joint = layer.joint if layer.joint is not None and abs(layer.joint[1]) <= LARGEST else None
    return replace(layer, values=_within_reach(layer.values), high=high, joint=joint)


def _within_reach(values: FloatArray) -> FloatArray:
    return np.where(np.abs(values) <= LARGEST, values, np.nan)


def whole_of(chart: Chart) -> tuple[float, float]:
    """Return the ends of the axis when everything is seen."""
    first, last = float(chart.x[0]), float(chart.x[-1])
    bars = any(layer.kind == "bars" for layer in chart.layers)
    pad = bar_width(chart.x) * 0.6 if bars else 0.02 * (last - first or 1.0)
    return first - pad, last + pad


def range_of(chart: Chart, first: float, last: float) -> tuple[float, float]:
    """Return the ends of the value axis for what is seen."""
    seen = (chart.x >= first) & (chart.x <= last)
    columns = [column[seen] for layer in chart.layers for column in (layer.values, layer.high) if column is not None]
    values = np.concatenate([*columns, np.array(chart.levels)])
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if any(layer.kind == "bars" for layer in chart.layers):
        low, high = min(low, 0.0), max(high, 0.0)
    pad = 0.05 * (high - low or abs(high) or 1.0)
    return 0.0 if chart.from_zero and low >= 0 else low - pad, high + pad


def _plot(
    chart: Chart, across: tuple[float, float], upward: tuple[float, float], box: tuple[float, float, float, float]
) -> Html:
    unit = (upward[1] - upward[0]) / UNITS_HIGH
    base = upward[0]

    def height(values: FloatArray) -> FloatArray:
        return (base - values) / unit  # SVG counts downward

    order = {"band": 0, "bars": 1, "line": 2, "dots": 3}
    layers = sorted(chart.layers, key=lambda layer: order[layer.kind])
    drawn = [draw_layer(layer, chart.x, height) for layer in layers if layer.kind in ("band", "bars")]
    whole = whole_of(chart)
    drawn += [draw_path(f"M{whole[0]:g} {y:.6g}H{whole[1]:g}", "mark") for y in height(np.array(chart.levels)).tolist()]
    drawn += [draw_path(f"M{x:g} -1000000V1000000", "mark") for x in chart.marks]
    drawn += [draw_layer(layer, chart.x, height) for layer in layers if layer.kind in ("line", "dots")]
    left, top, wide, high = box
    return tag(
        "svg",
        *drawn,
        class_="plot",
        x=f"{left:.6g}",
        y=f"{top:.6g}",
        width=f"{wide:.6g}",
        height=f"{high:.6g}",
        viewBox=f"{across[0]:.8g} {-UNITS_HIGH:g} {across[1] - across[0]:.8g} {UNITS_HIGH:g}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def _axis_marks(
    chart: Chart,
    ticks: Sequence[float],
    across: tuple[float, float],
    upward: tuple[float, float],
    box: tuple[float, float, float, float],
) -> Iterator[Html]:
    """Yield grid lines, and the labels below."""
    left, top, wide, high = box
    for tick in ticks:
        y = f"{_height_of(tick, upward, box):.5g}"
        yield single("line", class_="grid", x1=f"{left:.5g}", x2=f"{left + wide:.5g}", y1=y, y2=y)
    end = -math.inf
    inside = [place for place, x in enumerate(chart.x.tolist()) if across[0] <= x <= across[1]]
    for place in choose_labels(inside, chart.labels, wide):
        half = len(chart.labels[place]) * LETTER / 2
        x = left + (chart.x[place] - across[0]) / (across[1] - across[0]) * wide
        x = min(max(x, half), left + wide + RIGHT - half)
        if x - half > end:
            end = x + half + LETTER
            yield tag("text", text(chart.labels[place]), x=f"{x:.5g}", y=top + high + 18, text_anchor="middle")


def _tick_numbers(
    ticks: Sequence[float],
    numbers: Sequence[str],
    upward: tuple[float, float],
    box: tuple[float, float, float, float],
) -> Iterator[Html]:
    """Yield the numbers of the grid lines; on a narrow screen they stay in view, over what is drawn."""
    for tick, number in zip(ticks, numbers, strict=True):
        y = f"{_height_of(tick, upward, box) + 4:.5g}"
        yield tag("text", text(number), x=f"{box[0] - 8:.5g}", y=y, text_anchor="end")


def _height_of(value: float, upward: tuple[float, float], box: tuple[float, float, float, float]) -> float:
    return box[1] + (upward[1] - value) / (upward[1] - upward[0]) * box[3]


def _axis_names(chart: Chart, box: tuple[float, float, float, float]) -> Html:
    left, top, wide, high = box
    middle = top + high / 2
    return join(
        [
            tag("text", text(chart.x_name), class_="name", x=f"{left + wide / 2:.5g}", y=HEIGHT - 6,
                text_anchor="middle"),
            tag("text", text(chart.y_name, 40), class_="name", x=0, y=0, text_anchor="middle",
                transform=f"translate(11 {middle:g}) rotate(-90)"),
        ]
    )  # fmt: skip


def _legend(layers: Sequence[Layer]) -> Html:
    """Return the names of all layers beside their looks."""
    if len(layers) < 2:
        return NOTHING
    return tag("ul", *(tag("li", draw_swatch(layer), text(layer.name)) for layer in _once(layers)), class_="legend")


def _once(layers: Sequence[Layer]) -> list[Layer]:
    return list({layer.name: layer for layer in layers}.values())


def _tools() -> Html:
    """Return the buttons of a chart that zooms; without a script they stay hidden."""
    wishes = (("in", "+", "Zoom in"), ("out", "−", "Zoom out"), ("left", "←", "Earlier"), ("right", "→", "Later"))  # noqa: RUF001 -- a minus sign
    buttons = [tag("button", text(sign), type="button", data_do=wish, aria_label=name) for wish, sign, name in wishes]
    everything = tag("button", text("All"), type="button", data_do="all", aria_label="Show everything")
    hint = tag("span", text("drag to zoom; arrow keys read values, + and − zoom"))  # noqa: RUF001 -- a minus sign
    return tag("div", *buttons, everything, hint, class_="tools", hidden=True)


def _numbers(chart: Chart, digits: int) -> Html:
    places = range(chart.first_row, len(chart.x))
    shown = places[:MOST_ROWS]
    titles = [chart.x_name or "place"]
    columns = []
    for layer in chart.layers:
        ends = ((" from", layer.values), (" to", layer.high)) if layer.high is not None else (("", layer.values),)
        for suffix, values in ends:
            titles.append(layer.name + suffix)
            columns.append(values.tolist())
    rows = [[chart.labels[place], *(column[place] for column in columns)] for place in shown]
    assert all(is_number(cell) for row in rows for cell in row[1:])
    caption = f"the first {len(shown)} of {len(places):,} rows" if len(places) > len(shown) else ""
    return table(titles, rows, caption=caption, digits=digits)


def _data(
    chart: Chart, view: tuple[float, float], low: float, high: float, box: tuple[float, float, float, float]
) -> dict[str, object]:
    digits = _digits_for(low, high)
    return {
        "x": _rounded(chart.x, FEWEST_DIGITS),
        "labels": [label_text(label) for label in chart.labels],
        "layers": [
            {"name": label_text(layer.name), "kind": layer.kind}
            | (
                {"low": _rounded(layer.values, digits), "high": _rounded(layer.high, digits)}
                if layer.high is not None
                else {"values": _rounded(layer.values, digits)}
            )
            for layer in chart.layers
        ],
        "box": [round(part, 3) for part in box],
        "size": [box[0] + box[2] + RIGHT, HEIGHT],
        "view": list(view),
        "whole": list(whole_of(chart)),
        "base": low,
        "unit": (high - low) / UNITS_HIGH,
        "levels": [level for level in chart.levels if math.isfinite(level)],
        "zero": chart.from_zero,
        "zoom": chart.zoom,
        "digits": digits,
    }


def _digits_for(low: float, high: float) -> int:
    """Return how many digits of values between these ends show how far they are apart."""
    shared = math.floor(math.log10(max(abs(low), abs(high)) / (high - low)))
    return min(MOST_DIGITS, FEWEST_DIGITS + max(0, shared))


def _rounded(values: FloatArray, digits: int) -> list[float | None]:
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in values.tolist()]
