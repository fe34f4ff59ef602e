import numpy as np
import pytest

from lstmcast.data.survey.columns import Column
from lstmcast.data.survey.turned import Header, refuse_turned
from lstmcast.errors import DataError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@pytest.mark.parametrize(
    ("names", "parts"),
    [(["Country", "2019", "2020", "2021"],
      ["its times stand in the header (2019, 2020 to 2021)",
       'melt(id_vars=["Country"], var_name=']),
     (["Series Name", "1990 [YR1990]", "1991 [YR1991]", "1992 [YR1992]"], ["(1990 [YR1990], 1991 [YR1991] to 1992"]),
     (["City", "1/22/20", "1/23/20", "1/24/20"], ["(1/22/20, 1/23/20 to 1/24/20)"]),
     (["day", *(f"{hour:02}:00" for hour in range(24))], ["each row is a day", 'id_vars=["day"]', 'var_name="time"']),
     (["day", *(f"H{hour}" for hour in range(1, 25))], ["(H1, H2 to H24)", 'var_name="hour").assign(hour=']),
     (["Year", *MONTHS, "J-D"], ["each month a column (Jan to Dec)", 'var_name="month"', "which leaves out 'J-D'"])],
)  # fmt: skip
def test_a_table_with_its_times_in_the_header_is_refused_with_the_command_that_turns_it(names, parts):
    with pytest.raises(DataError) as caught:
        refuse_turned(Header("load.csv", tuple(names)), [], 30)

    message = str(caught.value)
    assert message.startswith("load.csv: ")
    assert [part for part in parts if part not in message] == []


@pytest.mark.parametrize(
    "names",
    [["day", "load", "2020 plan"], ["date", "Mar", "May", "Bob"], ["year", "1999", "2000"], MONTHS,
     ["year", "month", "price", *MONTHS]],
)  # fmt: skip
def test_other_tables_are_as_they_should_be(names):
    refuse_turned(Header("load.csv", tuple(names)), [], 30)


def test_columns_that_count_steps_are_refused_where_a_column_names_each_row():
    names = ("id", *(f"d_{day}" for day in range(1, 31)))

    with pytest.raises(DataError, match=r"each row is a series and each step a column \(d_1, d_2 to d_30\)"):
        refuse_turned(Header("load.csv", names), [Column("id", 5, 5, "a")], 5)
    refuse_turned(Header("load.csv", names), [Column("id", 5, 2, "a")], 5)  # sensors of two machines


def test_two_columns_of_texts_may_name_each_row_together():
    names = ("store", "item", *(f"d_{day}" for day in range(1, 31)))
    store = Column("store", 4, 2, "a", np.array([0, 0, 1, 1]))

    with pytest.raises(DataError, match="each row is a series and each step a column"):
        refuse_turned(Header("load.csv", names), [store, Column("item", 4, 2, "x", np.array([0, 1, 0, 1]))], 4)
    refuse_turned(Header("load.csv", names), [store, Column("item", 4, 2, "x", np.array([0, 1, 1, 1]))], 4)


def test_the_command_reads_the_file_as_it_is():
    header = Header("load.csv", ("column_2", "2019", "2020", "2021"), ("column_1",), ";", 5, "cp1252")

    with pytest.raises(DataError) as caught:
        refuse_turned(header, [], 30)

    read = 'pandas.read_csv("load.csv", sep=";", skiprows=4, encoding="cp1252").dropna(axis=1, how="all")'
    assert f'{read}.drop(columns=["Unnamed: 0"]).melt(id_vars=["Unnamed: 1"], var_name="time")' in str(caught.value)
