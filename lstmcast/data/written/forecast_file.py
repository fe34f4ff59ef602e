"""Writes forecasts as CSV text: under the user's own names and in the user's own way of writing times.

Numbers have up to ten significant digits, so that the last bits of rounding do not show.
A text that a spreadsheet would take for a formula gets an apostrophe in front; plain numbers never do.
"""

import re

import numpy as np

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.panel import FloatArray, IntArray, Panel, TextArray

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- wide forms count too
PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
NEEDS_QUOTES = re.compile(r'[",\r\n]')
SIGNIFICANT = "%.10g"
ROWS_AT_ONCE = 100_000


def render_forecast(
    panel: Panel,
    time: TimeFormat,
    time_names: tuple[str, ...],
    quantiles: tuple[float, ...],
    values: FloatArray,
    levels: tuple[float, ...],
    model: str,
) -> bytes:
    """Return the CSV of (series, horizon, quantiles) forecasts: a row for each series, sorted by id, and step.

    `quantiles` hold 0.5 and both ends of each of the `levels`, which are percentages.
    """
    series, horizon, _ = values.shape
    order = order_of_ids(panel)
    ticks = panel.cutoffs[order]
    stamps = panel.frequency.stamps((ticks[:, None] + np.arange(1, horizon + 1)).reshape(-1))
    texts = [np.repeat(_write_texts(column[order]), horizon) for column in panel.ids]
    texts += [_write_times(time, column) for column in time.render_columns(stamps)]
    texts.append(np.repeat(_write_times(time, time.render(panel.frequency.stamps(ticks))), horizon))
    texts.append(np.repeat(_write_texts(np.array([model], object)), series * horizon))
    ends = [
        (f"{name}-{level:g}", 0.5 + side * level / 200) for level in levels for name, side in (("lo", -1), ("hi", 1))
    ]
    wanted = [_place_of(quantiles, 0.5), *(_place_of(quantiles, quantile) for _, quantile in ends)]
    numbers = values[order][:, :, wanted].reshape(series * horizon, len(wanted)) + 0.0  # no -0
    names = [*panel.id_names, *time_names, "cutoff", "model", "forecast", *(name for name, _ in ends)]
    header = ",".join(_write_texts(np.array(names, object)).tolist())
    return f"{header}\n{_write_rows(texts, numbers)}".encode()


def escape_formula(text: str) -> str:
    """Return the text with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) and not PLAIN_NUMBER.fullmatch(text) else text


def _write_rows(texts: list[TextArray], numbers: FloatArray) -> str:
    """Return the lines; numbers are formatted by one template for many rows, which is what makes it fast."""
    template = f",{','.join([SIGNIFICANT] * numbers.shape[1])}\n"
    blocks = []
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        chosen = slice(start, start + ROWS_AT_ONCE)
        lines = map(",".join, zip(*(column[chosen].tolist() for column in texts), strict=True))
        pattern = template.join([*(line.replace("%", "%%") for line in lines), ""])
        blocks.append(pattern % tuple(numbers[chosen].reshape(-1).tolist()))
    return "".join(blocks)


def _write_times(time: TimeFormat, texts: TextArray) -> TextArray:
    return _quote(texts) if NEEDS_QUOTES.search(time.pattern + time.ends) else texts


def _write_texts(texts: TextArray) -> TextArray:
    return _quote(np.array([escape_formula(text) for text in texts.tolist()], object))


def _quote(texts: TextArray) -> TextArray:
    quoted = ['"' + text.replace('"', '""') + '"' if NEEDS_QUOTES.search(text) else text for text in texts.tolist()]
    return np.array(quoted, object)


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
