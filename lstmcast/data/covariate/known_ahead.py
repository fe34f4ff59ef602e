"""Adds to a panel what is known ahead without a column of its rows: static columns and holidays, up to the horizon."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.panel import Panel


def with_rows_ahead(panel: Panel, ahead: IntArray, future: FloatArray) -> Panel:
    """Return the panel with `ahead` rows after the known ones of each series, in place of any that it has there.

    `future` are their covariates, series after series.
    """
    offsets = np.append(0, np.cumsum(panel.known + ahead))
    longer = replace(panel, offsets=offsets, values=np.full(offsets[-1], np.nan))
    old, new = panel.is_known, longer.is_known
    return replace(
        longer,
        values=_spread(panel.values[old], new),
        filled=_spread(panel.filled[old], new, False),
        past=_spread(panel.past[old], new),
        future=_spread(panel.future[old], new, future),
    )


def with_future_columns(panel: Panel, names: tuple[str, ...], blocks: Sequence[FloatArray]) -> Panel:
    """Return the panel with more columns that are known ahead; the second block is that of its earlier parts."""
    block, *others = blocks
    earlier = None if panel.earlier is None else with_future_columns(panel.earlier, names, others)
    return replace(
        panel,
        future_names=(*panel.future_names, *names),
        future=np.hstack([panel.future, block]),
        earlier=earlier,
    )


def _spread(known: np.ndarray, places: np.ndarray, others: FloatArray | float | bool = np.nan) -> np.ndarray:
    """Return rows of which the known ones stand at `places`, and others elsewhere."""
    rows = np.empty((len(places), *known.shape[1:]), known.dtype)
    rows[places] = known
    rows[~places] = others
    return rows
