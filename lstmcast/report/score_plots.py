"""The picture of a backtest's scores: by step and origin beside the baselines, what bands hold, what is proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.report.canvas import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    drawing_style,
    empty_figure,
    label_text,
    note_in_corner,
    place_legend,
    png_bytes,
    set_titles,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


LOOKS = (  # of the baselines, in turn
    (ORANGE, (0, (5, 2))),
    (MUTED, (0, (1, 1.5))),
    (GREEN, (0, (5, 1.5, 1, 1.5))),
    ("#cc79a7", (0, (3, 1.5))),
    ("#e69f00", (0, (5, 2))),
    ("#56b4e9", (0, (1, 1.5))),
    ("#7a5195", (0, (5, 1.5, 1, 1.5))),
)
MOST_TICKS = 6
FEW_STEPS = 3
LONGEST_NAME = 28  # letters
WIDEST_SKILL = 1.0  # an axis beyond it would hide all else
WIDEST_SCORE = 4.0  # times the model's worst score


@dataclass(frozen=True)
class ScoreLine:
    """One forecaster's score at each step and at each origin."""

    name: str
    by_step: FloatArray  # (H,) NaN where there is none
    by_origin: FloatArray


@dataclass(frozen=True)
class SkillBar:
    """The model's skill against one baseline."""

    baseline: str
    skill: float
    low: float | None
    high: float | None
    verdict: str
    finding: str  # better, worse, or neither of them


@dataclass(frozen=True)
class ScorePicture:
    """All that the picture shows; the model is the first line."""

    title: str
    note: str
    metric: str
    lines: tuple[ScoreLine, ...]
    origins: tuple[str, ...]
    step_unit: str
    coverage: tuple[tuple[float, float], ...]  # (level, share of the truth inside), both 0 to 1
    skills: tuple[SkillBar, ...]


def scores_plot(picture: ScorePicture, *, cache: Path) -> bytes:
    """Return the scores as a PNG of four panes."""
    with drawing_style(cache):
        figure = empty_figure(10.0, 7.4)
        set_titles(figure, picture.title, picture.note)
        panes = figure.subplots(2, 2)
        _draw_by_step(panes[0, 0], picture)
        _draw_by_origin(panes[0, 1], picture)
        _draw_coverage(panes[1, 0], picture.coverage)
        _draw_skills(panes[1, 1], picture)
        place_legend(figure, [panes[0, 0]])
        return png_bytes(figure)


def _draw_by_step(pane: "Axes", picture: ScorePicture) -> None:
    """Draw how the error grows with the step ahead."""
    from matplotlib.ticker import MaxNLocator

    for place, line in enumerate(picture.lines):
        steps = np.arange(1, len(line.by_step) + 1)
        _draw_line(pane, steps, line.by_step, line.name, place, marked=len(steps) <= FEW_STEPS)
    pane.set_title(f"{picture.metric} by step ahead, lower is better")
    pane.set_xlabel(label_text(f"{picture.step_unit}s ahead"))
    pane.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=MOST_TICKS + 2))
    _keep_in_view(pane, [line.name for line in picture.lines], [line.by_step for line in picture.lines])


def _draw_by_origin(pane: "Axes", picture: ScorePicture) -> None:
    """Draw how the error differs from origin to origin."""
    places = np.arange(len(picture.origins))
    for place, line in enumerate(picture.lines):
        _draw_line(pane, places, line.by_origin, line.name, place, marked=True)
    pane.set_title(f"{picture.metric} by origin")
    pane.set_xlabel("last known time")
    shown = np.unique(np.linspace(0, len(places) - 1, min(MOST_TICKS, len(places))).astype(int))
    pane.set_xticks(shown, [label_text(picture.origins[place], 16) for place in shown])
    pane.set_xlim(-0.04 * len(places), 1.04 * len(places) - 1)
    _keep_in_view(pane, [line.name for line in picture.lines], [line.by_origin for line in picture.lines])


