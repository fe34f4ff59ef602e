"""The pictures of an explanation: gates and memory over time, how long units remember, the bank, what moves a forecast.

Plain arrays in, the bytes of a PNG out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray
from lstmcast.plurals import count_things
from lstmcast.report.canvas import (
    BLUE,
    GREEN,
    INK,
    MEMBER_COLOURS,
    MUTED,
    ORANGE,
    drawing_style,
    empty_figure,
    label_text,
    place_legend,
    png_bytes,
    set_titles,
    thousands_apart,
)
from lstmcast.report.plots import TimeArray, show_times

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_SHARES = len(MEMBER_COLOURS)  # forecasters with a colour of their own
REST = "#d9d9d9"
MOST_DATES = 9
BINS = 24
BAR = 0.32  # inches of height for a bar that lies


@dataclass(frozen=True)
class GatePicture:
    """The gates of one layer over a window, units sorted by what they keep; or their mean over many windows."""

    title: str
    note: str
    times: TimeArray  # (C + 1,) where each step begins, and where the last one ends
    values: FloatArray  # (C,) the series; empty for a mean over many windows
    value_name: str
    time_name: str
    segment: int  # steps of the series in a step of the cell
    gates: Mapping[str, npt.NDArray[np.float32]]  # (T, U)
    state: npt.NDArray[np.float32]  # (T, U)
    state_name: str


@dataclass(frozen=True)
class MemoryPicture:
    """How long the units of each member remember."""

    title: str
    unit: str  # of time
    members: Mapping[str, FloatArray]
    contexts: tuple[int, ...]
    untrained: float  # memory of the middle unit before training


@dataclass(frozen=True)
class BankPicture:
    """Which forecaster carries how much of each step of the horizon."""

    title: str
    unit: str
    shares: Mapping[str, FloatArray]  # (H,) shares that sum to one


@dataclass(frozen=True)
class InfluencePicture:
    """What moves the forecast."""

    title: str
    note: str
    unit: str  # of time
    effect_name: str
    lags: FloatArray  # (B, 2) first and last lag of each block
    lag_occlusion: FloatArray  # (B,)
    lag_gradients: FloatArray  # (B,)
    signals: tuple[str, ...]
    signal_occlusion: FloatArray
    signal_gradients: FloatArray
    changes: tuple[str, ...]
    change_effects: FloatArray


def gates_plot(picture: GatePicture, *, cache: Path) -> bytes:
    """Return the series above its gates and the state, on one time axis, as a PNG."""
    maps = [*picture.gates.items(), (picture.state_name, picture.state)]
    has_series = len(picture.values) > 0
    with drawing_style(cache):
        figure = empty_figure(9.5, 1.0 + 1.55 * (len(maps) + has_series))
        set_titles(figure, picture.title, picture.note)
        panes = figure.subplots(len(maps) + has_series, 1, sharex=True, squeeze=False)[:, 0]
        if has_series:
            _draw_series(panes[0], picture)
        for pane, (name, openings) in zip(panes[has_series:], maps, strict=True):
            _draw_map(pane, picture, name, openings, is_gate=name in picture.gates)
        if has_series:
            show_times(panes[-1], picture.times, most=MOST_DATES)
        panes[-1].set_xlabel(label_text(picture.time_name))
        panes[-1].set_xlim(picture.times[0], picture.times[-1])
        return png_bytes(figure)


def memory_plot(picture: MemoryPicture, *, cache: Path) -> bytes:
    """Return the distribution of effective memory over the units as a PNG."""
    with drawing_style(cache):
        from matplotlib.ticker import MaxNLocator

        figure = empty_figure(8.0, 3.6)
        set_titles(figure, picture.title)
        pane = figure.subplots()
        every = np.concatenate(list(picture.members.values()))
        edges = np.geomspace(max(every.min() * 0.95, 1e-3), every.max() * 1.05, BINS + 1)
        names = [label_text(name) for name in picture.members]
        colours = [MEMBER_COLOURS[place % len(MEMBER_COLOURS)] for place in range(len(names))]
        stacked = list(picture.members.values())
        pane.hist(stacked, bins=list(edges), stacked=True, color=colours, label=names, edgecolor="white", linewidth=0.4)
        pane.set_xscale("log")
        for context in picture.contexts:
            pane.axvline(context, color=INK, linewidth=1.0, linestyle=(0, (4, 3)), label="all that a member sees")
        pane.axvline(float(np.median(every)), color=INK, linewidth=1.4, label="middle unit")
        pane.axvline(picture.untrained, color=INK, linewidth=1.4, linestyle=":", label="middle unit before training")
        _plain_log_ticks(pane)
        pane.set_xlabel(f"effective memory in {label_text(picture.unit)}s: until 37% is left")
        pane.set_ylabel("units")
        pane.yaxis.set_major_locator(MaxNLocator(integer=True))
        place_legend(figure, [pane])
        return png_bytes(figure)


def bank_plot(picture: BankPicture, *, cache: Path) -> bytes:
    """Return the shares of the forecasters by horizon step as a PNG."""
    order = sorted(picture.shares, key=lambda name: -float(picture.shares[name].mean()))
    order = [name for name in order if picture.shares[name].any()] or order[:1]
    shown, rest = order[:MOST_SHARES], order[MOST_SHARES:]
    layers = [(name, picture.shares[name], MEMBER_COLOURS[place]) for place, name in enumerate(shown)]
    if rest:
        layers.append(
            (
                count_things(len(rest), "other"),
                np.sum([picture.shares[name] for name in rest], axis=0),
                REST,
            )
        )
    with drawing_style(cache):
        from matplotlib.ticker import MaxNLocator, PercentFormatter

        figure = empty_figure(8.0, 3.8)
        set_titles(figure, picture.title)
        pane = figure.subplots()
        steps = np.arange(1, len(layers[0][1]) + 1)
        below = np.zeros(len(steps))
        for name, shares, colour in layers:
            pane.bar(steps, shares, 1.0, below, color=colour, edgecolor="white", linewidth=0.3, label=label_text(name))
            below = below + shares
        pane.set_xlim(0.5, len(steps) + 0.5)
        pane.set_ylim(0, 1)
        pane.grid(visible=False)
        pane.xaxis.set_major_locator(MaxNLocator(integer=True))
        pane.yaxis.set_major_formatter(PercentFormatter(1.0))
        pane.set_xlabel(f"{label_text(picture.unit)}s ahead")
        pane.set_ylabel("share of the forecast")
        place_legend(figure, [pane])
        return png_bytes(figure)


def influence_plot(picture: InfluencePicture, *, cache: Path) -> bytes:
    """Return what moves the forecast: past values by lag, other inputs, and changes of a usual size, as a PNG."""
    lying = [len(picture.signals), len(picture.changes)]
    heights = [2.6, *(0.55 + BAR * count for count in lying if count)]
    with drawing_style(cache):
        figure = empty_figure(8.5, 0.9 + sum(heights))
        set_titles(figure, picture.title, picture.note)
        panes = list(figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0])
        _draw_lags(panes.pop(0), picture)
        if picture.signals:
            _draw_signals(panes.pop(0), picture)
        if picture.changes:
            _draw_changes(panes.pop(0), picture)
        place_legend(figure, list(figure.axes[:1]))
        return png_bytes(figure)


def _draw_series(pane: "Axes", picture: GatePicture) -> None:
    """Draw the series, with a faint line where the cell takes a step."""
    pane.plot(picture.times[:-1], picture.values, color=INK, linewidth=1.1)
    for edge in picture.times[:: picture.segment]:
        pane.axvline(edge, color=MUTED, linewidth=0.4, zorder=0.5)
    pane.grid(visible=False, axis="x")
    pane.set_ylabel(label_text(picture.value_name, 24))
    thousands_apart(pane)


def _draw_map(
    pane: "Axes", picture: GatePicture, name: str, openings: npt.NDArray[np.float32], *, is_gate: bool
) -> None:
    """Draw one gate, or the state, as a map of units over time with its scale."""
    edges: Any = picture.times[:: picture.segment]
    largest = max(float(np.abs(openings).max()), 1e-6)
    colours, low, high = ("viridis", 0.0, 1.0) if is_gate else ("RdBu_r", -largest, largest)
    units = np.arange(openings.shape[1] + 1)
    mesh = pane.pcolormesh(edges, units, openings.T, cmap=colours, vmin=low, vmax=high, rasterized=True)
    pane.figure.colorbar(mesh, ax=pane, pad=0.01, aspect=12)
    pane.grid(visible=False)
    pane.set_yticks([])
    pane.set_ylabel(f"{name}\n{openings.shape[1]} units")


def _draw_lags(pane: "Axes", picture: InfluencePicture) -> None:
    """Draw how much each stretch of the past moves the forecast, the newest at the right."""
    from matplotlib.ticker import MaxNLocator

    first, last = picture.lags[:, 0], picture.lags[:, 1]
    middle, width = (first + last) / 2, last - first + 1
    pane.bar(middle, picture.lag_occlusion, 0.85 * width, color=BLUE, label="hidden alone (occlusion)")
    pane.plot(middle, picture.lag_gradients, color=ORANGE, marker="o", markersize=3.5, linestyle="none",
              label="integrated gradients")  # fmt: skip
    pane.set_xlim(float(last.max()) + 0.5, 0.5)
    pane.set_ylim(bottom=0)
    pane.grid(visible=False, axis="x")
    pane.xaxis.set_major_locator(MaxNLocator(integer=True))
    pane.set_title("past values: how far the forecast moves if they are hidden")
    pane.set_xlabel(f"{label_text(picture.unit)}s before the first forecast step")
    pane.set_ylabel(label_text(picture.effect_name, 30))


def _draw_signals(pane: "Axes", picture: InfluencePicture) -> None:
    """Draw the same for covariates and the calendar."""
    rows = np.arange(len(picture.signals))[::-1]
    pane.barh(rows, picture.signal_occlusion, 0.6, color=BLUE)
    pane.plot(picture.signal_gradients, rows, color=ORANGE, marker="o", markersize=3.5, linestyle="none", clip_on=False)
    pane.set_yticks(rows, [label_text(name, 40) for name in picture.signals])
    pane.set_xlim(left=0)
    pane.grid(visible=False, axis="y")
    pane.set_title("covariates and calendar: the same")


def _draw_changes(pane: "Axes", picture: InfluencePicture) -> None:
    """Draw what changes of a usual size do."""
    rows = np.arange(len(picture.changes))[::-1]
    pane.barh(rows, picture.change_effects, 0.6, color=GREEN)
    pane.axvline(0, color=INK, linewidth=0.9)
    pane.set_yticks(rows, [label_text(name, 60) for name in picture.changes])
    pane.grid(visible=False, axis="y")
    pane.set_title("what a usual change would do to the forecast, on average")
    pane.set_xlabel(label_text(picture.effect_name, 30))


def _plain_log_ticks(pane: "Axes") -> None:
    """Write 1, 2, 5, 10 … on a logarithmic axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    pane.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    pane.xaxis.set_minor_locator(NullLocator())
    pane.xaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))


def sort_units(openings: npt.NDArray[np.float32], kept: Sequence[float]) -> npt.NDArray[np.float32]:
    """Return (T, U) openings with the unit that keeps longest last, which a map draws at the top."""
    return openings[:, np.argsort(kept, kind="stable")]
