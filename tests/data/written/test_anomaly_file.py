import io

import numpy as np
import pandas as pd
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


@pytest.mark.parametrize("sign", ["\r", "\n", "\r\n", '"', ","])
def test_a_name_with_a_sign_of_the_format_is_read_back_here_and_by_pandas(sign):
    content = render_anomalies(some_rows(shops=(f"a{sign}b", "north")), ["shop"], ["day"])

    (shops,) = read_rows(content, ["shop"], ["day"]).ids
    frame = pd.read_csv(io.BytesIO(content))
    assert shops.tolist() == frame["shop"].tolist() == [f"a{sign}b", "north"]
    assert frame["model"].tolist() == ["v1", "v2"]


def test_rows_of_an_older_release_with_a_bare_carriage_return_are_read():
    content = f"{HEADER}a\rb,2024-01-01,5,4.5,0.5,0,,,,yes,v1\n".encode()

    rows = read_rows(content, ["shop"], ["day"])

    assert [column.tolist() for column in rows.ids] == [["a\rb"]]
    assert rows.model.tolist() == ["v1"]


def test_later_rows_stand_behind_earlier_ones():
    assert append_rows(b"a,b\n1,2\n", b"a,b\n3,4\n") == b"a,b\n1,2\n3,4\n"


@pytest.mark.parametrize("before", [None, b"", b"a,c\n1,2\n", b"a,b\n1,", b"\xff\xfe"])
def test_what_is_no_such_table_is_begun_anew(before):
    assert append_rows(before, b"a,b\n3,4\n") == b"a,b\n3,4\n"


@pytest.mark.parametrize("name", ["x\ny", "x\ry", "x\r\ny", 'x""y', 'x""\n""y', "x,y"])
def test_only_the_newest_rows_are_kept_whatever_a_name_holds(name):
    before = f'a,b\n1,2\n"{name}",3\n'.encode()

    assert append_rows(before, b"a,b\n5,6\n", most=2) == f'a,b\n"{name}",3\n5,6\n'.encode()
    assert append_rows(before, b"a,b\n5,6\n", most=1) == b"a,b\n5,6\n"
    assert append_rows(before, b"a,b\n5,6\n", most=3) == before + b"5,6\n"


def test_a_header_with_a_line_end_in_a_name_stands_there_once():
    header = b'"a\nb",c\n'

    assert append_rows(header + b"1,2\n", header + b"3,4\n") == header + b"1,2\n3,4\n"
    assert append_rows(header + b"1,2\n", header + b"3,4\n", most=1) == header + b"3,4\n"
