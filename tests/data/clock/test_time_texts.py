import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.time_texts import TimeColumn, parse_times
from lstmcast.errors import ConfigError, DataError


def a_column(*texts: str) -> TimeColumn:
    return TimeColumn("time", np.array(texts, object), lambda place: f"load.csv: line {place + 2}")


@pytest.mark.parametrize(
    ("texts", "pattern"),
    [(["2024-01", "2024-02"], "%Y-%m"), (["2024-01-31"], "%Y-%m-%d"), (["2024/01/31"], "%Y/%m/%d"),
     (["2024-01-31 05:00"], "%Y-%m-%d %H:%M"), (["2024-01-31T05:00:10"], "%Y-%m-%dT%H:%M:%S"),
     (["2024-01-31 05:00:10.250000"], "%Y-%m-%d %H:%M:%S.%f"), (["2024-01-31 05:00:10.25"], "%Y-%m-%d %H:%M:%S.%f"),
     (["1990/1/1 0:00", "1990/1/12 0:00"], "%Y/%-m/%-d %-H:%M"), (["13.01.2024", "01.02.2024"], "%d.%m.%Y"),
     (["01/13/2024", "01/02/2024"], "%m/%d/%Y"), (["1-31-2024 06:00", "2-1-2024 06:00"], "%-m-%-d-%Y %H:%M"),
     (["02/15/1991", "02/8/1991"], "%m/%-d/%Y"), (["2024-01-31T05:00:10.000000000Z"], "%Y-%m-%dT%H:%M:%S.%f%z"),
     (["2024-01-31 05:00:10,500"], "%Y-%m-%d %H:%M:%S,%f"), (["2015P01", "2015P12"], "%YP%m"),
     (["001.2015", "012.2015"], "0%m.%Y"), (["KW 02/2024", "KW 13/2024"], "KW %V/%G"),
     (["2024-KW02", "2024-KW13"], "%G-KW%V"), (["Week 2 2024", "Week 13 2024"], "Week %-V %G"),
     (["12/2024", "13/2024"], "%V/%G"),
     (["2024/W2", "2024/W13"], "%G/W%-V"), (["1. Quartal 2024", "4. Quartal 2024"], "%q. Quartal %Y"),
     (["2024年1月31日", "2024年12月1日"], "%Y年%-m月%-d日"), (["2024년 1월", "2024년 12월"], "%Y년 %-m월"),
     (["2024. 1. 31.", "2024. 12. 1."], "%Y. %-m. %-d."), (["2024-T1", "2024-T4"], "%Y-T%q"), (["T1 2024"], "T%q %Y")],
)  # fmt: skip
def test_a_format_is_found_and_writes_the_very_texts_again(texts, pattern):
    stamps, time_format = parse_times(a_column(*texts), "auto")

    assert time_format.pattern == pattern
    assert time_format.render(stamps).tolist() == texts


@pytest.mark.parametrize(
    ("texts", "pattern"),
    [
        (["01.02.2024", "01.02.2024 01:00", "20.02.2024 23:00"], "%d.%m.%Y %H:%M"),
        (["2024-01-31", "2024-01-31T00:30:00"], "%Y-%m-%dT%H:%M:%S"),
        (["1/31/2024", "1/31/2024 1:30", "12/3/2024 12:30"], "%-m/%-d/%Y %-H:%M"),
        (["1/31/2024", "1/31/2024 1:30 PM", "1/3/2024 12:30 PM"], "%-m/%-d/%Y %-I:%M %p"),
    ],
)
def test_a_time_that_is_left_out_at_midnight_is_midnight(texts, pattern):
    stamps, time_format = parse_times(a_column(*texts), "auto")

    assert time_format.pattern == pattern
    assert time_format.render(stamps).tolist()[1:] == texts[1:]
    assert stamps[0] == stamps[0].astype("datetime64[D]")


def test_a_time_that_is_left_out_beside_other_texts_is_refused():
    with pytest.raises(DataError):
        parse_times(a_column("2024-01-31", "2024-01-31 01:00", "2024-02"), "auto")


