import numpy as np
import pytest

from lstmcast.evaluation import since_training
from lstmcast.evaluation.since_training import describe_stretch, stretch_since
from lstmcast.network.calibration import no_calibration
from lstmcast.network.ensemble import Ensemble
from tests.examples import a_panel, a_spec

HORIZON = 4
SPEC = a_spec(horizon=HORIZON, season=1, periods=())
KNOWN = 10  # values of each series that training knew
LOW, HIGH = -1.0, 2.0  # where the band around a median of 0 ends


class Forecaster:
    """Stands in for the network: the same band at each step of each window; it notes what it was asked for."""

    def __init__(self, *band):
        self.band = band
        self.windows, self.scaled = None, None

    def __call__(self, scaled, windows, ensemble, places):
        spec = ensemble.spec
        assert [spec.quantiles[place] for place in places] == [0.1, 0.5, 0.9]
        self.windows, self.scaled = windows, scaled
        return np.broadcast_to(self.band, (len(windows), spec.horizon, 3))


@pytest.fixture
def forecaster(monkeypatch):
    found = Forecaster(LOW, 0.0, HIGH)
    monkeypatch.setattr(since_training, "forecast_windows", found)
    return found


def a_series(*new):
    """Return the values of a series that has changed, and those that came after training."""
    return [1.0, 3.0] * (KNOWN // 2) + list(new)


def stretch_of(*series, trained=KNOWN, spec=SPEC, **facts):
    panel = a_panel({str(place): values for place, values in enumerate(series)}, **facts)
    known = np.broadcast_to(trained, panel.series_count)
    return stretch_since(panel, known, Ensemble(spec, {}, no_calibration(HORIZON, len(spec.quantiles))))


def believed(wanted, horizons):
    return pytest.approx(wanted ** (horizons / (horizons + 5)))


def test_right_after_training_bands_stay_as_they_are():
    assert stretch_of(a_series()) == 1


def test_less_than_half_a_horizon_says_nothing():
    assert stretch_of(a_series(50.0)) == 1


@pytest.mark.parametrize("miss", [2 * HIGH, 2 * LOW])
def test_values_at_twice_the_distance_of_their_bound_widen_the_bands_towards_twice(forecaster, miss):
    assert stretch_of(a_series(*[miss] * 8)) == believed(2, horizons=2)
    assert stretch_of(a_series(*[miss] * 48)) == believed(2, horizons=12)


def test_bands_that_hold_everything_become_narrower_but_not_without_end(forecaster):
    assert stretch_of(a_series(*[0.7 * HIGH] * 24)) == believed(0.7, horizons=6)
    assert stretch_of(a_series(*[0.01] * 24)) == believed(0.5, horizons=6)


def test_no_band_becomes_wider_than_three_times(forecaster):
    assert stretch_of(a_series(*[1000.0] * 24)) == believed(3, horizons=6)


def test_one_wild_value_in_six_is_what_a_band_of_80_percent_leaves_out(forecaster):
    assert stretch_of(a_series(*[HIGH] * 5, 1000.0, *[HIGH] * 5, 1000.0, *[HIGH] * 6)) == pytest.approx(1)


def test_half_a_horizon_is_enough_and_the_widest_of_two_misses_counts(forecaster):
    assert stretch_of(a_series(HIGH, 2 * HIGH)) == believed(2, horizons=0.5)


def test_a_horizon_of_one_step_is_judged_from_each_value_on(forecaster):
    assert stretch_of(a_series(*[2 * HIGH] * 5), spec=SPEC.changed({"horizon": 1})) == believed(2, horizons=5)


def test_what_a_gap_policy_made_up_says_nothing(forecaster):
    filled = [False] * KNOWN + [True] * 7 + [False]

    assert stretch_of(a_series(*[1000.0] * 7, 2 * HIGH), filled=filled) == believed(2, horizons=2)
    assert stretch_of(a_series(*[1000.0] * 8), filled=[False] * KNOWN + [True] * 8) == 1


def test_a_forecast_without_bands_gets_none(monkeypatch):
    monkeypatch.setattr(since_training, "forecast_windows", Forecaster(0.0, 0.0, 0.0))

    assert stretch_of(a_series(*[5.0] * 8)) == 1


def test_positive_data_are_judged_by_their_logarithms(monkeypatch):
    monkeypatch.setattr(since_training, "forecast_windows", Forecaster(np.exp(-1), 1.0, np.exp(2)))
    spec = SPEC.changed({"positive": True, "members": (SPEC.members[0].changed({"log": True}),)})

    assert stretch_of(a_series(*[np.exp(4)] * 8), spec=spec) == believed(2, horizons=2)
    far_below = stretch_of(a_series(*[-5.0] * 8), spec=spec)  # which has no logarithm
    assert far_below == pytest.approx(3 ** (2 / 7), abs=0.01)


def test_series_are_scaled_as_they_were_before_what_is_judged(forecaster):
    stretch_of(a_series(*[50.0] * 8), a_series(*[50.0] * 100))

    assert forecaster.scaled.extent.highest.tolist() == [3, 50]  # twenty horizons back, the second had risen


def test_only_the_newest_twenty_horizons_count(forecaster):
    assert stretch_of(a_series(*[1000.0] * 20, *[2 * HIGH] * 80)) == believed(2, horizons=20)


def test_forecasts_are_made_from_half_a_horizon_to_half_a_horizon_back_to_training(forecaster):
    stretch_of(a_series(*[1.0] * 9), a_series(*[1.0] * 5))

    assert list(zip(forecaster.windows.series.tolist(), forecaster.windows.origin.tolist(), strict=True)) == [
        (0, 17), (0, 15), (0, 13), (0, 11), (1, 13), (1, 11),
    ]  # fmt: skip


def test_a_series_that_training_did_not_know_is_not_judged(forecaster):
    stretch_of(a_series(*[1.0] * 8), a_series(*[1000.0] * 8), [1000.0] * 8, trained=[KNOWN, KNOWN + 8, 0])

    assert set(forecaster.windows.series.tolist()) == {0}


def test_horizons_are_counted_on_average_over_the_series(forecaster):
    assert stretch_of(a_series(*[2 * HIGH] * 8), a_series(*[2 * HIGH] * 16)) == believed(2, horizons=3)


def test_one_series_takes_forty_forecasts_at_most_and_many_no_more_than_there_are_series(forecaster):
    stretch_of(a_series(*[1.0] * 200))
    assert len(forecaster.windows) == 40

    stretch_of(*[a_series(*[1.0] * 8)] * 100)
    assert len(forecaster.windows) == 100
    assert set(forecaster.windows.series.tolist()) == set(range(100))


def test_of_very_many_series_some_are_looked_at_evenly_taken(forecaster):
    quiet, wild = a_series(*[2 * HIGH] * 8), a_series(*[3 * HIGH] * 8)

    found = stretch_of(*[quiet] * 500, *[wild] * 700)

    assert len(np.unique(forecaster.windows.series)) == 500
    assert len(forecaster.windows) == 1200
    assert found == believed(3, horizons=2)


@pytest.mark.parametrize(
    ("stretch", "said"),
    [
        (1.123, "bands are 12% wider"),
        (0.7, "bands are 30% narrower"),
        (0.92, "bands are 8% narrower"),
        (1.04, None),
        (0.96, None),
    ],
)
def test_a_stretch_is_said_where_it_is_worth_it(stretch, said):
    words = describe_stretch(stretch)

    assert words == (said and f"{said} than after training, by what has come true since")
