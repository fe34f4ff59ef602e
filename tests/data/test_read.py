"""Fault cases of files, and each kind of table."""

import gzip
import re

import numpy as np
import pytest

from lstmcast.config.data_config import DataConfig
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import parse_frequency
from lstmcast.data.grid.onto_grid import Known
from lstmcast.data.read import read_panel
from lstmcast.data.table.table import ColumnError
from lstmcast.errors import ConfigError, DataError, MissingError, ShortError

DAYS = "time,load\n2024-01-01,1.5\n2024-01-02,2.5\n2024-01-03,3.5\n"


def test_one_series(read):
    reading = read(DAYS)

    assert (reading.panel.frequency.alias, reading.panel.target, reading.panel.ids) == ("D", "load", ())
    assert reading.panel.values.tolist() == [1.5, 2.5, 3.5]
    assert reading.time_format.render(reading.panel.frequency.stamps(reading.panel.cutoffs)).tolist() == ["2024-01-03"]
    assert (reading.time_name, reading.rows_read, reading.duplicates_dropped, reading.notes) == ("time", 3, 0, ())
    assert (reading.csv.separator, reading.csv.decimal, reading.csv.columns) == (",", ".", ("time", "load"))
    assert len(reading.fingerprint) == 64


def test_a_long_table_is_sorted_by_its_ids_as_text(read):
    panel = read(
        "time,shop,load\n1,2,20\n2,2,21\n1,10,100\n2,10,101\n1,001,1\n2,001,2\n1,NA,9\n2,NA,9\n", id="shop"
    ).panel

    assert [column.tolist() for column in panel.ids] == [["001", "10", "2", "NA"]]
    assert panel.values.tolist() == [1, 2, 100, 101, 20, 21, 9, 9]
    assert panel.id_names == ("shop",)


def test_a_long_table_may_have_several_id_columns(read):
    panel = read(
        "time,shop,item,load\n1,b,x,3\n2,b,x,4\n1,a,y,1\n2,a,y,2\n1,a,z,5\n2,a,z,6\n", id=("shop", "item")
    ).panel

    assert [column.tolist() for column in panel.ids] == [["a", "a", "b"], ["y", "z", "x"]]
    assert (panel.values.tolist(), panel.offsets.tolist()) == ([1, 2, 5, 6, 3, 4], [0, 2, 4, 6])
    assert panel.name_of(1) == "a/z"


def test_each_column_of_a_wide_table_is_a_series(read):
    panel = read("time,milk,bread,warm\n1,,10,5\n2,2,20,6\n3,3,30,7\n", target=("milk", "bread"), past=("warm",)).panel

    assert (panel.target, panel.id_names, panel.ids[0].tolist()) == ("value", ("series",), ["bread", "milk"])
    assert (panel.values.tolist(), panel.first.tolist()) == ([10, 20, 30, 2, 3], [1, 2])
    assert panel.past[:, 0].tolist() == [5, 6, 7, 6, 7]


def test_without_a_time_column_rows_are_steps_from_one(read):
    reading = read("id,load\na,1\nb,5\na,2\nb,6\n", time=None, id="id")

    assert (reading.panel.first.tolist(), reading.panel.values.tolist()) == ([1, 1], [1, 2, 5, 6])
    assert (reading.time_name, reading.time_format.kind, reading.panel.frequency.alias) == ("step", "order", "1")


def test_start_and_end_cut_rows_and_series(read):
    panel = read("time,id,load\n1,a,1\n2,a,2\n3,b,3\n4,b,4\n5,b,5\n", id="id", start="3", end="4").panel

    assert (panel.ids[0].tolist(), panel.values.tolist()) == (["b"], [3, 4])


def test_missing_and_unreadable_files(read, tmp_path):
    with pytest.raises(MissingError, match=r"absent\.csv: no such file; check its name, or data\.path"):
        read(DAYS, path=str(tmp_path / "absent.csv"))
    with pytest.raises(MissingError, match="is a folder"):
        read(DAYS, path=str(tmp_path))


def test_an_empty_file_and_a_header_alone(read):
    with pytest.raises(DataError, match="the file is empty"):
        read("")
    with pytest.raises(ShortError, match="there is a header but no row; it has time, load"):
        read("time,load\n")


def test_a_last_line_cut_inside_a_number(read):
    with pytest.raises(DataError, match="line 4: the file ends after '10' without a line end: it may be cut short"):
        read("time,load\n2024-01-01,101.5\n2024-01-02,103.5\n2024-01-03,10")


