"""The way from sorted rows to whole grids, seen through the reader."""

import re

import numpy as np
import pytest

from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.grid.onto_grid import Known
from lstmcast.data.grid.regular import put_on_grid
from lstmcast.data.rows import Labels, Rows
from lstmcast.errors import ConfigError, DataError


def fault(message: str):
    return pytest.raises(DataError, match=re.escape(message))


def test_a_missing_row_is_named_with_its_time_and_its_number(read):
    with fault(
        "load.csv: line 3: after this row, 2024-01-03 is missing, and 2 more; add what is missing, or set data.gaps"
    ):
        read("time,load\n2024-01-01,1\n2024-01-02,2\n2024-01-05,5\n2024-01-06,6\n2024-01-08,8\n")


def test_an_empty_cell_is_named_with_its_line_and_column(read):
    with fault("load.csv: line 3: column 'load' is empty at 2024-01-02; add what is missing, or set data.gaps"):
        read("time,load\n2024-01-01,1\n2024-01-02,\n2024-01-03,3\n")
    with fault("column 'load' is empty at 2024-01-02, and in 1 more row; add what is missing, or set data.gaps"):
        read("time,load\n2024-01-01,1\n2024-01-02,\n2024-01-03,\n2024-01-04,4\n")


def test_a_missing_hour_when_clocks_change_gets_a_hint(read):
    with pytest.raises(DataError, match=r"2024-03-31 02:00 is missing.*DST.*time zone"):
        read("time,load\n2024-03-31 00:00,1\n2024-03-31 01:00,1\n2024-03-31 03:00,1\n2024-03-31 04:00,1\n")


@pytest.mark.parametrize(
    ("policy", "values"),
    [("interpolate", [1, 2, 3, 4]), ("previous", [1, 1, 1, 4]), ("zero", [1, 0, 0, 4]), ("seasonal", [1, 1, 1, 4])],
)
def test_a_policy_fills_missing_rows_and_empty_cells_and_counts_them(read, policy, values):
    reading = read("time,load\n2024-01-01,1\n2024-01-02,\n2024-01-04,4\n", gaps=policy, freq="D")

    assert reading.panel.values.tolist() == values
    assert reading.panel.filled.tolist() == [False, True, True, False]
    assert reading.fills.tolist() == [2]
    assert reading.notes == (f"2 missing values filled: {policy}",)


@pytest.mark.parametrize(
    "rows",
    ["1,1\n2,2\n4,4\n", "1,1\n2,2\n3,3\n", "2,2\n1,1\n3,3\n", "1,1\n2,2\n3,\n"],
    ids=["a gap", "no gap", "no gap and no order", "an empty end"],
)
@pytest.mark.parametrize("changes", [{}, {"start": 1}, {"freq": 1}])
def test_a_frequency_without_a_season_is_never_to_be_filled_by_season(read, rows, changes):
    with pytest.raises(ConfigError, match=r"data\.gaps: a step of '1' has no season; use interpolate, previous"):
        read(f"time,load\n{rows}", gaps="seasonal", **changes)


def test_minutes_that_make_no_whole_week_have_no_season(read):
    rows = "".join(f"2024-01-01 {11 * row // 60:02}:{11 * row % 60:02},{row}\n" for row in range(9))

    with pytest.raises(ConfigError, match=r"data\.gaps: a step of '11min' has no season"):
        read(f"time,load\n{rows}", gaps="seasonal")


def test_a_series_begins_with_its_first_value_and_that_is_said(read):
    reading = read("time,load\n2024-01-01,\n2024-01-02,2\n2024-01-03,3\n")

    assert reading.panel.values.tolist() == [2, 3]
    assert reading.notes == ("1 row before the first value of a series left out",)


def test_empty_values_at_the_end_are_an_error_or_left_out_but_never_invented(read):
    text = "time,load\n2024-01-01,1\n2024-01-02,2\n2024-01-03,\n"

    with fault("load.csv: line 4: column 'load' is empty from 2024-01-03 on; remove these rows, or set data.gaps"):
        read(text)
    reading = read(text, gaps="previous")

    assert (reading.panel.values.tolist(), reading.fills.tolist()) == ([1, 2], [0])
    assert reading.notes == ("1 row after the last value of a series left out",)


def test_rows_after_the_last_value_carry_what_is_known_ahead(read):
    text = "time,load,warm\n2024-01-01,1,5\n2024-01-02,2,6\n2024-01-03,,7\n2024-01-04,,\n"

    panel = read(text, future=("warm",), past=()).panel

    assert (panel.known.tolist(), panel.offsets.tolist()) == ([2], [0, 3])
    np.testing.assert_array_equal(panel.values, [1, 2, np.nan])
    assert panel.future[:, 0].tolist() == [5, 6, 7]


