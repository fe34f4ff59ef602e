"""Values of a panel that lie far from all others of their series, and may be wrong.

Some seem to mean that there is none: they are known for it, and repeated.
"""

from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.survey.number_signs import FAR, SEEN_OFTEN, SENTINELS

OUT_OF_PROPORTION = 100.0  # ranges of all others, by which a value lies beyond them


@dataclass(frozen=True)
class Suspect:
    """A value that may stand for a missing one."""

    value: str
    count: int  # in all series
    series: str  # the first that has it


@dataclass(frozen=True)
class Wild:
    """A value out of all proportion to the others of its series."""

    value: float
    tick: int  # of the first row that has it
    series: int
    times: float  # the range of all others, by which it lies beyond them


def find_wild(panel: Panel) -> tuple[Wild, ...]:
    """Return the lowest and highest values that are out of all proportion, the wildest first."""
    values, found = np.where(panel.is_known, panel.values, np.nan), []
    for sign in (1.0, -1.0):
        below = _look_below(sign * values, panel)
        times = np.divide(below.gap, below.spread, out=np.zeros_like(below.gap), where=below.spread > 0)
        for series in np.flatnonzero((times > OUT_OF_PROPORTION) & np.isfinite(times)).tolist():
            first, value = panel.offsets[series], sign * below.lowest[series]
            row = int(np.argmax(values[first : panel.offsets[series + 1]] == value))
            found.append(Wild(float(value), int(panel.first[series]) + row, series, float(times[series])))
    return tuple(sorted(found, key=lambda one: -one.times))


def find_suspects(panel: Panel) -> tuple[Suspect, ...]:
    """Return the lowest and the highest values of the series that look like -200, -999 or 9999 for `missing`."""
    found: dict[str, Suspect] = {}
    for sign in (1.0, -1.0):  # the highest values are the lowest ones of all signs changed
        below = _look_below(sign * np.where(panel.is_known, panel.values, np.nan), panel)
        for series in np.flatnonzero(below.is_far & (below.counts >= SEEN_OFTEN)):
            text = f"{sign * below.lowest[series]:.10g}"
            if SENTINELS.fullmatch(text):
                before = found.get(text)
                seen = int(below.counts[series]) + (before.count if before else 0)
                found[text] = Suspect(text, seen, before.series if before else panel.name_of(int(series)))
    return tuple(found.values())


@dataclass(frozen=True)
class _Below:
    """The lowest value of each series beside all others."""

    lowest: FloatArray
    counts: FloatArray  # how often it comes
    gap: FloatArray  # to the others; not finite where there are none
    spread: FloatArray  # of the others

    @property
    def is_far(self) -> BoolArray:
        """Return whether it is far below all others."""
        with np.errstate(invalid="ignore"):
            is_far = (self.gap > FAR * self.spread) | ((self.lowest <= -99) & (self.lowest + self.gap >= 0))
        return np.asarray(is_far & np.isfinite(self.gap))


def _look_below(values: FloatArray, panel: Panel) -> _Below:
    starts = panel.offsets[:-1]
    filled = np.where(np.isnan(values), np.inf, values)
    lowest = np.minimum.reduceat(filled, starts)
    is_lowest = filled == lowest[panel.series_of_row]
    rest = np.where(is_lowest, np.inf, filled)
    second = np.minimum.reduceat(rest, starts)
    highest = np.maximum.reduceat(np.where(np.isinf(rest), -np.inf, rest), starts)
    with np.errstate(invalid="ignore"):
        gap, spread = second - lowest, highest - second
    return _Below(lowest, np.add.reduceat(is_lowest, starts, dtype=np.float64), gap, spread)
