import numpy as np
import pytest

from lstmcast.data.clock.stamps import join_texts
from lstmcast.data.clock.time_format import BREAK, TimeFormat
from lstmcast.data.clock.times import Frequency
from lstmcast.data.grid.onto_grid import Known
from lstmcast.errors import ConfigError, ContractError, DataError

BERLIN_AUTUMN = ("2024-10-27 01:00", "2024-10-27 02:00", "2024-10-27 02:00", "2024-10-27 03:00")
BERLIN_SPRING = ("2024-03-31 00:00", "2024-03-31 01:00", "2024-03-31 03:00", "2024-03-31 04:00")


def table(times, header="time"):
    return f"{header},load\n" + "".join(f"{time},{place}\n" for place, time in enumerate(times))


def following(reading, count=1):
    """Return the stamps after the last one, as the user writes them."""
    panel = reading.panel
    stamps = panel.frequency.stamps(panel.cutoffs[0] + np.arange(1, count + 1))
    return [" | ".join(row) for row in zip(*reading.time_format.render_columns(stamps), strict=True)]


# --- several columns ---


def test_so_many_texts_that_their_pairs_are_beyond_32_bits_are_told_apart():
    first, second = (np.array([str(place) for place in range(count)], object) for count in (60_000, 40_000))
    codes = [np.array([59_999, 0], np.int32), np.array([39_999, 0], np.int32)]

    rows, distinct = join_texts(codes, [first, second])

    assert distinct[rows].tolist() == [f"59999{BREAK}39999", f"0{BREAK}0"]


@pytest.mark.parametrize(
    ("header", "times", "alias", "after"),
    [("date,hour", ["2024-01-01,22", "2024-01-01,23", "2024-01-02,0"], "h", "2024-01-02 | 1"),
     ("date,hour", ["13.01.2024,22", "13.01.2024,23", "13.01.2024,24", "14.01.2024,1"], "h", "14.01.2024 | 2"),
     ("date,time", ["2024-01-01,23:30", "2024-01-02,00:00", "2024-01-02,00:30"], "30min", "2024-01-02 | 01:00"),
     ("date,time", ["1/30/2024,11:00 PM", "1/31/2024,12:00 AM"], "h", "1/31/2024 | 01:00 AM"),
     ("year,month,day,hour", ["2010,1,31,22", "2010,1,31,23", "2010,2,1,0"], "h", "2010 | 2 | 1 | 1"),
     ("date,time", ["31/01/2024,22.00.00", "31/01/2024,23.00.00", "01/02/2024,00.00.00"], "h", "01/02/2024 | 01.00.00"),
     ("year,doy,hhmm", ["2024,31,2300", "2024,31,2330", "2024,32,0"], "30min", "2024 | 32 | 30"),
     ("date,time", ["20240131,100", "20240131,200", "20240131,300"], "h", "20240131 | 400"),
     ("date,time", ["20240131,2200", "20240131,2300", "20240131,2400"], "h", "20240201 | 0100"),
     ("date,HE", ["2024-01-31,23", "2024-01-31,24", "2024-02-01,1"], "h", "2024-02-01 | 2"),
     ("year,period", ["2023,M11", "2023,M12", "2024,M01"], "MS", "2024 | M02"),
     ("year,month", ["2023,11", "2023,12", "2024,1"], "MS", "2024 | 2"),
     ("year,month", ["2023,Nov", "2023,Dec", "2024,Jan"], "MS", "2024 | Feb"),
     ("year,quarter", ["2023,3", "2023,4", "2024,1"], "QS", "2024 | 2"),
     ("year,week", ["2020,52", "2020,53", "2021,1"], "W-MON", "2021 | 2"),
     ("year,dayofyear", ["2023,364", "2023,365", "2024,1"], "D", "2024 | 2")],
)  # fmt: skip
def test_a_time_in_several_columns_is_read_together_and_written_back_into_them(read, header, times, alias, after):
    reading = read(table(times, header), time=tuple(header.split(",")))

    assert (reading.panel.frequency.alias, reading.panel.known.tolist()) == (alias, [len(times)])
    assert following(reading) == [after]


def test_hours_of_the_day_need_a_day(read):
    with pytest.raises(DataError, match=r"column 'year, x': '2024 1' is no time that can be read without doubt"):
        read(table(["2024,1", "2024,2", "2024,3"], "year,x"), time=("year", "x"))


def test_patterns_of_several_columns_can_be_set(read):
    text = table(["01/02/2024,0", "01/02/2024,1"], "date,hour")

    reading = read(text, time=("date", "hour"), time_format=("%d/%m/%Y", "%H"))

    assert str(reading.panel.frequency.stamps(reading.panel.first)[0])[:10] == "2024-02-01"


