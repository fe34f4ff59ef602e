import numpy as np
import pytest

from lstmcast.data.covariate.covariates import Covariates
from lstmcast.data.scaling import (
    fit_scaling,
    highest_of,
    lowest_of,
    scale_panel,
    scale_panels,
    usual_change,
    usual_swing,
)
from tests.examples import a_panel, arrays_of


def no_covariates(panel):
    return Covariates(np.zeros((len(panel.values), 0), np.float32), np.zeros((len(panel.values), 0), np.float32), ())


def test_a_season_that_repeats_itself_exactly_has_a_usual_change_all_the_same():
    panel = a_panel({"tariff": [12, 12, 8, 9] * 5, "load": [10, 20, 12, 22, 14, 24, 16, 26]})

    scaling = fit_scaling(panel, log=False, season=4)

    changes = [0, 4, 1, 3] * 5
    assert scaling.usual_change(np.array([0])) == pytest.approx(0.1 * sum(changes[:19]) / 19)
    assert scaling.usual_change(np.array([1])) == pytest.approx([4.0])
    assert not scaling.flat.any()


def test_linear_scaling_takes_off_the_mean_and_divides_by_the_mean_size():
    panel = a_panel({"a": [1, 3], "b": [-10, 30]})

    scaling = fit_scaling(panel, log=False, season=1)
    arrays = scale_panel(panel, scaling, no_covariates(panel))

    assert scaling.anchor.tolist() == [2, 10]
    assert scaling.unit.tolist() == [2, 20]
    assert scaling.typical.tolist() == [1, 2]
    assert arrays.flat.tolist() == [-0.5, 0.5, -1, 1]
    assert arrays.base.tolist() == [1, 0.5]


def test_logarithmic_scaling_takes_off_the_mean_logarithm():
    panel = a_panel({"a": np.exp([1.0, 3.0])})

    scaling = fit_scaling(panel, log=True, season=1)
    arrays = scale_panel(panel, scaling, no_covariates(panel))

    assert scaling.anchor == pytest.approx([2])
    assert scaling.unit.tolist() == [1]
    assert arrays.flat == pytest.approx([-1, 1])
    assert bool(arrays.log)


@pytest.mark.parametrize("log", [False, True])
def test_unscale_brings_scaled_values_back(log):
    panel = a_panel({"a": [1, 3, 4], "b": [10, 30, 70]})
    scaling = fit_scaling(panel, log=log, season=1)

    scaled = scale_panel(panel, scaling, no_covariates(panel)).flat.astype(np.float64).reshape(2, 3)
    values = scaling.unscale(scaled, np.array([0, 1]))

    expected = panel.values.reshape(2, 3)
    assert values == pytest.approx(np.log(expected) if log else expected, rel=1e-6, abs=1e-6)


def test_unscale_takes_any_number_of_axes():
    scaling = fit_scaling(a_panel({"a": [1, 3], "b": [10, 30]}), log=False, season=1)

    values = scaling.unscale(np.zeros((1, 2, 2)), np.array([1]))

    assert values.tolist() == [[[20, 20], [20, 20]]]


def test_what_is_not_known_yet_has_no_part_in_the_statistics():
    panel = a_panel({"a": [1, 3, 1e6], "b": [5, 7, 1e6]})
    seen = panel.until(np.array([2, 2]))

    scaling = fit_scaling(seen, log=False, season=1)

    assert scaling.anchor.tolist() == [2, 6]
    assert scaling.typical.tolist() == [1, pytest.approx(2 / 6)]
    assert lowest_of(seen).tolist() == [1, 5]
    assert highest_of(seen).tolist() == [3, 7]


def test_unknown_rows_become_zero_and_are_not_trusted():
    panel = a_panel({"a": [1, 3]}, ahead=1)

    arrays = arrays_of(panel)

    assert arrays.flat.tolist() == [-0.5, 0.5, 0]
    assert arrays.trusted.tolist() == [True, True, False]
    assert arrays.rows.tolist() == [3]


def test_made_up_values_are_seen_but_not_trusted():
    panel = a_panel({"a": [1, 2, 3]}, filled=[False, True, False])

    arrays = arrays_of(panel)

    assert arrays.flat.tolist() == [-0.5, 0, 0.5]
    assert arrays.trusted.tolist() == [True, False, True]


