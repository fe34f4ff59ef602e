"""Forecasts the future of every series of a panel, some series at a time: memory grows with the answer alone."""

from functools import partial

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.windows import latest_windows
from lstmcast.network.ensemble import ALL, Ensemble, Places, count_places, forecast_windows
from lstmcast.network.scales import scale_for_members
from lstmcast.network.side_by_side import filled_side_by_side

SERIES_AT_ONCE, OF_MANY, MANY = 256, 384, 20_000  # fewer calls, while all cores still have many parts to take
ROWS_AT_ONCE = 1_000_000  # more than that only of one series


def forecast_latest(panel: Panel, ensemble: Ensemble, places: Places = ALL) -> FloatArray:
    """Return the (S, H, Q) quantiles of the steps after the last known one, on the panel's own scale.

    With `places`, of the quantiles only those: what is not asked for takes no memory.
    """
    parts = panel.slices(ROWS_AT_ONCE, SERIES_AT_ONCE if panel.series_count < MANY else OF_MANY)
    spec, work = ensemble.spec, partial(_forecast_part, panel, ensemble, places)
    return filled_side_by_side(work, parts, (panel.series_count, spec.horizon, count_places(spec, places)))


def _forecast_part(panel: Panel, ensemble: Ensemble, places: Places, part: slice) -> FloatArray:
    own, spec = panel.part(part), ensemble.spec
    scaled = scale_for_members(own, own, spec, spec.members, ensemble.calibration.measure)
    return forecast_windows(scaled, latest_windows(own), ensemble, places)