def test_a_part_that_is_empty_or_cannot_be_is_named_with_its_row(read):
    with pytest.raises(DataError, match=r"line 3: column 'hour' is empty: a row needs its time"):
        read(table(["2024-01-01,22", "2024-01-01,"], "date,hour"), time=("date", "hour"))
    with pytest.raises(
        DataError, match=r"line 4: column 'date, hour': '2024-01-01 99' is not written as '%Y-%m-%d %H'"
    ):
        read(table(["2024-01-01,22", "2024-01-01,23", "2024-01-01,99"], "date,hour"), time=("date", "hour"))


def test_patterns_that_are_not_one_for_each_column_are_a_fault_of_the_config(read):
    with pytest.raises(ConfigError, match=r"data\.time_format: has 1 patterns, data\.time 2 columns; write a list"):
        read(table(["2024-01-01,22"], "date,hour"), time=("date", "hour"), time_format="%Y-%m-%d %H")


# --- other ways of writing ---


@pytest.mark.parametrize(
    ("times", "alias", "after"),
    [(("2024-W51", "2024-W52", "2025-W01"), "W-MON", "2025-W02"), (("2024Q3", "2024Q4", "2025Q1"), "QS", "2025Q2"),
     (("30 Jan 2024", "31 Jan 2024", "1 Feb 2024"), "D", "2 Feb 2024"), (("Nov 2023", "Dec 2023"), "MS", "Jan 2024"),
     (("31.01.2020 23:30 - 23:45", "31.01.2020 23:45 - 00:00", "01.02.2020 00:00 - 00:15"), "15min",
      "01.02.2020 00:15 - 00:30"),
     (("2024-01-01 22:00", "2024-01-01 23:00", "2024-01-01 24:00"), "h", "2024-01-02 01:00"),
     (("2024-01-31", "2024-02-29", "2024-03-31"), "ME", "2024-04-30"),
     (("2023-12-31", "2024-12-31"), "YE", "2025-12-31")],
)  # fmt: skip
def test_labels_are_read_and_go_on_in_their_own_way(read, times, alias, after):
    reading = read(table(times))

    assert reading.panel.frequency.alias == alias
    assert following(reading) == [after]


@pytest.mark.parametrize(("unit", "size"), [("epoch", 1), ("epoch_ms", 1000)])
def test_numbers_that_count_from_1970_are_refused_until_that_is_set(read, unit, size):
    text = table([1_700_000_000 * size, 1_700_003_600 * size])

    with pytest.raises(DataError, match=rf"looks like (milli)?seconds since 1970; set data.time_format: {unit};"):
        read(text)
    reading = read(text, time_format=unit)
    steps = read(text, time_format="integer")

    assert (reading.panel.frequency.alias, following(reading)) == ("h", [str(1_700_007_200 * size)])
    assert steps.panel.frequency == Frequency("integer", 3600 * size, 1_700_000_000 * size % (3600 * size))


def test_without_a_time_rows_count_and_that_is_said(read):
    reading = read("load\n5\n6\n", time=None)

    assert reading.notes == ("the data have no time: rows count as steps, in the order of the file",)


# --- zones ---


def test_the_hour_that_comes_twice_is_two_hours_and_the_forecast_goes_on_by_the_hour(read):
    reading = read(table(BERLIN_AUTUMN), timezone="Europe/Berlin")

    assert reading.panel.values.tolist() == [0, 1, 2, 3]
    assert following(reading, 2) == ["2024-10-27 04:00", "2024-10-27 05:00"]


def test_a_forecast_over_the_change_has_each_hour_on_the_grid_and_names_one_twice_or_never(read):
    autumn = read(table(["2024-10-27 00:00", "2024-10-27 01:00"]), timezone="Europe/Berlin")
    spring = read(table(["2024-03-31 00:00", "2024-03-31 01:00"]), timezone="Europe/Berlin")

    assert following(autumn, 3) == ["2024-10-27 02:00", "2024-10-27 02:00", "2024-10-27 03:00"]
    assert following(spring, 2) == ["2024-03-31 03:00", "2024-03-31 04:00"]


def test_the_hour_that_clocks_leap_over_is_no_gap(read):
    reading = read(table(BERLIN_SPRING), timezone="Europe/Berlin")

    assert reading.panel.values.tolist() == [0, 1, 2, 3]


def test_one_of_two_equal_hours_alone_is_a_gap_that_says_what_to_set(read):
    with pytest.raises(DataError, match=r"2024-10-27 02:00 is missing.*clocks show that hour twice.*standard time"):
        read(table(["2024-10-27 01:00", "2024-10-27 02:00", "2024-10-27 03:00", "2024-10-27 04:00"]),
             timezone="Europe/Berlin")  # fmt: skip


