"""Bytes of any kind, as a table or as a config: a result, or a fault that can be mended, and no file left behind."""

import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.config.yaml_file import dump_config, load_config
from lstmcast.data.read import read_panel
from lstmcast.errors import LstmcastError
from lstmcast.jobs.check import check
from lstmcast.jobs.init import init
from tests.drawn import drawn

CELLS = st.sampled_from(
    [
        "1",
        "2",
        "-3",
        "4.5",
        "5,5",
        "1e3",
        "1e400",
        "nan",
        "inf",
        "",
        " ",
        "NA",
        "x",
        "é",
        "=1+1",
        "'",
        '"',
        '"a"',
        '"a,b"',
        '"\n"',
        "2024-01-01",
        "2024-01-02",
        "2024-01-03",
        "01/02/2024",
        "12:30",
        "2024-W07",
        "20240101",
        "1704067200",
        "\x00",
        "\ufeff",
        "\u2028",
        "#",
        "1K",
        "5 %",
        "6 m3/s",
        "7 Mio.",
        "Rs.8",
        "12²",
        "$7",
        "-200",
        "9" * 25,
        "a" * 300,
        "time",
        "load",
        "0001-01-01",
        "9999-12-31",
        "2024-02-30",
        "2024-01-01T00:00:00+02:00",
        "24:00",
        "18.00.00",
        "2400",
        "7h",
        "M01",
        "2024M02",
        "202453",
        "Q1 '24",
        "1704067200.5",
        "Januar",
        "12.50-",
        "(5)",
        "1.234",
        "1,234",
        "Total",
        "time,load",
        "hour",
        "year",
    ]
)
TABLES = st.builds(
    lambda rows, separator, end, encoding, cut: end.join(map(separator.join, rows)).encode(encoding, "replace")[cut:],
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8),
    separator=st.sampled_from([",", ";", "\t", "|", " "]),
    end=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "utf-16-le"]),
    cut=st.sampled_from([0, 0, 0, 1]),
)
REGULAR = st.builds(
    lambda header, cells, odd, place: "\n".join([header, *cells[:place], odd, *cells[place:], ""]).encode(),
    header=st.sampled_from(
        [
            "time,load",
            "time,id,load",
            "load,time",
            "time;load",
            "",
            "time,load,",
            "# time,load",
            "date,time,load",
            "2020,2021,2022",
        ]
    ),
    cells=st.integers(0, 12).map(lambda days: [f"2024-01-{day + 1:02},{day * day}" for day in range(days)]),
    odd=st.lists(CELLS, min_size=1, max_size=3).map(",".join),
    place=st.integers(0, 12),
)
NAMES = st.sampled_from(["load.csv", "load.tsv", "load.csv.gz", "load.csv.zst", "load.txt", "load"])
SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "separator": st.sampled_from(["auto", ",", ";", "\t", " "]),
        "decimal": st.sampled_from(["auto", ".", ","]),
        "thousands": st.sampled_from([None, " ", "'"]),
        "missing": st.sampled_from([(), ("NA",), ("-200", "x")]),
        "units": st.sampled_from([{}, {"K": 1000, "%": 1, "$": 1}]),
        "quote": st.sampled_from(['"', "'"]),
        "comment": st.sampled_from([None, "#", "2"]),
        "header": st.sampled_from([None, 1, 2, 5]),
        "skip": st.integers(0, 3),
        "footer": st.integers(0, 3),
        "trailing": st.sampled_from(["error", "ignore"]),
        "last_line": st.sampled_from(["auto", "keep", "drop"]),
        "encoding": st.sampled_from(["auto", "utf-8", "cp1252", "utf-16"]),
    },
)
ROLES = st.sampled_from(
    [{"time": "time", "target": "load"}, {"time": "column_1", "target": "column_2"}, {"target": "load"},
     {"time": "time", "id": "id", "target": "load"}]
)  # fmt: skip


@drawn(250)
@given(content=TABLES | REGULAR | st.binary(max_size=80), name=NAMES, csv=SETTINGS, roles=ROLES)
def test_any_bytes_are_a_panel_or_a_fault_that_can_be_mended(content, name, csv, roles):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            panel = read_panel(DataConfig(path=str(path), csv=CsvConfig(**csv), gaps="zero", **roles)).panel
        except LstmcastError:
            pass
        else:
            assert panel.known.sum() > 0
        assert [entry.name for entry in Path(folder).iterdir()] == [name]


@drawn(120)
@given(content=TABLES | REGULAR | st.binary(max_size=80), name=NAMES)
@example(content=b"time,\x01\n0,1000-1-1T0:00:00+0000", name="load.csv")  # a time of the day beside a whole stamp
@example(content=b"\xb20AAa\r\x01", name="load.csv")  # a digit that int() does not take
@example(content=b",\n", name="load.csv")  # a first line of empty cells
@example(content=b"ds,y\nnan,1\n1,2\n2,3\n3,4\n4,5\n5,6\n6,7\n7,8\n", name="load.csv")  # no step, but a float
def test_init_writes_a_config_that_check_accepts_or_nothing(content, name):
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder) / name, Path(folder) / "job.yaml"
        path.write_bytes(content)
        try:
            init(path, output=output, force=False, sets=())
        except LstmcastError:
            assert [entry.name for entry in Path(folder).iterdir()] == [name]
        else:
            assert check(load_config(output), config_path=output).found is not None
            assert {entry.name for entry in Path(folder).iterdir()} == {name, "job.yaml", "lstmcast.schema.json"}


LINES = st.sampled_from(
    [
        "data:",
        "  path: a.csv",
        "  target: x",
        "  target: [a, b]",
        "forecast: {horizon: 3}",
        "forecast:",
        "  horizon: 1e400",
        "  csv: {units: {K: 1000}}",
        "  csv: {units: {1: 2}}",
        "a: &a [*a]",
        "<<: *a",
        "? [a]",
        "!!python/none x",
        "- 1",
        "\t",
        "data: {path: a.csv, target: x}",
        "version: 1",
        "version: 2",
        "  time: null",
        "'",
        '"\\ud800"',
        "{",
        "]",
        "model: {units: .nan}",
        "  path: http://x",
        "  path: 'a\\0'",
        "x: " + "[" * 30,
    ]
)


@drawn(250)
@given(content=st.lists(LINES, max_size=8).map(lambda lines: "\n".join(lines).encode()) | st.binary(max_size=80))
@example(content=b"data: {path: a.csv, target: x}\nforecast: {horizon: 3}\n")
def test_any_bytes_are_a_config_or_a_fault_that_can_be_mended(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.yaml"
        path.write_bytes(content)
        try:
            config = load_config(path)
        except LstmcastError:
            pass
        else:
            path.write_text(dump_config(config))
            assert load_config(path) == config
        assert [entry.name for entry in Path(folder).iterdir()] == ["job.yaml"]
