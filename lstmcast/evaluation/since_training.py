"""How much wider bands have to be by what has come true since training.

A version forecasts for days or months after it was made, and each new row shows how far off it is by now. What it would
have forecast at the moments since then is held against what came: as many of these values should lie inside a band as
it says. What few rows say is mostly chance, so it is believed in part.
"""

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.panel import Panel
from lstmcast.data.windows import Windows, truth_of
from lstmcast.network.ensemble import Ensemble, forecast_windows
from lstmcast.network.scales import scale_for_members

JUDGED = 0.1  # the lower quantile of the band that is held against what came
LIMITS = (0.5, 3.0)  # of the stretch
ENOUGH_HORIZONS = 5.0  # of new rows, to believe half of what they say
NEWEST_HORIZONS = 20  # that count
ORIGINS_IN_HORIZON = 2
WORTH_SAYING = 0.05  # of the width of the bands
MOST_SERIES, MOST_WINDOWS = 500, 2000  # that are looked at; never many more than there are series to be forecast


def stretch_since(panel: Panel, trained: IntArray, ensemble: Ensemble) -> float:
    """Return how many times as wide as after training the bands should be.

    `trained` is how many values of each series were there in training, or are needed for a forecast.
    """
    spec = ensemble.spec
    since = np.clip(trained, panel.known - NEWEST_HORIZONS * spec.horizon, panel.known)
    step = max(1, spec.horizon // ORIGINS_IN_HORIZON)
    looked_at = np.flatnonzero((since > 0) & (panel.known - since >= step))
    if not len(looked_at):
        return 1.0
    if len(looked_at) > MOST_SERIES:
        looked_at = looked_at[np.linspace(0, len(looked_at) - 1, MOST_SERIES).astype(np.int64)]
    some, since, low = panel.some(looked_at), since[looked_at], spec.place_of(JUDGED)
    windows = _origins(some.known, since, step, panel.series_count)
    ratios = _misses(some, windows, since, low, ensemble)
    if not len(ratios):
        return 1.0
    horizons = float((some.known - since).mean()) / spec.horizon
    wanted = np.quantile(ratios, 1 - 2 * spec.quantiles[low], method="inverted_cdf")
    return float(np.clip(wanted, *LIMITS) ** (horizons / (horizons + ENOUGH_HORIZONS)))


def describe_stretch(stretch: float) -> str | None:
    """Return how much wider or narrower the bands are, in words; None where it is not worth saying."""
    if abs(stretch - 1) < WORTH_SAYING:
        return None
    how = "wider" if stretch > 1 else "narrower"
    return f"bands are {abs(stretch - 1):.0%} {how} than after training, by what has come true since"


def _origins(known: IntArray, since: IntArray, step: int, forecasts: int) -> Windows:
    """Return windows a step apart from the newest value back to where each series was trained until."""
    back = np.arange(step, int((known - since).max()) + 1, step)
    origin = known[:, None] - back
    series, place = np.nonzero(origin >= since[:, None])
    most = max(NEWEST_HORIZONS * ORIGINS_IN_HORIZON, min(forecasts, MOST_WINDOWS))
    if len(series) > most:
        kept = np.linspace(0, len(series) - 1, most).astype(np.int64)
        series, place = series[kept], place[kept]
    return Windows(series, origin[series, place])


def _misses(panel: Panel, windows: Windows, since: IntArray, low: int, ensemble: Ensemble) -> FloatArray:
    """Return how far out each value lay, in distances from the median to the bound on its side.

    `low` is the place of the lower bound among the quantiles.
    """
    spec = ensemble.spec
    scaled = scale_for_members(panel, panel.until(since), spec, spec.members, ensemble.calibration.measure)
    places = [low, spec.median, len(spec.quantiles) - 1 - low]
    bands = forecast_windows(scaled, windows, ensemble, places)
    truth = truth_of(panel, windows, spec.horizon)
    if spec.positive:
        floor = scaled.extent.take(windows.series).floor[:, None]
        bands, truth = np.log(np.maximum(bands, floor[..., None])), np.log(np.maximum(truth, floor))
    error = truth - bands[..., 1]
    away = np.where(error < 0, bands[..., 1] - bands[..., 0], bands[..., 2] - bands[..., 1])
    counted = ~np.isnan(error) & (away > 0)
    return np.asarray(np.abs(error[counted]) / away[counted])
