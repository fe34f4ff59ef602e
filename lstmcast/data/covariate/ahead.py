"""Rows after the last target of a series: they hold what is known ahead, and count as far as the horizon."""

import numpy as np

from lstmcast.arrays import BoolArray, IntArray
from lstmcast.data.rows import Rows


def is_ahead(rows: Rows) -> BoolArray:
    """Return which rows come after the last target of their series."""
    missing = np.isnan(rows.target)
    if not missing.any():
        return missing
    stamps = rows.stamps.view(np.int64)
    newest = np.full(int(rows.series.max()) + 1, np.iinfo(np.int64).min)
    np.maximum.at(newest, rows.series[~missing], stamps[~missing])
    return np.asarray(stamps > newest[rows.series])


def drop_beyond(rows: Rows, horizon: int | None) -> Rows:
    """Return the rows without those that come more than `horizon` stamps after the last target: nothing needs them."""
    if horizon is None:
        return rows
    ahead = np.flatnonzero(is_ahead(rows))
    if not len(ahead):
        return rows
    series, stamps = rows.series[ahead], rows.stamps.view(np.int64)[ahead]
    order = np.lexsort((stamps, series))
    beyond = ahead[order[_rank(series[order], stamps[order]) > horizon]]
    if not len(beyond):
        return rows
    kept = np.ones(len(rows.series), bool)
    kept[beyond] = False
    return rows.take(kept)


def _rank(series: IntArray, stamps: IntArray) -> IntArray:
    """Return the place of each stamp among the distinct ones of its series, from 1; both are sorted."""
    begins = np.diff(series, prepend=-1) != 0
    distinct = np.cumsum(begins | (np.diff(stamps, prepend=stamps[0]) != 0))
    starts = np.flatnonzero(begins)
    before = np.repeat(distinct[starts], np.diff(np.append(starts, len(series))))
    return np.asarray(distinct - before + 1, np.int64)