def test_a_last_line_cut_between_its_fields(read):
    with pytest.raises(DataError, match="line 3: found 1 fields, the header has 2; the file may be cut short"):
        read("time,load\n2024-01-01,101.5\n2024-01-0")


def test_one_extra_field_on_every_row_shifts_nothing(read):
    with pytest.raises(DataError, match="line 2: found 3 fields, the header has 2"):
        read("time,load\n2024-01-01,1,9\n2024-01-02,2,9\n")


@pytest.mark.parametrize(
    "text",
    [DAYS.encode("utf-8-sig"), DAYS.replace("\n", "\r\n").encode(), DAYS.replace(",", ";").encode(),
     DAYS.replace(",", "\t").replace(".", ",").encode(), DAYS.encode("utf-16"), f"{DAYS}\n\n".encode(),
     b"unused,load,time\nx,1.5,2024-01-01\nx,2.5,2024-01-02\nx,3.5,2024-01-03\n",
     b"time,load\n2024-01-03,3.5\n2024-01-01,1.5\n2024-01-02,2.5\n",
     b'"time","load"\n"2024-01-01","1.5"\n"2024-01-02","2.5"\n"2024-01-03","3.5"\n',
     b"time , load\n2024-01-01, 1.5\n2024-01-02,2.5 \n2024-01-03,3.5\n"],
)  # fmt: skip
def test_the_same_data_in_another_dialect_is_the_same_panel(read, contents, text):
    expected = contents(read(DAYS).panel)

    assert contents(read(text).panel) == expected


def test_shuffled_rows_are_sorted_and_that_is_said(read):
    assert read("time,load\n3,3\n1,1\n2,2\n").notes == ("rows were not in time order; sorted",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("größe".encode("latin-1"), "not UTF-8"),
        (DAYS.encode("utf-16"), "UTF-16"),
        (gzip.compress(DAYS.encode(), mtime=0), "gzip"),
    ],
)
def test_a_set_encoding_that_is_wrong_names_what_was_found(read, text, found):
    with pytest.raises(DataError, match=f"found .*{found}"):
        read(text, csv={"encoding": "utf-8"})


def test_columns_that_are_not_there_are_named_with_those_that_are(read):
    with pytest.raises(DataError, match="the header names 'load' twice; it has time, load, load"):
        read("time,load,load\n1,1,1\n")
    with pytest.raises(DataError, match=re.escape("no column 'lod' (did you mean 'load'?); it has time, load")):
        read(DAYS, target="lod")
    with pytest.raises(DataError, match="no column 'stamp'; it has time, load"):
        read(DAYS, time="stamp")
    with pytest.raises(DataError, match=r"it has time load; is data\.csv\.separator right\?"):
        read("time load\n1 1\n")
    with pytest.raises(ColumnError, match="no column 'price'; it has time, load"):  # a contract that is broken
        read(DAYS, past=("price",))


def test_a_doubled_time_is_an_error_unless_a_policy_is_set(read):
    text = "time,id,load\n1,a,1\n2,a,2\n2,a,4\n"

    with pytest.raises(DataError, match=r"load\.csv: line 4: 2 is there twice in series 'a', first in line 3"):
        read(text, id="id")
    reading = read(text, id="id", duplicates="mean")

    assert (reading.panel.values.tolist(), reading.duplicates_dropped) == ([1, 3], 1)
    assert reading.notes == ("1 row with a time that was there already: mean",)


@pytest.mark.parametrize("cell", ["NaN", "", "inf", "1e400", "12345678901234567890"])
def test_what_is_no_number_in_the_target_is_named_with_its_line(read, cell):
    with pytest.raises(DataError, match="line 3: column 'load'"):
        read(f"time,load\n1,1\n2,{cell}\n3,3\n")


def test_local_hours_over_the_end_of_summer_time_are_refused_with_a_hint(read):
    hours = ["00", "01", "02", "02", "03", "04"]
    text = "time,load\n" + "".join(f"2024-10-27 {hour}:00,1\n" for hour in hours)

    with pytest.raises(DataError, match=r"2024-10-27 02:00 is there twice.*DST.*time zone"):
        read(text)


