import gzip
from pathlib import Path

import numpy as np
import pytest

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.table.csv_columns import read_table
from lstmcast.data.table.csv_file import open_sources
from lstmcast.data.table.table import ColumnError
from lstmcast.errors import DataError


def numbers_of(tmp_path: Path, text: str, **csv: object):
    path = tmp_path / "load.csv"
    path.write_text(text)
    config = CsvConfig(**csv)
    return read_table(open_sources(str(path), config), (), ("load",), config)


def test_texts_stay_texts_and_numbers_are_numbers(tmp_path):
    path = tmp_path / "load.csv.gz"
    path.write_bytes(gzip.compress(b"id,load,more\n001,1.5,x\n1,2,y\nNA,,z\n,4e2,z\n"))

    table = read_table(open_sources(str(path), CsvConfig()), ("id",), ("load",), CsvConfig())

    assert table.texts["id"].distinct.tolist() == ["001", "1", "NA"]
    assert table.texts["id"].codes.tolist() == [0, 1, 2, -1]
    np.testing.assert_array_equal(table.numbers["load"], [1.5, 2, np.nan, 400])


@pytest.mark.parametrize(
    ("cell", "message"),
    [("abc", "line 4: column 'load': 'abc' is not a number; correct it"),
     ("inf", "line 4: column 'load': 'inf' is not finite"),
     ("1e400", "line 4: column 'load': '1e400' is not finite"), ("-1e400", "'-1e400' is not finite"),
     ("12345678901234567890", "line 4: column 'load': '12345678901234567890' has more digits than a number keeps"),
     ("9007199254740993", "'9007199254740993' has more digits"), ("123456789012345678901234567890", "has more digits"),
     ("NA", "'NA' is not a number; if it means a missing value, add it to data.csv.missing"),
     ('"1,114.40"', "'1,114.40' is not a number; for signs between thousands set data.csv.thousands"),
     ("True", "'True' is not a number"), ("1_000", "'1_000' is not a number"), ("0x10", "'0x10' is not a number")],
)  # fmt: skip
def test_a_cell_that_is_no_finite_number_is_named_with_its_line(tmp_path, cell, message):
    with pytest.raises(DataError, match=message):
        numbers_of(tmp_path, f'load,note\n1,"two\nlines"\n{cell},x\n3,x\n')


def test_large_floats_and_whole_numbers_that_fit_are_fine(tmp_path):
    table = numbers_of(tmp_path, "load,time\n1e30,a\n9007199254740992,b\n-12345678901234567.0,c\n")

    assert table.numbers["load"].tolist() == [1e30, 2.0**53, -12345678901234567.0]


def test_a_column_of_texts_is_a_fault_of_the_column(tmp_path):
    with pytest.raises(ColumnError, match="line 2: column 'load': 'low' is not a number"):
        numbers_of(tmp_path, "load,time\nlow,a\nhigh,b\n")


@pytest.mark.parametrize("text", ["load;time\n1,5;a\n-2;b\n", "load\ttime\n1,5\ta\n-2\tb\n"])
def test_decimal_commas_are_found(tmp_path, text):
    table = numbers_of(tmp_path, text)

    assert (table.decimal, table.numbers["load"].tolist()) == (",", [1.5, -2])


def test_decimal_commas_are_found_behind_a_file_that_can_have_none(tmp_path):
    (tmp_path / "a.csv").write_text("step,load\n1,1\n2,2\n")
    (tmp_path / "b.csv").write_text("step;load\n3;3,5\n")

    table = read_table(open_sources(str(tmp_path / "*.csv"), CsvConfig()), (), ("load",), CsvConfig())

    assert table.numbers["load"].tolist() == [1, 2, 3.5]


def test_commas_that_could_be_either_are_refused(tmp_path):
    with pytest.raises(
        DataError, match=r"'1,234' can be read two ways; set data\.csv\.decimal: ',' or data\.csv\.thous"
    ):
        numbers_of(tmp_path, "load;time\n1,234;a\n")

    assert numbers_of(tmp_path, "load;time\n1,234;a\n", decimal=",").numbers["load"].tolist() == [1.234]
    assert numbers_of(tmp_path, "load;time\n1,234;a\n", thousands=",").numbers["load"].tolist() == [1234]


def test_points_between_thousands_mean_a_decimal_comma(tmp_path):
    table = numbers_of(tmp_path, "load;time\n1.234,5;a\n7;b\n", thousands=".")

    assert table.numbers["load"].tolist() == [1234.5, 7]


def test_more_texts_can_mean_missing(tmp_path):
    table = numbers_of(tmp_path, "load,time\n1,a\n-999,b\nn/v,c\nnan,d\n,e\n", missing=("-999", "n/v"))

    np.testing.assert_array_equal(table.numbers["load"], [1, np.nan, np.nan, np.nan, np.nan])


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quote_that_is_never_closed_is_named_by_its_line(tmp_path, end):
    with pytest.raises(DataError, match="line 4: a quote is opened here and never closed"):
        numbers_of(tmp_path, f'load,time\n1,"a\nb"\n2,"c\n3,d{end}')


def test_line_ends_of_old_spreadsheets_are_read(tmp_path):
    assert numbers_of(tmp_path, "load,time\r1,a\r2,b\r").numbers["load"].tolist() == [1, 2]
