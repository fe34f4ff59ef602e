"""Residuals in a report: what was left over at the held-out origins, over time, by size, and how they hang together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.jobs.reporting.report_parts import number
from lstmcast.plurals import count_things
from lstmcast.report.axes import nice_ticks
from lstmcast.report.chart import Chart, render_chart
from lstmcast.report.layers import Layer
from lstmcast.report.markup import Html, bullets, join, short_number, tag
from lstmcast.report.page import missing, note

MOST_TIMES = 300  # on the axis; more are put together
BINS_IN_A_TICK = 4
MOST_LAGS = 24
TAIL = 0.5  # percent on each side that the outer bins take in
LARGEST = 1e150  # the square of more is no number
USUAL_CHANGES = "usual changes of the series"
STRONG = 0.3  # a correlation that is worth a word
STEP = re.compile(r"-?[1-9]\d*|0")
FROM_YEAR_ON = re.compile(r"\d{4}[-/.QMW ][-/.:\dTZ +]*")  # a time of numbers alone, the larger ones first


@dataclass(frozen=True)
class Residuals:
    """Truth minus forecast at held-out origins, window after window."""

    windows: IntArray  # (n,) rising
    steps: IntArray  # (n,)
    times: tuple[str, ...]
    errors: FloatArray  # (n,) in the target's units
    scaled: FloatArray  # (n,) in usual changes of the series; NaN where it never changed
    series_shown: int
    series: int

    @property
    def comparable(self) -> FloatArray:
        """Return the (n,) errors so that they can lie side by side: those of several series in units of each."""
        return self.errors if self.series == 1 else self.scaled

    def in_one_unit(self, target: str) -> tuple[FloatArray, BoolArray, str]:
        """Return the errors that can lie side by side, which of all they are, and their unit.

        Where no series has a unit of its own, they are all, in that of the target.
        """
        there = np.isfinite(self.comparable)
        if self.series == 1 or not there.any():
            return self.errors, np.ones(len(self.errors), bool), target
        return self.scaled[there], there, USUAL_CHANGES


def residuals_section(found: Residuals | None, target: str) -> Html:
    """Return residuals over time, their histogram and their autocorrelation."""
    if found is None or not len(found.errors):
        return missing("Residuals are measured at held-out origins: run `lstmcast backtest`.")
    lags = autocorrelation(found)
    parts = [bullets(say_residuals(found, lags, target)), render_chart(_over_time(found, target))]
    without = int(np.isnan(found.comparable).sum())
    charts = [render_chart(_histogram(found, target))] if without < len(found.errors) else []
    if len(lags):
        charts.append(render_chart(_lags(found, lags)))
    if charts:
        parts.append(tag("div", *charts, class_="pair"))
    if without:
        left_out = count_things(without, "error")
        where = "Left out" if charts else "Only over time"
        parts.append(note(f"{where}: {left_out} of series that never changed before, and have no unit."))
    if found.series_shown < found.series:
        parts.append(note(f"Residuals of {found.series_shown:,} of {found.series:,} series, evenly taken."))
    return join(parts)


def autocorrelation(found: Residuals) -> FloatArray:
    """Return the correlation of the errors 1, 2, … steps apart inside a window, over all windows with a unit."""
    counted = np.isfinite(found.comparable)
    if not counted.any():
        return np.empty(0)
    windows, steps = found.windows[counted], found.steps[counted]
    values = found.comparable[counted] - found.comparable[counted].mean()
    variance = float((values**2).mean())
    if variance == 0:
        return np.empty(0)
    pairs = []
    for lag in range(1, min(MOST_LAGS, int(steps.max()) - 1) + 1):
        same = (windows[lag:] == windows[:-lag]) & (steps[lag:] - steps[:-lag] == lag)
        if same.sum() < 3:
            break
        pairs.append(float((values[lag:] * values[:-lag])[same].mean()) / variance)
    return np.array(pairs)


def say_residuals(found: Residuals, lags: FloatArray, target: str) -> list[str]:
    """Return what the residuals say in words."""
    errors, _, unit = found.in_one_unit(target)
    mean = f"{short_number(float(errors.mean()))} {unit}"
    if len(errors) == 1:
        return [f"1 error (truth minus forecast): {mean}."]
    above = float((errors > 0).mean())
    sentences = [
        f"{len(errors):,} errors (truth minus forecast), {mean} on average: "
        f"the truth lay above the forecast in {above:.0%} of them."
    ]
    if len(lags):
        is_strong = lags[0] > STRONG
        told = f"Neighbouring errors of one window {'' if is_strong else 'hardly '}go together"
        why = (
            " Some of it is natural: the steps of one window are forecast from the same past, and miss the same change "
            "of level."
        )
        sentences.append(f"{told} (correlation {lags[0]:.2f}).{why if is_strong else ''}")
    return sentences


def _over_time(found: Residuals, target: str) -> Chart:
    """Return the errors by time, with the middle 80% where several fall on one time."""
    errors, chosen, unit = found.in_one_unit(target)
    times = [time for time, is_there in zip(found.times, chosen, strict=True) if is_there]
    labels = in_time_order(times)
    rank = {label: place for place, label in enumerate(labels)}
    place = np.array([rank[time] for time in times])
    size = -(-len(labels) // MOST_TIMES)
    place = place // size
    count = int(place.max()) + 1
    groups = [errors[place == one] for one in range(count)]
    several = any(len(group) > 3 for group in groups)
    mean = np.array([group.mean() for group in groups])
    low, high = (np.array([np.percentile(group, end) for group in groups]) for end in (10, 90))
    layers = (Layer("band", "middle 80% of the errors", "band1", low, high),) if several else ()
    name = "mean error" if any(len(group) > 1 for group in groups) else "error"
    look = Layer("line" if several else "dots", name, "c0", mean)
    return Chart(
        title="Residuals over time",
        summary=f"From {labels[0]} to {labels[-1]}.",
        x=np.arange(count, dtype=np.float64),
        labels=tuple(labels[one * size] for one in range(count)),
        x_name="time that was forecast",
        y_name=f"error, {unit}" if unit == target else f"error, in {unit}",
        layers=(*layers, look),
        levels=(0.0,),
        zoom=count > 20,
    )


def in_time_order(times: Sequence[str]) -> list[str]:
    """Return the distinct times in their order, as far as it can be told from texts; else as they come.

    Windows come origin by origin, and series that end at different times have origins of their own.
    """
    labels = list(dict.fromkeys(times))
    if all(map(STEP.fullmatch, labels)):
        return sorted(labels, key=int)
    is_sortable = len(set(map(len, labels))) == 1 and all(map(FROM_YEAR_ON.fullmatch, labels))
    return sorted(labels) if is_sortable else labels


def _histogram(found: Residuals, target: str) -> Chart:
    values, _, unit = found.in_one_unit(target)
    reach = float(np.abs(np.percentile(values, [TAIL, 100 - TAIL])).max()) or 1.0
    ticks = nice_ticks(-reach, reach)
    width = (ticks[1] - ticks[0]) / BINS_IN_A_TICK
    last = int(np.ceil(reach / width - 0.5))
    places = np.clip(np.round(values / width), -last, last).astype(np.int64) + last
    counts = np.bincount(places, minlength=2 * last + 1)
    bins = np.arange(-last, last + 1, dtype=np.float64)
    return Chart(
        title="How large they are",
        summary=f"From {short_number(float(values.min()))} to {short_number(float(values.max()))}.",
        x=bins,  # numbers near 1, however large or small errors are: pictures are drawn with few digits
        labels=tuple(short_number(float(f"{width * place:.10g}")) for place in bins.tolist()),
        x_name=f"error, {unit}" if unit == target else f"error, in {unit}",
        y_name="share, %",
        layers=(Layer("bars", "share of the errors", "c0", 100 * counts / counts.sum()),),
        marks=(0.0,),
        from_zero=True,
        wide=False,
    )


def _lags(found: Residuals, lags: FloatArray) -> Chart:
    noise = 1.96 / np.sqrt(np.isfinite(found.comparable).sum())
    return Chart(
        title="How they hang together",
        summary=f"Correlation {lags[0]:.2f} of errors one step apart.",
        x=np.arange(1, len(lags) + 1, dtype=np.float64),
        labels=tuple(str(lag) for lag in range(1, len(lags) + 1)),
        x_name="steps apart in one window",
        y_name="autocorrelation",
        layers=(Layer("bars", "autocorrelation", "c0", lags),),
        levels=(0.0, float(noise), -float(noise)),
        wide=False,
    )


def read_residuals(rows: Sequence[dict[str, str]], ids: Sequence[str], series: int) -> Residuals | None:
    """Return the residuals of backtest/errors.csv; None where it is not there, or another file."""
    kept: list[tuple[float, float, float, str]] = []
    windows: list[int] = []
    places: dict[tuple[str, ...], int] = {}
    for row in rows:
        truth, forecast, change = (number(row.get(name)) for name in ("truth", "forecast", "usual_change"))
        if (np.abs([truth, forecast]) <= LARGEST).all():  # and no NaN
            key = tuple(row.get(name, "") for name in (*ids, "cutoff"))
            windows.append(places.setdefault(key, len(places)))
            kept.append(
                (number(row.get("step")), truth - forecast, change if change > 0 else np.nan, row.get("time", ""))
            )
    if not kept:
        return None
    steps, errors, usual = (np.array([one[place] for one in kept], float) for place in range(3))
    if not np.isfinite(steps).all():
        return None
    shown = len({key[:-1] for key in places})
    order = np.lexsort((steps, np.array(windows)))
    return Residuals(
        windows=np.array(windows)[order],
        steps=steps.astype(np.int64)[order],
        times=tuple(kept[place][3] for place in order),
        errors=errors[order],
        scaled=(errors / usual)[order],
        series_shown=shown,
        series=max(series, shown),
    )
