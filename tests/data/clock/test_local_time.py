import numpy as np
import pytest

from lstmcast.data.clock.local_time import choose_clock, find_zone, localize
from lstmcast.errors import DataError

AUTUMN = ["2024-10-27T00:00", "2024-10-27T01:00", "2024-10-27T02:00", "2024-10-27T02:00", "2024-10-27T03:00"]


def walls_of(texts):
    return np.array(texts, "datetime64[us]")


def refuse(row, problem):
    return DataError(f"row {row}: {problem}")


def hours(texts, series=None, zone="Europe/Berlin"):
    """Return the hours of UTC since midnight of the first time, and the notes."""
    walls = walls_of(texts)
    series = np.zeros(len(walls), np.int64) if series is None else np.array(series)
    local = localize(walls, series, zone, refuse, None)
    assert local.clock == "utc"
    start = walls.min().astype("datetime64[D]").astype("datetime64[us]")
    return ((local.stamps - start) // np.timedelta64(1, "h")).astype(int).tolist(), local.notes


def test_the_hour_that_comes_twice_is_told_apart_by_the_order_of_a_file_that_rises():
    assert hours(AUTUMN) == ([-2, -1, 0, 1, 2], ())


def test_in_a_file_that_falls_the_later_one_stands_first():
    assert hours(AUTUMN[::-1]) == ([2, 1, 0, -1, -2], ())


def test_quarters_of_the_hour_come_twice_as_a_block():
    block = ["2024-10-27T02:00", "2024-10-27T02:30"]
    texts = ["2024-10-27T01:45", *block, *block, "2024-10-27T03:00"]

    assert hours(texts)[0] == [-1, 0, 0, 1, 1, 2]


def test_each_series_is_told_apart_by_itself():
    texts = [text for text in AUTUMN for _ in range(2)]

    assert hours(texts, [0, 1] * 5)[0] == [-2, -2, -1, -1, 0, 0, 1, 1, 2, 2]


def test_a_part_of_a_file_that_falls_is_seen():
    days = [f"2024-10-{day}T{hour:02}:00" for day in range(20, 26) for hour in range(24)]

    found, _ = hours([*days, *AUTUMN[::-1]])

    assert [hour - 7 * 24 for hour in found[-5:]] == [2, 1, 0, -1, -2]


def test_a_shuffled_file_cannot_tell_and_is_refused():
    days = [f"2024-{month:02}-{day:02}T{hour:02}:00" for month in (7, 8) for day in range(1, 29) for hour in range(24)]
    texts = np.array([*days, *AUTUMN])[np.random.default_rng(1).permutation(len(days) + len(AUTUMN))]

    with pytest.raises(DataError, match="comes twice, when clocks are set back, and rows are in no order that tells"):
        hours(texts)


def test_one_of_the_two_alone_is_the_first_and_that_is_said():
    found, notes = hours([*AUTUMN[:3], AUTUMN[4]])

    assert found == [-2, -1, 0, 2]
    assert notes == ("1 time in the hour that clocks show twice, there once only: taken for the first",)


def test_one_alone_that_fits_the_grid_only_as_the_second_is_the_second():
    half_an_hour_back = ["2024-04-07T00:00", "2024-04-07T01:00", "2024-04-07T01:30", "2024-04-07T02:30"]

    found, notes = hours(half_an_hour_back, zone="Australia/Lord_Howe")

    assert (np.diff(found).tolist(), notes) == ([1, 1, 1], ())


def test_one_alone_that_begins_a_series_without_a_gap_is_the_second():
    texts = ["2024-10-27T02:00", "2024-10-27T03:00", "2024-10-27T04:00"]

    assert hours(texts) == ([1, 2, 3], ())
    assert hours(texts[::-1]) == ([3, 2, 1], ())
    assert hours([*texts, *texts[1:]], [0, 0, 0, 1, 1]) == ([1, 2, 3, 2, 3], ())


def test_half_hours_that_begin_a_series_are_second_together():
    texts = ["2024-10-27T02:00", "2024-10-27T02:30", "2024-10-27T03:00", "2024-10-27T03:30"]

    assert hours(texts) == ([1, 1, 2, 2], ())


def test_one_alone_that_begins_a_series_with_a_gap_either_way_is_the_first_and_that_is_said():
    texts = ["2024-10-27T02:00", "2024-10-27T04:00", "2024-10-27T05:00", "2024-10-27T06:00"]

    found, notes = hours(texts)

    assert found == [0, 3, 4, 5]
    assert notes == ("1 time in the hour that clocks show twice, there once only: taken for the first",)


def test_an_hour_that_clocks_leapt_over_is_refused():
    with pytest.raises(DataError) as caught:
        hours(["2024-03-31T01:00", "2024-03-31T02:00", "2024-03-31T03:00", "2024-03-31T04:00"])

    assert str(caught.value) == (
        "row 1: does not exist in Europe/Berlin: clocks leapt over it; correct it, or if the times are standard time "
        "(no DST), set data.timezone: Etc/GMT-1"
    )


def test_times_that_plainly_are_standard_time_are_told_so():
    spring = ["2024-03-31T01:00", "2024-03-31T02:00", "2024-03-31T03:00"]

    with pytest.raises(DataError, match=r"they seem to be standard time \(no DST\): set data.timezone: Etc/GMT-1"):
        hours([*spring, *AUTUMN[:3], AUTUMN[4]])


@pytest.mark.parametrize(
    ("start", "end", "step", "clock"),
    [("2024-03-01", "2024-04-20", "1D", "wall"), ("2024-03-30", "2024-04-02", "6h", "wall"),
     ("2024-03-30", "2024-04-02", "1h", "utc"), ("2024-03-30", "2024-04-02", "15m", "utc")],
)  # fmt: skip
def test_days_and_shifts_follow_the_wall_clock_and_hours_do_not(start, end, step, clock):
    count, unit = int(step[:-1]), step[-1]
    walls = np.arange(start, end, np.timedelta64(count, unit), dtype="datetime64[us]")

    assert choose_clock(walls) == clock


def test_what_a_model_knows_of_the_clock_settles_a_short_file():
    local = localize(walls_of(["2024-07-01T00:00"]), np.zeros(1, np.int64), "Europe/Berlin", refuse, "utc")

    assert local.stamps.tolist() == walls_of(["2024-06-30T22:00"]).tolist()


@pytest.mark.parametrize(
    ("missing", "zone"),
    [(["2023-03-26T02:00", "2024-03-31T02:00"], "Europe/Berlin"), (["2024-03-31T01:30"], "Europe/London"),
     (["2024-03-10T02:00"], "America/New_York"), (["2024-03-31T02:00", "2024-03-10T02:00"], None)],
)  # fmt: skip
def test_hours_that_are_missing_hint_at_the_zone(missing, zone):
    assert find_zone(walls_of(missing)) == zone


def test_times_that_name_the_ends_of_hours_are_not_taken_for_standard_time():
    ends_in_spring = ["2024-03-31T01:00", "2024-03-31T02:00", "2024-03-31T04:00"]
    ends_in_autumn = ["2024-10-27T02:00", "2024-10-27T03:00", "2024-10-27T03:00", "2024-10-27T04:00"]

    with pytest.raises(DataError, match="clocks leapt over it; correct it, or if the times are standard time"):
        hours([*ends_in_spring, *ends_in_autumn])
