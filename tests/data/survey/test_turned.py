import pytest

from lstmcast.data.survey.turned import refuse_turned
from lstmcast.errors import DataError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@pytest.mark.parametrize(
    ("names", "parts"),
    [(["Country", "2019", "2020", "2021"],
      ["its times stand in the header (2019, 2020 to 2021)",
       'melt(id_vars=["Country"], var_name=']),
     (["Series Name", "1990 [YR1990]", "1991 [YR1991]", "1992 [YR1992]"], ["(1990 [YR1990], 1991 [YR1991] to 1992"]),
     (["City", "1/22/20", "1/23/20", "1/24/20"], ["(1/22/20, 1/23/20 to 1/24/20)"]),
     (["Year", *MONTHS, "J-D"], ["each month a column (Jan to Dec)", 'var_name="month"', "which leaves out 'J-D'"])],
)  # fmt: skip
def test_a_table_with_its_times_in_the_header_is_refused_with_the_command_that_turns_it(names, parts):
    with pytest.raises(DataError) as caught:
        refuse_turned("load.csv", names, 30)

    message = str(caught.value)
    assert message.startswith("load.csv: ")
    assert [part for part in parts if part not in message] == []


@pytest.mark.parametrize(
    "names",
    [["day", "load", "2020 plan"], ["date", "Mar", "May", "Bob"], ["year", "1999", "2000"], MONTHS],
)  # fmt: skip
def test_other_tables_are_as_they_should_be(names):
    refuse_turned("load.csv", names, 30)
