"""The picture of what published forecasts were worth: error beside the baseline's, and what the intervals held."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray
from lstmcast.report.canvas import (
    BLUE,
    INK,
    MEMBER_COLOURS,
    MUTED,
    ORANGE,
    drawing_style,
    empty_figure,
    note_in_corner,
    place_legend,
    png_bytes,
    set_titles,
)
from lstmcast.report.plots import TimeArray, show_times

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_MARKED = 60  # origins; more would be a row of dots
MOST_TICKS = 8
LARGEST_ERROR = 4.0  # times the median of the baseline: one lost night must not flatten all others


@dataclass(frozen=True)
class LedgerPicture:
    """The scores of published forecasts, the oldest first."""

    title: str
    note: str
    times: TimeArray  # (N,) the newest time that each knew
    model: FloatArray  # (N,) MASE, NaN where unknown
    baseline: FloatArray
    coverage: Mapping[float, FloatArray]  # by level in percent: (N,) shares of 1
    changes: BoolArray  # (N,) another version than the one before


def ledger_plot(picture: LedgerPicture, *, cache: Path) -> bytes:
    """Return the scores over time as a PNG of three panes."""
    with drawing_style(cache):
        figure = empty_figure(10.0, 7.4)
        set_titles(figure, picture.title, picture.note)
        panes = figure.subplots(3, 1, sharex=True, height_ratios=(3, 2, 2))
        draw_errors(panes[0], picture)
        _draw_skill(panes[1], picture)
        _draw_coverage(panes[2], picture)
        for pane in panes:
            _mark_changes(pane, picture)
        show_times(panes[2], picture.times, most=MOST_TICKS)
        panes[2].set_xlabel("last known time")
        place_legend(figure, panes)
        return png_bytes(figure)


def draw_errors(pane: "Axes", picture: LedgerPicture) -> None:
    """Draw the error of what was published, beside what seasonal naive would have had."""
    marker = _marker_of(picture)
    pane.plot(picture.times, picture.baseline, color=ORANGE, linestyle=(0, (5, 2)), linewidth=1.2, marker=marker,
              markersize=3, label="seasonal naive")  # fmt: skip
    pane.plot(picture.times, picture.model, color=BLUE, linewidth=1.8, marker=marker, markersize=4, zorder=4,
              label="published forecast")  # fmt: skip
    known = np.concatenate([picture.model, picture.baseline])
    known = known[np.isfinite(known)]
    usual = picture.baseline[np.isfinite(picture.baseline)]
    if len(known) and known.max() > 0:
        limit = LARGEST_ERROR * float(np.median(usual)) if len(usual) and np.median(usual) > 0 else np.inf
        pane.set_ylim(0, 1.1 * min(float(known.max()), limit))
        if known.max() > limit:
            note_in_corner(pane, f"up to {known.max():.3g}")
    pane.set_title("MASE of each forecast, lower is better")


def _draw_skill(pane: "Axes", picture: LedgerPicture) -> None:
    """Draw the share of the seasonal naive error that all forecasts so far have saved."""
    from matplotlib.ticker import PercentFormatter

    both = np.isfinite(picture.model) & np.isfinite(picture.baseline)
    own, other = (np.cumsum(np.where(both, values, 0.0)) for values in (picture.model, picture.baseline))
    with np.errstate(invalid="ignore", divide="ignore"):
        saved = np.where(other > 0, 1 - own / other, np.nan)
    pane.plot(picture.times, saved, color=BLUE, linewidth=1.8, marker=_marker_of(picture), markersize=4)
    pane.axhline(0, color=INK, linewidth=0.9)
    low = float(np.nanmin(saved)) if np.isfinite(saved).any() else 0.0
    pane.set_ylim(max(-1.05, min(-0.1, low - 0.05)), 1.02)
    pane.yaxis.set_major_formatter(PercentFormatter(1.0))
    pane.set_title("share of the seasonal naive error saved so far")


def _draw_coverage(pane: "Axes", picture: LedgerPicture) -> None:
    """Draw which share of the truth the intervals held so far, against what they promise."""
    from matplotlib.ticker import PercentFormatter

    for place, (level, shares) in enumerate(sorted(picture.coverage.items())):
        colour = MEMBER_COLOURS[(place + 2) % len(MEMBER_COLOURS)]  # the first two are the lines above
        known = np.isfinite(shares)
        counts = np.maximum(np.cumsum(known), 1)
        so_far = np.where(np.cumsum(known) > 0, np.cumsum(np.where(known, shares, 0.0)) / counts, np.nan)
        pane.plot(picture.times, so_far, color=colour, linewidth=1.8, marker=_marker_of(picture), markersize=4,
                  label=f"inside the {level:g}% interval")  # fmt: skip
        pane.axhline(level / 100, color=colour, linewidth=0.9, linestyle=(0, (4, 3)))
    pane.set_ylim(0, 1.04)
    pane.yaxis.set_major_formatter(PercentFormatter(1.0))
    pane.set_title("truth inside the intervals so far; dashed: as promised")


def _mark_changes(pane: "Axes", picture: LedgerPicture) -> None:
    """Draw a line where another version began to forecast."""
    for time in picture.times[picture.changes]:
        pane.axvline(time, color=MUTED, linewidth=0.8, linestyle=(0, (1, 2)), zorder=1)


def _marker_of(picture: LedgerPicture) -> str:
    """Return how each origin is marked."""
    return "o" if len(picture.times) <= MOST_MARKED else ""
