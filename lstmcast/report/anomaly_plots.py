"""The picture of what was strange: values beside their forecasts, faults marked, and the score below."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray
from lstmcast.report.canvas import (
    BLUE,
    INK,
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
from lstmcast.report.plots import TimeArray, count_note, show_times, steady_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


MOST_SERIES = 3
MOST_DATES = 10
FEW_VALUES = 60  # so few that each gets a mark
HIGHEST_SCORE = 4.0  # shown, in units of the score that raises an alarm
TINT = "#f7d9c4"


@dataclass(frozen=True)
class SeriesAnomalyPicture:
    """One series with what was said of its values."""

    name: str
    times: TimeArray  # (N,)
    after_gap: BoolArray  # values are missing right before
    values: FloatArray
    forecasts: FloatArray
    scores: FloatArray
    points: BoolArray  # strange by itself
    stretch: BoolArray  # strange as the end of a stretch
    alarms: BoolArray
    trained: BoolArray  # the model was trained on the value


def anomaly_plot(
    pictures: Sequence[SeriesAnomalyPicture],
    *,
    title: str,
    value_name: str,
    time_name: str,
    threshold: float,
    total: int,
    cache: Path,
) -> bytes:
    """Return up to three of the `total` series, each with its score below, as a PNG."""
    shown = pictures[:MOST_SERIES]
    with drawing_style(cache):
        figure = empty_figure(10.0, 1.2 + 3.6 * len(shown))
        set_titles(figure, title, count_note(len(shown), total))
        grid = figure.subplots(2 * len(shown), 1, squeeze=False, height_ratios=(3, 1) * len(shown))
        panes: list[Axes] = list(grid.flat)
        for above, below, picture in zip(panes[::2], panes[1::2], shown, strict=True):
            _draw_values(above, picture)
            _draw_scores(below, picture, threshold)
            below.set_xlim(above.get_xlim())
            above.set_ylabel(label_text(value_name))
            above.tick_params(labelbottom=False)
            if total > 1:
                above.set_title(label_text(picture.name))
        panes[-1].set_xlabel(label_text(time_name))
        figure.align_ylabels(panes)
        place_legend(figure, panes)
        return png_bytes(figure)


def _draw_values(pane: "Axes", picture: SeriesAnomalyPicture) -> None:
    """Draw values, forecasts, and what was strange; what the model was trained on lies on grey."""
    marker = "." if len(picture.times) <= FEW_VALUES else ""
    gaps = np.flatnonzero(picture.after_gap)  # lines end there
    times = np.insert(picture.times, gaps, picture.times[gaps])
    forecasts, values = (np.insert(line, gaps, np.nan) for line in (picture.forecasts, picture.values))
    pane.plot(times, forecasts, color=BLUE, linewidth=1.2, alpha=0.7, label="forecast, one step ahead")
    pane.plot(times, values, color=INK, linewidth=0.9, marker=marker, label="value")
    for start, end in spans_of(picture.stretch):
        left, right = _span_edges(picture.times, start, end)
        pane.axvspan(left, right, color=TINT, linewidth=0, zorder=0.5, label="strange stretch")
    for start, end in spans_of(picture.trained):
        left, right = _span_edges(picture.times, start, end)
        pane.axvspan(left, right, color="#f3f3f3", linewidth=0, zorder=0.2, label="the model was trained on it")
    _draw_marks(pane, picture, picture.points, "o", 4, "strange value")
    _draw_marks(pane, picture, picture.alarms, "v", 8, "alarm")
    steady_limits(pane)
    thousands_apart(pane)


def _draw_marks(
    pane: "Axes", picture: SeriesAnomalyPicture, chosen: BoolArray, marker: str, size: float, label: str
) -> None:
    """Mark some of the values."""
    if chosen.any():
        pane.plot(picture.times[chosen], picture.values[chosen], color=ORANGE, marker=marker, markersize=size,
                  linestyle="none", zorder=4, label=label)  # fmt: skip


def _draw_scores(pane: "Axes", picture: SeriesAnomalyPicture, threshold: float) -> None:
    """Draw the score against the line from which on a value is strange."""
    pane.fill_between(picture.times, 0.0, picture.scores, color=MUTED, linewidth=0.4, step="mid")
    pane.axhline(threshold, color=ORANGE, linewidth=1.0, linestyle=(0, (4, 3)), label="strange from here on")
    pane.set_ylim(0, min(max(1.2 * threshold, float(picture.scores.max(initial=0.0))), HIGHEST_SCORE * threshold))
    pane.set_ylabel("score")
    show_times(pane, picture.times, most=MOST_DATES)


def spans_of(chosen: BoolArray) -> list[tuple[int, int]]:
    """Return the first and the last place of each run of chosen ones."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], chosen.astype(np.int8), [0]])))
    return [(int(start), int(end) - 1) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def _span_edges(times: TimeArray, start: int, end: int) -> tuple[float, float]:
    """Return where a run of values begins and ends, with half a step on both sides."""
    import matplotlib.dates as dates

    numbers = np.asarray(dates.date2num(times) if times.dtype.kind == "M" else times, np.float64)  # type: ignore[no-untyped-call]  # matplotlib lacks types here
    half = 0.5 * float(np.median(np.diff(numbers))) if len(numbers) > 1 else 0.5
    return numbers[start] - half, numbers[end] + half
