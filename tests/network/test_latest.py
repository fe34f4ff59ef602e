import numpy as np

from lstmcast.network import latest
from lstmcast.network.calibration import no_calibration
from lstmcast.network.ensemble import Ensemble, forecast_windows
from lstmcast.network.latest import forecast_latest
from lstmcast.network.scales import scale_for_members
from tests.examples import a_member, a_panel, a_spec, random_weights, windows_at

SERIES = {
    "a": [10, 20, 12, 22, 14, 24],
    "b": [5, 4, 3, 2, 1, 2, 3],
    "c": [7, 7.5, 8, 9],
    "d": [1, 2],
    "e": [3, 9, 3, 8],
}


def a_forecaster():
    spec = a_spec(members=(a_member(), a_member(context=12)))
    weights = {
        f"member{place}/{name}": array
        for place, member in enumerate(spec.members)
        for name, array in random_weights(spec, member, place, 0.5).items()
    }
    return Ensemble(spec, weights, no_calibration(spec.horizon, len(spec.quantiles)))


def test_series_are_forecast_some_at_a_time_as_they_are_all_together(monkeypatch):
    panel = a_panel(SERIES)
    ensemble = a_forecaster()
    spec = ensemble.spec
    scaled = scale_for_members(panel, panel, spec, spec.members)
    windows = windows_at(*enumerate(panel.known.tolist()))
    together = forecast_windows(scaled, windows, ensemble)

    monkeypatch.setattr(latest, "SERIES_AT_ONCE", 2)
    values = forecast_latest(panel, ensemble)

    np.testing.assert_allclose(values, together, rtol=1e-6)


def test_quantiles_that_are_not_asked_for_are_left_out_and_the_others_stay():
    panel = a_panel(SERIES)
    ensemble = a_forecaster()
    spec = ensemble.spec

    values = forecast_latest(panel, ensemble, [0, spec.median, len(spec.quantiles) - 1])

    expected = forecast_latest(panel, ensemble)[..., [0, spec.median, -1]]
    np.testing.assert_array_equal(values, expected)
