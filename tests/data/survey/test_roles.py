import pytest

from lstmcast.data.table.table import ColumnError
from lstmcast.errors import DataError

DAYS = [f"2024-01-{day:02}" for day in range(1, 13)]


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


@pytest.mark.parametrize("columns", [["year", "t", "births"], ["t", "births", "year"]])
def test_years_are_the_time_rather_than_a_counter_beside_them(guess, columns):
    rows = [{"year": 1913 + step, "t": step + 1, "births": 80 + step * step % 17} for step in range(40)]

    roles = guess(",".join(columns), [[row[name] for name in columns] for row in rows])

    assert (roles.time, roles.targets) == ("year", ("births",))


def test_texts_that_come_and_go_tell_no_series_apart(guess):
    """Of many hours two kinds of weather were written down."""
    kinds = ("rain", "fog", "clear", "clouds")
    rows = [(f"2024-01-01 {hour:02}:00", kinds[hour * 7 % 4], 1.5) for hour in range(24)]
    rows += [(f"2024-01-01 {hour:02}:00", kinds[(hour * 7 + 1) % 4], 1.5) for hour in range(0, 24, 4)]

    roles = guess("time,weather,load", sorted(rows))

    assert (roles.ids, roles.targets) == ((), ("load",))


def test_series_that_follow_each_other_are_told_apart_by_texts(guess):
    rows = [(f"2024-01-{day:02}", "north", 1.5) for day in range(1, 17)]
    rows += [(f"2024-01-{day:02}", "south", 2.5) for day in range(12, 29)]

    roles = guess("time,place,load", rows)

    assert (roles.ids, roles.targets) == (("place",), ("load",))


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


def test_of_many_columns_only_the_first_are_named_where_one_is_not_there(guess):
    header = ",".join(f"c{number}" for number in range(99))

    with pytest.raises(ColumnError, match=r"no column 'sold'; it has when, c0, .*, c28 and 70 more$"):
        guess(f"when,{header}", [(day, *range(99)) for day in DAYS], target=("sold",))


def test_a_file_without_a_header_is_refused(guess):
    with pytest.raises(DataError, match=r"its first line holds numbers only .* add a header"):
        guess("0.5,1.5", [(0.25, 1.25)] * 3)


def test_a_file_without_numbers_is_refused(guess):
    with pytest.raises(
        DataError, match=r"no column of numbers is left .*; columns of texts are 'what' \('text'\): set"
    ):
        guess("when,what", [(day, "text") for day in DAYS])


def test_a_table_aligned_with_blanks_is_refused_with_the_separator_to_set(guess):
    with pytest.raises(DataError, match=r"set apart by blanks: --set 'data\.csv\.separator=\" \"' reads such a table"):
        guess("Heathrow", [(f"   {1990 + place}  1   9.{place}    3.0*    1",) for place in range(9)])


def test_several_units_in_a_column_are_named(guess):
    with pytest.raises(DataError, match=r"column 'speed' has numbers with several units \(GB/s, MB/s\): say what each"):
        guess("when,speed", [(day, ("1.2 GB/s", "800 MB/s")[place % 2]) for place, day in enumerate(DAYS)])


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


def test_a_column_that_never_changes_within_a_series_is_not_forecast(guess):
    rows = [(day, store, 7 if store == "a" else 9, 1.5 * place) for place, day in enumerate(DAYS) for store in "ab"]

    roles = guess("day,store,size,amount_of_rain", rows)

    assert (roles.ids, roles.targets, roles.static) == (("store",), ("amount_of_rain",), ("size",))


def test_a_value_is_a_target_however_its_name_is_written_and_never_an_id(guess):
    rows = [(day, store, place % 3, 1.5 * place) for place, day in enumerate(DAYS) for store in "ab"]

    roles = guess("_time,host,_value,load", rows)

    assert (roles.ids, roles.targets) == (("host",), ("_value",))


def test_numbers_that_are_called_like_an_id_or_repeat_the_year_are_not_forecast(guess):
    roles = guess(
        "day,id,decimal,load",
        [(f"2024-{month:02}-01", 7 * month, 2024 + month / 13, 1.5 * month) for month in range(1, 13)],
    )

    assert roles.targets == ("load",)
    assert roles.unused == {"id": "is called like an id", "decimal": "is the time again"}


def test_a_lone_column_of_numbers_that_is_called_like_an_id_is_doubted(guess):
    roles = guess(
        "RespondentID,answer", [(388720148 - 31 * place * place, "yes" if place % 3 else "no") for place in range(20)]
    )

    assert roles.targets == ("RespondentID",)
    assert roles.doubts["target"] == "'RespondentID' is called like an id; no other column has numbers"


def test_a_column_of_years_that_are_uneven_is_named_in_the_doubt(guess):
    roles = guess("Year,load", [(year, 1.5) for year in (1565, 1570, 1575, 1580, 1810, 1821, 1900)])

    assert roles.time is None
    assert roles.doubts["time"] == "column 'Year' ('1565', …) does not rise by even steps; rows count as steps"


def test_columns_that_never_change_within_a_series_are_static_though_they_are_filled_ahead(guess):
    rows = [
        (f"2024-01-{day:02}", shop, size, f"{day * 3 % 7}.5", f"{day * 5 % 11 + size}.5" if day < 25 else "")
        for shop, size in (("a", 120), ("b", 80))
        for day in range(1, 31)
    ]

    roles = guess("day,shop,size,warmth,sales", rows)

    assert (roles.targets, roles.future, roles.static) == (("sales",), ("warmth",), ("size",))
    assert "target" not in roles.doubts


def test_columns_that_are_filled_ahead_but_not_from_the_first_target_on_are_not_known_ahead(guess):
    rows = [(day, 1.5 + place, "" if place < 2 else 2.5) for place, day in enumerate(DAYS)]

    roles = guess("day,load,late", [*rows, ("2024-03-01", "", 2.5)])

    assert (roles.targets, roles.future) == (("load", "late"), ())


@pytest.mark.parametrize(("separator", "signs"), [(",", (".", ",")), (";", None)])
def test_a_comma_before_three_digits_groups_them_where_commas_separate_cells_too(guess, separator, signs):
    rows = [(day, f'"{place + 1},234"') for place, day in enumerate(DAYS)]

    if signs is None:
        with pytest.raises(DataError, match="can be read two ways"):
            guess("day,load", rows, separator=separator)
    else:
        roles = guess("day,load", rows, separator=separator)
        assert roles.style == signs
        assert "could have a decimal comma, but commas stand between cells as well" in roles.doubts["csv.thousands"]


def test_a_bound_is_read_as_its_number_and_said_to_be_a_guess(guess):
    roles = guess("day,load", [(day, "<1" if place < 2 else place) for place, day in enumerate(DAYS)])

    assert dict(roles.units) == {"<": 1.0}
    assert roles.doubts["csv.units"] == "a number with < before it is taken for the number itself"


def test_a_column_that_has_no_value_in_some_series_is_not_the_first_choice(guess):
    rows = [(day, place, "" if place == "b" else 1.5 * k, 2.5 * k) for k, day in enumerate(DAYS) for place in "ab"]

    roles = guess("day,place,births,deaths", rows)

    assert (roles.ids, roles.targets) == (("place",), ("deaths",))
