"""Cells that cannot be read belong to one series; without it, the others can be read."""

import pytest

from lstmcast.config.schema import DataConfig
from lstmcast.data.read import read_panel
from lstmcast.errors import DataError

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
