import numpy as np
import pytest

from lstmcast.config.schema import CsvConfig
from lstmcast.data.columns import PLAIN, look_at_columns, needs_cp1252
from lstmcast.data.csv_file import open_sources


@pytest.fixture
def look(tmp_path):
    def look_at_text(text, **csv):
        path = tmp_path / "load.csv"
        path.write_text(text)
        options = CsvConfig(**csv)
        return {column.name: column for column in look_at_columns(open_sources(str(path), options), options)}

    return look_at_text


def test_numbers_times_and_texts_are_told_apart(look):
    columns = look("day,shop,sold,share\n2024-01-01,a,3,0.5\n2024-01-02,b,4,\n")

    assert [column.time_formats for column in columns.values()] == [("auto",), (), (), ()]
    assert [column.is_whole for column in columns.values()] == [False, False, True, False]
    assert columns["shop"].values is None
    np.testing.assert_array_equal(columns["share"].values, [0.5, np.nan])
    assert columns["share"].filled == 1


def test_texts_that_usually_mean_missing_do_not_make_a_column_of_texts(look):
    columns = look("sold\n3\nNA\n4.5\n")

    assert columns["sold"].styles[0] == PLAIN
    assert columns["sold"].missing == ("NA",)


def test_a_cell_that_is_no_number_is_kept_as_the_odd_one(look):
    columns = look("sold\n3\nabc\n4.5\n")

    assert columns["sold"].styles == ()
    assert columns["sold"].odd == "abc"


def test_decimal_commas_and_signs_between_thousands_are_styles(look):
    columns = look("price;units\n1,5;1,200\n22,75;1,300\n")

    assert columns["price"].styles == ((",", None), (",", "."))
    assert columns["units"].styles == ((".", ","), (",", None), (",", "."))


def test_dates_without_signs_are_stamps_as_well_as_numbers(look):
    columns = look("day,month,count\n20240101,202401,20240199\n20240102,202402,20240142\n")

    assert [column.time_formats for column in columns.values()] == [("%Y%m%d",), ("%Y%m",), ()]


@pytest.mark.parametrize("text", ["3 Jan 2024", "Jan 2024", "01/31/2024 02:00 PM"])
def test_written_months_and_halves_of_the_day_are_stamps(look, text):
    columns = look(f"when\n{text}\n")

    assert len(columns["when"].time_formats) == 1


def test_a_day_that_could_be_a_month_has_two_readings(look):
    columns = look("day,v\n01/02/2024,1\n02/02/2024,2\n")

    assert columns["day"].time_formats == ("%d/%m/%Y", "%m/%d/%Y")
    assert "can be 2024-02-01 or 2024-01-02" in str(columns["day"].time_problem)


def test_a_stamp_that_cannot_be_is_a_problem_that_names_its_line(look):
    columns = look("day,v\n2024-01-01,1\n2024-13-02,2\n2024-01-03,3\n")

    assert columns["day"].time_formats == ()
    assert "line 3: column 'day': '2024-13-02' is not written as '%Y-%m-%d'" in str(columns["day"].time_problem)


def test_a_column_without_a_name_cannot_be_used(look):
    assert list(look(",v\n0,1\n1,2\n")) == ["v"]


def test_only_a_file_that_is_not_utf8_needs_another_encoding(tmp_path):
    (tmp_path / "old.csv").write_bytes("größe\n1\n".encode("cp1252"))
    (tmp_path / "new.csv").write_bytes("größe\n1\n".encode())
    (tmp_path / "wide.csv").write_bytes("größe\n1\n".encode("utf-16"))

    needing = [needs_cp1252(str(tmp_path / name)) for name in ("old.csv", "new.csv", "wide.csv")]

    assert needing == [True, False, False]
