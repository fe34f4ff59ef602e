"""The picture of a comparison of cells: scores by seed, differences with their noise, and how far gradients reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.report.canvas import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    drawing_style,
    empty_figure,
    label_text,
    png_bytes,
    set_titles,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


COLOURS = {"lstm": BLUE, "gru": GREEN, "rnn": ORANGE, "linear": "#cc79a7"}
LITTLE_LEFT = 0.01
LOWEST = 1e-12  # of the newest step's gradient: an axis below it would hide all else
WIDEST = 1.0  # of a difference


@dataclass(frozen=True)
class SeedDots:
    """One forecaster's score for each seed; a baseline has one."""

    name: str
    scores: FloatArray


@dataclass(frozen=True)
class DifferenceBar:
    """How much of another's error the cell in use saves: over seeds alone, and over windows too."""

    name: str
    saved: float
    low: float | None
    high: float | None
    seed_low: float | None
    seed_high: float | None
    is_clear: bool


@dataclass(frozen=True)
class FlowLine:
    """The gradient norm of one state of one cell, as a share of the newest."""

    cell: str
    state: str
    lags: FloatArray  # in steps of the series
    shares: FloatArray


@dataclass(frozen=True)
class CellPicture:
    """All that the picture shows."""

    title: str
    note: str
    metric: str
    use: str
    dots: tuple[SeedDots, ...]
    bars: tuple[DifferenceBar, ...]
    flows: tuple[FlowLine, ...]
    step_unit: str


def cells_plot(picture: CellPicture, *, cache: Path) -> bytes:
    """Return the comparison as a PNG of three panes."""
    with drawing_style(cache):
        figure = empty_figure(10.0, 7.4)
        set_titles(figure, picture.title, picture.note)
        grid = figure.add_gridspec(2, 2)
        _draw_dots(figure.add_subplot(grid[0, 0]), picture)
        _draw_bars(figure.add_subplot(grid[0, 1]), picture)
        _draw_flows(figure.add_subplot(grid[1, :]), picture.flows, picture.step_unit)
        return png_bytes(figure)


def _draw_dots(pane: "Axes", picture: CellPicture) -> None:
    """Draw each forecaster's score for each seed, and their mean."""
    rows = np.arange(len(picture.dots))[::-1]
    for row, one in zip(rows, picture.dots, strict=True):
        colour = COLOURS.get(one.name, MUTED)
        pane.plot(one.scores, np.full(len(one.scores), row), "o", color=colour, markersize=5, alpha=0.55, mew=0)
        pane.plot([one.scores.mean()], [row], "|", color=colour, markersize=16, markeredgewidth=2.4)
    pane.set_yticks(rows, [label_text(one.name.replace("_", " "), 20) for one in picture.dots])
    pane.grid(visible=False, axis="y")
    pane.set_ylim(-0.6, len(rows) - 0.4)
    pane.margins(x=0.05)
    pane.set_xlim(left=0)
    pane.set_title(f"{picture.metric} (dots: seeds, bar: mean); lower is better")


def _draw_bars(pane: "Axes", picture: CellPicture) -> None:
    """Draw what the cell in use saves: the thick part is seed noise, the thin one windows too."""
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    rows = np.arange(len(picture.bars))[::-1]
    for row, bar in zip(rows, picture.bars, strict=True):
        colour = MUTED if not bar.is_clear else BLUE if bar.saved > 0 else ORANGE
        for low, high, width in ((bar.low, bar.high, 1.4), (bar.seed_low, bar.seed_high, 4.5)):
            if low is not None and high is not None:
                pane.plot([low, high], [row, row], color=colour, linewidth=width, solid_capstyle="butt")
        pane.plot([bar.saved], [row], "o", color=colour, markersize=7)
    pane.axvline(0, color=INK, linewidth=0.9)
    lows = [end for bar in picture.bars for end in (bar.low, bar.seed_low, bar.saved) if end is not None]
    highs = [end for bar in picture.bars for end in (bar.high, bar.seed_high, bar.saved) if end is not None]
    pane.set_xlim(max(min([-0.05, *lows]), -WIDEST) - 0.02, min(max([0.05, *highs]), WIDEST) + 0.02)
    pane.set_yticks(rows, [label_text(bar.name.replace("_", " "), 20) for bar in picture.bars])
    pane.set_ylim(-0.6, len(rows) - 0.4)
    pane.grid(visible=False, axis="y")
    pane.xaxis.set_major_locator(MaxNLocator(nbins=5))
    pane.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    pane.set_title(f"{picture.metric} saved by {picture.use} (95%; thick: seeds alone)")


def _draw_flows(pane: "Axes", flows: Sequence[FlowLine], unit: str) -> None:
    """Draw how the gradient of the loss by each state falls, or grows, with the lag."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    lowest = 1.0
    for flow in flows:
        style = (0, (4, 2)) if "cell" in flow.state else "-"
        marker = "o" if len(flow.lags) < 40 else ""
        shares = np.maximum(flow.shares, LOWEST)
        lowest = min(lowest, float(shares.min()))
        pane.plot(
            flow.lags,
            shares,
            color=COLOURS.get(flow.cell, INK),
            linestyle=style,
            marker=marker,
            markersize=3,
            label=f"{flow.cell}, {flow.state}",
        )
    pane.set_yscale("log")
    if flows:
        pane.axhline(LITTLE_LEFT, color=MUTED, linewidth=0.9, linestyle=(0, (1, 2)))
        pane.annotate("1% left", (0.005, LITTLE_LEFT), (0, -10), xycoords=("axes fraction", "data"),
                      textcoords="offset points", fontsize=8, color=MUTED)  # fmt: skip
        pane.set_ylim(bottom=min(LITTLE_LEFT, lowest) / 2)
        pane.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    pane.xaxis.set_major_locator(MaxNLocator(integer=True))
    pane.yaxis.set_major_locator(LogLocator(numticks=6))
    pane.yaxis.set_minor_locator(NullLocator())
    pane.yaxis.set_major_formatter(FuncFormatter(lambda value, _position: f"{value:g}"))
    pane.set_title("gradient flow after training: size of the loss's gradient by the state so far back, newest = 1")
    pane.set_xlabel(f"{label_text(unit)}s back")
