"""Values of a panel that may mean that there is none: known for it, repeated, and far from all others of a series."""

from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.survey.number_signs import FAR, SEEN_OFTEN, SENTINELS


@dataclass(frozen=True)
class Suspect:
    """A value that may stand for a missing one."""

    value: str
    count: int  # in all series
    series: str  # the first that has it


def find_suspects(panel: Panel) -> tuple[Suspect, ...]:
    """Return the lowest and the highest values of the series that look like -200, -999 or 9999 for `missing`."""
    found: dict[str, Suspect] = {}
    for sign in (1.0, -1.0):  # the highest values are the lowest ones of all signs changed
        extreme, counts, is_far = _look_below(sign * np.where(panel.is_known, panel.values, np.nan), panel)
        for series in np.flatnonzero(is_far & (counts >= SEEN_OFTEN)):
            text = f"{sign * extreme[series]:.10g}"
            if SENTINELS.fullmatch(text):
                before = found.get(text)
                seen = int(counts[series]) + (before.count if before else 0)
                found[text] = Suspect(text, seen, before.series if before else panel.name_of(int(series)))
    return tuple(found.values())


def _look_below(values: FloatArray, panel: Panel) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return the lowest value of each series, how often it comes, and whether it is far below all others."""
    starts = panel.offsets[:-1]
    filled = np.where(np.isnan(values), np.inf, values)
    lowest = np.minimum.reduceat(filled, starts)
    is_lowest = filled == lowest[panel.series_of_row]
    rest = np.where(is_lowest, np.inf, filled)
    second = np.minimum.reduceat(rest, starts)
    highest = np.maximum.reduceat(np.where(np.isinf(rest), -np.inf, rest), starts)
    with np.errstate(invalid="ignore"):
        gap, spread = second - lowest, highest - second
    is_far = (gap > FAR * spread) | ((lowest <= -99) & (second >= 0))
    return lowest, np.add.reduceat(is_lowest, starts, dtype=np.float64), is_far & np.isfinite(second)
