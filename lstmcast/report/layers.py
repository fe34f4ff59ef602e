"""The layers of a chart, lines, bands, dots and bars, drawn as SVG paths in the coordinates of the data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.report.markup import Html, single, tag


@dataclass(frozen=True)
class Layer:
    """One thing that a chart shows; NaN where there is nothing."""

    kind: Literal["line", "band", "dots", "bars"]
    name: str
    look: str  # class names of page.css: a colour, and `dash` or `thin`
    values: FloatArray  # (n,); of a band the lower ends
    high: FloatArray | None = None  # (n,) of a band
    joint: tuple[int, float] | None = None  # where a line takes up from another one: drawn, but no value of its own


def draw_layer(layer: Layer, places: FloatArray, height: Callable[[FloatArray], FloatArray]) -> Html:
    """Return a layer as one path over its places; `height` turns values into the picture's own coordinates."""
    values = layer.values.copy()
    if layer.joint is not None:
        values[layer.joint[0]] = layer.joint[1]
    x, y = places, height(values)
    if layer.kind == "bars":
        half, zero = bar_width(x) * 0.45, float(height(np.zeros(1))[0])
        bars = [f"M{a - half:.6g} {zero:.6g}H{a + half:.6g}V{b:.6g}H{a - half:.6g}Z" for a, b in _known(x, y)]
        return draw_path("".join(bars), _fills(layer.look))
    if layer.kind == "dots":
        return draw_path("".join(f"M{a:.6g} {b:.6g}h0" for a, b in _known(x, y)), f"dots {_strokes(layer.look)}")
    if layer.kind == "band":
        assert layer.high is not None
        return draw_path("".join(_outline(x, y, height(layer.high))), _fills(layer.look))
    return draw_path("".join(_course(x, y)), f"line {_strokes(layer.look)}")


def draw_swatch(layer: Layer) -> Html:
    """Return the look of a layer in a legend."""
    if layer.kind in ("band", "bars"):
        shape = single("rect", width=26, height=12, rx=2, class_=_fills(layer.look))
    elif layer.kind == "dots":
        shape = single("path", d="M13 6h0", class_=f"dots {_strokes(layer.look)}")
    else:
        shape = single("path", d="M1 6H25", class_=f"line {_strokes(layer.look)}")
    return tag("svg", shape, viewBox="0 0 26 12", aria_hidden="true")


def draw_path(description: str, look: str) -> Html:
    """Return a path whose width does not change when the picture is stretched."""
    return single("path", d=description, class_=look, vector_effect="non-scaling-stroke")


def _strokes(look: str) -> str:
    colour, *rest = look.split()
    return " ".join([f"s-{colour}", *rest])


def _fills(look: str) -> str:
    return f"f-{look.split()[0]}"


def _course(x: FloatArray, y: FloatArray) -> Iterator[str]:
    """Yield a line for each stretch of values; a lonely one becomes a dot."""
    for stretch in _stretches(y):
        lonely = "h0" if stretch.stop - stretch.start == 1 else ""
        yield f"M{_points(x[stretch], y[stretch])}{lonely}"


def _outline(x: FloatArray, low: FloatArray, high: FloatArray) -> Iterator[str]:
    """Yield the shape of each stretch of a band; a lonely step gets a width of its own."""
    for stretch in _stretches(low + high):
        places, below, above = x[stretch], low[stretch], high[stretch]
        if len(places) == 1:
            places, below, above = places + np.array([-0.3, 0.3]), np.repeat(below, 2), np.repeat(above, 2)
        yield f"M{_points(places, above)} {_points(places[::-1], below[::-1])}Z"


def _points(x: FloatArray, y: FloatArray) -> str:
    return " ".join(f"{a:.6g} {b:.6g}" for a, b in zip(x, y, strict=True))


def _known(x: FloatArray, y: FloatArray) -> Iterator[tuple[float, float]]:
    there = np.isfinite(y)
    return zip(x[there].tolist(), y[there].tolist(), strict=True)


def _stretches(values: FloatArray) -> Iterator[slice]:
    """Yield where values stand without a hole."""
    there = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(np.diff(there.astype(np.int8)))
    yield from (slice(int(first), int(last)) for first, last in edges.reshape(-1, 2))


def bar_width(x: FloatArray) -> float:
    """Return the least distance between two places."""
    return float(np.diff(x).min()) if len(x) > 1 else 1.0
