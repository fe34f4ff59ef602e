import numpy as np
import pytest

from lstmcast.evaluation.validation import (
    Errors,
    HeldOut,
    choose_calibration,
    choose_stop,
    is_clear_gain,
    prefers_mixture,
    stretch_factors,
    window_losses,
)
from lstmcast.network.calibration import calibrate

NORMAL = (-1.2816, -0.5244, 0.0, 0.5244, 1.2816)
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)


def held_of(truth, *, unit=None, overlap=1.0, origins=0):
    truth = np.array(truth, float)
    return HeldOut(truth, np.ones(len(truth)) if unit is None else np.array(unit, float), overlap, origins)


def constant(held, *values):
    """Return the same forecast for each window: one number for all its steps."""
    return np.repeat(np.array(values, float)[:, None], held.truth.shape[1], axis=1)


def banded(median, size=1.0):
    return median[..., None] + size * np.array(NORMAL)


def test_the_loss_of_a_window_is_its_mean_error_in_units_of_the_usual_change():
    held = held_of([[1, 5], [2, np.nan], [np.nan, np.nan]], unit=[1, 4, 1])

    assert window_losses(held, constant(held, 3, 4, 9)).tolist() == [2, 0.5, 0]


def test_a_gain_is_clear_if_it_is_larger_than_its_standard_error():
    held = held_of(np.zeros((4, 1)))
    before = np.array([1.0, 1.0, 1.0, 1.0])

    assert is_clear_gain(held, before, before - [0.1, 0.2, 0.1, 0.2])
    assert not is_clear_gain(held, before, before - [1.0, -0.9, 1.0, -0.9])
    assert not is_clear_gain(held, before, before)
    assert not is_clear_gain(held, before, before + 0.1)


def test_windows_that_overlap_say_less():
    gain = np.array([0.5, -0.2, 0.5, -0.2] * 4)
    before = np.ones(16)

    assert is_clear_gain(held_of(np.zeros((16, 1))), before, before - gain)
    assert not is_clear_gain(held_of(np.zeros((16, 1)), overlap=8.0), before, before - gain)


def test_series_that_share_their_moments_say_less_than_as_many_moments():
    assert held_of(np.zeros((40, 1))).independent_windows == 40
    assert held_of(np.zeros((40, 1)), overlap=4.0).independent_windows == 10
    assert 2 < held_of(np.zeros((40, 1)), origins=2).independent_windows < 40


def test_training_goes_on_to_the_end_unless_an_earlier_look_was_clearly_better():
    held = held_of(np.zeros((4, 2)))
    good, hardly_better, worse = constant(held, 1, 2, 1, 2), constant(held, 0, 3, 0, 2.9), constant(held, 3, 3, 3, 3.1)

    assert choose_stop(held, [(10, worse), (20, good)]) == 20
    assert choose_stop(held, [(10, good), (20, worse)]) == 10
    assert choose_stop(held, [(10, hardly_better), (20, good)]) == 20
    assert choose_stop(held, [(10, good), (20, good)]) == 20


def test_a_forecast_that_is_not_finite_is_never_where_training_stops():
    held = held_of(np.zeros((4, 2)))
    good, broken = constant(held, 1, 1, 1, 1), constant(held, *[np.inf] * 4)

    assert choose_stop(held, [(10, broken), (20, good)]) == 20


def test_members_mix_their_scales_only_where_that_is_clearly_better():
    held = held_of(np.zeros((4, 2)))
    high, low = constant(held, 2, 1, 2, 1), constant(held, -2, -1, -2, -1)

    assert prefers_mixture(held, high, low)
    assert not prefers_mixture(held, high, high)
    assert not prefers_mixture(held, high, constant(held, 9, 9, 9, 9))


def test_a_network_that_is_no_worse_is_left_alone():
    held = held_of(np.zeros((4, 2)))
    median = constant(held, 1, -1, 1, -1)

    calibration = choose_calibration(held, banded(median), QUANTILES, {"theta": constant(held, 1, -1, 1, -1)}, None)

    assert (calibration.baseline, calibration.weights) == ("naive", (1.0, 1.0))


