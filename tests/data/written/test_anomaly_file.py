import numpy as np
import pytest

from lstmcast.data.written.anomaly_file import JudgedRows, append_rows, read_rows, render_anomalies

HEADER = "shop,day,value,forecast,p,score,kind,why,alarm,trained,model\n"


def some_rows(shops=("north", "=1+1"), kinds=("", "point")):
    return JudgedRows(
        ids=(np.array(shops, object),),
        times=(np.array(["2024-01-01", "2024-01-02"], object),),
        value=np.array([5.0, 7.25]),
        forecast=np.array([4.5, 2.0]),
        p=np.array([0.5, 0.001]),
        score=np.array([0.0, 2.75]),
        kind=np.array(kinds, object),
        why=np.array(["", "rise"], object),
        alarm=np.array(["", "yes"], object),
        trained=np.array(["yes", ""], object),
        model=np.array(["v1", "v2"], object),
    )


def test_a_row_says_what_was_expected_and_how_strange_it_was():
    text = render_anomalies(some_rows(), ["shop"], ["day"]).decode()

    assert text == (
        HEADER + "north,2024-01-01,5,4.5,0.5,0,,,,yes,v1\n" + "'=1+1,2024-01-02,7.25,2,0.001,2.75,point,rise,yes,,v2\n"
    )


def test_a_table_is_read_back_as_it_stands():
    rows = read_rows(render_anomalies(some_rows(), ["shop"], ["day"]), ["shop"], ["day"])

    assert [column.tolist() for column in rows.ids] == [["north", "'=1+1"]]
    assert rows.value.tolist() == [5.0, 7.25]
    assert rows.kind.tolist() == ["", "point"]
    assert len(rows) == 2


def test_later_rows_stand_behind_earlier_ones():
    assert append_rows(b"a,b\n1,2\n", b"a,b\n3,4\n") == b"a,b\n1,2\n3,4\n"


@pytest.mark.parametrize("before", [None, b"", b"a,c\n1,2\n", b"a,b\n1,", b"\xff\xfe"])
def test_what_is_no_such_table_is_begun_anew(before):
    assert append_rows(before, b"a,b\n3,4\n") == b"a,b\n3,4\n"


def test_only_the_newest_rows_are_kept_even_where_a_name_holds_a_line_end():
    before = b'a,b\n1,2\n"x\ny",3\n'

    assert append_rows(before, b"a,b\n5,6\n", most=2) == b'a,b\n"x\ny",3\n5,6\n'