def test_day_and_month_that_cannot_be_told_apart_are_refused_with_both_readings():
    with pytest.raises(DataError) as caught:
        parse_times(a_column("01/02/2024", "02/02/2024"), "auto")

    assert str(caught.value) == (
        "load.csv: line 2: column 'time': '01/02/2024' can be 2024-02-01 or 2024-01-02, and no row tells which; "
        "set data.time_format: '%d/%m/%Y' or '%m/%d/%Y'"
    )


def test_day_first_and_month_first_in_one_file_are_refused():
    with pytest.raises(DataError, match=r"'13/01/2024' has the day first, '01/13/2024' the month"):
        parse_times(a_column("13/01/2024", "01/13/2024"), "auto")


def test_a_set_format_or_a_models_settles_what_is_ambiguous():
    column = a_column("01/02/2024")

    by_user, _ = parse_times(column, "%m/%d/%Y")
    by_model, _ = parse_times(column, "auto", TimeFormat("stamp", "%d/%m/%Y"))

    assert (str(by_user[0])[:10], str(by_model[0])[:10]) == ("2024-01-02", "2024-02-01")


def test_hours_with_an_offset_become_utc_and_are_written_in_the_newest_offset():
    texts = ["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00", "2024-03-31T04:00:00+02:00"]

    stamps, time_format = parse_times(a_column(*texts), "auto")

    assert np.diff(stamps).astype("timedelta64[h]").astype(int).tolist() == [1, 1]
    assert (time_format.offset, time_format.clock) == ("+02:00", "utc")
    assert time_format.render(stamps).tolist()[1:] == texts[1:]


def test_days_with_an_offset_stay_on_the_wall_clock():
    texts = ["2024-03-30T00:00:00+01:00", "2024-03-31T00:00:00+01:00", "2024-04-01T00:00:00+02:00"]

    stamps, time_format = parse_times(a_column(*texts), "auto")

    assert np.diff(stamps).astype("timedelta64[h]").astype(int).tolist() == [24, 24]
    assert (time_format.offset, time_format.clock) == ("+02:00", "wall")


def test_whole_numbers_are_steps_and_so_are_years():
    for texts in (["1", "2"], ["-5", "10"], ["1700", "1701", "2200"]):
        steps, time_format = parse_times(a_column(*texts), "auto")

        assert (time_format.kind, steps.tolist()) == ("integer", [int(text) for text in texts])


def test_seconds_with_decimals_and_weeks_as_one_number_are_written_back():
    for texts, pattern, first in (
        (["1704067200.25", "1704070800.75"], "epoch_decimal", "2024-01-01T00:00:00.250000"),
        (["202352", "202401"], "%G%V", "2023-12-25T00:00:00.000000"),
    ):
        stamps, time_format = parse_times(a_column(*texts), pattern)

        assert str(stamps[0]) == first
        assert time_format.render(stamps).tolist() == texts
    with pytest.raises(DataError, match="'2' is no number of seconds with decimals"):
        parse_times(a_column("1.5", "2"), "epoch_decimal")


def test_years_are_dates_where_the_format_says_so():
    stamps, time_format = parse_times(a_column("1999", "2000"), "%Y")

    assert stamps.astype("datetime64[Y]").astype(str).tolist() == ["1999", "2000"]
    assert time_format.render(stamps).tolist() == ["1999", "2000"]