def _draw_line(pane: "Axes", places: IntArray, scores: FloatArray, name: str, place: int, *, marked: bool) -> None:
    """Draw one forecaster: the model in full, baselines thinner and broken."""
    colour, dashes = (BLUE, "-") if place == 0 else LOOKS[(place - 1) % len(LOOKS)]
    pane.plot(
        places,
        scores,
        color=colour,
        linestyle=dashes,
        linewidth=2.0 if place == 0 else 1.2,
        marker="o" if marked else "",
        markersize=5 if place == 0 else 3.5,
        zorder=4 if place == 0 else 3,
        label=label_text(name),
    )


def _keep_in_view(pane: "Axes", names: Sequence[str], lines: Sequence[FloatArray]) -> None:
    """Let the axis start at zero, and leave a hopeless baseline outside rather than flatten all others."""
    tops = [float(np.nanmax(line)) if np.isfinite(line).any() else 0.0 for line in lines]
    limit = WIDEST_SCORE * tops[0] if tops[0] > 0 else max(tops)
    top = 1.1 * max(top for top in tops if top <= limit)
    if top <= 0:
        return
    pane.set_ylim(0, top)
    outside = [
        name for name, line in zip(names, lines, strict=True) if np.isfinite(line).any() and np.nanmin(line) > top
    ]
    if outside:
        text = f"above: {', '.join(outside)}"
        note_in_corner(pane, label_text(text))


def _draw_coverage(pane: "Axes", coverage: Sequence[tuple[float, float]]) -> None:
    """Draw which share of the truth the intervals held, against what they promise."""
    from matplotlib.ticker import PercentFormatter

    pane.plot([0, 1], [0, 1], color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)))
    pane.annotate("as promised", (0.1, 0.1), (9, -6), textcoords="offset points", color=MUTED, fontsize=8)
    levels, shares = zip(*coverage, strict=True) if coverage else ((), ())
    pane.plot(levels, shares, color=BLUE, linewidth=1.8, marker="o", markersize=5, zorder=4)
    pane.annotate("too wide", (0.04, 0.95), xycoords="axes fraction", va="top", color=MUTED, fontsize=8)
    pane.annotate("too narrow", (0.96, 0.05), xycoords="axes fraction", ha="right", color=MUTED, fontsize=8)
    pane.set_xlim(0, 1)
    pane.set_ylim(0, 1.02)
    pane.set_title("truth inside the model's intervals")
    pane.set_xlabel("level of the interval")
    pane.xaxis.set_major_formatter(PercentFormatter(1.0))
    pane.yaxis.set_major_formatter(PercentFormatter(1.0))


def _draw_skills(pane: "Axes", picture: ScorePicture) -> None:
    """Draw how much of each baseline's error the model saves, with its interval; clear differences in colour."""
    from matplotlib.ticker import PercentFormatter

    colours = {"better": BLUE, "worse": ORANGE}
    rows = np.arange(len(picture.skills))[::-1]
    for row, bar in zip(rows, picture.skills, strict=True):
        found = colours.get(bar.finding)
        colour = found or MUTED
        if bar.low is not None and bar.high is not None:
            pane.plot([bar.low, bar.high], [row, row], color=colour, linewidth=2.2, solid_capstyle="butt")
        pane.plot([bar.skill], [row], color=colour, marker="o", markersize=7, linestyle="none")
        _write_above(pane, row, 0.0, f"against {label_text(bar.baseline, LONGEST_NAME)}", INK)
        _write_above(pane, row, 1.0, bar.verdict, INK if found else MUTED)
    pane.axvline(0, color=INK, linewidth=0.9)
    ends = [end for bar in picture.skills for end in (bar.low, bar.skill, bar.high) if end is not None]
    low, high = min([-0.1, *ends]), max([0.1, *ends])
    pane.set_xlim(max(low, -WIDEST_SKILL) - 0.05, min(high, WIDEST_SKILL) + 0.05)
    pane.set_ylim(-0.6, len(rows) - 0.2)
    pane.set_yticks([])
    pane.spines["left"].set_visible(False)
    pane.set_title(f"{picture.metric} saved against each baseline, 95% interval")
    pane.xaxis.set_major_formatter(PercentFormatter(1.0))


def _write_above(pane: "Axes", row: float, side: float, text: str, colour: str) -> None:
    """Write above a row, from the left side (0) or up to the right one (1)."""
    pane.annotate(
        text,
        (side, row),
        (2 - 4 * side, 6),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right" if side else "left",
        fontsize=8,
        color=colour,
    )
