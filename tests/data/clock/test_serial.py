import numpy as np
import pytest

from lstmcast.data.clock.serial import looks_like_excel, looks_like_excel_months, looks_like_years
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.time_texts import TimeColumn, parse_times
from lstmcast.errors import DataError


def a_column(*texts: str) -> TimeColumn:
    return TimeColumn("time", np.array(texts, object), lambda place: f"load.csv: line {place + 2}")


@pytest.mark.parametrize(
    ("kind", "texts", "moments"),
    [("excel", ["45292", "45292.5"], ["2024-01-01T00:00:00", "2024-01-01T12:00:00"]),
     ("excel", ["45292,0416666667", "45292,0833333333"], ["2024-01-01T01:00:00", "2024-01-01T02:00:00"]),
     ("excel", ["45292.000000", "45292.041667"], ["2024-01-01T00:00:00", "2024-01-01T01:00:00"]),
     ("decimal_year", ["1949", "1949.08333333333", "1949.91666666667"],
      ["1949-01-01T00:00:00", "1949-02-01T00:00:00", "1949-12-01T00:00:00"]),
     ("decimal_year", ["1960.0", "1961.0"], ["1960-01-01T00:00:00", "1961-01-01T00:00:00"]),
     ("decimal_year", ["1960.00", "1960.25"], ["1960-01-01T00:00:00", "1960-04-01T00:00:00"])],
)  # fmt: skip
def test_numbers_become_moments_and_are_written_as_they_were(kind, texts, moments):
    stamps, time_format = parse_times(a_column(*texts), kind)

    assert stamps.astype("datetime64[s]").astype(str).tolist() == moments
    assert time_format.render(stamps).tolist() == texts
    assert TimeFormat.from_json(time_format.to_json()) == time_format


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [("excel", "12", "is no number of days as spreadsheets count them"), ("excel", "x", "is no number of days"),
     ("decimal_year", "1958.2027", "is no year with whole months"), ("decimal_year", "3.25", "is no year")],
)  # fmt: skip
def test_other_numbers_are_refused_with_their_place(kind, text, problem):
    with pytest.raises(DataError, match=rf"load.csv: line 3: column 'time': '{text}' {problem}.*set data.time_format"):
        parse_times(a_column("1949.5" if kind == "decimal_year" else "45292", text), kind)


@pytest.mark.parametrize(
    ("texts", "is_it"), [(["45292", "45293.5"], True), (["100", "101"], False), (["x"], False)]
)  # fmt: skip
def test_days_of_usual_years_look_like_those_of_a_spreadsheet(texts, is_it):
    assert looks_like_excel(texts) is is_it


@pytest.mark.parametrize(
    ("texts", "is_it"),
    [(["1949", "1949.08333"], True), (["1949.0"], True), (["1949", "1950"], False), (["1958.2027"], False)],
)
def test_years_with_parts_that_are_months_look_like_times(texts, is_it):
    assert looks_like_years(texts) is is_it


@pytest.mark.parametrize(
    ("numbers", "are_months"),
    [
        ([43466, 43497, 43525, 43556, 43586, 43617], True),  # the first days of January to June 2019
        ([43617, 43497, 43525, 43586, 43466], False),
        ([43617, 43497, 43525, 43586, 43466, 43831], True),
        ([43496, 43524, 43555, 43585, 43616, 43646], True),
        ([43466, 43556, 43647, 43739, 43831, 43922], True),
        ([43466, 43497, 43528, 43559, 43590, 43621], False),
        ([43466, 43467, 43468, 43469, 43470, 43471], False),
        ([1, 32, 60, 91, 121, 152], False),
        ([70000, 70031, 70062, 70092, 70123, 70153], False),
    ],
    ids=["months", "few", "gaps", "ends", "quarters", "steps of 31", "days", "days of a year", "years to come"],
)
def test_days_that_are_one_of_each_month_look_like_those_of_a_spreadsheet(numbers, are_months):
    assert looks_like_excel_months([str(number) for number in numbers]) is are_months


def test_days_of_months_are_refused_as_steps_until_they_are_said_to_be_some():
    column = a_column("43466", "43497", "43525", "43556", "43586", "43617")

    with pytest.raises(DataError, match=r"'43466' looks like days as .*; set data.time_format: excel; or to integer"):
        parse_times(column, "auto")
    assert parse_times(column, "integer")[0].tolist() == [43466, 43497, 43525, 43556, 43586, 43617]
