import pytest

from lstmcast.data.written.score_log import number_in, parse_log, render_log

ROW = {
    "origin": "2024-01-15",
    "cutoff": "15.01.2024, noon",
    "published": "2024-01-15T03:00:00Z",
    "model": "m",
    "complete": "yes",
    "series": 2.0,
    "values": 6.0,
    "mase": 0.1,
    "mase_seasonal_naive": 1 / 3,
    "skill": None,
    "bias": -0.5,
}


def test_rows_come_back_as_they_were_written():
    written = render_log([ROW, ROW | {"coverage_80": 1.0}])

    first, second = parse_log(written)

    assert (
        written.splitlines()[1]
        == b'2024-01-15,"15.01.2024, noon",2024-01-15T03:00:00Z,m,yes,2,6,0.1,0.3333333333,,-0.5,'
    )
    assert first == ROW | {"mase_seasonal_naive": 0.3333333333, "coverage_80": None}
    assert second["coverage_80"] == 1.0
    assert render_log([first, second]) == written


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no column 'bias'"),
        (b"\xff", "can't decode"),
        (b'"a"b,c\n', "',' expected after"),
        (render_log([ROW]) + b"2024-01-16,x\n", "line 3 has not as many cells as the header"),
        (render_log([ROW]).replace(b",0.1,", b",much,"), "could not convert"),
        (render_log([ROW | {"coverage_x": 1.0}]), "could not convert string to float: 'x'"),
        (render_log([ROW | {"fresh_coverage_100": 1.0}]), "has a column 'fresh_coverage_100', which is of no level"),
    ],
)
def test_what_is_no_such_table_is_refused(content, message):
    with pytest.raises(ValueError, match=message):
        parse_log(content)


def test_a_number_is_a_number_or_nothing():
    assert number_in(ROW, "mase") == 0.1
    assert number_in(ROW, "skill") is None
    assert number_in(ROW, "model") is None
    assert number_in(ROW, "never") is None
