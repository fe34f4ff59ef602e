import numpy as np
import pytest

from lstmcast.data.clock.month_names import month_number, months_as_written
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.time_texts import TimeColumn, parse_times


def a_column(*texts: str) -> TimeColumn:
    return TimeColumn("time", np.array(texts, object), lambda place: f"load.csv: line {place + 2}")


@pytest.mark.parametrize(
    ("texts", "pattern", "after"),
    [(["1. März 2023", "2. Dezember 2023"], "%-d. %B %Y", "2. Januar 2024"),
     (["janv.-15", "mars-15", "août-15"], "%b-%y", "sept.-15"),
     (["5 de abril de 2023", "15 de agosto de 2023"], "%-d de %B de %Y", "15 de septiembre de 2023"),
     (["gen-15", "mag-15"], "%b-%y", "giu-15"), (["mei 2015", "okt 2015"], "%b %Y", "nov 2015"),
     (["fev/15", "set/15"], "%b/%y", "out/15"), (["2015 JAN", "2015 MAR"], "%Y %b", "2015 APR"),
     (["Sept. 1, 2023", "April 2, 2024"], "%b %-d, %Y", "May 2, 2024"), (["Dez 15", "Jan 16"], "%b %y", "Feb 16")],
)  # fmt: skip
def test_months_of_seven_languages_are_read_and_written_as_the_file_does(texts, pattern, after):
    stamps, time_format = parse_times(a_column(*texts), "auto")
    day = np.timedelta64(31, "D") if "-d" in pattern else np.timedelta64(0, "D")
    month = (stamps[-1].astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[us]")
    next_stamp = month + (stamps[-1] - stamps[-1].astype("datetime64[M]")) if day else month

    assert time_format.pattern == pattern
    assert time_format.render(stamps).tolist() == texts
    assert time_format.render(np.array([next_stamp])).tolist() == [after]


def test_a_model_keeps_the_names_of_its_months_and_their_json():
    _, trained = parse_times(a_column("janvier 2023", "juin 2023"), "auto")
    stored = TimeFormat.from_json(trained.to_json())

    _, later = parse_times(a_column("avril 2024"), "auto", stored)

    assert stored == trained
    assert later.render(np.array(["2024-07-01"], "datetime64[us]")).tolist() == ["juillet 2024"]


def test_english_names_as_strftime_writes_them_need_no_list():
    assert months_as_written(["Jan 2024", "Feb 2024"], "%b %Y") == ()


@pytest.mark.parametrize("word", ["Mon", "total", "maison", "xyz"])
def test_other_words_are_no_months(word):
    assert month_number(word) is None


def test_names_of_months_in_json_that_are_not_twelve_are_refused():
    good = TimeFormat("stamp", "%b %Y").to_json()

    with pytest.raises(ValueError, match="are not the names of the months"):
        TimeFormat.from_json({**good, "months": "jan|feb"})
