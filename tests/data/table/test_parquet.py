"""Parquet files are read as the same table in CSV would be; without pyarrow, which is optional, nothing is tested."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.config.yaml_file import load_config
from lstmcast.data.faults import find_bad_cells
from lstmcast.data.read import read_panel
from lstmcast.data.table.csv_file import open_sources
from lstmcast.data.table.parquet import parquet_as_csv
from lstmcast.errors import DataError
from lstmcast.jobs.init import init

arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'lstmcast[parquet]'")
parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: pip install 'lstmcast[parquet]'")

HOURS = [datetime(2024, 10, 26, tzinfo=UTC) + timedelta(hours=hour) for hour in range(48)]  # with a change of clocks


def write(path, **columns):
    parquet.write_table(arrow.table(columns), path)
    return str(path)


def test_texts_numbers_and_moments_are_what_they_are_in_a_csv_file(tmp_path):
    times = arrow.array(HOURS, arrow.timestamp("ns", "Europe/Berlin"))
    path = write(
        tmp_path / "load.parquet",
        time=arrow.chunked_array([times, times]),
        region=arrow.array(["b, c"] * 48 + ["a"] * 48).dictionary_encode(),
        load=arrow.array([0.1 + hour for hour in range(96)]),
        is_open=arrow.array([True, False] * 48),
        note=arrow.array([[1]] * 96),
    )

    reading = read_panel(DataConfig(path=path, time="time", id="region", target="load", past=("is_open",)))
    panel = reading.panel

    assert [panel.name_of(series) for series in range(2)] == ["a", "b, c"]
    assert (panel.frequency.alias, panel.known.tolist()) == ("h", [48, 48])
    assert panel.values[48:].tolist() == [0.1 + hour for hour in range(48)]
    assert panel.past[:2, 0].tolist() == [1, 0]
    assert reading.time_format.to_utc(panel.frequency.stamps(panel.first))[0].item() == HOURS[0].replace(tzinfo=None)


def test_missing_values_are_empty_cells(tmp_path):
    days = arrow.array([date(2024, 1, 1) + timedelta(days=day) for day in range(4)])
    path = write(tmp_path / "load.pq", time=days, load=arrow.array([1, None, 3, 4], arrow.int64()))

    with pytest.raises(DataError, match=r"column 'load' is empty at 2024-01-02; add what is missing, or set data.gaps"):
        read_panel(DataConfig(path=path, time="time", target="load"))
    filled = read_panel(DataConfig(path=path, time="time", target="load", gaps="interpolate")).panel
    assert filled.values.tolist() == [1, 2, 3, 4]


def test_a_missing_value_of_a_single_column_is_no_blank_line(tmp_path):
    path = write(tmp_path / "load.parquet", load=arrow.array([1.5, None, 3.5]))

    with pytest.raises(DataError, match=r"column 'load' is empty at 2; add what is missing, or set data.gaps"):
        read_panel(DataConfig(path=path, target="load"))
    assert read_panel(DataConfig(path=path, target="load", gaps="interpolate")).panel.values.tolist() == [1.5, 2.5, 3.5]


@pytest.mark.parametrize("csv", [{"decimal": ","}, {"decimal": ",", "thousands": "."}, {"thousands": "."}])
def test_how_numbers_are_written_in_texts_changes_none_that_are_numbers(tmp_path, csv):
    path = write(tmp_path / "load.parquet", load=[1.234, 2.5, 3000.125], price=["1,5", "2,5", "1,25"])

    panel = read_panel(DataConfig(path=path, target=("load", "price"), csv=CsvConfig(**csv))).panel

    assert panel.values.tolist() == [1.234, 2.5, 3000.125, 1.5, 2.5, 1.25]


@pytest.mark.parametrize("newest", ["parquet", "csv"])
def test_one_of_several_files_may_be_parquet_and_another_have_decimal_commas(tmp_path, newest):
    (tmp_path / f"{'a' if newest == 'parquet' else 'b'}.csv").write_text("step;load\n1;1,5\n2;2,5\n")
    write(tmp_path / f"{'b' if newest == 'parquet' else 'a'}.parquet", step=[3, 4], load=[3.5, 4.5])

    panel = read_panel(DataConfig(path=str(tmp_path / "*"), time="step", target="load")).panel

    assert panel.values.tolist() == [1.5, 2.5, 3.5, 4.5]


def test_check_takes_numbers_for_numbers_however_those_in_texts_are_written(tmp_path):
    path = write(tmp_path / "load.parquet", load=[1.5, 2.5], price=["1,5", "none"])

    bad = find_bad_cells(DataConfig(path=path, target=("load", "price"), csv=CsvConfig(decimal=",")))

    assert [cell.text for cell in bad] == ["none"]


def test_bytes_are_texts_or_left_out_as_lists_are(tmp_path):
    path = write(
        tmp_path / "load.parquet",
        region=arrow.array([b"a", b"b"], arrow.binary()),
        code=arrow.array([b"xy", b"zw"], arrow.binary(2)),
        picture=arrow.array([b"\xff\xfe", b"\x00"], arrow.binary()),
        load=[1.5, 2.5],
    )

    sources = open_sources(path, CsvConfig())

    assert sources.columns == ("region", "code", "load")
    assert read_panel(DataConfig(path=path, target="load", id="region")).panel.ids[0].tolist() == ["a", "b"]
    only = write(tmp_path / "only.parquet", tags=arrow.array([["a"], ["b"]]))
    with pytest.raises(
        DataError, match=r"holds lists, records or bytes alone, and no column of numbers, texts or times"
    ):
        open_sources(only, CsvConfig())


def test_messages_count_the_rows_of_a_file_without_lines(tmp_path):
    path = write(tmp_path / "load.parquet", day=["2024-01-01", "2024-01-02", "2024-01-02"], load=[1.5, 2.5, 3.5])

    with pytest.raises(DataError, match=r"load\.parquet: row 3: 2024-01-02 is there twice, first in row 2; remove one"):
        read_panel(DataConfig(path=path, time="day", target="load"))


def test_a_bad_cell_stands_in_a_row_of_a_file_without_lines(tmp_path):
    path = write(tmp_path / "load.parquet", load=["1.5", "none at all", "3.5"])

    with pytest.raises(DataError, match=r"load\.parquet: row 2: "):
        read_panel(DataConfig(path=path, target="load"))


def test_times_of_the_day_have_no_more_digits_than_they_need(tmp_path):
    hours = arrow.array([time(hour) for hour in range(3)], arrow.time64("us"))
    path = write(tmp_path / "load.parquet", hour=hours, load=[1.5, 2.5, 3.5])

    assert parquet_as_csv(Path(path), Path(path).read_bytes()).text == (
        b'"hour","load"\n00:00:00,1.5\n01:00:00,2.5\n02:00:00,3.5\n'
    )


def test_init_describes_a_parquet_file(tmp_path):
    zone = ZoneInfo("Europe/Berlin")
    walls = arrow.array([hour.astimezone(zone).replace(tzinfo=None) for hour in HOURS], arrow.timestamp("us"))
    write(tmp_path / "load.parquet", when=walls, load=arrow.array([hour % 24 + 0.5 for hour in range(48)]))
    sets = ("data.timezone=Europe/Berlin",)

    init(tmp_path / "load.parquet", output=tmp_path / "job.yaml", force=False, sets=sets)

    data = load_config(tmp_path / "job.yaml").data
    assert (data.time, data.target, data.freq, data.timezone) == ("when", "load", "h", "Europe/Berlin")
    assert read_panel(data).panel.known.tolist() == [48]


def test_what_is_no_parquet_file_is_refused(tmp_path):
    path = tmp_path / "load.parquet"
    path.write_bytes(b"time,load\n1,2\n")

    with pytest.raises(DataError, match=r"is named \.parquet but is no Parquet file; name it by what it is"):
        read_panel(DataConfig(path=str(path), time="time", target="load"))
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"load\.parquet: the file is empty"):
        read_panel(DataConfig(path=str(path), time="time", target="load"))
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"cannot be read as Parquet: .*; send it again, or save it as CSV"):
        read_panel(DataConfig(path=str(path), time="time", target="load"))
