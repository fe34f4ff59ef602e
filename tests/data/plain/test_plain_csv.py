"""What is read quickly is what would be read with care."""

import io
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcast.config.data_config import CsvConfig
from lstmcast.data import csv_reading
from lstmcast.data.csv_reading import read_files
from lstmcast.data.plain.gathered import Gathered
from lstmcast.data.plain.plain_blocks import NotPlainError
from lstmcast.data.plain.plain_csv import read_plain
from lstmcast.data.table.codes import expand
from lstmcast.data.table.csv_columns import read_table
from lstmcast.data.table.csv_file import open_sources
from lstmcast.data.table.table import Table
from lstmcast.errors import LstmcastError
from tests.drawn import drawn

NUMBERS = st.one_of(
    st.floats(-1e9, 1e9).map(lambda value: f"{value:.3f}"),
    st.floats(-1e3, 1e3).map(repr),
    st.integers(-(10**14), 10**14).map(str),
    st.sampled_from(["", "0", "-0.0", ".5", "5.", "1e3", "nan", "99999999.99999999", "0.1", "-7"]),
)
ODD = st.sampled_from(
    ["x", " 1", "1 ", "--1", ".", "-", "1e999", "12345678901234567890", '"1"', "1,5", "True", "inf", "\r"]
)
TIMES = st.one_of(st.dates().map(str), st.sampled_from(["2024-01-01 00:00", "1", "10", "100", "t1", "t2", "é"]))


def read_quickly(text: bytes, csv: CsvConfig) -> tuple[list[list[str]], list[float]]:
    gathered, wanted = Gathered(len(text)), (("id", "time"), ("load",))
    read_plain(io.BytesIO(text), Path("x.csv"), csv, lambda *_: wanted, gathered, len, lambda _: None)
    texts = [gathered.take_texts(name) for name in wanted[0]]
    return [distinct[expand(codes)].tolist() for distinct, codes in texts], gathered.take_numbers("load").tolist()


def read_with_care(text: bytes, csv: CsvConfig) -> tuple[list[list[str]], list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.csv"
        path.write_bytes(text)
        table = read_table(open_sources(str(path), csv), ("id", "time"), ("load",), csv)
    return [texts_of(table, name) for name in ("id", "time")], table.numbers["load"].tolist()


def texts_of(table: Table, name: str) -> list[str]:
    column = table.texts[name]
    assert (column.codes >= 0).all()
    found: list[str] = column.distinct[column.codes].tolist()
    return found


@drawn(150)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["a", "bb", "001", "1", "x", "s000012"]), TIMES, NUMBERS), min_size=1, max_size=60
    ),
    odd=st.none() | ODD,
    line_end=st.sampled_from(["\n", "\r\n"]),
    separator=st.sampled_from(",;\t"),
    sort=st.booleans(),
)
def test_what_is_read_quickly_is_what_is_read_with_care(rows, odd, line_end, separator, sort):
    rows = sorted(rows) if sort else rows
    lines = [("id", "time", "load"), *rows, *([("a", "b", odd)] if odd else [])]
    text = "".join(separator.join(cells) + line_end for cells in lines).encode()
    csv = CsvConfig(separator=separator)
    try:
        quick = read_quickly(text, csv)
    except (NotPlainError, LstmcastError):
        return

    careful = read_with_care(text, csv)

    assert quick[0] == careful[0]
    np.testing.assert_array_equal(quick[1], careful[1])


def test_missing_texts_and_decimal_commas_are_read_quickly_too():
    csv = CsvConfig(separator=";", decimal=",", missing=("-200",))

    _, numbers = read_quickly(b"id;time;load\na;1;1,5\na;2;-200\na;3;2\n", csv)

    np.testing.assert_array_equal(numbers, [1.5, np.nan, 2])


def test_so_many_texts_may_be_in_one_block_that_each_needs_a_large_code():
    ids = [f"shop {number * 37 % 40_009}" for number in range(40_000)]

    texts, numbers = read_quickly(b"id,time,load\n" + "".join(f"{name},1,5\n" for name in ids).encode(), CsvConfig())

    assert texts[0] == ids
    assert numbers == [5.0] * len(ids)


@pytest.mark.parametrize(
    "text",
    [b"id,time,load\na,1,5\na,2\n", b"id,time,load\na,1,5,6\na,2\n", b"id,time,load\na,1,5\n\na,2,6\n",
     b'id,time,load\na,1,"5"\n', b"id,time,load\na,1,5\na,2,6", b"id,time,load\na,1,\xe95\n", b"id,time,load\n",
     b"\xef\xbb\xbfid,time,load\na,1,5\n", b"id,time,load\na,1,1e400\n", b"id,time,load\ra,1,5\ra,2,6\r",
     b"id,time,load\na,1,9007199254740993\n", b"id,time,load\na,1\0,5\n", b"id,time,load\r\na,1,5\r\na,2,6\n"],
)  # fmt: skip
def test_what_needs_care_is_not_read_quickly(text):
    with pytest.raises(NotPlainError):
        read_quickly(text, CsvConfig(separator=","))


def test_large_files_are_read_quickly_over_several_blocks_and_files(tmp_path, monkeypatch):
    monkeypatch.setattr(csv_reading, "LARGE", 1)
    monkeypatch.setattr(csv_reading, "WORTH_A_BAR", 1)
    monkeypatch.setattr("lstmcast.data.plain.plain_blocks.BLOCK", 1000)
    day = np.datetime_as_string(np.datetime64("2024-01-01T00") + np.arange(24), unit="m")
    lines = [[f"shop{shop},{time},{shop}.{hour:02}" for hour, time in enumerate(day)] for shop in range(40)]
    (tmp_path / "1.csv").write_text("id,time,load\n" + "".join(f"{line}\n" for shop in lines[:20] for line in shop))
    (tmp_path / "2.csv").write_text("id,time,load\n" + "".join(f"{line}\n" for shop in lines[20:] for line in shop))
    told = []

    sources, table = read_files(
        str(tmp_path / "*.csv"), CsvConfig(), lambda *_: (("id", "time"), ("load",)), lambda *of: told.append(of)
    )

    assert all(file.cut is None for file in sources.files)
    assert texts_of(table, "id") == [f"shop{shop}" for shop in range(40) for _ in range(24)]
    assert texts_of(table, "time") == day.tolist() * 40
    assert table.numbers["load"].tolist() == [float(f"{shop}.{hour:02}") for shop in range(40) for hour in range(24)]
    assert sources.where(480) == f"{tmp_path / '2.csv'}: line 2"
    size = sum(path.stat().st_size for path in tmp_path.glob("*.csv"))
    assert told[-1] == (size, size)
    assert sources.fingerprint == open_sources(str(tmp_path / "*.csv"), CsvConfig()).fingerprint
