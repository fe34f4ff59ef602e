"""How restless each series has been of late: what its future is likely to be off by, beside that of other series.

Two series whose values usually change as much over a season may be hard and easy to forecast: one grows by the same
each year, the other now by much and now by little. What tells them apart is how far changes over a season lie from
their mean, and how far each lies from the one before. The unrest is the geometric mean of both, and newer changes
count more.
"""

from functools import partial

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.by_series import by_part, over_known, with_series
from lstmcast.data.panel import Panel

HALF_LIFE = 0.2  # of the changes, after which one counts half
FEWEST = 3  # values, or values beyond a season: less than two changes tell nothing
BOUND = 5.0  # times the usual change, or a part of it: what seems calmer or wilder than that is an accident


def unrest_of(panel: Panel, usual: FloatArray, *, log: bool, season: int) -> FloatArray:
    """Return that of each series' known values, or of their logarithms; the season is one step where none fits.

    It keeps to the neighbourhood of the `usual` changes, and is these where too little is known.
    """
    found = by_part(panel, partial(_of_part, log=log, season=season))[0]
    found = np.where(panel.known >= FEWEST, found, usual)
    return np.asarray(np.clip(found, usual / BOUND, usual * BOUND))


def _of_part(panel: Panel, *, log: bool, season: int) -> tuple[FloatArray]:
    values = np.log(panel.values) if log else panel.values
    fits = panel.known >= season + FEWEST
    if season == 1 or not fits.any():
        return (_over(panel, values, 1),)
    of_season = _over(panel, values, season)
    return (of_season if fits.all() else np.where(fits, of_season, _over(panel, values, 1)),)


def _over(panel: Panel, values: FloatArray, lag: int) -> FloatArray:
    """Return the unrest of changes over a lag; 0 where there are not two."""
    if len(values) <= lag + 1:
        return np.zeros(panel.series_count)
    weight = _weights(panel, lag)
    change = np.zeros_like(values)
    change[:-lag] = values[lag:] - values[:-lag]
    total = np.maximum(over_known(np.add, panel, weight, 0.0, lag), np.finfo(float).tiny)
    middle = over_known(np.add, panel, weight * change, 0.0, lag) / total
    away = np.abs(with_series(np.subtract, panel, change, middle))
    from_mean = over_known(np.add, panel, weight * away, 0.0, lag) / total
    turn = np.zeros_like(values)
    turn[:-1] = np.abs(change[1:] - change[:-1])
    total = np.maximum(over_known(np.add, panel, weight, 0.0, lag + 1), np.finfo(float).tiny)
    from_last = over_known(np.add, panel, weight * turn, 0.0, lag + 1) / total
    return np.sqrt(from_mean * from_last)


def _weights(panel: Panel, lag: int) -> FloatArray:
    """Return how much the change from each row on counts; those beyond the last change count nothing."""
    changes = np.maximum(panel.known - lag, 1)
    newest = panel.offsets[:-1] + changes - 1
    age = with_series(np.subtract, panel, np.arange(len(panel.values), dtype=np.float64), newest.astype(np.float64))
    power = with_series(np.divide, panel, age, HALF_LIFE * changes)
    return np.exp2(np.minimum(power, 0.0, out=power), out=power)