@pytest.mark.parametrize(
    ("texts", "message"),
    [(["1-01", "1-02"], "'1-01' is no time that can be read without doubt; it has no year of four digits"),
     (["Mon 5 May"], "set data.time_format to its strptime pattern"),
     (["20240131", "20240201"], "looks like year, month and day; set data.time_format: '%Y%m%d'"),
     (["1704067200.25", "1704067201.25"], "looks like seconds since 1970; set data.time_format: epoch_decimal"),
     (["202312", "202401"], "looks like year and month; set data.time_format: '%Y%m'"),
     (["2024-01-01", "2024-02-30"], "line 3: .*: '2024-02-30' is not written as '%Y-%m-%d' .as '2024-01-01' is"),
     (["2024-01-01", "2024-01-02 05:00", "2024-01-03"], "line 3: column 'time': '2024-01-02 05:00' is not written as"),
     (["2024-01-01T00:00Z", "2024-01-01T01:00"], "line 3: .* has no UTC offset"),
     (["2024-01-01", "now"], "line 3: column 'time': 'now' is not written as '%Y-%m-%d'"),
     (["2024-01-01", "0024-01-01"], "line 3: .*'0024-01-01' is not written as"),
     (["1", "2", "x"], "line 4: column 'time': 'x' is no whole number")],
)  # fmt: skip
def test_times_that_cannot_be_read_are_named(texts, message):
    with pytest.raises(DataError, match=message):
        parse_times(a_column(*texts), "auto")


@pytest.mark.parametrize("pattern", ["%Q", "%Y %Y", "%z %Y", "plain %"])
def test_a_pattern_that_is_none_is_a_fault_of_the_config(pattern):
    with pytest.raises(ConfigError, match=r"data\.time_format"):
        parse_times(a_column("2024"), pattern)


def test_an_interval_of_days_counts_from_its_first_and_is_written_with_its_last():
    texts = ["25/12/2023 - 31/12/2023", "01/01/2024 - 07/01/2024"]

    stamps, time_format = parse_times(a_column(*texts), "auto")

    assert stamps.astype("datetime64[D]").astype(str).tolist() == ["2023-12-25", "2024-01-01"]
    assert time_format.render(stamps).tolist() == texts


@pytest.mark.parametrize(
    ("texts", "following"),
    [(["2024-01-01/2024-02-01", "2024-02-01/2024-03-01", "2024-03-01/2024-04-01"], "2024-04-01/2024-05-01"),
     (["01.11.2023 - 30.11.2023", "01.12.2023 - 31.12.2023", "01.02.2024 - 29.02.2024"], "01.04.2024 - 30.04.2024"),
     (["2023-01-01 - 2023-03-31", "2023-04-01 - 2023-06-30"], "2024-04-01 - 2024-06-30"),
     (["2020-01-01T00:00:00.0/2021-01-01T00:00:00.0", "2021-01-01T00:00:00.0/2022-01-01T00:00:00.0"],
      "2024-04-01T00:00:00.0/2025-04-01T00:00:00.0")],
)  # fmt: skip
def test_intervals_of_months_are_as_long_as_their_months(texts, following):
    stamps, time_format = parse_times(a_column(*texts), "auto")
    again = TimeFormat.from_json(time_format.to_json())

    assert again.render(stamps).tolist() == texts
    assert again.render(np.array(["2024-04-01"], "datetime64[us]")).tolist() == [following]


def test_an_interval_of_another_length_than_the_others_is_named():
    texts = ["2024-01-01/2024-02-01", "2024-02-01/2024-03-01", "2024-03-01/2024-05-01"]

    with pytest.raises(DataError, match="does not last as long as"):
        parse_times(a_column(*texts), "auto")


def test_weeks_may_have_the_numbers_of_months_where_their_column_says_so():
    column = TimeColumn("Woche", np.array(["02/2024", "03/2024"], object), str)

    stamps, time_format = parse_times(column, "auto")

    assert (time_format.pattern, str(stamps[0])[:10]) == ("%V/%G", "2024-01-08")


@pytest.mark.parametrize(
    ("text", "unit"), [("1704067200000000", "epoch_us"), ("1704067200000000000", "epoch_ns")]
)  # fmt: skip
def test_micro_and_nanoseconds_since_1970_are_named_and_read_where_set(text, unit):
    with pytest.raises(DataError, match=rf"seconds since 1970; set data.time_format: {unit}"):
        parse_times(a_column(text), "auto")

    stamps, time_format = parse_times(a_column(text), unit)

    assert str(stamps[0])[:10] == "2024-01-01"
    assert time_format.render(stamps).tolist() == [text]
