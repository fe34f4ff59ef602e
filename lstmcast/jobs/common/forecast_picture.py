"""The picture of a forecast: history, median and intervals of the first series."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.evaluation.metrics import place_of
from lstmcast.jobs.common.time_words import count_in_words
from lstmcast.report.plots import Band, SeriesForecastPicture, forecast_plot, history_steps

MOST_SERIES = 6  # in one picture


def draw_forecast(
    reading: Reading,
    quantiles: tuple[float, ...],
    values: FloatArray,
    *,
    season: int,
    levels: Sequence[float],
    cache: Path,
) -> bytes:
    """Return history, forecast and intervals as a PNG."""
    panel = reading.panel
    shown = range(min(MOST_SERIES, panel.series_count))
    pictures = [
        _forecast_picture(panel, series, quantiles, values[series], levels, history_steps(values.shape[1], season))
        for series in shown
    ]
    return forecast_plot(
        pictures,
        title=f"{panel.target}: forecast of {count_in_words(panel.frequency.unit_name, values.shape[1])}",
        value_name=panel.target,
        time_name=reading.axis_name,
        season=season,
        total=panel.series_count,
        cache=cache,
    )


def bands_of(quantiles: tuple[float, ...], values: FloatArray, levels: Sequence[float]) -> tuple[Band, ...]:
    """Return the intervals of one (H, Q) forecast, the narrowest first."""
    bands = []
    for level in sorted(levels):
        low, high = place_of(quantiles, (1 - level / 100) / 2), place_of(quantiles, (1 + level / 100) / 2)
        if low is not None and high is not None:
            bands.append(Band(level, values[:, low], values[:, high]))
    return tuple(bands)


def times_of(panel: Panel, series: int, start: int, end: int) -> npt.NDArray[np.datetime64] | IntArray:
    """Return the stamps of a stretch of a series, which may reach past its end."""
    return panel.frequency.stamps(panel.first[series] + np.arange(start, end))


def values_of(panel: Panel, series: int, start: int, end: int) -> FloatArray:
    """Return the values of a stretch of a series."""
    row = panel.offsets[series]
    return panel.values[row + start : row + end]


def _forecast_picture(
    panel: Panel,
    series: int,
    quantiles: tuple[float, ...],
    values: FloatArray,
    levels: Sequence[float],
    history: int,
) -> SeriesForecastPicture:
    known = int(panel.known[series])
    start = max(0, known - history)
    return SeriesForecastPicture(
        name=panel.name_of(series),
        history_times=times_of(panel, series, start, known),
        history=values_of(panel, series, start, known),
        times=times_of(panel, series, known, known + len(values)),
        median=values[:, len(quantiles) // 2],
        bands=bands_of(quantiles, values, levels),
    )