def test_what_is_known_only_up_to_now_is_hidden_after_it(read):
    text = "time,load,warm,wind\n2024-01-01,1,5,8\n2024-01-02,2,6,9\n2024-01-03,,7,9\n"

    panel = read(text, future=("warm",), past=("wind",)).panel

    np.testing.assert_array_equal(panel.past[:, 0], [8, 9, np.nan])


def test_a_missing_covariate_is_an_error_unless_a_policy_fills_it(read):
    text = "time,load,warm\n2024-01-01,1,5\n2024-01-02,2,\n2024-01-03,3,7\n"

    with fault("load.csv: line 3: column 'warm' is empty at 2024-01-02; add it, or set data.gaps"):
        read(text, past=("warm",))
    past, future = (read(text, **{role: ("warm",)}, gaps="interpolate") for role in ("past", "future"))

    assert past.panel.past[:, 0].tolist() == [5, 5, 7]  # a forecast from the second day cannot see the third
    assert future.panel.future[:, 0].tolist() == [5, 6, 7]
    assert [(one.covariate_fills, one.fills.tolist()) for one in (past, future)] == [(1, [0])] * 2


def test_a_switch_is_on_or_off_and_nothing_in_between(read):
    text = "time,load,promo\n2024-01-01,1,0\n2024-01-02,2,\n2024-01-03,3,1\n"

    assert read(text, future=("promo",), gaps="interpolate").panel.future[:, 0].tolist() == [0, 0, 1]


def test_what_must_be_known_ahead_is_never_made_up(read):
    text = "time,load,warm,rain\n2024-01-01,1,5,0\n2024-01-02,2,6,0\n2024-01-03,,,1\n"

    with fault("load.csv: line 4: column 'warm' is empty at 2024-01-03; add it"):
        read(text, future=("warm", "rain"), gaps="previous")


def test_a_covariate_without_any_value_before_it_stays_an_error(read):
    with fault("load.csv: line 2: column 'warm' is empty at 2024-01-01"):
        read("time,load,warm\n2024-01-01,1,\n2024-01-02,2,6\n", past=("warm",), gaps="previous")


def test_a_series_of_a_model_without_any_value_is_named(read):
    known = Known(TimeFormat("integer"), parse_frequency("1"), ids=(("north", "south"),))

    with fault("load.csv: line 4: column 'load' has no value at all in series 'south'; remove the series, or set"):
        read("time,id,load\n1,north,1\n2,north,2\n1,south,\n2,south,\n", id="id", known=known)


def test_a_mistyped_year_is_no_gap_to_fill(read):
    rows = "".join(f"2024-01-01 {hour:02}:00,1\n" for hour in range(20))

    with pytest.raises(
        DataError, match=r"line 22: 157\d+ rows are missing between 2024-01-01 19:00 and 2204-01-01 20:00"
    ):
        read(f"time,load\n{rows}2204-01-01 20:00,1\n", gaps="zero")


def test_ten_thousand_series_take_no_loop_over_them():
    series = np.repeat(np.arange(10_000), 10)
    rows = Rows(series, np.tile(np.arange(10), 10_000), np.ones(100_000), np.empty((100_000, 0)),
                np.empty((100_000, 0)), np.arange(100_000))  # fmt: skip

    def never(*_: object) -> str:
        raise AssertionError("no message is due")

    grid = put_on_grid(rows, parse_frequency("1"), "error", Labels(never, (), (), never, never, never, has_zone=False))

    assert grid.known.tolist() == [10] * 10_000


def test_series_shorter_than_a_season_are_kept_and_told(read):
    days = [f"2024-01-{day:02}" for day in range(1, 11)]
    text = "time,id,load\n" + "".join(f"{day},old,1\n" for day in days) + "2024-01-09,new,1\n2024-01-10,new,2\n"

    reading = read(text, id="id")

    assert reading.panel.known.tolist() == [2, 10]
    assert reading.notes == ("shorter than a season of 7 days, so forecast by what others show: 'new'",)


def test_a_covariate_that_is_missing_is_the_fault_of_its_series_but_of_none_in_a_wide_table(read):
    with fault("line 3: column 'warm' is empty at 2024-01-02 in series 'a'") as long:
        read("time,id,load,warm\n2024-01-01,a,1,5\n2024-01-02,a,2,\n2024-01-01,b,3,7\n", id="id", past=("warm",))
    with fault("line 3: column 'warm' is empty at 2") as wide:
        read("time,milk,bread,warm\n1,1,10,5\n2,2,20,\n3,3,30,7\n", target=("milk", "bread"), past=("warm",))

    assert (long.value.series, wide.value.series) == (("a",), ())


def test_a_mistyped_year_is_the_fault_of_its_series(read):
    with fault("line 5: 328714 rows are missing between 2024-01-06 and 2924-01-03 in series 'b', at one") as caught:
        read("time,id,load\n2024-01-05,a,1\n2024-01-05,b,2\n2024-01-06,b,3\n2924-01-03,b,1\n", id="id")

    assert caught.value.series == ("b",)
