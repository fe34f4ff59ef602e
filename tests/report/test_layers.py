import numpy as np
import pytest

from lstmcast.report.layers import Layer, bar_width, draw_layer, draw_swatch

NAN = np.nan
PLACES = np.arange(4.0)


def drawn(kind, values, **more):
    return draw_layer(Layer(kind, "a", "c1 dash", np.array(values), **more), PLACES, lambda heights: -heights)


def test_a_line_has_a_hole_where_there_is_no_value():
    assert 'd="M0 -1 1 -2M3 -4h0" class="line s-c1 dash"' in drawn("line", [1, 2, NAN, 4])


def test_a_band_goes_along_its_upper_end_and_back_along_the_lower():
    assert 'd="M0 -5 1 -6 1 -2 0 -1Z" class="f-c1"' in drawn("band", [1, 2, NAN, NAN], high=np.array([5, 6, NAN, NAN]))


def test_a_band_of_one_step_can_be_seen():
    assert 'd="M1.7 -5 2.3 -5 2.3 -1 1.7 -1Z"' in drawn("band", [NAN, NAN, 1, NAN], high=np.array([NAN, NAN, 5, NAN]))


def test_a_band_of_which_one_end_is_not_known_has_a_hole_there():
    shape = 'd="M0 -5 1 -6 1 -2 0 -1Z" class="f-c1"'

    assert shape in drawn("band", [1, 2, 3, NAN], high=np.array([5, 6, NAN, 8]))


def test_bars_are_as_wide_as_the_least_distance_leaves_room_for():
    assert bar_width(np.array([0.0, 5.0, 7.0, 12.0])) == 2
    assert bar_width(np.array([3.0])) == 1


def test_bars_stand_on_zero_and_dots_have_no_length():
    assert 'd="M-0.45 -0H0.45V-2H-0.45Z' in drawn("bars", [2, NAN, NAN, NAN])
    assert 'd="M1 3h0" class="dots s-c1 dash"' in drawn("dots", [NAN, -3, NAN, NAN])


@pytest.mark.parametrize(
    ("kind", "shape"), [("line", "M1 6H25"), ("dots", "M13 6h0"), ("bars", "rect"), ("band", "rect")]
)
def test_a_legend_shows_the_look_of_each_kind(kind, shape):
    assert shape in draw_swatch(Layer(kind, "a", "c0", PLACES))
