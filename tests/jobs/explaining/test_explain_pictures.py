import pytest

from lstmcast.jobs.explaining.explain_measure import Change
from lstmcast.jobs.explaining.explain_pictures import change_name


@pytest.mark.parametrize(
    ("kind", "name", "shown"),
    [("newest value", "", "newest value +2.5"), ("newest season", "", "last season +2.5"),
     ("past", "temp {C}", "temp {C} +2.5"), ("future", "{0.x}%", "{0.x}% +2.5")],
)  # fmt: skip
def test_a_change_is_called_after_its_column_whatever_that_holds(kind, name, shown):
    assert change_name(Change(kind, name, amount=2.5, mean=1.0, largest=1.0, at_step=1)) == shown
