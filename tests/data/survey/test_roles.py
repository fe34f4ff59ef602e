import pytest

from lstmcast.config.schema import CsvConfig
from lstmcast.data.survey.columns import look_at_columns
from lstmcast.data.survey.roles import guess_roles
from lstmcast.data.table.csv_file import ColumnError, open_sources
from lstmcast.errors import DataError

DAYS = [f"2024-01-{day:02}" for day in range(1, 13)]


@pytest.fixture
def guess(tmp_path):
    def guess_of(header, rows, **given):
        path = tmp_path / "load.csv"
        path.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows), ""]))
        sources = open_sources(str(path), CsvConfig())
        return guess_roles("load.csv", look_at_columns(sources, CsvConfig()), sources.rows, given)

    return guess_of


def test_months_of_another_language_are_parts_of_the_time(guess):
    months = ["Januar", "Februar", "März", "April", "Mai", "Juni"]

    roles = guess("Jahr,Monat,load", [(2000 + place, name, place) for place in range(9) for name in months])

    assert (roles.time, roles.time_format, roles.ids) == (("Jahr", "Monat"), ("%Y", "%B"), ())


def test_an_id_that_may_count_the_hours_is_doubted(guess):
    roles = guess("day,slot,load", [(day, hour, 1.5 * hour) for day in DAYS for hour in range(24)])

    assert (roles.time, roles.ids) == ("day", ("slot",))
    assert roles.doubts["id"].startswith("its 24 whole numbers could count the hours or other parts of a day")
    assert "data.time: [day, slot]" in roles.doubts["id"]


def test_a_number_that_is_the_same_in_all_rows_is_not_forecast(guess):
    roles = guess("station,day,load", [(260, day, place * 1.5) for place, day in enumerate(DAYS)])

    assert (roles.targets, roles.unused) == (("load",), {"station": "is the same number in all rows"})


def test_a_time_and_a_number_are_a_single_series(guess):
    roles = guess("when,sold", [(day, place) for place, day in enumerate(DAYS)])

    assert (roles.time, roles.ids, roles.targets) == ("when", (), ("sold",))
    assert roles.doubts == {}


def test_many_columns_of_numbers_are_a_wide_table(guess):
    roles = guess("when,north,south", [(day, 1.5, 2.5) for day in DAYS])

    assert roles.targets == ("north", "south")
    assert "each column of numbers is taken for a series of its own" in roles.doubts["target"]


def test_a_column_called_y_is_the_target_among_others(guess):
    roles = guess("when,y,rain", [(day, 1.5, 2.5) for day in DAYS])

    assert (roles.targets, roles.others) == (("y",), ("rain",))


def test_texts_that_tell_doubled_times_apart_are_ids(guess):
    roles = guess("shop,town,when,sold", [(s, s + "town", day, 3.5) for s in "ab" for day in DAYS])

    assert (roles.time, roles.ids, roles.targets) == ("when", ("shop",), ("sold",))
    assert roles.doubts["id"] == "'town' would tell the series apart as well"


def test_two_columns_are_ids_where_one_is_not_enough(guess):
    rows = [(s, i, week, 2.5) for s in (1, 2) for i in (10, 20) for week in range(1, 13)]

    roles = guess("store,item,week,sold", rows)

    assert (roles.time, roles.ids, roles.targets) == ("week", ("store", "item"), ("sold",))


def test_numbers_without_telling_names_are_the_time_if_they_run(guess):
    rows = [(series, step, (7 * step + series) % 50) for series in (1, 2, 3) for step in range(1, 21)]

    roles = guess("a,b,c", rows)

    assert (roles.time, roles.ids, roles.targets) == ("b", ("a",), ("c",))


def test_a_few_doubled_times_are_slips_and_not_series(guess):
    rows = [(f"2024-01-01 {hour:02}:00", "sunny", 1.5) for hour in range(24)]

    roles = guess("time,weather,load", [*rows, rows[3]])

    assert (roles.ids, roles.targets) == ((), ("load",))
    assert roles.unused == {"weather": "holds texts"}


def test_without_a_time_rows_are_steps_and_it_says_why(guess):
    roles = guess("month,sold", [(f"{1 + place // 12}-{1 + place % 12:02}", 2.5) for place in range(24)])

    assert roles.time is None
    assert roles.doubts["time"] == "column 'month' ('1-01', …) cannot be read as a time; rows count as steps"


