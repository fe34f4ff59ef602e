"""The forecast in a report: history, bands and median of a selection of series, and what has happened since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.read import Reading
from lstmcast.evaluation.titles import title_of
from lstmcast.jobs.reporting.report_parts import Key, SeriesForecast, key_of, number
from lstmcast.plurals import count_things
from lstmcast.report.chart import Chart, render_chart
from lstmcast.report.layers import Layer
from lstmcast.report.markup import Html, join, short_number, tag, text
from lstmcast.report.page import missing, note
from lstmcast.report.plots import history_steps

MOST_SERIES = 12
MOST_HISTORY = 600  # steps of one series
BAND_LOOKS = ("band0", "band1", "band2")  # from the narrowest level to the widest


@dataclass(frozen=True)
class Selection:
    """Which series a report shows, and why these."""

    keys: tuple[Key, ...]
    reason: str


def select_series(every: Sequence[Key], scores: Mapping[Key, float]) -> Selection:
    """Return all series if they are few, else those that the backtest did worst, middling and best on, or any."""
    if len(every) <= MOST_SERIES:
        return Selection(tuple(every), "")
    total = f"{len(every):,} series"
    known = [key for key in every if np.isfinite(scores.get(key, np.nan))]
    if len(known) < MOST_SERIES:
        places = np.linspace(0, len(every) - 1, MOST_SERIES).astype(int)
        return Selection(tuple(every[place] for place in places), f"{MOST_SERIES} of {total} are shown, evenly taken.")
    ranked = sorted(known, key=lambda key: -scores[key])
    part = MOST_SERIES // 3
    middle = (len(ranked) - part) // 2
    chosen = [*ranked[:part], *ranked[middle : middle + part], *ranked[-part:]]
    reason = (
        f"{MOST_SERIES} of {total} are shown: the {part} that the backtest did worst on, the {part} in the middle, "
    )
    return Selection(tuple(chosen), f"{reason}the {part} best.")


def series_scores(
    rows: Sequence[Mapping[str, str]], model: str, metric: str, id_columns: Sequence[str]
) -> dict[Key, float]:
    """Return the model's score on each series."""
    return {
        tuple(row.get(name, "") for name in id_columns): number(row.get(metric))
        for row in rows
        if row.get("forecaster") == model
    }


def forecast_section(
    reading: Reading | None,
    forecasts: Mapping[Key, SeriesForecast],
    selection: Selection,
    season: int,
    scores: Mapping[Key, float],
    metric: str,
) -> Html:
    """Return a chart for each selected series, with a list to choose from."""
    if not forecasts:
        return missing("There is no forecast in the workspace yet: run `lstmcast predict`.")
    keys = [key for key in selection.keys if key in forecasts] or list(forecasts)[:MOST_SERIES]
    panes, names = [], []
    places = {} if reading is None else {key_of(reading.panel, s): s for s in _series_of(reading, keys)}
    for key in keys:
        name = "/".join(key)
        score = scores.get(key, np.nan)
        names.append(f"{name} ({title_of(metric)} {short_number(score)})" if np.isfinite(score) else name)
        chart = _chart(reading, places.get(key), forecasts[key], name, season)
        panes.append(tag("div", render_chart(chart), data_pane="series"))
    parts = [note(selection.reason)] if selection.reason else []
    if len(panes) > 1:
        options = [tag("option", text(name)) for name in names]
        label = tag("label", text("Series"), for_="series-choice")
        choice = tag("select", *options, id="series-choice")
        parts.append(tag("div", label, choice, class_="choose", data_choose="series", hidden=True))
    return join([*parts, *panes])


def _chart(reading: Reading | None, series: int | None, forecast: SeriesForecast, name: str, season: int) -> Chart:
    horizon = len(forecast.median)
    times, values = _history(reading, series) if reading is not None and series is not None else ((), np.empty(0))
    cut = _place_of(times, forecast.cutoff)
    first = max(0, cut + 1 - MOST_HISTORY)
    labels = (*times[first : cut + 1], *forecast.times)
    past, later = values[first : cut + 1], values[cut + 1 : cut + 1 + horizon]
    known = len(past)
    total = known + horizon

    def placed(part: FloatArray, start: int) -> FloatArray:
        whole = np.full(total, np.nan)
        whole[start : start + len(part)] = part
        return whole

    layers = [
        Layer("band", f"{level}% interval", BAND_LOOKS[min(rank, 2)], placed(low, known), placed(high, known))
        for rank, (level, (low, high)) in enumerate(sorted(forecast.bands.items(), key=lambda one: float(one[0])))
    ]
    layers.append(Layer("line", "history", "ink thin", placed(past, 0)))
    layers.append(Layer("line", "forecast", "c0", placed(forecast.median, known), joint=_joint(past, known)))
    if np.isfinite(later).any():
        layers.append(Layer("dots", "what has happened since", "c1", placed(later, known)))
    seen = max(0, known - history_steps(horizon, season))
    low, high = (float(end(forecast.median)) for end in (np.min, np.max))
    return Chart(
        title=name,
        summary=f"Forecast of {count_things(horizon, 'step')} from {forecast.times[0]} to {forecast.times[-1]}, "
        f"between {short_number(low)} and {short_number(high)}, after {count_things(known, 'step')} of history.",
        x=np.arange(total, dtype=np.float64),
        labels=labels,
        x_name="" if reading is None else reading.time_name,
        y_name="" if reading is None else reading.panel.target,
        layers=tuple(reversed(layers[: len(forecast.bands)])) + tuple(layers[len(forecast.bands) :]),
        view=(seen - 0.5, total - 0.5),
        zoom=True,
        marks=(known - 1.0,) if known else (),
        first_row=known,
    )


def _history(reading: Reading, series: int) -> tuple[tuple[str, ...], FloatArray]:
    """Return the times and values of a series; of a very long one only its end, which is more than is shown."""
    panel = reading.panel
    known = int(panel.known[series])
    first = max(0, known - 4 * MOST_HISTORY)
    stamps = panel.frequency.stamps(panel.first[series] + np.arange(first, known))
    start = int(panel.offsets[series])
    return tuple(map(str, reading.time_format.render(stamps))), panel.values[start + first : start + known]


def _place_of(times: Sequence[str], cutoff: str) -> int:
    """Return where a time stands among the known ones, -1 if it is not there: then the history cannot be joined."""
    return len(times) - 1 - times[::-1].index(cutoff) if cutoff in times else -1


def _joint(past: FloatArray, known: int) -> tuple[int, float] | None:
    return (known - 1, float(past[-1])) if known and np.isfinite(past[-1]) else None


def _series_of(reading: Reading, keys: Sequence[Key]) -> list[int]:
    wanted = set(keys)
    return [s for s in range(reading.panel.series_count) if key_of(reading.panel, s) in wanted]
