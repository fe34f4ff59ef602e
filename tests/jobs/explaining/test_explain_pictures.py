import pytest

from lstmcast.jobs.explaining.explain_measure import Change
from lstmcast.jobs.explaining.explain_pictures import agreement_note, change_name


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [("newest value", "", "newest value +2.5"), ("newest season", "", "last season +2.5"),
     ("past", "temp {C}", "temp {C} +2.5"), ("future", "{0.x}%", "{0.x}% +2.5")],
)  # fmt: skip
def test_a_change_is_called_after_its_column_whatever_that_holds(kind, name, shown):
    assert change_name(Change(kind, name, amount=2.5, mean=1.0, largest=1.0, at_step=1)) == shown


@pytest.mark.parametrize(("correlation", "shown"), [(0.456, "rank correlation of both ways 0.46"), (float("nan"), "")])
def test_a_picture_says_how_both_ways_agree_where_anything_moves_the_forecast(correlation, shown):
    assert agreement_note(correlation) == shown