def test_a_large_series_does_not_blur_a_small_one():
    panel = a_panel({"a": [1e12, 3e12], "b": [1e-3, 3e-3]})

    scaling = fit_scaling(panel, log=False, season=1)

    assert scaling.anchor[1] == pytest.approx(2e-3, rel=1e-12)


def test_the_usual_change_is_over_a_season_or_over_a_step_where_little_is_known():
    panel = a_panel({"long": [1, 5, 2, 6, 3, 7], "short": [1, 5, 2]})

    assert usual_change(panel, season=2).tolist() == [1, 3.5]


def test_the_usual_change_never_reaches_over_to_another_series():
    panel = a_panel({"a": [1, 2, 3], "b": [101, 102, 103]})

    assert usual_change(panel, season=1).tolist() == [1, 1]


def test_a_season_longer_than_all_rows_gives_changes_by_step():
    assert usual_change(a_panel({"a": [1, 3]}), season=12).tolist() == [2]


def test_a_series_that_never_changes_is_flat_and_keeps_a_scale_above_zero():
    scaling = fit_scaling(a_panel({"a": [0.1] * 4, "b": [1, 2, 1, 2]}), log=False, season=2)

    assert scaling.flat.tolist() == [True, False]
    assert (scaling.typical > 0).all()


def test_a_series_of_zeros_has_a_unit():
    scaling = fit_scaling(a_panel({"a": [0.0, 0.0, 0.0]}), log=False, season=1)

    assert scaling.unit.tolist() == [1]
    assert scaling.typical.tolist() == [1e-8]


def test_panels_with_a_series_of_which_nothing_is_known_have_finite_numbers():
    panel = a_panel({"a": [1, 2, 3], "b": [7, 8, 9]})
    past = panel.until(np.array([3, 0]))

    for log in (False, True):
        arrays = scale_panel(panel, fit_scaling(past, log=log, season=1), no_covariates(panel))

        assert np.isfinite(arrays.flat).all()
        assert np.isfinite(arrays.typical).all()


def test_series_without_any_row_have_no_extremes():
    panel = a_panel({"a": [], "b": [7, 8], "c": []})

    assert lowest_of(panel).tolist() == [np.inf, 7, np.inf]
    assert highest_of(panel).tolist() == [-np.inf, 8, -np.inf]


def test_the_usual_swing_is_the_root_mean_square_of_the_changes_over_a_season():
    panel = a_panel({"long": [1, 2, 4, 6, 4, 6], "short": [5, 8, 4], "one": [3]})

    assert usual_swing(panel, 2).tolist() == pytest.approx([np.sqrt((9 + 16 + 0 + 0) / 4), np.sqrt((9 + 16) / 2), 0])


def test_changes_that_are_no_more_than_rounding_are_none():
    noisy = [0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3]  # they differ in the last digit
    panel = a_panel({"noisy": noisy, "small": [1e6, 1e6 + 0.002] * 2, "tiny": [1e-12, 2e-12] * 2, "zero": [0.0] * 4})

    assert usual_change(panel, 1).tolist() == [0, pytest.approx(0.002, rel=1e-6), pytest.approx(1e-12), 0]
    assert usual_swing(panel, 1).tolist() == [0, pytest.approx(0.002, rel=1e-6), pytest.approx(1e-12), 0]


@pytest.mark.parametrize("log", [False, True])
def test_series_of_one_length_are_scaled_as_beside_a_longer_one(log):
    alike = {"a": [1.0, 2.0, 4.0], "b": [9.0, 3.0, 3.0]}
    unlike = a_panel({**alike, "c": [5.0, 6.0, 7.0, 8.0]})

    scaled = [
        scale_panel(panel, fit_scaling(panel, log=log, season=1), no_covariates(panel)).flat
        for panel in (a_panel(alike), unlike)
    ]

    assert scaled[0].tolist() == scaled[1][:6].tolist()


def test_scales_share_what_does_not_depend_on_them():
    panel = a_panel({"a": [1.0, 2.0, 4.0]})
    scalings = {log: fit_scaling(panel, log=log, season=1) for log in (True, False)}

    arrays = scale_panels(panel, scalings, no_covariates(panel))

    assert arrays[True].trusted is arrays[False].trusted
    assert [bool(one.log) for one in arrays.values()] == [True, False]
    assert (arrays[True].flat == scale_panel(panel, scalings[True], no_covariates(panel)).flat).all()
