from lstmcast.data.survey.suspects import Suspect, find_suspects
from tests.examples import a_panel


def test_a_sentinel_that_is_repeated_and_far_from_all_others_is_suspected():
    panel = a_panel({"a": [5, -999, 6, 7, -999], "b": [9999, 1, 2, 9999, 3], "c": [4, -999, -999, 5, 6]})

    assert find_suspects(panel) == (Suspect("-999", 4, "a"), Suspect("9999", 2, "b"))


def test_values_that_are_usual_rare_or_near_are_not():
    panel = a_panel({"near": [-99, -98, -99, -50, 60], "once": [1, 2, -999, 3], "other": [1, 2, -500, -500]})

    assert find_suspects(panel) == ()
    assert find_suspects(a_panel({"constant": [-999, -999, -999]})) == ()
