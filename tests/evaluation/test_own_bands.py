import numpy as np
import pytest

from lstmcast.evaluation.own_bands import typical_errors, usual_widths, width_share


def test_the_past_has_a_share_in_a_band_until_thirty_windows_have_tested_it():
    assert [width_share(windows) for windows in (0, 3, 15, 30, 99)] == [0.8, 0.72, 0.4, 0, 0]


def test_errors_that_are_a_power_of_the_steps_ahead_stay_as_they_are():
    sizes = np.sqrt([1.0, 2.0, 3.0, 4.0])

    typical = typical_errors(np.array([[1], [-1]]) * sizes, np.zeros(2))

    assert typical == pytest.approx(sizes)


def test_a_step_that_stands_out_is_drawn_half_way_to_the_others():
    typical = typical_errors(np.array([[4.0, 1.0]]), np.zeros(1))

    assert typical == pytest.approx([8**0.5, 2**0.5])  # errors never shrink with the steps: the power is 0, the mean 2


def test_an_error_counts_half_after_a_fifth_of_the_history():
    typical = typical_errors(np.array([[1.0], [4.0], [3.0]]), np.array([0.0, 2.0, 10.0]))

    assert typical == pytest.approx([(1 + 4 / 2 + 3 / 32) / (1 + 1 / 2 + 1 / 32)])


def test_errors_that_are_not_known_do_not_count():
    nothing = np.nan

    typical = typical_errors(np.array([[1.0, nothing, nothing], [3.0, 2.0, nothing]]), np.zeros(2))

    assert typical == pytest.approx([2.0, 2.0, 2.0])
    assert typical_errors(np.full((2, 3), nothing), np.zeros(2)) is None


def test_a_series_that_was_forecast_without_error_keeps_some_width():
    assert typical_errors(np.zeros((5, 2)), np.zeros(5)) == pytest.approx([0.01, 0.01])


def test_widths_are_those_of_normal_errors_with_heavier_tails():
    (near, far) = usual_widths(np.array([1.0, 3.0]), (0.1, 0.5, 0.9))

    out = 1.25331 * 1.28155 * (1 + 0.05 * 1.28155)  # a mean absolute error of 1 is a standard deviation of 1.25331
    assert near == pytest.approx((out, 0, out), abs=1e-4)
    assert far == pytest.approx((3 * out, 0, 3 * out), abs=1e-4)
