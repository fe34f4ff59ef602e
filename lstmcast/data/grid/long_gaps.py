"""Splits series at gaps that are too long to be filled: what came before such a gap trains, and no more.

A gap is too long when it lasts longer than a season and longer than the horizon: to fill it would be to invent data.
The newest part of a series is what is forecast, validated and tested.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.clock.times import Frequency
from lstmcast.data.covariate.calendar import seasonal_periods
from lstmcast.data.rows import Labels, Rows
from lstmcast.plurals import name_some

FILLING = ("interpolate", "previous", "seasonal")  # `zero` says what a missing row means, however many there are
NAMED = 3


@dataclass(frozen=True)
class Parts:
    """The newest part of each series, and all others as series of their own."""

    newest: Rows
    earlier: Rows | None = None
    owners: IntArray = field(default_factory=lambda: np.zeros(0, np.int64))  # the series of each earlier part
    notes: tuple[str, ...] = ()


def longest_gap(frequency: Frequency, horizon: int) -> int:
    """Return the number of missing steps that may be filled in a row."""
    return max(horizon, *seasonal_periods(frequency)[:1], 1)


def split_at_long_gaps(rows: Rows, frequency: Frequency, policy: str, longest: int | None, labels: Labels) -> Parts:
    """Return the parts of sorted rows between gaps of more than `longest` steps.

    Without a policy that fills, nothing is split: a gap is left to be refused.
    """
    if policy not in FILLING or longest is None:
        return Parts(rows)
    ticks = frequency.ticks(rows.stamps)
    known = np.flatnonzero(~np.isnan(rows.target))
    missing = np.where(np.diff(rows.series[known]) == 0, np.diff(ticks[known]) - 1, 0)
    gaps = np.flatnonzero(missing > longest)
    if not len(gaps):
        return Parts(rows)
    last_before, first_after = known[gaps], known[gaps + 1]
    begins = np.diff(rows.series, prepend=-1) != 0
    begins[first_after] = True
    part = np.cumsum(begins) - 1
    final = np.append(np.diff(rows.series) != 0, True)
    is_newest = np.isin(part, part[final])
    inside = np.zeros(len(part) + 1, np.int64)  # rows without a target between the end of a part and the next part
    np.add.at(inside, last_before + 1, 1)
    np.add.at(inside, first_after, -1)
    before = ~is_newest & (np.cumsum(inside[:-1]) == 0)
    used, numbered = np.unique(part[before], return_inverse=True)
    starts = np.flatnonzero(begins)
    return Parts(
        newest=rows.take(is_newest),
        earlier=replace(rows.take(before), series=numbered.astype(np.int64)),
        owners=rows.series[starts[used]],
        notes=(_describe(rows, first_after, missing[gaps], longest, frequency, labels),),
    )


def labels_of_parts(labels: Labels, owners: IntArray) -> Labels:
    """Return how messages name the series of earlier parts."""
    return replace(
        labels,
        target=lambda part: labels.target(int(owners[part])),
        series=lambda part: labels.series(int(owners[part])),
        ids=lambda part: labels.ids(int(owners[part])),
    )


def _describe(
    rows: Rows, after: IntArray, missing: IntArray, longest: int, frequency: Frequency, labels: Labels
) -> str:
    newest = np.unique(rows.series[after[::-1]], return_index=True)[1]
    last = after[::-1][newest]  # where the newest part of each split series begins
    names = [labels.series(int(series)) or labels.target(int(series)) for series in rows.series[last[:NAMED]]]
    begin = labels.stamp(rows.stamps[last[:NAMED]])
    listed = name_some([f"{name!r} ({stamp})" for name, stamp in zip(names, begin, strict=True)], len(last))
    gaps = "a gap" if len(after) == 1 else f"{len(after)} gaps"
    return (
        f"{gaps} of more than {longest} {frequency.unit_name}s, the longest of {int(missing.max()):,}, not filled: "
        f"what came before only trains, and forecasts start from the newest part of {listed}"
    )
