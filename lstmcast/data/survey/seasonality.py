"""Measures how strongly series repeat themselves: the autocorrelation at a season of what a trend leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.panel import Panel

CANDIDATES = (4, 5, 7, 12, 24, 48, 52, 96, 144, 168, 288, 336, 365)
CYCLES = 3  # that a series needs: one goes into the trend, two are compared
LEAST_STRENGTH = 0.15
WEAK = 0.3  # below it, a season explains little
CERTAIN = 3.0  # times what chance would give
NEARLY_AS_STRONG = 0.85  # a multiple of a season repeats as well: the shortest one is the season
MOST_ROWS = 1_000_000


@dataclass(frozen=True)
class Season:
    """A length in ticks, and the autocorrelation there: 1 repeats exactly, 0 not at all."""

    period: int
    strength: float


def measure_seasons(panel: Panel, periods: Sequence[int]) -> tuple[Season, ...]:
    """Return the strength of those of the periods that fit often enough into the typical series, pooled over series."""
    rows = _known_rows(panel)
    longest = float(np.median(np.bincount(rows.series))) / CYCLES
    return tuple(Season(period, _strengths(rows, period)[1]) for period in periods if 2 <= period <= longest)


def find_season(panel: Panel) -> Season | None:
    """Return the shortest of the usual seasons that series show beyond doubt, for steps that no calendar explains."""
    rows = _known_rows(panel)
    lengths = np.bincount(rows.series)
    found = []
    for period in CANDIDATES:
        if period > float(np.median(lengths)) / CYCLES:
            continue
        before, there, after = _strengths(rows, period)
        by_chance = CERTAIN / np.sqrt(max(1, len(rows.values) - 2 * period * len(lengths)))
        if there >= max(LEAST_STRENGTH, by_chance) and there > max(before, after):
            found.append(Season(period, there))
    strongest = max((season.strength for season in found), default=0.0)
    return next((season for season in found if season.strength >= NEARLY_AS_STRONG * strongest), None)


@dataclass(frozen=True)
class _Rows:
    values: FloatArray  # each series about 0 with a spread of 1
    series: IntArray
    place: IntArray  # within the series
    left: IntArray  # rows of the series that follow


def _known_rows(panel: Panel) -> _Rows:
    """Return the known values, of every k-th series where there are very many."""
    known = panel.is_known & np.isfinite(panel.values)
    every = max(1, int(known.sum()) // MOST_ROWS)
    known &= panel.series_of_row % every == 0
    _, series = np.unique(panel.series_of_row[known], return_inverse=True)
    lengths = np.bincount(series)
    starts = np.cumsum(lengths) - lengths
    place = np.arange(len(series)) - np.repeat(starts, lengths)
    values = panel.values[known]
    largest = np.maximum.reduceat(np.abs(values), starts)
    values = values / np.where(largest > 0, largest, 1.0)[series]  # squares of huge values would overflow
    centred = values - (np.bincount(series, values) / lengths)[series]
    spread = np.sqrt(np.bincount(series, centred**2) / lengths)
    values = centred / np.where(spread > 0, spread, 1.0)[series]
    return _Rows(values, series.astype(np.int64), place, lengths[series] - place - 1)


def _strengths(rows: _Rows, period: int) -> tuple[float, float, float]:
    """Return the autocorrelation one tick before the period, at it and one after, of the values less their trend."""
    rest, there = _without_trend(rows, period)
    before, at, after = (_autocorrelation(rows, rest, there, lag) for lag in (period - 1, period, period + 1))
    return before, at, after


def _without_trend(rows: _Rows, period: int) -> tuple[FloatArray, BoolArray]:
    """Return the values less their mean over one period around them, and where there is a whole period."""
    half, even = period // 2, period % 2 == 0
    there = (rows.place >= half) & (rows.left >= half)
    at = np.flatnonzero(there)
    total = np.append(0.0, np.cumsum(rows.values))
    around = total[at + half + 1] - total[at - half]
    if even:  # both ends count half
        around -= (rows.values[at - half] + rows.values[at + half]) / 2
    rest = np.zeros(len(rows.values))
    rest[at] = rows.values[at] - around / period
    return rest, there


def _autocorrelation(rows: _Rows, rest: FloatArray, there: BoolArray, lag: int) -> float:
    """Return the mean over series, weighed by their pairs."""
    pairs = np.flatnonzero(there[lag:] & there[:-lag] & (rows.series[lag:] == rows.series[:-lag]))
    if not len(pairs):
        return 0.0
    count = int(rows.series[-1]) + 1
    of_series = rows.series[pairs]
    weight = np.bincount(of_series, minlength=count)
    shared = np.bincount(of_series, rest[pairs] * rest[pairs + lag], count) / np.maximum(weight, 1)
    rows_there = np.maximum(np.bincount(rows.series[there], minlength=count), 1)
    spread = np.bincount(rows.series[there], rest[there] ** 2, count) / rows_there
    moves = (spread > 1e-12) & (weight > 0)
    if not moves.any():
        return 0.0
    return float(np.average(np.clip(shared[moves] / spread[moves], -1, 1), weights=weight[moves]))