def test_hours_with_their_offset_pass_the_change_of_clocks(read):
    hours = [
        "2024-03-31T00:00:00+01:00",
        "2024-03-31T01:00:00+01:00",
        "2024-03-31T03:00:00+02:00",
        "2024-03-31T04:00:00+02:00",
    ]

    reading = read("time,load\n" + "".join(f"{hour},1\n" for hour in hours))
    ahead = reading.panel.frequency.stamps(reading.panel.cutoffs + np.arange(1, 4))

    assert (reading.panel.frequency.alias, reading.panel.known.tolist()) == ("h", [4])
    assert reading.time_format.render(ahead).tolist() == [f"2024-03-31T{hour:02}:00:00+02:00" for hour in (5, 6, 7)]


def test_month_ends_stay_month_ends(read):
    reading = read("time,load\n2023-12-31,1\n2024-01-31,2\n2024-02-29,3\n2024-03-31,4\n")
    ahead = reading.panel.frequency.stamps(reading.panel.cutoffs + np.arange(1, 4))

    assert reading.time_format.render(ahead).tolist() == ["2024-04-30", "2024-05-31", "2024-06-30"]


def test_a_set_frequency_that_the_rows_do_not_follow_is_refused(read):
    with pytest.raises(
        DataError, match=r"2024-01-01 and 2024-01-02 do not lie on one grid .* 'MS', nor does 1 other time;"
    ):
        read(DAYS, freq="MS")
    with pytest.raises(ConfigError, match=r"data\.freq: is '1', but column 'time' holds dates; set it to auto"):
        read(DAYS, freq=1)
    with pytest.raises(ConfigError, match=r"data\.freq: unknown frequency 'H' .did you mean 'h'"):
        read(DAYS, freq="H")


def test_a_model_settles_what_a_short_newer_file_leaves_open(read):
    text = "time,load\n04/03/2024,1\n05/03/2024,2\n06/03/2024,3\n"
    known = Known(TimeFormat("stamp", "%d/%m/%Y"), parse_frequency("B"))

    reading = read(text, known=known)

    assert reading.panel.frequency == parse_frequency("B")
    assert reading.time_format.render(reading.panel.frequency.stamps(reading.panel.cutoffs)).tolist() == ["06/03/2024"]


def test_a_row_without_id_or_time_is_named(read):
    with pytest.raises(DataError, match="line 3: column 'id' is empty: such a row belongs to no series; name it, or"):
        read("time,id,load\n1,a,1\n2,,1\n", id="id")
    with pytest.raises(DataError, match="line 3: column 'id' is empty, and in 1 more row: such a row"):
        read("time,id,load\n1,a,1\n2,,1\n3,,1\n", id="id")
    with pytest.raises(DataError, match="line 3: column 'time' is empty: a row needs its time"):
        read("time,load\n1,1\n,1\n")


def test_a_name_that_every_forecast_file_has_is_refused(read):
    with pytest.raises(ConfigError, match="column 'model' is also a column of every forecast file"):
        read("time,model,load\n1,a,1\n2,a,1\n", id="model")


def test_nothing_before_a_cutoff_depends_on_what_comes_after(read):
    early = "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 11) if day != 5)
    late = "".join(f"2024-01-{day:02},{day}\n" for day in range(11, 21))
    changed = "".join(f"2024-01-{day:02},{1e6}\n" for day in range(11, 21))

    first, second = (read(f"time,load\n{early}{rows}", gaps="previous").panel for rows in (late, changed))

    assert first.values[:10].tolist() == second.values[:10].tolist()


def test_a_series_without_any_value_is_left_out_unless_a_model_knows_it(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("year,place,load\n2001,a,1\n2002,a,2\n2001,b,\n2002,b,\n")
    config = DataConfig(path=str(path), time="year", id="place", target="load")

    reading = read_panel(config)
    known = Known(reading.time_format, reading.panel.frequency, ids=(("a", "b"),))

    assert [column.tolist() for column in reading.panel.ids] == [["a"]]
    assert "1 series without any value left out: 'b'" in reading.notes
    with pytest.raises(DataError, match="column 'load' has no value at all in series 'b'; remove the series") as caught:
        read_panel(config, known)
    assert caught.value.series == ("b",)


def test_a_table_without_any_value_is_refused(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("year,place,load\n2001,a,\n2002,a,\n2001,b,\n")

    with pytest.raises(DataError, match="column 'load' has no value at all in series 'a'"):
        read_panel(DataConfig(path=str(path), time="year", id="place", target="load"))
