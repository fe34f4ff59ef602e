import numpy as np
import pytest

from lstmcast.data.clock.time_format import BREAK, TimeFormat

MOMENT = np.array(["2024-03-05T07:08:09.120000"], "datetime64[us]")


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("%Y-%m", "2024-03"), ("%Y/%-m/%-d %-H:%M", "2024/3/5 7:08"), ("%d.%m.%Y", "05.03.2024"),
     ("%d %b %y, %I%p", "05 Mar 24, 07AM"), ("%A %-d %B", "Tuesday 5 March"), ("%Y%j", "2024065"),
     ("100%% %S", "100% 09")],
)  # fmt: skip
def test_stamps_are_written_by_their_pattern(pattern, text):
    assert TimeFormat("stamp", pattern).render(MOMENT).tolist() == [text]


def test_several_columns_are_several_even_where_there_is_no_stamp():
    written = TimeFormat("stamp", f"%Y-%m-%d{BREAK}%-H")

    assert [column.tolist() for column in written.render_columns(MOMENT)] == [["2024-03-05"], ["7"]]
    assert [column.tolist() for column in written.render_columns(MOMENT[:0])] == [[], []]


def test_parts_of_a_second_keep_their_number_of_digits():
    assert TimeFormat("stamp", "%H:%M:%S.%f", fraction_digits=3).render(MOMENT).tolist() == ["07:08:09.120"]


def test_utc_stamps_are_written_in_the_offset_and_wall_clock_ones_beside_it():
    in_utc = TimeFormat("stamp", "%Y-%m-%dT%H:%M%z", "+02:00")
    on_the_wall = TimeFormat("stamp", "%Y-%m-%dT%H:%M%z", "+02:00", "wall")

    assert in_utc.render(MOMENT).tolist() == ["2024-03-05T09:08+02:00"]
    assert on_the_wall.render(MOMENT).tolist() == ["2024-03-05T07:08+02:00"]


def test_integer_steps_are_written_as_numbers():
    assert TimeFormat("integer").render(np.array([-1, 7])).tolist() == ["-1", "7"]


def test_json_gives_the_format_back():
    written = TimeFormat("stamp", "%Y-%m-%d %H:%M%z", "-0530", "wall", 3)

    assert TimeFormat.from_json(written.to_json()) == written


@pytest.mark.parametrize(
    "change",
    [{"kind": "code"}, {"pattern": ""}, {"pattern": 1}, {"offset": None}, {"offset": "+99:00"}, {"clock": "sun"},
     {"fraction_digits": 10}, {"more": 1}, {"pattern": "%Q%z"}, {"months_long": 1},
     {"ends": " - %d", "months_long": 1, "length": 1},
     {"ends": " - %d", "months_long": "1"}, {"ends": " - %d", "months_long": 2000}],
)  # fmt: skip
def test_json_that_is_no_format_is_refused(change):
    good = TimeFormat("stamp", "%Y-%m-%d %H:%M%z", "Z").to_json()

    with pytest.raises(ValueError, match=r"not a (time format|UTC offset)|not known here"):
        TimeFormat.from_json({**good, **change})
