import numpy as np
import pytest

from lstmcast.evaluation.bands import stretch_factors
from lstmcast.evaluation.held_out import Errors

NORMAL = (-1.2816, -0.5244, 0.0, 0.5244, 1.2816)
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)


@pytest.mark.parametrize("width", [0.4, 1.0, 1.5])
def test_bands_that_are_too_narrow_or_too_wide_are_mended(width):
    random = np.random.default_rng(0)
    spread = np.broadcast_to(width * np.array(NORMAL), (4000, 3, 5))

    factors = stretch_factors(
        Errors(random.standard_normal((4000, 3)), spread), QUANTILES, windows=4000.0, moments=4000.0
    )

    assert [factors[place] for place in (0, 1, 3, 4)] == pytest.approx([1 / width] * 4, rel=0.1)
    assert factors[2] == 1


def test_many_series_at_one_moment_widen_a_band_less_than_many_moments():
    spread = np.broadcast_to(np.array(NORMAL), (400, 1, 5))
    errors = Errors(2 * np.random.default_rng(0).standard_normal((400, 1)), spread)

    once = stretch_factors(errors, QUANTILES, windows=400.0, moments=1.0)
    often = stretch_factors(errors, QUANTILES, windows=400.0, moments=400.0)

    assert 1.4 < once[0] < 1.75 < often[0] < 2.2


def test_what_three_windows_say_is_believed_by_a_tenth():
    spread = np.broadcast_to(np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), (3, 1, 5))
    errors = Errors(np.full((3, 1), 4.0), spread)  # twice and four times as far out as the bounds

    factors = stretch_factors(errors, QUANTILES, windows=3.0, moments=3.0)

    widening = 1 - 3 / 13 / 5
    outer, inner = ((wanted**widening * 0.97) ** 0.1 for wanted in (2, 4))
    assert factors == pytest.approx((outer, inner, 1, inner, outer))


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

    assert all(factor > 0.95 for factor in narrow)
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
