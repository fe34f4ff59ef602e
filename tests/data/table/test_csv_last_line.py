import pytest

from lstmcast.data.table.csv_last_line import is_whole
from lstmcast.errors import DataError


@pytest.mark.parametrize(
    "rows",
    ["1,101.5\n2,102.5\n3,10", "1,101.5\n2,102.5\n3,102.", "1,101.5\n2,102.5\n3,102", "1,1015\n2,1025\n3,10",
     "1,998\n2,999\n3,100", "1,1.25\n2,2.5\n3,3.5", "1,5\n2,6\n3,", "1,0.5\n2,0.5\n3,0", "1,5\n2,6\n3,6."],
)  # fmt: skip
def test_a_file_that_may_end_inside_a_number_is_refused_with_what_to_set(read, rows):
    with pytest.raises(
        DataError, match=r"line 4: the file ends after '.*' without a line end.*data\.csv\.last_line: keep"
    ):
        read(f"time,load\n{rows}")


@pytest.mark.parametrize(
    "rows", ["1,101.5\n2,102.5\n3,102.5", "1,432\n2,118\n3,390", '1,5\n2,6\n3,"7"', "1,9\n2,8\n3,9\r"]
)
def test_a_last_line_is_taken_if_its_number_must_be_whole(read, rows):
    assert read(f"time,load\n{rows}").panel.known.tolist() == [3]


def test_a_cut_cell_of_a_column_that_nobody_uses_does_no_harm(read):
    assert read("time,load,note\n1,5,abc\n2,6,defg\n3,7,hi").panel.values.tolist() == [5, 6, 7]


def test_the_user_may_take_such_lines_or_leave_them_out(read):
    text = "time,load\n1,101.5\n2,102.5\n3,10"

    assert read(text, csv={"last_line": "keep"}).panel.values.tolist() == [101.5, 102.5, 10]
    assert read(text, csv={"last_line": "drop"}).panel.values.tolist() == [101.5, 102.5]
    assert read(text + "\n", csv={"last_line": "drop"}).panel.values.tolist() == [101.5, 102.5, 10]


@pytest.mark.parametrize(
    ("last", "others", "whole"),
    [
        ("305", [str(value) for value in range(120, 620, 5)], True),  # usual length, inside the range
        ("30", [str(value) for value in range(120, 620, 5)], False),  # all others are longer
        ("102", [str(value) for value in range(900, 1100)], False),  # 1020 to 1029 stand above
        ("99", [str(value) for value in range(900, 1100)], False),
        ("0", ["0"] * 95 + ["12", "3", "4", "5", "6"], True),
        ("1", ["0"] * 50 + ["12", "1", "1", "1", "6"], False),  # of 12?
        ("0.692689", ["0.6942", "0.692689", "0.69031", "0.7", "0.65"] * 9, True),  # fine enough
        ("0.6", ["0.6942", "0.692689", "0.69031", "0.7", "0.65"] * 9, False),
        ("NW", ["NW", "SE", "cv"] * 9, True),
        ("N", ["N", "NW", "SE"] * 9, False),
        ("2024-01-31", ["2024-01-29", "2024-01-30"], True),
        ("2024-01", ["2024-01-29", "2024-01-30"], False),
        ("7", [], False),
    ],
)
def test_a_cell_is_whole_if_it_looks_like_those_above_and_none_of_them_goes_on(last, others, whole):
    assert is_whole(last, others) is whole
