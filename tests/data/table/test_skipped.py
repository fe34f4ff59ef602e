"""Cells that cannot be read belong to one series; without it, the others can be read."""

import pytest

from lstmcast.config.data_config import DataConfig
from lstmcast.data.read import read_panel
from lstmcast.errors import DataError, ShortError

LONG = {"time": "time", "target": "load", "id": "id"}
TWO_IDS = {"time": "time", "target": "load", "id": ("id", "place")}
WIDE = {"time": "time", "target": ("a", "b")}


def config_of(tmp_path, text, options):
    path = tmp_path / "load.csv"
    path.write_text(text)
    return DataConfig(path=str(path), **options)


@pytest.mark.parametrize("cell", ["broken", "1e999", "12345678901234567890"])
@pytest.mark.parametrize(
    ("options", "text", "series"),
    [
        (LONG, "time,id,load\n1,a,1\n2,a,2\n1,b,3\n2,b,CELL\n", ("b",)),
        (TWO_IDS, "time,id,place,load\n1,a,x,1\n2,a,x,2\n1,a,y,3\n2,a,y,CELL\n", ("a", "y")),
        (WIDE, "time,a,b\n1,1,3\n2,2,CELL\n", ("b",)),
    ],
    ids=["long", "two ids", "wide"],
)
def test_a_cell_that_cannot_be_read_is_the_fault_of_its_series_and_without_that_no_fault(
    tmp_path, options, text, series, cell
):
    config = config_of(tmp_path, text.replace("CELL", cell), options)

    with pytest.raises(DataError, match=r"line \d: column '(load|b)': ") as caught:
        read_panel(config)
    reading = read_panel(config, without=[series])

    assert caught.value.series == series
    assert reading.panel.values.tolist() == [1, 2]
    assert [column.tolist() for column in reading.panel.ids] == [[text] for text in {2: "ax", 1: "a"}[len(series)]]


def test_a_cell_of_the_only_series_is_nobody_elses_fault(tmp_path):
    config = config_of(tmp_path, "time,load\n1,1\n2,broken\n", {"time": "time", "target": "load"})

    with pytest.raises(DataError, match="line 3: column 'load': 'broken' is not a number") as caught:
        read_panel(config)

    assert not caught.value.series


def test_the_cells_of_the_other_series_are_still_looked_at(tmp_path):
    config = config_of(tmp_path, "time,id,load\n1,a,x1\n2,a,2\n1,b,3\n2,b,y\n", LONG)

    with pytest.raises(DataError, match="line 2: column 'load': 'x1' is not a number") as caught:
        read_panel(config, without=[("b",)])

    assert caught.value.series == ("a",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [("2024-13-01", "'2024-13-01' is not written as '%Y-%m-%d'"), ("", "column 'time' is empty: a row needs its time")],
)
@pytest.mark.parametrize("id_name", ["id", ("id", "place")])
def test_a_bad_stamp_is_the_fault_of_its_series_and_without_that_no_fault(tmp_path, text, problem, id_name):
    days = ["2024-01-01", "2024-01-02", "2024-01-03"]
    rows = [f"{day},{name},x,{place}" for name in "ab" for place, day in enumerate(days)]
    table = "\n".join(["time,id,place,load", *rows, f"{text},b,x,3", ""])
    config = config_of(tmp_path, table, {"time": "time", "target": "load", "id": id_name})

    with pytest.raises(DataError, match=rf"line 8: .*{problem}") as caught:
        read_panel(config)
    series = ("b",) if id_name == "id" else ("b", "x")
    reading = read_panel(config, without=[series])

    assert caught.value.series == series
    assert reading.panel.values.tolist() == [0, 1, 2]


def test_a_column_without_any_time_is_the_fault_of_no_series(tmp_path):
    config = config_of(tmp_path, "time,id,load\nx,a,1\ny,b,2\n", LONG | {"time_format": "%Y"})

    with pytest.raises(DataError, match="'x' is not written as '%Y'") as caught:
        read_panel(config)

    assert not caught.value.series


def test_a_bad_step_is_the_fault_of_its_series(tmp_path):
    config = config_of(tmp_path, "time,id,load\n1,a,1\n2,a,2\n1,b,3\n2x,b,4\n", LONG)

    with pytest.raises(
        DataError, match="line 5: column 'time': '2x' is no whole number, as '1' is; correct it"
    ) as caught:
        read_panel(config)

    assert caught.value.series == ("b",)
    assert read_panel(config, without=[("b",)]).panel.values.tolist() == [1, 2]


def test_hours_that_clocks_show_twice_are_told_apart_without_a_series_that_is_left_out(tmp_path):
    hours = ["2024-10-27 01:00", "2024-10-27 02:00", "2024-10-27 02:00", "2024-10-27 03:00"]
    rows = [f"{hour},{name},{place}" for name in "ab" for place, hour in enumerate(hours)]
    table = "\n".join(["time,id,load", *rows, "soon,b,4", ""])
    config = config_of(tmp_path, table, LONG | {"timezone": "Europe/Berlin"})

    reading = read_panel(config, without=[("b",)])

    assert reading.panel.values.tolist() == [0, 1, 2, 3]


def test_no_series_is_left_where_all_are_left_out(tmp_path):
    config = config_of(tmp_path, "time,id,load\n1,a,1\n", LONG)

    with pytest.raises(ShortError, match="no series is left that can be forecast"):
        read_panel(config, without=[("a",)])


@pytest.mark.parametrize("cell", ["4", "broken"])
@pytest.mark.parametrize(
    ("options", "text", "series"),
    [
        (LONG, "time,id,load\n1,a,1\n1,,3\n2,a,2\n2,,CELL\n", ("",)),
        (TWO_IDS, "time,id,place,load\n1,a,x,1\n1,a,,3\n2,a,x,2\n2,a,,CELL\n", ("a", "")),
    ],
    ids=["long", "two ids"],
)
def test_rows_without_an_id_are_the_fault_of_nobody_and_without_them_no_fault(tmp_path, options, text, series, cell):
    config = config_of(tmp_path, text.replace("CELL", cell), options)

    with pytest.raises(DataError, match=r"line 3: column '(id|place)' is empty|line 5: column 'load': ") as caught:
        read_panel(config)
    reading = read_panel(config, without=[series])

    assert caught.value.series == series
    assert reading.panel.values.tolist() == [1, 2]
    assert reading.panel.series_count == 1
