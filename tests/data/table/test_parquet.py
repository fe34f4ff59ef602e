"""Parquet files are read as the same table in CSV would be; without pyarrow, which is optional, nothing is tested."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lstmcast.config.data_config import DataConfig
from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
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
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(DataError, match=r"cannot be read as Parquet: .*; send it again, or save it as CSV"):
        read_panel(DataConfig(path=str(path), time="time", target="load"))
