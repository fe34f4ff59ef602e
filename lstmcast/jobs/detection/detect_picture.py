"""The picture of judged values: of a run with those before it, or of a look back."""

from math import log10
from pathlib import Path

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.read import Reading
from lstmcast.data.written.anomaly_file import JudgedRows, read_rows
from lstmcast.data.written.published import find_series
from lstmcast.data.written.text_cells import escape_formula
from lstmcast.report.anomaly_plots import MOST_SERIES, SeriesAnomalyPicture, anomaly_plot

NEWEST = 2000  # values of a series in the picture of a run


def draw_anomalies(reading: Reading, table: bytes, rate: float, whole: bool, cache: Path) -> bytes:
    """Return the series with the most alarms as a PNG: the newest values of each, or with `whole` all in the table."""
    panel = reading.panel
    rows = read_rows(table, panel.id_names, reading.time_names)
    series = find_series(tuple(zip(*rows.ids, strict=True)), panel) if rows.ids else np.zeros(len(rows), np.int64)
    by_series = np.argsort(series, kind="stable")
    bounds = np.searchsorted(series[by_series], np.arange(panel.series_count + 1))
    shown = [by_series[bounds[line] : bounds[line + 1]] for line in range(panel.series_count)]
    shown = shown if whole else [mine[-NEWEST:] for mine in shown]
    order = sorted(range(panel.series_count), key=lambda line: (-int((rows.alarm[shown[line]] == "yes").sum()), line))
    return anomaly_plot(
        [_picture(reading, rows, line, shown[line]) for line in order[:MOST_SERIES]],
        title=f"{panel.target}: what was strange",
        value_name=panel.target,
        time_name=reading.axis_name,
        threshold=-log10(rate),
        total=panel.series_count,
        cache=cache,
    )


def _picture(reading: Reading, rows: JudgedRows, line: int, chosen: IntArray) -> SeriesAnomalyPicture:
    panel = reading.panel
    ticks = _ticks_by_text(reading, line)
    texts = list(zip(*(column[chosen].tolist() for column in rows.times), strict=True))
    there = np.array([text in ticks for text in texts], bool)  # the data may begin later now
    chosen = chosen[there]
    found = np.array([ticks[text] for text in texts if text in ticks], np.int64)
    return SeriesAnomalyPicture(
        name=panel.name_of(line),
        times=panel.frequency.stamps(found),
        after_gap=np.diff(found, prepend=found[:1] - 1) > 1,
        values=rows.value[chosen],
        forecasts=rows.forecast[chosen],
        scores=rows.score[chosen],
        points=rows.kind[chosen] == "point",
        stretch=rows.kind[chosen] == "stretch",
        alarms=rows.alarm[chosen] == "yes",
        trained=rows.trained[chosen] == "yes",
    )


def _ticks_by_text(reading: Reading, line: int) -> dict[tuple[str, ...], int]:
    """Return the ticks of the known values of a series by how its table writes their times."""
    panel = reading.panel.with_earlier()
    parts = [part for part in range(panel.series_count) if panel.ids_of(part) == panel.ids_of(line)]
    ticks = np.concatenate([panel.first[part] + np.arange(panel.known[part]) for part in parts])
    columns = reading.time_format.render_columns(panel.frequency.stamps(ticks))
    texts = zip(*(map(escape_formula, column.tolist()) for column in columns), strict=True)
    return dict(zip(texts, ticks.tolist(), strict=True))
