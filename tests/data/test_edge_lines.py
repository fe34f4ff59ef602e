import pytest

from lstmcast.errors import DataError

DAYS = "".join(f"2024-01-{day:02},{day}.5\n" for day in range(1, 21))
SHOPS = "".join(f"2024-01-{day:02},{shop},{day}.5\n" for shop in ("a", "b") for day in range(1, 21))


@pytest.mark.parametrize(
    ("text", "csv", "line", "advice"),
    [
        (DAYS, {"footer": 1}, r"line 21: '2024-01-20,20\.5'", "footer to 0"),
        (DAYS + "Total,9\n", {"footer": 2}, r"line 21: '2024-01-20,20\.5'", "footer to 1"),
        (DAYS + "Total,9\n", {"footer": 4}, r"line 21: '2024-01-20,20\.5'", "footer to 1"),
        (DAYS + "\n\n", {"footer": 1}, r"line 21: '2024-01-20,20\.5'", "footer to 0"),
        (DAYS.replace("\n", "\r\n"), {"footer": 1}, r"line 21: '2024-01-20,20\.5'", "footer to 0"),
        (DAYS, {"skip": 1}, r"line 2: '2024-01-01,1\.5'", "skip to 0"),
        ("day,MW\n" + DAYS, {"skip": 3}, r"line 3: '2024-01-01,1\.5'", "skip to 1"),
    ],
)
def test_a_row_is_never_left_out_for_a_footer_or_a_line_of_units(text, csv, line, advice, read):
    with pytest.raises(DataError, match=rf"{line} reads like a row, but .* leaves it out; set data\.csv\.{advice}, or"):
        read(f"time,load\n{text}", csv=csv)


@pytest.mark.parametrize(
    "footer",
    ["Total,210", "2024-01-21,", ",210", "2024-01,210", "2024-01-21,Total", "Source: 2024-01-21", "2024-01-21,n/a"],
)
def test_what_has_no_time_like_the_others_or_no_number_is_left_out(footer, read):
    reading = read(f"time,load\n{DAYS}{footer}\n", csv={"footer": 1, "missing": ["n/a"]})

    assert reading.panel.values.tolist() == [day + 0.5 for day in range(1, 21)]


def test_a_total_may_have_a_time_and_a_number_unless_a_series_is_called_so(read):
    text = f"time,shop,load\n{SHOPS}2024-01-20,Total,41\n"

    reading = read(text, id="shop", csv={"footer": 1})
    assert reading.panel.ids[0].tolist() == ["a", "b"]

    with pytest.raises(DataError, match="line 42: '2024-01-20,Total,41' reads like a row"):
        read(text.replace(",b,", ",Total,"), id="shop", csv={"footer": 1})


def test_a_row_of_a_table_with_units_and_its_own_header_is_seen_as_one(read):
    rows = "".join(f"{day:02}.01.2024;1.{day:03},5 €\n" for day in range(1, 21))
    csv = {"header": 2, "footer": 1, "separator": ";", "decimal": ",", "thousands": ".", "units": {"€": 1}}

    reading = read(f"Report\ntime;load\n{rows}Summe;9.999,0 €\n", csv=csv)

    assert reading.panel.values.tolist() == [1000 + day + 0.5 for day in range(1, 21)]
    with pytest.raises(DataError, match=r"line 22: '20\.01\.2024;1\.020,5 €' reads like a row"):
        read(f"Report\ntime;load\n{rows}", csv=csv)


def test_rows_of_whole_numbers_are_seen_as_such(read):
    rows = "".join(f"{year},{year - 2000}\n" for year in range(2001, 2021))

    assert read(f"time,load\n{rows}Total,210\n", csv={"footer": 1}).panel.values.tolist() == list(range(1, 21))
    with pytest.raises(DataError, match="line 21: '2020,20' reads like a row"):
        read(f"time,load\n{rows}", csv={"footer": 1})


def test_without_times_the_last_line_is_left_out_as_it_is_said(read):
    assert read("time,load\nx,1\nx,2\nx,3\n", time=None, csv={"footer": 1}).panel.values.tolist() == [1, 2]
