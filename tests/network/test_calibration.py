import numpy as np
import pytest

from lstmcast.kinds import UnfitError
from lstmcast.network.calibration import Calibration, calibrate, no_calibration, stretched

QUANTILES = np.array([[[8.0, 10.0, 13.0], [7.0, 10.0, 16.0]]])  # one window, two steps, three quantiles
BASELINE = np.array([[20.0, 30.0]])
CHANGE = np.array([2.0])  # the usual change of the series


def test_no_calibration_changes_nothing():
    assert calibrate(QUANTILES, BASELINE, CHANGE, no_calibration(2, 3)).tolist() == QUANTILES.tolist()


def test_leaning_moves_the_whole_band_towards_the_baseline():
    calibration = Calibration(baseline="naive", weights=(0.5, 0.0), factors=(1.0, 1.0, 1.0))

    assert calibrate(QUANTILES, BASELINE, CHANGE, calibration).tolist() == [[[13, 15, 18], [27, 30, 36]]]


def test_factors_stretch_each_quantile_away_from_the_median():
    calibration = Calibration(baseline="naive", weights=(1.0, 1.0), factors=(2.0, 1.0, 0.5))

    assert calibrate(QUANTILES, BASELINE, CHANGE, calibration).tolist() == [[[6, 10, 11.5], [4, 10, 13]]]


def test_quantiles_do_not_cross_even_where_factors_differ():
    quantiles = np.array([[[0.0, 4.0, 5.0, 6.0, 10.0]]])
    calibration = Calibration(baseline="naive", weights=(1.0,), factors=(0.1, 3.0, 1.0, 3.0, 0.1))

    assert calibrate(quantiles, np.zeros((1, 1)), CHANGE, calibration).tolist() == [[[2, 4.5, 5, 5.5, 8]]]


def test_a_share_of_the_width_comes_from_what_is_known_of_the_errors():
    calibration = Calibration(
        baseline="naive",
        weights=(1.0, 1.0),
        factors=(2.0, 1.0, 1.0),
        widths=((8.0, 0.0, 6.0), (12.0, 0.0, 12.0)),
        share=0.5,
    )

    found = calibrate(QUANTILES, BASELINE, CHANGE, calibration)

    # the square roots of 2 x 2 times 8 x 2, 3 times 6 x 2, 3 x 2 times 12 x 2 and 6 times 12 x 2
    assert found == pytest.approx(np.array([[[2, 10, 16], [-2, 10, 22]]]))


@pytest.mark.parametrize("stretch", [0.5, 3.0])
def test_a_stretched_calibration_makes_every_band_as_much_wider(stretch):
    calibration = Calibration(
        baseline="naive",
        weights=(0.5, 1.0),
        factors=(2.0, 1.0, 1.5),
        widths=((8.0, 0.0, 6.0), (12.0, 0.0, 12.0)),
        share=0.4,
    )
    before = calibrate(QUANTILES, BASELINE, CHANGE, calibration)

    after = calibrate(QUANTILES, BASELINE, CHANGE, stretched(calibration, stretch))

    assert after[..., 1].tolist() == before[..., 1].tolist()
    assert after - after[..., 1:2] == pytest.approx(stretch * (before - before[..., 1:2]))


def test_no_stretch_makes_a_calibration_that_cannot_be():
    widest = Calibration(baseline="naive", weights=(1.0,), factors=(100.0,) * 3, widths=((1e9, 0.0, 1e9),), share=0.8)

    assert stretched(widest, 3.0) == widest


def test_a_forecast_without_any_width_gets_none():
    calibration = Calibration(
        baseline="naive", weights=(1.0,), factors=(1.0,) * 3, widths=((1.0, 0.0, 1.0),), share=0.8
    )

    assert calibrate(np.full((1, 1, 3), 5.0), np.zeros((1, 1)), CHANGE, calibration).tolist() == [[[5, 5, 5]]]


@pytest.mark.parametrize(
    ("widths", "share"),
    [((), 0.5), (((1.0,),), 0.0), (((1.0, 2.0),), 0.5), (((1.0,), (1.0,)), 0.5)],
    ids=["no widths", "widths of no use", "a quantile too many", "a step too many"],
)
def test_widths_that_do_not_fit_are_refused(widths, share):
    with pytest.raises(UnfitError, match="widths"):
        Calibration(baseline="naive", weights=(1.0,), factors=(1.0,), widths=widths, share=share)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weights", (1.5,)),
        ("weights", (-0.1,)),
        ("factors", (-1.0,)),
        ("factors", (1e9,)),
        ("weights", (float("nan"),)),
        ("widths", ((-1.0,),)),
        ("share", 1.5),
    ],
)
def test_impossible_corrections_are_refused(field, value):
    fields = {"baseline": "naive", "weights": (1.0,), "factors": (1.0,)} | {field: value}

    with pytest.raises(UnfitError, match=field):
        Calibration.from_plain(fields)