@pytest.mark.parametrize("times", [BERLIN_AUTUMN, BERLIN_SPRING])
def test_without_a_zone_the_hour_is_doubled_or_missing_and_the_message_says_what_to_set(read, times):
    with pytest.raises(DataError, match=r"daylight saving time, DST.*set data\.timezone"):
        read(table(times))


def test_days_and_months_in_a_zone_stay_days_and_months_of_its_calendar(read):
    days = read(table(["2024-03-30", "2024-03-31", "2024-04-01"]), timezone="Europe/Berlin")
    months = read(table(["2024-02", "2024-03", "2024-04"]), timezone="America/New_York")

    assert (days.panel.frequency.alias, following(days)) == ("D", ["2024-04-02"])
    assert (months.panel.frequency.alias, following(months)) == ("MS", ["2024-05"])


def test_offsets_that_change_with_the_clocks_go_on_changing_where_the_zone_is_known(read):
    times = ("2024-10-27T01:00:00+02:00", "2024-10-27T02:00:00+02:00")

    plain, zoned = read(table(times)), read(table(times), timezone="Europe/Berlin")

    assert following(plain) == ["2024-10-27T03:00:00+02:00"]
    assert following(zoned, 2) == ["2024-10-27T02:00:00+01:00", "2024-10-27T03:00:00+01:00"]


def test_days_with_offsets_keep_midnight_where_the_zone_is_known(read):
    reading = read(table(["2024-10-26T00:00+0200", "2024-10-27T00:00+0200"]), timezone="Europe/Berlin")

    assert following(reading) == ["2024-10-28T00:00+0100"]


def test_days_counted_from_1970_begin_at_midnight_of_the_zone(read):
    midnights = [1711753200, 1711839600, 1711922400]  # 30 and 31 March and 1 April 2024 in Berlin; 23 hours between

    reading = read(table(midnights), time_format="epoch", timezone="Europe/Berlin")

    assert (reading.panel.frequency.alias, following(reading)) == ("D", ["1712008800"])


def test_start_and_end_are_times_of_the_zone(read):
    times = [f"2024-07-01 {hour:02}:00" for hour in range(6)]

    reading = read(table(times), timezone="Europe/Berlin", start="2024-07-01 02:00", end="2024-07-01 03:00")

    assert reading.panel.values.tolist() == [2, 3]


def test_a_zone_has_no_meaning_for_steps(read):
    with pytest.raises(ConfigError, match=r"data\.timezone: column 'time' holds whole numbers"):
        read(table([1, 2]), timezone="Europe/Berlin")


def test_a_model_knows_the_zone_and_another_one_breaks_its_contract(read):
    first = read(table(BERLIN_AUTUMN), timezone="Europe/Berlin")
    known = Known(TimeFormat.from_json(first.time_format.to_json()), first.panel.frequency)

    again = read(table(["2024-10-27 03:00"]), known=known)

    assert following(again) == ["2024-10-27 04:00"]
    with pytest.raises(ContractError, match=r"is 'Asia/Tokyo', the model was trained with 'Europe/Berlin'"):
        read(table(["2024-10-27 03:00"]), known=known, timezone="Asia/Tokyo")


SPRING = ["2024-03-31 00:00", "2024-03-31 01:00", "2024-03-31 02:00", "2024-03-31 03:00", "2024-03-31 04:00"]


@pytest.mark.parametrize("columns", [{}, {"id": "id"}, {"target": ("load", "wind")}], ids=["one", "long", "wide"])
def test_an_hour_that_clocks_leap_over_is_left_out_where_it_has_no_value(read, columns):
    cells = ["1,1", "2,2", ",", "3,3", "4,4"]
    text = "id,time,load,wind\n" + "".join(f"a,{t},{cell}\n" for t, cell in zip(SPRING, cells, strict=True))

    reading = read(text, timezone="Europe/Berlin", **columns)

    series = len(columns.get("target", ["load"]))
    assert reading.panel.values.tolist() == [1, 2, 3, 4] * series
    assert not reading.fills.any()
    assert reading.notes[0] == "1 row without a value in an hour that clocks leap over: left out"


def test_an_hour_that_clocks_leap_over_with_a_value_is_the_fault_of_its_series(read):
    text = "id,time,load\n" + "".join(
        f"{name},{t},1\n" for name in "ab" for t in SPRING if name == "b" or t != SPRING[2]
    )

    with pytest.raises(DataError, match="line 8: column 'time': '2024-03-31 02:00' does not exist in") as caught:
        read(text, id="id", timezone="Europe/Berlin")

    assert caught.value.series == ("b",)
