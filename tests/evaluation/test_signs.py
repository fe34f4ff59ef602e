from math import isnan, log, nan

import pytest

from lstmcast.evaluation.signs import SIDES, Signs

WHY = [side.why for side in SIDES]


def seen(values, season_ago=None, miss=nan, p=nan):
    """Return the signs at the last of the values."""
    signs = Signs()
    ago = season_ago or [nan] * len(values)
    for value, before in zip(values, ago, strict=True):
        found = signs.see(value, before, miss, p)
    return dict(zip(WHY, found, strict=True))


def test_a_value_is_seen_with_its_step_and_both_from_both_sides():
    found = seen([5.0, 3.0])

    assert (found["high"], found["low"], found["rise"], found["fall"]) == (3.0, -3.0, -2.0, 2.0)


def test_the_level_follows_slowly():
    values = [10.0] * 40

    assert seen([*values, 20.0])["long high"] == pytest.approx(10.3)
    assert seen([10.0] * 17 + [20.0] * 17)["long high"] == pytest.approx(15.0, abs=0.01)


def test_of_few_values_there_is_no_mean():
    assert isnan(seen([10.0] * 33)["long high"])
    assert isnan(seen([10.0, 12.0] * 5)["rough"])


def test_of_a_first_value_there_is_no_step_yet():
    found = seen([5.0])

    assert all(isnan(found[why]) for why in ("rise", "fall", "rough", "smooth", "season", "forecast", "forecasts"))


def test_roughness_is_the_mean_size_of_the_steps():
    assert seen([0.0, 2.0] * 6 + [-1.0])["rough"] == pytest.approx(log(2.0 + 0.1 * (3.0 - 2.0)))


def test_a_shift_from_the_season_before_counts_on_either_side():
    up, down = seen([1.0, 5.0], [nan, 1.0])["season"], seen([1.0, -3.0], [nan, 1.0])["season"]

    assert up == down == pytest.approx(0.4)


def test_repeats_are_counted_and_begin_anew():
    assert seen([7.0, 7.0, 7.0])["frozen"] == 2.0
    assert seen([7.0, 7.0, 8.0])["frozen"] == 0.0


def test_the_strain_rises_with_rare_misses_and_one_counts_only_so_much():
    assert seen([1.0], miss=0.5, p=0.1)["forecasts"] == pytest.approx(1 + 0.1 * (-log(0.1) - 1))
    assert seen([1.0], miss=9.0, p=1e-12)["forecasts"] == pytest.approx(1 + 0.1 * (4.0 - 1))


def test_values_as_large_as_can_be_have_a_step_that_is_finite():
    assert seen([1.7e308, -1.7e308])["fall"] == pytest.approx(2e300)
