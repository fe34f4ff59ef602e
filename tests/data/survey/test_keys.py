"""Which columns are taken for the time and the ids, and what is said where others could be."""

import numpy as np
import pytest

from lstmcast.errors import DataError

DAYS = [str(day) for day in np.arange("2023-01-01", "2023-03-02", dtype="datetime64[D]")]


def split(day):
    year, month, day_of_month = map(int, day.split("-"))
    return year, month, day_of_month


@pytest.mark.parametrize("name", ["date_of_month", "day_of_month", "mday", "DOM"])
def test_a_day_of_the_month_is_a_part_of_the_time_however_it_is_called(guess, name):
    roles = guess(f"year,month,{name},births", [(*split(day), place * 2) for place, day in enumerate(DAYS)])

    assert (roles.time, roles.ids, roles.targets) == (("year", "month", name), (), ("births",))


def test_parts_of_a_time_may_be_written_as_pandas_writes_whole_numbers_of_which_one_was_missing(guess):
    rows = [(f"{year}.0", f"{quarter}.0", year + quarter / 8) for year in range(1990, 2000) for quarter in (1, 2, 3, 4)]

    roles = guess("year,quarter,gdp", rows)

    assert (roles.time, roles.time_format) == (("year", "quarter"), ("%Y.0", "%q.0"))
    assert (roles.ids, roles.targets) == ((), ("gdp",))


def test_an_id_that_may_count_the_days_of_a_month_is_doubted(guess):
    year = [split(str(day)) for day in np.arange("2023-01-01", "2024-01-01", dtype="datetime64[D]")]

    roles = guess("year,month,slot,load", [(*day, 1.5 * place) for place, day in enumerate(year)])

    assert roles.ids == ("slot",)
    assert roles.doubts["id"].startswith("its 31 whole numbers could count the days of a month: then name it beside")
    assert "data.time: [year, month, slot]" in roles.doubts["id"]


@pytest.mark.parametrize(("cell", "found"), [("99", "99"), ("", "empty")])
def test_a_date_of_which_some_rows_name_no_day_is_refused_and_not_forecast(guess, cell, found):
    rows = [[*split(day), 2.5] for day in DAYS]
    rows[4][2] = rows[20][2] = cell

    with pytest.raises(DataError, match=rf"in 2 rows 'day' is no day, first in row 5, where it is {found}; leave such"):
        guess("year,month,day,births", rows)


def test_rows_of_events_with_a_date_in_several_columns_have_a_time(guess):
    roles = guess("year,month,day,sold", [(*split(day), sold) for day in DAYS for sold in (1.5, 2.5, 4)])

    assert (roles.time, roles.ids, roles.targets) == (("year", "month", "day"), (), ("sold",))


def test_columns_that_name_nearly_every_row_are_no_ids(guess):
    rows = [(day, f"c{place * 7 % 59}", f"p{place % 53}", 2.5) for place, day in enumerate(DAYS * 2)]

    roles = guess("day,customer,product,sold", rows)

    assert (roles.time, roles.ids, roles.targets) == ("day", (), ("sold",))


def test_texts_that_tell_the_few_years_of_two_series_apart_are_ids(guess):
    rows = [("Delhi", year, year % 7 + 0.5) for year in range(1997, 2003)]
    rows += [("London", year, year % 9 + 0.5) for year in range(1900, 2000)]

    roles = guess("Entity,Year,Smoke", rows)

    assert (roles.time, roles.ids) == ("Year", ("Entity",))


def test_parts_of_a_year_with_one_that_is_none_are_doubted_as_ids(guess):
    rows = [(year, f"M{month:02}", year % 7 + month * 1.5) for year in range(2000, 2012) for month in range(1, 14)]

    roles = guess("Year,Period,Value", rows)

    assert roles.ids == ("Period",)
    assert roles.doubts["id"].startswith("its texts seem to be parts of a year, of which 'M13' is none; without such")


def test_a_time_of_the_day_beside_a_date_tells_its_day_from_its_month(guess):
    quarters = [np.datetime64("2024-01-01") + np.timedelta64(15 * place, "m") for place in range(900)]
    rows = [(f"{str(at)[8:10]}.{str(at)[5:7]}.{str(at)[:4]}", str(at)[11:16], 2.5) for at in quarters]

    roles = guess("Datum,von,Verbrauch", rows)

    assert (roles.time, roles.time_format) == (("Datum", "von"), ("%d.%m.%Y", "%H:%M"))
    assert roles.doubts["time"] == "'01.01.2024 00:00' is read with the day first: only so are the times evenly spaced"


