import numpy as np
import pytest

from lstmcast.data.clock.spacing import OffGridError
from lstmcast.data.clock.zones import ONE_DAY
from lstmcast.data.grid.off_grid import move_to_grid, plain_grid
from lstmcast.data.rows import Rows


def moments(*minutes):
    return np.datetime64("2024-01-01", "us") + np.array(minutes) * np.timedelta64(1, "m")


def test_rows_between_the_steps_are_refused_until_they_may_be_moved(read):
    text = "time,load\n" + "".join(f"2024-01-01 0{hour}:0{late},{hour}\n" for hour, late in enumerate((0, 2, 0, 0)))

    with pytest.raises(OffGridError, match=r"do not lie on one grid .*or data\.off_grid: nearest to move them"):
        read(text)
    reading = read(text, off_grid="nearest")

    assert (reading.panel.frequency.alias, reading.panel.values.tolist()) == ("h", [0, 1, 2, 3])
    assert reading.notes == ("1 row moved to the nearest step of the grid (h)",)


def test_rows_that_meet_on_one_step_follow_the_policy_for_doubled_rows(read):
    text = "time,load\n2024-01-01 00:00,1\n2024-01-01 00:58,2\n2024-01-01 01:20,4\n2024-01-01 02:01,5\n"

    panel = read(text, off_grid="nearest", freq="h", duplicates="mean").panel

    assert panel.values.tolist() == [1, 3, 5]


def test_a_row_of_a_wide_table_counts_once_however_many_series_it_is_of(read):
    text = "time,a,b\n2024-01-01 00:02,1,5\n2024-01-01 00:05,2,6\n2024-01-01 01:00,4,7\n2024-01-01 02:00,5,8\n"

    reading = read(text, target=["a", "b"], off_grid="nearest", freq="h", duplicates="mean")

    assert reading.duplicates_dropped == 1
    assert reading.notes[:2] == (
        "2 rows moved to the nearest step of the grid (h)",
        "1 row with a time that was there already: mean",
    )


def test_rows_that_were_moved_lie_on_the_grid_that_they_were_moved_to(read):
    days = ("1949-12-10", "1951-04-28", "1954-05-29", "1957-12-14", "1960-11-22", "1962-12-09")
    text = "day,seats\n" + "".join(f"{day},{place}\n" for place, day in enumerate(days))

    reading = read(text, time="day", target="seats", off_grid="nearest", gaps="previous")

    assert (reading.panel.frequency.alias, len(reading.panel.values)) == ("YS", 14)


def test_days_go_to_the_month_that_they_lie_in(read):
    text = "time,load\n2024-01-31,1\n2024-02-28,2\n2024-03-29,3\n2024-04-30,4\n"

    reading = read(text, off_grid="nearest")

    assert (reading.panel.frequency.alias, reading.panel.values.tolist()) == ("MS", [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("minutes", "alias"),
    [((0, 5, 10, 16, 20, 25), "5min"), ((0, 59, 121, 180, 240), "h"), ((0, 9, 31, 40, 47, 58, 90, 93, 121), "30min"),
     ((0, 1441, 2885, 4322), "D")],
)  # fmt: skip
def test_the_step_is_a_plain_one_at_which_rows_mostly_follow_each_other(minutes, alias):
    assert plain_grid(moments(*minutes), np.zeros(len(minutes), np.int64)).alias == alias


def test_month_ends_of_which_some_are_a_day_early_move_to_the_end_of_their_month(read):
    starts = np.arange("2015-02", "2021-02", dtype="datetime64[M]").astype("datetime64[D]")
    days = [str(day).replace("-02-29", "-02-28") for day in starts - ONE_DAY]
    text = "time,load\n" + "".join(f"{day},{place}\n" for place, day in enumerate(days))

    with pytest.raises(OffGridError, match=r"2016-01-31 and 2016-02-28 .* step of 'ME', nor does 1 other time;"):
        read(text)
    reading = read(text, off_grid="nearest")

    assert (reading.panel.frequency.alias, reading.panel.values.tolist()) == ("ME", list(range(72)))
    assert reading.notes == ("2 rows moved to the nearest step of the grid (ME)",)


@pytest.mark.parametrize(
    ("days", "alias", "moved"),
    [
        (["2024-03-31", "2024-06-30", "2024-09-29", "2024-12-31"], "QE", ["2024-03", "2024-06", "2024-09", "2024-12"]),
        (["2021-12-31", "2022-12-30", "2023-12-31", "2024-12-31"], "YE", ["2021-12", "2022-12", "2023-12", "2024-12"]),
        (["2024-01-31", "2024-02-02", "2024-03-31", "2024-04-30"], "ME", ["2024-01", "2024-02", "2024-03", "2024-04"]),
        (["2024-01-02", "2024-02-01", "2024-03-31", "2024-04-02"], "MS", ["2024-01", "2024-02", "2024-03", "2024-04"]),
    ],
)
def test_months_keep_their_side_when_rows_move_within_them(days, alias, moved):
    stamps, series = np.array(days, "datetime64[us]"), np.zeros(4, np.int64)
    nothing = np.zeros((4, 0))

    grid = plain_grid(stamps, series)
    rows, _ = move_to_grid(Rows(series, stamps, np.arange(4.0), nothing, nothing, np.arange(4)), grid)

    assert grid.alias == alias
    assert rows.stamps.astype("datetime64[M]").astype(str).tolist() == moved
    assert not grid.off_grid(rows.stamps).any()
