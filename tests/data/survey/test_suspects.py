import pytest

from lstmcast.data.survey.suspects import Suspect, find_suspects, find_wild
from tests.examples import a_panel


def test_a_sentinel_that_is_repeated_and_far_from_all_others_is_suspected():
    panel = a_panel({"a": [5, -999, 6, 7, -999], "b": [9999, 1, 2, 9999, 3], "c": [4, -999, -999, 5, 6]})

    assert find_suspects(panel) == (Suspect("-999", 4, "a"), Suspect("9999", 2, "b"))


def test_values_that_are_usual_rare_or_near_are_not():
    panel = a_panel({"near": [-99, -98, -99, -50, 60], "once": [1, 2, -999, 3], "other": [1, 2, -500, -500]})

    assert find_suspects(panel) == ()
    assert find_suspects(a_panel({"constant": [-999, -999, -999]})) == ()


def test_a_value_out_of_all_proportion_is_wild():
    usual = [1.0, 3, 2, 1, 3, 2]
    panel = a_panel({"usual": [*usual, 150], "high": [*usual, 999999999], "low": [2, -5000, *usual]})

    high, low = find_wild(panel)

    assert (high.value, panel.name_of(high.series), high.tick - panel.first[1]) == (999999999, "high", 6)
    assert (low.value, panel.name_of(low.series), low.tick - panel.first[2]) == (-5000, "low", 1)
    assert (high.times, low.times) == (pytest.approx(499999998), pytest.approx(2500.5))


def test_a_first_sale_and_a_constant_series_are_not_wild():
    assert find_wild(a_panel({"first": [0, 0, 0, 0, 500], "constant": [7, 7, 7]})) == ()