def test_the_order_of_rows_tells_the_day_from_the_year(guess):
    days = [day for place, day in enumerate(np.arange("2024-01-01", "2024-07-18", dtype="datetime64[D]")) if place % 5]
    rows = [(f"{str(day)[8:]}.{str(day)[5:7]}.{str(day)[2:4]}", 2.5) for day in days for _ in range(2)]

    roles = guess("Buchungstag,Betrag", rows)

    assert (roles.time, roles.time_format) == ("Buchungstag", ("%d.%m.%y",))
    assert roles.doubts["time"] == "'02.01.24' is read with the day first: only so are the times in order"


def test_days_without_a_year_are_no_months_of_years(guess):
    days = np.arange("2024-01-01", "2024-03-30", dtype="datetime64[D]").astype(object)

    roles = guess("Date,pulse", [(f"{day:%b %d}", 60.5) for day in days])

    assert roles.time is None
    assert roles.doubts["time"] == (
        "column 'Date' ('Jan 01', …) seems to name days without their year; rows count as steps"
    )


@pytest.mark.parametrize("months", [1, 12], ids=["every month", "every December"])
def test_months_with_years_of_two_digits_stay_what_they_are(guess, months):
    ends = np.arange("1999-12", "2024-01", months, dtype="datetime64[M]").astype(object)

    roles = guess("Date,load", [(f"{end:%b-%y}", 60.5) for end in ends])

    assert (roles.time, roles.time_format) == ("Date", ("%b-%y",))


def test_a_date_and_an_hour_may_be_aligned_with_blanks(guess):
    rows = [(day.replace("-", ""), f"{hour:5}", 2.5) for day in DAYS for hour in range(1, 25)]

    roles = guess("YYYYMMDD,   HH,  FH", rows)

    assert (roles.time, roles.time_format) == (("YYYYMMDD", "HH"), ("%Y%m%d", "%K"))


def test_decades_are_no_numbers_of_seconds(guess):
    roles = guess("decade,population", [(f"{year}s", year / 3) for year in range(1600, 2030, 10)])

    assert roles.targets == ("population",)
    assert roles.doubts["time"] == "column 'decade' ('1600s', …) cannot be read as a time; rows count as steps"


def test_texts_that_look_like_times_are_named_where_none_can_be_read(guess):
    rows = [(f"Mon Jan 01 2024 {hour:02}:00:00 GMT+0100 (CET)", 2.5) for hour in range(24)]

    roles = guess("When,load", rows)

    assert roles.time is None
    assert "column 'When' ('Mon Jan 01 2024 00:00:00 GMT+0100 (CET)', …) looks like a time" in roles.doubts["time"]


def test_the_mark_of_a_footnote_behind_a_number_is_left_out_and_said(guess):
    roles = guess("day,load", [(day, f"{place}.5{'*' if place % 9 == 0 else ''}") for place, day in enumerate(DAYS)])

    assert (roles.targets, roles.units) == (("load",), {"*": 1.0})
    assert roles.doubts["csv.units"] == "* behind a number is taken for the mark of a footnote"


def test_years_are_the_time_where_series_have_steps_of_their_own(guess):
    rows = [("a", year, year % 7 + 0.5) for year in range(1950, 2008)]
    rows += [(name, year, year % 9 + 0.5) for name in "bcdefghijklmn" for year in range(1952, 2008, 5)]

    roles = guess("country,year,life", rows)

    assert (roles.time, roles.ids, roles.targets) == ("year", ("country",), ("life",))


def test_hours_and_minutes_as_numbers_may_be_called_after_a_zone(guess):
    clocks = [hour * 100 + minute for hour in range(24) for minute in (0, 30)]

    roles = guess("Year,DOY,MST,load", [(2018, 291, clock, clock * 1.5) for clock in clocks])

    assert (roles.time, roles.time_format) == (("Year", "DOY", "MST"), ("%Y", "%j", "%N"))


@pytest.mark.parametrize(
    ("header", "rows", "doubt"),
    [
        ("age,load", [(age, age * 1.5) for age in range(18, 60)],
         "'age' is not called like a time, but its whole numbers rise by even steps"),
        ("time,load", [(hour * 100 + minute, hour * 1.5) for hour in range(8, 20) for minute in range(0, 60, 10)],
         "its whole numbers could be hours and minutes (800); they are taken for steps"),
    ],
    ids=["a name of something else", "clocks"],
)  # fmt: skip
def test_whole_numbers_that_are_taken_for_steps_are_doubted(guess, header, rows, doubt):
    roles = guess(header, rows)

    assert (roles.time, roles.doubts["time"]) == (header.partition(",")[0], doubt)


def test_blanks_after_separators_hide_no_seconds_since_1970(guess):
    roles = guess("load, Timestamp", [(place * 1.5, f" {1473379200 + place * 3600}") for place in range(30)])

    assert (roles.time, roles.time_format, roles.targets) == ("Timestamp", ("epoch",), ("load",))
