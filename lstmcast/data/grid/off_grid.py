"""Moves rows that lie between the steps of a grid onto it, where `data.off_grid` allows that."""

from dataclasses import replace

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.clock.spacing import are_month_ends
from lstmcast.data.clock.times import (
    DAY,
    HOUR,
    MONTH_END,
    SHORTEST_MONTH,
    UNITS,
    Frequency,
    StampArray,
    parse_frequency,
)
from lstmcast.data.rows import Rows, count_origins

MINUTE = UNITS["min"]
PLAIN_STEPS = (
    *(count * UNITS["s"] for count in (1, 2, 5, 10, 15, 30)),
    *(count * MINUTE for count in (1, 2, 5, 10, 15, 20, 30)),
    *(count * HOUR for count in (1, 2, 3, 4, 6, 8, 12)),
    DAY,
    7 * DAY,
)
MOSTLY = 0.75  # of the rows are one step after another, where a step is not too short


def plain_grid(stamps: StampArray, series: IntArray) -> Frequency:
    """Return the shortest plain step (5 minutes, an hour, a month) at which rows mostly follow each other."""
    counts = np.asarray(stamps).view(np.int64)
    steps = np.diff(counts)[np.diff(series) == 0]
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 1.0
    if np.asarray(stamps).dtype.kind == "i":
        return Frequency("integer", max(1, round(usual)))
    fixed = (Frequency("fixed", size) for size in PLAIN_STEPS if size >= MOSTLY * usual)
    of_months = ("ME", "QE", "YE") if are_month_ends(stamps) else ("MS", "QS", "YS")
    months = (parse_frequency(alias) for alias in of_months)
    candidates: list[Frequency] = [*(() if usual >= SHORTEST_MONTH else fixed), *months]
    return next((grid for grid in candidates if _follow(grid, stamps, series) >= MOSTLY), candidates[-1])


def move_to_grid(rows: Rows, frequency: Frequency) -> tuple[Rows, int]:
    """Return sorted rows, each on its nearest step (or in its day or longer step), and how many moved."""
    stamps = frequency.stamps(_ticks(frequency, rows.stamps))
    moved = stamps != rows.stamps
    return (replace(rows, stamps=stamps), count_origins(rows, moved)) if moved.any() else (rows, 0)


def _follow(frequency: Frequency, stamps: StampArray, series: IntArray) -> float:
    """Return how large a part of the steps between rows is one step of the grid."""
    steps = np.diff(_ticks(frequency, stamps))[np.diff(series) == 0]
    steps = steps[steps > 0]
    return float((steps == 1).mean()) if len(steps) else 0.0


def _ticks(frequency: Frequency, stamps: StampArray) -> IntArray:
    if frequency.kind == "integer":
        return frequency.ticks(np.asarray(stamps, np.int64) + frequency.size // 2)
    if frequency.kind == "fixed" and frequency.size < DAY:
        moments = np.asarray(stamps, "datetime64[us]").view(np.int64) + frequency.size // 2
        return frequency.ticks(moments.view("datetime64[us]"))
    if frequency.kind == "months" and frequency.day == MONTH_END:  # the step that they lie in ends later
        months: IntArray = np.asarray(stamps, "datetime64[us]").astype("datetime64[M]").astype(np.int64)
        return -((frequency.phase - months) // frequency.size)
    return frequency.ticks(stamps)