def test_parts_of_the_time_and_row_numbers_are_not_forecast(guess):
    roles = guess("row,when,day,load", [(place, day, int(day[-2:]), 2.5) for place, day in enumerate(DAYS)])

    assert roles.targets == ("load",)
    assert roles.unused == {"row": "counts the rows", "day": "is a part of the time"}


def test_columns_that_go_on_after_the_target_are_known_ahead(guess):
    rows = [(day, place if place < 9 else "", place / 2) for place, day in enumerate(DAYS)]

    roles = guess("when,load,temperature", rows)

    assert (roles.targets, roles.future, roles.others) == (("load",), ("temperature",), ())


def test_a_day_that_could_be_a_month_is_settled_by_an_even_grid(guess):
    rows = [(f"{day:02}/01/2024 {hour:02}:00", 1.5) for day in range(1, 11) for hour in range(24)]

    roles = guess("when,load", rows)

    assert roles.time_format == ("%d/%m/%Y %H:%M",)
    assert "is read with the day first" in roles.doubts["time"]


def test_a_day_that_could_be_a_month_on_both_grids_is_refused(guess):
    with pytest.raises(DataError, match=r"no row tells which; set data\.time_format"):
        guess("when,load", [(f"{day:02}/01/2024", 1.5) for day in range(1, 13)])


def test_what_the_user_names_is_not_guessed(guess):
    roles = guess("when,a,b,c", [(day, 1.5, 2.5, 3.5) for day in DAYS], target=("b",), past=("c",))

    assert (roles.targets, roles.others, roles.doubts) == (("b",), ("a",), {})


def test_a_column_that_is_not_there_gets_its_nearest_name(guess):
    with pytest.raises(ColumnError, match=r"load.csv: no column 'solt' \(did you mean 'sold'\?\); it has when, sold"):
        guess("when,sold", [(day, 1.5) for day in DAYS], target=("solt",))


def test_a_file_without_a_header_is_refused(guess):
    with pytest.raises(DataError, match=r"its first line holds numbers only .* add a header"):
        guess("0.5,1.5", [(0.25, 1.25)] * 3)


def test_a_file_without_numbers_is_refused(guess):
    with pytest.raises(DataError, match="no column of numbers is left to forecast; it has when, what"):
        guess("when,what", [(day, "text") for day in DAYS])


def test_a_date_and_an_hour_are_one_time(guess):
    rows = [(day, hour, hour / 2) for day in DAYS for hour in range(24)]

    roles = guess("date,hour,load", rows)

    assert (roles.time, roles.time_format) == (("date", "hour"), ("%Y-%m-%d", "%H"))
    assert (roles.ids, roles.targets) == ((), ("load",))


def test_hours_from_1_to_24_and_times_of_day_are_told(guess):
    ending = guess("date,hour,load", [(day, hour, 2.5) for day in DAYS for hour in range(1, 25)])
    clock = guess("date,at,load", [(day, f"{hour}:30", 2.5) for day in DAYS for hour in range(24)])

    assert ending.time_format == ("%Y-%m-%d", "%K")
    assert (clock.time, clock.time_format) == (("date", "at"), ("%Y-%m-%d", "%H:%M"))


def test_parts_of_a_time_are_put_together_beside_ids(guess):
    rows = [(shop, year, month, month * 2.5) for shop in "ab" for year in (2023, 2024) for month in range(1, 13)]

    roles = guess("shop,year,month,sold", rows)

    assert (roles.time, roles.time_format, roles.ids) == (("year", "month"), ("%Y", "%m"), ("shop",))


def test_a_daily_table_with_an_hour_that_tells_nothing_has_one_column_of_time(guess):
    roles = guess("date,hour,load", [(day, 12, 2.5) for day in DAYS])

    assert roles.time == "date"


def test_seconds_since_1970_are_a_time_where_the_name_says_so(guess):
    rows = [(1_700_000_000 + 3600 * k, 2.5) for k in range(12)]

    assert guess("timestamp,load", rows).time_format == ("epoch",)
    assert guess("counter,load", rows).time_format == ("auto",)