def test_a_network_leans_on_the_simple_forecast_that_is_clearly_better():
    held = held_of(np.zeros((4, 2)))
    baselines = {"naive": constant(held, 8, 9, 8, 9), "theta": constant(held, 0, 0.1, 0, -0.1)}

    calibration = choose_calibration(held, banded(constant(held, 4, 5, 4, 5)), QUANTILES, baselines, None)

    assert (calibration.baseline, calibration.weights) == ("theta", (0.0, 0.0))


def test_a_network_leans_half_way_if_errors_cancel():
    held = held_of(np.zeros((4, 2)))
    baselines = {"theta": constant(held, -4, -5, -4, -5)}

    calibration = choose_calibration(held, banded(constant(held, 4, 5, 4, 5)), QUANTILES, baselines, None)

    assert (calibration.baseline, calibration.weights) == ("theta", (0.5, 0.5))


def test_a_simple_forecast_that_is_better_by_luck_is_not_leant_on():
    held = held_of(np.zeros((4, 2)))
    baselines = {"theta": constant(held, 0, 2.9, 0, 2.9)}

    calibration = choose_calibration(held, banded(constant(held, 1.5, 1.5, 1.5, 1.5)), QUANTILES, baselines, None)

    assert calibration.weights == (1.0, 1.0)


@pytest.mark.parametrize("width", [0.4, 1.0, 1.5])
def test_bands_that_are_too_narrow_or_too_wide_are_mended(width):
    random = np.random.default_rng(0)
    held = held_of(random.standard_normal((4000, 3)))
    forecast = banded(np.zeros((4000, 3)), width)

    calibration = choose_calibration(held, forecast, QUANTILES, {}, None)

    wanted = 1 / width
    assert [calibration.factors[place] for place in (0, 1, 3, 4)] == pytest.approx([wanted] * 4, rel=0.1)
    assert calibration.factors[2] == 1
    fresh = random.standard_normal((20_000, 3))
    bands = calibrate(banded(np.zeros((20_000, 3)), width), np.zeros((20_000, 3)), calibration)
    for place, quantile in enumerate(QUANTILES):
        assert (fresh < bands[..., place]).mean() == pytest.approx(quantile, abs=0.02)


def test_both_sides_of_a_level_share_one_stretch():
    errors = np.random.default_rng(0).exponential(1.0, (4000, 1))
    spread = np.broadcast_to(np.array(NORMAL), (4000, 1, 5))

    factors = stretch_factors(Errors(errors, spread), QUANTILES, windows=4000, moments=4000)

    assert factors[0] == factors[4] == pytest.approx(-np.log(0.2) / 1.2816, rel=0.1)
    assert factors[1] == factors[3]


def test_few_errors_hardly_narrow_a_band_and_never_beyond_bounds():
    spread = np.broadcast_to(np.array(NORMAL), (3, 1, 5))

    narrow = stretch_factors(Errors(np.full((3, 1), 1e-9), spread), QUANTILES, windows=3, moments=1)
    wide = stretch_factors(Errors(np.full((3, 1), 1e9), spread), QUANTILES, windows=3, moments=1)

    assert all(factor > 0.9 for factor in narrow)
    assert max(wide) <= 5


def test_errors_that_are_not_known_have_no_say():
    random = np.random.default_rng(0)
    errors = random.standard_normal((500, 2))
    errors[:, 1] = np.nan
    spread = np.broadcast_to(np.array(NORMAL), (500, 2, 5))

    factors = stretch_factors(Errors(errors, spread), QUANTILES, windows=500, moments=500)

    assert factors == stretch_factors(Errors(errors[:, :1], spread[:, :1]), QUANTILES, windows=500, moments=500)
    assert stretch_factors(Errors(np.full((2, 2), np.nan), spread[:2]), QUANTILES, windows=1, moments=1) == (1.0,) * 5


def test_a_forecast_without_any_width_is_not_stretched():
    assert stretch_factors(Errors(np.ones((9, 1)), np.zeros((9, 1, 5))), QUANTILES, windows=9, moments=9) == (1.0,) * 5
