"""Whether later data are whole: as long as the model knew each series, mostly given, covariates as large as they were.

A file that was cut short, one of another frequency whose gaps are filled, a price in another unit: each of them reads
well, and a model would answer.
"""

from collections import Counter
from typing import Any

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.contract import UNSEEN, Contract, places_of, series_of
from lstmcast.data.panel import Panel
from lstmcast.errors import ContractError, ShortError
from lstmcast.plurals import count_things

LEAST_SHARE = 0.5  # of what the model reads of a series, and of what there was of it in training
MOST_MADE_UP = 0.5  # of what the model reads of a series, where training saw less than half of that made up
FARTHEST = 1.0  # ranges of training that a covariate may lie outside of them


def facts_of(panel: Panel, context: int) -> dict[str, Any]:
    """Return what a contract says of the panel that a model of this context was trained on."""
    lowest, highest = _ranges(panel)
    behind = panel.cutoffs.max() - panel.cutoffs
    return {
        "known": tuple(panel.known.tolist()),
        "behind": tuple(behind.tolist()) if behind.any() else (),
        "made_up": tuple(_made_up(panel, context).round(3).tolist()),
        "covariate_lowest": tuple(lowest.tolist()),
        "covariate_highest": tuple(highest.tolist()),
    }


def check_whole(panel: Panel, contract: Contract, context: int, gaps: str) -> None:
    """Raise an error that names a series of which too little is there (short), or too much is made up (contract).

    Series that the contract does not know are let through, and what came before a gap too long to be filled counts.
    """
    if not contract.known or panel.id_names != contract.id_names:
        return
    places = places_of(panel, contract)
    lines = np.flatnonzero(places != UNSEEN)
    places = places[lines]
    before = np.asarray(contract.known)[places]
    least = (LEAST_SHARE * np.minimum(before, context)).astype(np.int64)
    now = (panel.known + _earlier(panel))[lines]
    for place in np.flatnonzero(now < least)[:1].tolist():
        line, count = int(lines[place]), int(now[place])
        raise ShortError(
            f"data: series {panel.name_of(line)!r} has {count_things(count, 'value')}, the model was trained "
            f"on {before[place]} of it and reads {context}; is the file whole? Give at least {least[place]}, or train "
            "again"
        ).of(panel.ids_of(line))
    if gaps == "zero":  # where a missing row means that nothing was sold, none is made up
        return
    share, usual = _made_up(panel, context)[lines], np.asarray(contract.made_up)[places]
    for place in np.flatnonzero((share > MOST_MADE_UP) & (share > 2 * usual))[:1].tolist():
        line = int(lines[place])
        raise ContractError(
            f"data: of what the model reads of series {panel.name_of(line)!r}, {share[place]:.0%} are gaps that "
            f"data.gaps fills, in training {usual[place]:.0%}; has the frequency changed? Give the missing rows, or "
            "train again"
        ).of(panel.ids_of(line))


def check_covariates(panel: Panel, contract: Contract, context: int, horizon: int) -> None:
    """Raise a ContractError that names a covariate which is far outside of what training saw."""
    if not contract.covariate_lowest:
        return
    lowest, highest = np.asarray(contract.covariate_lowest), np.asarray(contract.covariate_highest)
    far = FARTHEST * (highest - lowest)
    read = panel.rows_between(np.maximum(panel.known - context, 0), panel.known + horizon)
    columns = np.concatenate([panel.past[read], panel.future[read]], axis=1)
    odd = ((columns < lowest - far) | (columns > highest + far)) & (far > 0)
    for row, column in np.argwhere(odd)[:1].tolist():
        line = int(np.searchsorted(panel.offsets, np.flatnonzero(read)[row], side="right")) - 1
        name = (*panel.past_names, *panel.future_names)[column]
        raise ContractError(
            f"data: {name} of series {panel.name_of(line)!r} is {columns[row, column]:g} where the model reads it, in "
            f"training it was {lowest[column]:g} to {highest[column]:g}; correct it, or train again"
        ).of(panel.ids_of(line))


def _earlier(panel: Panel) -> IntArray:
    """Return how many values of each series stand before a gap too long to be filled."""
    if panel.earlier is None:
        return np.zeros(panel.series_count, np.int64)
    counts = Counter[tuple[str, ...]]()
    for key, count in zip(series_of(panel.earlier), panel.earlier.known.tolist(), strict=True):
        counts[key] += count
    return np.array([counts[key] for key in series_of(panel)], np.int64)


def _made_up(panel: Panel, context: int) -> FloatArray:
    """Return the share of the last so many values of each series that a gap policy made up."""
    rows = np.flatnonzero(panel.filled)
    series = np.searchsorted(panel.offsets, rows, side="right") - 1
    place = rows - panel.offsets[series]
    is_read = (place < panel.known[series]) & (place >= panel.known[series] - context)
    counts = np.bincount(series[is_read], minlength=panel.series_count)
    return np.asarray(counts / np.maximum(np.minimum(panel.known, context), 1))


def _ranges(panel: Panel) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest known value of each covariate, past ones first."""
    columns = [*panel.past.T, *panel.future.T]
    known = [column[np.isfinite(column)] for column in columns]
    lowest = [column.min() if len(column) else 0.0 for column in known]
    highest = [column.max() if len(column) else 0.0 for column in known]
    return np.array(lowest, np.float64), np.array(highest, np.float64)
