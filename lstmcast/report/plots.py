"""The pictures: a forecast, the history of a training, a backtest. Plain arrays in, the bytes of a PNG out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.report.canvas import (
    BLUE,
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
from lstmcast.report.dates import date_formatter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TimeArray = npt.NDArray[np.datetime64] | IntArray  # stamps, or whole-number steps

MOST_FORECASTS = 6
MOST_BACKTESTS = 4
LEAST_HISTORY = 24  # steps
MOST_DATES = {1: 10, 2: 7}  # along a time axis, by the panes side by side
BAND_TINTS = ("#9cc9e3", "#d3e6f2", "#eaf3f9")  # from the narrowest level to the widest, as opaque as in the legend
FEW_STEPS = 3  # so few that a line of them is hard to see


@dataclass(frozen=True)
class Band:
    """The interval of one level around a forecast."""

    level: float  # percent
    low: FloatArray  # (H,)
    high: FloatArray  # (H,)


@dataclass(frozen=True)
class SeriesForecastPicture:
    """One series with its forecast."""

    name: str
    history_times: TimeArray
    history: FloatArray
    times: TimeArray  # (H,)
    median: FloatArray  # (H,)
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class MemberHistory:
    """How the training of one member of the ensemble went."""

    name: str
    steps: IntArray
    train_loss: FloatArray
    validation_steps: IntArray
    validation_score: FloatArray
    chosen_step: int | None  # the step whose weights were kept


@dataclass(frozen=True)
class BacktestWindow:
    """One held-out origin: what was forecast for it, and what the baseline said."""

    times: TimeArray  # (H,)
    median: FloatArray  # (H,)
    baseline: FloatArray  # (H,)
    bands: tuple[Band, ...]


@dataclass(frozen=True)
class SeriesBacktestPicture:
    """One series over its held-out origins."""

    name: str
    times: TimeArray
    truth: FloatArray
    windows: tuple[BacktestWindow, ...]


def forecast_plot(
    pictures: Sequence[SeriesForecastPicture],
    *,
    title: str,
    value_name: str,
    time_name: str,
    season: int,
    total: int,
    cache: Path,
) -> bytes:
    """Return history, forecast and bands of up to six of the `total` series as a PNG."""
    shown = pictures[:MOST_FORECASTS]
    with drawing_style(cache):
        figure, panes = _panes_for(len(shown), title, count_note(len(shown), total))
        for pane, picture in zip(panes, shown, strict=True):
            _draw_forecast(pane, picture, history_steps(len(picture.times), season))
            show_times(pane, picture.times, most=MOST_DATES[_figure_columns(len(shown))])
            _name_pane(pane, picture.name, alone=total == 1)
        _finish(figure, panes, value_name, time_name)
        return png_bytes(figure)


def backtest_plot(
    pictures: Sequence[SeriesBacktestPicture],
    *,
    title: str,
    value_name: str,
    time_name: str,
    model_name: str,
    baseline_name: str,
    total: int,
    cache: Path,
) -> bytes:
    """Return truth, model and baseline over the held-out origins of up to four of the `total` series as a PNG."""
    shown = pictures[:MOST_BACKTESTS]
    with drawing_style(cache):
        figure, panes = _panes_for(len(shown), title, count_note(len(shown), total))
        for pane, picture in zip(panes, shown, strict=True):
            _draw_backtest(pane, picture, model_name, baseline_name)
            show_times(pane, picture.times, most=MOST_DATES[_figure_columns(len(shown))])
            _name_pane(pane, picture.name, alone=total == 1)
        _finish(figure, panes, value_name, time_name)
        return png_bytes(figure)


def history_plot(members: Sequence[MemberHistory], *, cache: Path) -> bytes:
    """Return the training loss above the validation score against steps as a PNG, with the chosen steps marked."""
    with drawing_style(cache):
        figure = empty_figure(8.0, 5.0)
        set_titles(figure, "Training")
        above, below = figure.subplots(2, 1, sharex=True)
        for number, member in enumerate(members):
            _draw_member(above, below, member, MEMBER_COLOURS[number % len(MEMBER_COLOURS)])
        below.plot([], [], color=INK, marker="o", markersize=7, linestyle="none", label="chosen step")
        above.set_ylabel("training loss")
        below.set_ylabel("validation error")
        below.set_xlabel("training step")
        figure.align_ylabels([above, below])
        place_legend(figure, [above, below])
        return png_bytes(figure)


def history_steps(horizon: int, season: int) -> int:
    """Return how much history helps: four horizons, or up to three seasons as long as the forecast stays visible."""
    return max(4 * horizon, min(3 * season, 8 * horizon), LEAST_HISTORY)


def count_note(shown: int, total: int) -> str:
    """Return how many series are shown, if not all."""
    return f"{shown} of {total:,} series" if shown < total else ""


def _panes_for(count: int, title: str, note: str) -> tuple["Figure", list["Axes"]]:
    """Return a figure with one pane for each series, in two columns from three series on."""
    columns = _figure_columns(count)
    rows = -(-count // columns)
    figure = empty_figure(10.0 if columns == 2 else 8.5, 1.0 + (3.2 if rows == 1 else 2.3 * rows))
    set_titles(figure, title, note)
    grid = figure.subplots(rows, columns, squeeze=False)
    panes = list(grid.flat)
    for unused in panes[count:]:
        unused.set_axis_off()
    return figure, panes[:count]


def _figure_columns(count: int) -> int:
    """Return how many panes stand side by side."""
    return 2 if count > 2 else 1


def _draw_forecast(pane: "Axes", picture: SeriesForecastPicture, steps: int) -> None:
    """Draw the last `steps` of history, the cutoff, the bands and the median."""
    times, history = picture.history_times[-steps:], picture.history[-steps:]
    pane.plot(times, history, color=INK, linewidth=1.1, label="history")
    joined = np.concatenate([times[-1:], picture.times])  # so that no gap opens at the cutoff
    median = np.concatenate([history[-1:], picture.median])
    marker = "o" if len(picture.times) <= FEW_STEPS else ""
    pane.plot(joined, median, color=BLUE, linewidth=1.6, marker=marker, markersize=3, label="forecast")
    _draw_bands(pane, joined, picture.bands, history[-1:])
    _draw_cutoff(pane, times[-1])


def _draw_backtest(pane: "Axes", picture: SeriesBacktestPicture, model_name: str, baseline_name: str) -> None:
    """Draw the truth, and at each origin the bands, the baseline and the model."""
    pane.plot(picture.times, picture.truth, color=INK, linewidth=1.1, label="truth", zorder=3)
    model, baseline = label_text(model_name), label_text(baseline_name)
    for window in picture.windows:
        pane.plot(window.times, window.median, color=BLUE, linewidth=1.6, label=model, zorder=4)
        pane.plot(window.times, window.baseline, color=ORANGE, linewidth=1.1, linestyle=(0, (4, 2)), label=baseline)
        _draw_bands(pane, window.times, window.bands, np.empty(0))
        known = picture.times[picture.times < window.times[0]]
        _draw_cutoff(pane, known[-1] if len(known) else window.times[0])


def _draw_bands(pane: "Axes", times: TimeArray, bands: Iterable[Band], start: FloatArray) -> None:
    """Shade each level, the narrower upon the wider; `start` is the value that the bands open from."""
    for rank, band in enumerate(sorted(bands, key=lambda band: band.level)):
        tint = BAND_TINTS[min(rank, len(BAND_TINTS) - 1)]
        low, high = np.concatenate([start, band.low]), np.concatenate([start, band.high])
        label = f"{band.level:g}% interval"
        pane.fill_between(times, low, high, color=tint, linewidth=0, zorder=1.5 - rank / 100, label=label)


def _draw_cutoff(pane: "Axes", time: Any) -> None:
    """Draw a thin line at the last time that was known."""
    pane.axvline(time, color=MUTED, linewidth=0.8, linestyle=(0, (4, 3)), zorder=1.6, label="cutoff")


def _draw_member(above: "Axes", below: "Axes", member: MemberHistory, colour: str) -> None:
    """Draw one member's loss and score, and mark the step whose weights were kept."""
    above.plot(member.steps, member.train_loss, color=colour, linewidth=1.0, label=label_text(member.name))
    below.plot(member.validation_steps, member.validation_score, color=colour, linewidth=1.2)
    kept = member.validation_steps == member.chosen_step
    if kept.any():  # marks that are not clipped take room in the layout even where there are none
        below.plot(
            member.validation_steps[kept],
            member.validation_score[kept],
            color=colour,
            marker="o",
            markersize=7,
            linestyle="none",
            clip_on=False,
            zorder=5,
        )


