import pytest

from lstmcast.errors import DataError

MESSY = """\
Load of the town
measured at the gate

time;load;note
dd.mm.yyyy;MW;-
# recalibrated
1;5;a
2;6;b
# again
3;7;c
;;
;;
Source: the town
"""


def test_only_the_table_is_read_and_lines_keep_the_numbers_that_they_have_in_the_file(read):
    csv = {"header": 4, "skip": 1, "comment": "#", "footer": 1}

    reading = read(MESSY, csv=csv)

    assert reading.panel.values.tolist() == [5, 6, 7]
    with pytest.raises(DataError, match=r"load\.csv: line 8: column 'load': 'x' is not a number"):
        read(MESSY.replace("2;6", "2;x"), csv=csv)
    with pytest.raises(DataError, match=r"line 10: found 2 fields, the header has 3"):
        read(MESSY.replace("3;7;c", "3;7"), csv=csv)


def test_a_line_that_repeats_the_header_is_left_out_and_said(read):
    text = "time,load\n1,5\n2,6\ntime,load\n3,7\ntime,load\n"

    reading = read(text)

    assert reading.panel.values.tolist() == [5, 6, 7]
    assert reading.notes == ("2 lines named the columns again: left out",)
    with pytest.raises(DataError, match=r"line 5: column 'load': 'x' is not a number"):
        read(text.replace("3,7", "3,x"))


def test_the_sign_of_comments_before_the_header_belongs_to_no_name(read):
    reading = read("# of the town\n# time,load\n1,5\n2,6\n", csv={"header": 2, "comment": "#"})

    assert reading.panel.values.tolist() == [5, 6]


def test_blanks_between_cells_may_be_several(read):
    reading = read("  time   load\n   1    5.5\n  10  -16  \n  19   7\n", csv={"separator": " "})

    assert reading.panel.values.tolist() == [5.5, -16, 7]


def test_columns_that_no_line_names_are_numbered(read):
    reading = read("1,5\n2,6\n3,7\n", csv={"header": None}, time="column_1", target="column_2")

    assert reading.panel.values.tolist() == [5, 6, 7]
    with pytest.raises(DataError, match=r"line 2: column 'column_2': 'x' is not a number"):
        read("1,5\n2,x\n3,7\n", csv={"header": None}, time="column_1", target="column_2")


def test_empty_cells_at_the_end_of_lines_may_be_too_many_or_too_few(read):
    text = "time,load,note,,\n1,5,a\n2,6,b,,,\n3,7,,\n"

    assert read(text, csv={"trailing": "ignore"}).panel.values.tolist() == [5, 6, 7]
    with pytest.raises(
        DataError, match=r"line 2: found 3 fields, the header has 5; .* set data\.csv\.trailing: ignore"
    ):
        read(text)
    with pytest.raises(DataError, match="line 3: found 6 fields, the header has 5, and those at the end are not empty"):
        read(text.replace("2,6,b,,,", "2,6,b,,,x"), csv={"trailing": "ignore"})


def test_a_line_that_is_cut_short_is_not_taken_for_one_with_empty_cells(read):
    with pytest.raises(DataError, match="line 3: the file ends after 1 of 3 fields, without a line end"):
        read("time,load,note\n1,5,a\n2", csv={"trailing": "ignore"})


def test_a_header_beyond_the_end_is_refused(read):
    with pytest.raises(DataError, match=r"data\.csv\.header is line 9, but the file has fewer lines"):
        read("time,load\n1,5\n2,6\n", csv={"header": 9})


def test_cells_may_stand_in_single_quotes(read):
    assert read("'time','load'\n'1','5'\n'2','6'\n", csv={"quote": "'"}).panel.values.tolist() == [5, 6]


def test_rows_may_begin_with_a_name_that_the_header_has_none_for(read):
    text = 'time,load\n"a",1,5\n"b",2,x\n'

    reading = read(text.replace("x", "6"), csv={"row_names": True})

    assert reading.panel.values.tolist() == [5, 6]
    assert reading.csv.columns == ("column_1", "time", "load")
    with pytest.raises(DataError, match="line 3: column 'load': 'x' is not a number"):
        read(text, csv={"row_names": True})


BEGINS = r"if the table begins below that line, set data\.csv\.header, or data\.csv\.skip"
ENDS = r"if the table ends above that line, set data\.csv\.footer"
MONTHS = "".join(f"{month},{month * 10}\n" for month in range(1, 61))


@pytest.mark.parametrize(
    ("text", "problem", "way_out"),
    [
        (f"time,load\nday,MW\n{MONTHS}", "'MW' is not a number", BEGINS),
        (f"time,load\nday,\n{MONTHS}", "'day' is no whole number", BEGINS),
        (f"Load\ntime,load\n{MONTHS}", "line 2: found 2 fields", BEGINS),
        (f"time,load\n{MONTHS}Total,9\n", "line 62: column 'time': 'Total' is no whole number", ENDS),
        (f"time,load\n{MONTHS},9\n", "line 62: column 'time' is empty", ENDS),
        (f"time,load\n{MONTHS}Total\n", "line 62: found 1 fields", ENDS),
        (f"time,load\n{MONTHS}61,none so far\n", "line 62: column 'load': 'none so far' is not a number", ENDS),
    ],
    ids=["a unit", "no number", "above", "a total", "no time", "one cell", "a remark"],
)
def test_a_line_that_is_no_row_near_an_end_of_the_file_names_the_way_out(text, problem, way_out, read):
    with pytest.raises(DataError, match=f"{problem}.*; {way_out}$"):
        read(text)


@pytest.mark.parametrize("cell", ["30,x", "noon,7"])
def test_a_cell_in_the_midst_of_a_file_or_of_digits_has_no_such_way_out(cell, read):
    with pytest.raises(DataError) as caught:
        read(f"time,load\n{MONTHS.replace('30,300', cell)}", gaps="error")

    assert "data.csv.footer" not in str(caught.value)
    assert "data.csv.header" not in str(caught.value)
