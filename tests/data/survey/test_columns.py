import numpy as np
import pytest

from lstmcast.config.data_config import CsvConfig
from lstmcast.data.survey.columns import PLAIN, look_at_columns
from lstmcast.data.table.csv_file import open_sources


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

    assert [column.time_formats for column in columns.values()] == [("%Y-%m-%d",), (), (), ()]
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


def test_units_behind_numbers_are_found_with_what_they_multiply_with(look):
    columns = look("volume,share,power,price\n1.2K,5%,3 kWh,$1\n3M,6%,4 kWh,$2\n4,,5 kWh,-$3\n")

    assert [dict(column.units) for column in columns.values()] == [
        {"K": 1000, "M": 1e6}, {"%": 1}, {"kWh": 1}, {"$": 1}
    ]  # fmt: skip
    assert columns["volume"].values.tolist() == [1200, 3e6, 4]


def test_two_units_that_nobody_can_convert_are_no_numbers(look):
    assert look("weight\n5 kg\n300 g\n")["weight"].values is None


def test_names_with_numbers_are_no_numbers_with_a_unit(look):
    columns = look("id,place\nH1,12A\nH2,14B\nH3,7C\n")

    assert [column.values for column in columns.values()] == [None, None]


@pytest.mark.parametrize(
    ("cells", "sentinels"),
    [
        (["2.1", "-200", "3.4", "-200", "2.8"], ("-200",)),
        (["21", "-999", "34", "-999.0", "28"], ("-999", "-999.0")),
        (["5", "9999", "7", "9999", "6"], ("9999",)),
        (["-200", "-190", "-210", "-200", "-205"], ()),  # in the midst of the others
        (["2.1", "-200", "3.4", "3.3", "2.8"], ()),  # once: an outlier
        (["2", "-3", "2", "-3", "2"], ()),
    ],
)
def test_a_number_far_off_that_comes_again_and_again_means_missing(look, cells, sentinels):
    column = look("load\n" + "".join(f"{cell}\n" for cell in cells))["load"]

    assert column.sentinels == sentinels
    assert int(np.isnan(column.values).sum()) == 2 * bool(sentinels)


def test_a_short_word_that_comes_again_and_again_means_missing(look):
    cells = ["1", "2", "abs", "3", "abs", "4", "5", "6"]

    assert look("load\n" + "".join(f"{cell}\n" for cell in cells))["load"].missing == ("abs",)


@pytest.mark.parametrize(
    ("cell", "style"),
    [("1 234,5", (",", " ")), ("1'234.5", (".", "'")), ("1.234,5", (",", ".")), ("1,234.5", (".", ","))],
)
def test_signs_between_thousands_are_found(look, cell, style):
    columns = look(f"load;note\n{cell};a\n7;b\n", separator=";")

    assert columns["load"].styles[0] == style
    assert columns["load"].values.tolist() == [1234.5, 7]
