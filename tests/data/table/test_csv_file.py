import pytest

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.table.csv_columns import read_table
from lstmcast.data.table.csv_file import open_sources
from lstmcast.errors import DataError, ShortError


def test_several_files_are_one_table_and_messages_name_the_right_one(tmp_path):
    (tmp_path / "1.csv").write_text("time,load\na,1\n")
    (tmp_path / "2.csv").write_text("load,time\n2,b\n3,a\n")

    sources = open_sources(str(tmp_path / "*.csv"), CsvConfig())
    table = read_table(sources, ("time",), ("load",), CsvConfig())

    assert table.texts["time"].distinct[table.texts["time"].codes].tolist() == ["a", "b", "a"]
    assert table.numbers["load"].tolist() == [1, 2, 3]
    assert sources.where(2) == f"{tmp_path / '2.csv'}: line 3"


@pytest.mark.parametrize("empty", ["1.csv", "2.csv"])
def test_a_file_of_several_may_hold_a_header_alone(tmp_path, empty):
    for name in ("1.csv", "2.csv"):
        (tmp_path / name).write_text("load,time\n" if name == empty else "time,load\na,1\nb,1e400\n")
    sources = open_sources(str(tmp_path / "*.csv"), CsvConfig())

    table = read_table(sources, ("time",), (), CsvConfig())

    assert table.texts["time"].distinct.tolist() == ["a", "b"]
    with pytest.raises(DataError, match=r"line 3: column 'load': '1e400' is not finite"):
        read_table(sources, ("time",), ("load",), CsvConfig())


def test_files_with_other_columns_are_refused(tmp_path):
    (tmp_path / "1.csv").write_text("time,load\na,1\n")
    (tmp_path / "2.csv").write_text("time,power\na,1\n")

    with pytest.raises(DataError, match=r"2\.csv: its header differs from the one of .*1\.csv: load, power"):
        open_sources(str(tmp_path / "*.csv"), CsvConfig())


def test_a_header_alone_is_too_short(tmp_path):
    (tmp_path / "load.csv").write_text("load,time\n")

    with pytest.raises(ShortError, match="there is a header but no row; it has load, time"):
        open_sources(str(tmp_path / "load.csv"), CsvConfig())
