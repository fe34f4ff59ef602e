"""Writes forecasts as CSV text: under the user's own names and in the user's own way of writing times.

Numbers have up to ten significant digits, so that the last bits of rounding do not show.
"""

from collections.abc import Iterator

import numpy as np

from lstmcast.ahead import made_ahead
from lstmcast.arrays import FloatArray, IntArray, TextArray
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.panel import Panel
from lstmcast.data.written.number_cells import WIDTH
from lstmcast.data.written.text_cells import NEEDS_QUOTES, quote, write_texts
from lstmcast.data.written.text_lines import TextColumn, render_lines

BYTES_AT_ONCE = 4_000_000


def render_forecast(
    panel: Panel,
    time: TimeFormat,
    time_names: tuple[str, ...],
    quantiles: tuple[float, ...],
    values: FloatArray,
    levels: tuple[float, ...],
    model: str,
) -> Iterator[bytes]:
    """Yield the CSV of (series, horizon, quantiles) forecasts: a row for each series, sorted by id, and step.

    `quantiles` hold 0.5 and both ends of each of the `levels`, which are percentages. It comes in pieces: it may be
    larger than all that was read.
    """
    ends = [
        (f"{name}-{level:g}", 0.5 + side * level / 200) for level in levels for name, side in (("lo", -1), ("hi", 1))
    ]
    wanted = [_place_of(quantiles, 0.5), *(_place_of(quantiles, quantile) for _, quantile in ends)]
    names = [*panel.id_names, *time_names, "cutoff", "model", "forecast", *(name for name, _ in ends)]
    header = f"{','.join(write_texts(np.array(names, object)).tolist())}\n".encode()
    order, series = order_of_ids(panel), _series_at_once(panel, values.shape[1], len(wanted))

    def render(first: int) -> bytes:
        chosen = order[first : first + series]
        texts = _texts_of(panel, time, model, chosen, values.shape[1])
        numbers = values[chosen][:, :, wanted].reshape(-1, len(wanted))
        return (b"" if first else header) + render_lines(texts, numbers + 0.0)  # no -0

    yield from made_ahead(render, range(0, len(order), series))


def _series_at_once(panel: Panel, horizon: int, numbers: int) -> int:
    """Return for how many series the lines are as long as can be worked on at once."""
    longest = sum(max(map(len, column.tolist()), default=0) for column in panel.ids)
    return max(1, BYTES_AT_ONCE // (horizon * (longest + (2 + numbers) * WIDTH)))


def _texts_of(panel: Panel, time: TimeFormat, model: str, series: IntArray, horizon: int) -> list[TextColumn]:
    """Return what stands in front of the numbers: ids, times, cutoff and model, for each step of some series."""
    row_series = np.repeat(np.arange(len(series)), horizon)
    cutoffs, of_series = np.unique(panel.cutoffs[series], return_inverse=True)
    steps, of_rows = np.unique(panel.cutoffs[series][:, None] + np.arange(1, horizon + 1), return_inverse=True)
    columns = [TextColumn(write_texts(column[series]), row_series) for column in panel.ids]
    times = time.render_columns(panel.frequency.stamps(steps))
    columns += [TextColumn(_write_times(time, texts), of_rows.reshape(-1)) for texts in times]
    ends = _write_times(time, time.render(panel.frequency.stamps(cutoffs)))
    columns.append(TextColumn(ends, of_series.reshape(-1)[row_series]))
    return [*columns, TextColumn(write_texts(np.array([model], object)), np.zeros_like(row_series))]


def _write_times(time: TimeFormat, texts: TextArray) -> TextArray:
    signs = f"{time.pattern}{time.ends}{time.spelling.sign if time.spelling else ''}"
    return quote(texts) if NEEDS_QUOTES.search(signs) else texts


def _place_of(quantiles: tuple[float, ...], wanted: float) -> int:
    distances = np.abs(np.array(quantiles) - wanted)
    place = int(np.argmin(distances))
    if distances[place] > 1e-6:
        raise ValueError(f"no quantile {wanted:g}; there are {quantiles}")
    return place


def order_of_ids(panel: Panel) -> IntArray:
    """Return the series in the order of their ids as text."""
    if not panel.ids:
        return np.arange(panel.series_count)
    ranks = [np.unique(column, return_inverse=True)[1] for column in reversed(panel.ids)]
    return np.lexsort(ranks)