def _name_pane(pane: "Axes", name: str, *, alone: bool) -> None:
    """Write the series' name above its pane, unless it is the only one and the title says it all."""
    if not alone:
        pane.set_title(label_text(name))


def _finish(figure: "Figure", panes: Sequence["Axes"], value_name: str, time_name: str) -> None:
    """Add axes that can be read and one legend for all panes."""
    for pane in panes:
        steady_limits(pane)
        thousands_apart(pane)
    columns = _figure_columns(len(panes))
    for pane in panes[-columns:]:
        pane.set_xlabel(label_text(time_name))
    if len(panes) == 1:
        panes[0].set_ylabel(label_text(value_name))
    else:
        figure.supylabel(label_text(value_name), fontsize=9)
    place_legend(figure, panes)


def show_times(pane: "Axes", times: TimeArray, *, most: int) -> None:
    """Write dates short and whole-number steps whole, at most so many of them."""
    from matplotlib.dates import AutoDateLocator
    from matplotlib.ticker import MaxNLocator

    if np.issubdtype(times.dtype, np.datetime64):
        locator = AutoDateLocator(minticks=3, maxticks=most)  # type: ignore[no-untyped-call]  # matplotlib lacks types here
        pane.xaxis.set_major_locator(locator)
        pane.xaxis.set_major_formatter(date_formatter())
    else:
        pane.xaxis.set_major_locator(MaxNLocator(nbins=most, integer=True))


def steady_limits(pane: "Axes") -> None:
    """Widen the value axis around a series that hardly moves, whose rounding errors would fill it otherwise."""
    low, high = pane.get_ylim()
    size = max(abs(low), abs(high))
    if high - low < 1e-6 * size:
        middle = (low + high) / 2
        pane.set_ylim(middle - 0.5 * size, middle + 0.5 * size)
