import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.data.table.csv_shape import check_separator, check_shape, find_separator, read_records
from lstmcast.errors import DataError

PATH = Path("load.csv")


def shape(text: str, separator: str = "auto"):
    return check_shape(PATH, text.encode(), check_separator(PATH, text.encode(), separator))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_from_a_consistent_number_of_fields(separator):
    text = f"time{separator}load\n2024-01-01{separator}1\n"

    assert check_separator(PATH, text.encode(), "auto") == separator
    assert (shape(text).columns, shape(text).rows) == (("time", "load"), 1)


def test_decimal_commas_do_not_make_the_comma_a_separator():
    assert find_separator(b"time;load, kW\n2024-01-01;1,5\n") == ";"


def test_separators_and_line_ends_in_quotes_do_not_count():
    found = shape('time,"lo,ad"\n2024-01-01,"7,380\n500"\n\n2024-01-02,"a ""b"", c"\n')

    assert (found.columns, found.rows) == (("time", "lo,ad"), 2)


def test_a_quote_within_a_text_is_only_a_sign():
    assert shape('time,pipe\n1,5" pipe\n2,3" x 4"\n').rows == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [("a,b\n1,2\n1,2,3\n", "load.csv: line 3: found 3 fields, the header has 2; a text with the separator"),
     ("a,b\n1,2\n1\n3,4\n", "load.csv: line 3: found 1 fields, the header has 2; the file may be cut short"),
     ("a,b\n1,2,3\n1\n", "line 2: found 3 fields, the header has 2; .* as R writes them, set data.csv.row_names"),
     ("a,b\n\n1,2\n   \n", "line 4: found 1 fields"),
     ('a,b\n"x\ny",2\n1,2,3\n', "line 4: found 3 fields"),
     ('a,b\n5" x,2\n1,2,3\n', "line 3: found 3 fields"),
     ('a,b\n1,2\n"3,4\n5,6\n', "line 3: a quote is opened here and never closed"),
     ('a,b\n1,2,3\n"3,4\n', "line 2: found 3 fields"),
     ("", "the file is empty"), (" \n\n", "the file is empty"),
     ("a,b,a\n1,2,3\n", "the header names 'a' twice; it has a, b, a"),
     ("a\n1\n\n3\n", "line 3: is blank; write a missing value")],
)  # fmt: skip
def test_lines_of_another_shape_are_refused_and_named(text, message):
    with pytest.raises(DataError, match=message):
        shape(text, ",")


@given(
    st.lists(st.lists(st.text(st.sampled_from('ab",;\n'), max_size=5), min_size=2, max_size=4), min_size=2, max_size=6),
    st.booleans(),
)
def test_the_fast_count_never_takes_a_ragged_file_for_a_whole_one(records, quoted):
    lines = [
        ",".join('"' + cell.replace('"', '""') + '"' if quoted else cell.replace("\n", "") for cell in record)
        for record in records
    ]
    text = ("h,k\n" + "\n".join(lines) + "\n").encode()
    try:
        fields = [len(record) for _, record in read_records(text, ",")]
    except csv.Error:  # no verdict to compare with
        return

    if set(fields) == {2}:
        assert check_shape(PATH, text, ",").rows == len(fields) - 1
    else:
        with pytest.raises(DataError):
            check_shape(PATH, text, ",")
