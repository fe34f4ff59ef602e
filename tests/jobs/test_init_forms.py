"""Files as other programs write them: `init` finds how, writes it down, and `check` reads the same by that alone."""

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.errors import DataError, OutputError
from lstmcast.jobs.init import init

DAYS = [str(day) for day in np.arange("2024-01-01", "2024-04-10", dtype="datetime64[D]")]
WAVE = [round(50 + 10 * float(np.sin(2 * np.pi * k / 7)) + k % 3, 2) for k in range(100)]
PLAIN = list(zip(DAYS, WAVE, strict=True))


def rows(separator=",", number=str, end="\n"):
    return "".join(f"{day}{separator}{number(value)}{end}" for day, value in PLAIN)


def comma(value):
    return str(value).replace(".", ",")


FORMS = {
    "comments above": ("# made by a logger\n# 2024\nday,load\n" + rows(), {"header": 3, "comment": "#"}),
    "a title above": ("Load of the town\n\nday;load\n" + rows(";", comma), {"header": 3, "decimal": ","}),
    "units below the header": ("day,load\ndate,MW\n" + rows(), {"skip": 1}),
    "a source below": ("day,load\n" + rows() + "Source: the town\n", {"footer": 1}),
    "separators at the end": ("day;load\n" + rows(";", comma, ";;\n"), {"trailing": "ignore", "decimal": ","}),
    "empty rows at the end": ("day;load\n" + rows(";", comma) + ";\n;\n", {"decimal": ","}),
    "thousands": ("day,load\n" + rows(number=lambda value: f'"{value * 1000:,.2f}"'), {"thousands": ","}),
    "apostrophes": (
        "day;load\n" + rows(";", lambda value: f"{value * 1000:,.2f}".replace(",", "'")),
        {"thousands": "'"},
    ),
    "blanks between thousands, no decimals": (
        "day;load\n" + rows(";", lambda value: f"{100_000 * value:,.0f}".replace(",", " ")),
        {"thousands": " ", "decimal": "."},
    ),
    "apostrophes, no decimals": (
        "day,load\n" + rows(number=lambda value: f"{100_000 * value:,.0f} kWh".replace(",", "'")),
        {"thousands": "'", "decimal": ".", "units": {"kWh": 1}},
    ),
    "thousands with units": (
        "day,load\n" + rows(number=lambda value: f'"{100 * value:,.0f} kWh"'),
        {"thousands": ",", "units": {"kWh": 1}},
    ),
    "units behind numbers": ("day,load\n" + rows(number=lambda value: f"{value} kWh"), {"units": {"kWh": 1}}),
    "units with digits": ("day,load\n" + rows(number=lambda value: f"{value} m3/s"), {"units": {"m3/s": 1}}),
    "units with small digits": ("day,load\n" + rows(number=lambda value: f"{value} W/m²"), {"units": {"W/m²": 1}}),
    "units with points": ("day,load\n" + rows(number=lambda value: f"Rs.{value}"), {"units": {"Rs.": 1}}),
    "multiples with points": (
        "day,load\n" + rows(number=lambda value: f"{value} Mio."),
        {"units": {"Mio.": 1_000_000}},
    ),
    "footnotes": ("day,load\n" + rows(number=lambda value: f"{value}²"), {"units": {"²": 1}}),
    "percent": ("day,load\n" + rows(number=lambda value: f"{value}%"), {"units": {"%": 1}}),
    "a header that comes again": ("day,load\n" + rows().replace(DAYS[50], "day,load\n" + DAYS[50]), {}),
    "totals below": ("day,load\n" + rows() + "Total,5020.5\n", {"footer": 1}),
    "a sum without a date below": ("day,load\n" + rows() + ",5020.5\n", {"footer": 1}),
    "names in a comment": ("# load of the town\n# day,load\n" + rows(), {"header": 2, "comment": "#"}),
    "blanks between cells": (" day        load\n" + rows("    "), {"separator": " "}),
    "carriage returns": ("day,load\r\n" + rows(end="\r\n"), {}),
    "no last line end": (("day,load\n" + rows()).rstrip("\n"), {}),
    "tabs": ("day\tload\n" + rows("\t"), {}),
    "a line that names the separator": ("sep=;\nday;load\n" + rows(";", comma), {"header": 2, "decimal": ","}),
    "two more lines of a header": ("day,load\nTicker,ABC\nDate,\n" + rows(), {"skip": 2}),
    "a total above": ("day,load\nTotal,5020.5\n" + rows(), {"skip": 1}),
    "a table of a database": (
        " day        | load\n------------+------\n"
        + "".join(f" {day} | {value}\n" for day, value in PLAIN)
        + "(100 rows)\n",
        {"separator": "|", "skip": 1, "footer": 1},
    ),
    "a table in a frame": (
        "+-----+-----+\n| day | load |\n+-----+-----+\n"
        + "".join(f"| {day} | {value} |\n" for day, value in PLAIN)
        + "+-----+-----+\n",
        {"separator": "|", "header": 2, "skip": 1, "footer": 1},
    ),
    "commas in times and in numbers": (
        "Load of the town\n\nday\tload\n"
        + "".join(f"{np.datetime64(day).item():%B %d, %Y}\t{comma(value)}\n" for day, value in PLAIN),
        {"separator": "\t", "header": 3, "decimal": ","},
    ),
    "single quotes": ("'day';'load'\n" + "".join(f"'{day}';'{value}'\n" for day, value in PLAIN), {"quote": "'"}),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("form", FORMS)
def test_any_form_is_found_and_read_by_what_is_written_down(tmp_path, form, encoding):
    text, settings = FORMS[form]
    (tmp_path / "load.csv").write_bytes(text.encode(encoding))

    init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    data = load_config(tmp_path / "load.yaml").data
    assert (data.time, data.target) == ("day", "load")
    assert {name: getattr(data.csv, name) for name in settings} == settings
    assert "auto" not in (data.csv.separator, data.csv.decimal, data.csv.encoding)
    values = read_panel(data).panel.values
    assert (values / values[0] * WAVE[0]).tolist() == pytest.approx(WAVE)


def test_numbers_name_columns_beside_times_without_a_name(tmp_path):
    (tmp_path / "load.csv").write_text(",101,205\n" + "".join(f"{day},{value},{value + 1}\n" for day, value in PLAIN))

    init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    data = load_config(tmp_path / "load.yaml").data
    assert data.target == ("101", "205")
    assert read_panel(data).panel.frequency.alias == "D"


def test_ids_that_are_written_with_decimals_tell_series_apart(tmp_path):
    text = "day,store,load\n" + "".join(f"{day},{store},{value}\n" for store in ("1.0", "2.0") for day, value in PLAIN)
    (tmp_path / "load.csv").write_text(text)

    init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    data = load_config(tmp_path / "load.yaml").data
    assert (data.id, data.target) == ("store", "load")


@pytest.mark.parametrize(
    ("names", "target"),
    [
        (("sales", "price", "promo", "temp"), "sales"),
        (("on", "temperature", "load"), "load"),
        (("demand", "rain_fall"), "demand"),
        (("demand", "Rainham"), ("demand", "Rainham")),
        (("load", "wind", "solar"), ("load", "wind", "solar")),
        (("load", "price"), ("load", "price")),
        (("temp", "humidity"), ("temp", "humidity")),
        (("north", "on", "south"), ("north", "south")),
    ],
)
def test_what_moves_sales_or_a_load_is_not_forecast_beside_it(tmp_path, names, target):
    cells = {"on": lambda place: place % 2, "promo": lambda place: int(place % 9 == 0)}
    rows = [
        ",".join([day, *(str(cells[name](place) if name in cells else value + len(name)) for name in names)])
        for place, (day, value) in enumerate(PLAIN)
    ]
    (tmp_path / "load.csv").write_text("\n".join([",".join(["day", *names]), *rows, ""]))

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    assert load_config(tmp_path / "load.yaml").data.target == target
    assert any(note.startswith("unsure of data.target") for note in result.notes)


def test_a_minus_may_stand_behind_a_number(tmp_path):
    cells = [f"{abs(value - 50):.2f}{'-' if value < 50 else ''}" for value in WAVE]
    text = "day,load\n" + "".join(f"{day},{cell}\n" for day, cell in zip(DAYS, cells, strict=True))
    (tmp_path / "load.csv").write_text(text)

    init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    values = read_panel(load_config(tmp_path / "load.yaml").data).panel.values
    assert values.tolist() == pytest.approx([value - 50 for value in WAVE])


def test_losses_in_brackets_are_read_by_what_is_written_down(tmp_path):
    text = "day;profit\n" + rows(";", lambda value: f"(${50 - value:,.2f})" if value < 50 else f"${value - 50:,.2f}")
    (tmp_path / "load.csv").write_text(text)

    init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    values = read_panel(load_config(tmp_path / "load.yaml").data).panel.values
    assert values.tolist() == pytest.approx([value - 50 for value in WAVE])


@pytest.mark.parametrize(
    ("separator", "sign", "cells", "thousands"),
    [(";", ".", range(900, 1100), "."), (";", ".", range(1100, 1300), None), (",", ",", range(900, 1100), ",")],
)  # fmt: skip
def test_a_sign_before_three_digits_groups_them_where_small_numbers_are_whole(
    tmp_path, separator, sign, cells, thousands
):
    days = np.arange("2024-01-01", "2024-07-19", dtype="datetime64[D]").astype(str)
    text = "".join(
        f'{day}{separator}"{f"{cell:,}".replace(",", sign)}"\n' for day, cell in zip(days, cells, strict=True)
    )
    (tmp_path / "load.csv").write_text(f"day{separator}load\n{text}")

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    data = load_config(tmp_path / "load.yaml").data
    assert data.csv.thousands == thousands
    if thousands:
        assert read_panel(data).panel.values.tolist() == list(cells)
    assert any("over a thousand" in note for note in result.notes)


def test_a_point_before_three_digits_is_doubted_where_dates_have_points(tmp_path):
    days = [f"{day[8:]}.{day[5:7]}.{day[:4]}" for day in DAYS]
    text = "".join(f"{day}\t{600 + place}.250 €\n" for place, day in enumerate(days))
    (tmp_path / "load.csv").write_text("day\tload\n" + text)

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    assert any("'600.250' in column 'load' could be over a thousand" in note for note in result.notes)


def test_an_hour_that_is_there_twice_proposes_a_zone(tmp_path):
    walls = np.arange("2024-10-25T00", "2024-10-31T00", dtype="datetime64[h]").astype(str).tolist()
    walls.insert(walls.index("2024-10-27T02"), "2024-10-27T02")
    text = "time,load\n" + "".join(f"{wall}:00,{place % 24}\n" for place, wall in enumerate(walls))
    (tmp_path / "load.csv").write_text(text)

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    assert "# timezone: Europe/Berlin" in (tmp_path / "load.yaml").read_text()
    assert any("an hour that clocks show twice? data.timezone would tell both apart" in note for note in result.notes)


def test_days_of_a_zone_that_are_written_in_utc_name_the_zone(tmp_path):
    midnights = np.array(
        [np.datetime64(day, "h") - np.timedelta64(1 if day < "2024-03-31T12" else 2, "h") for day in DAYS]
    )
    text = "at,load\n" + "".join(f"{at}:00:00Z,{value}\n" for at, value in zip(midnights, WAVE, strict=True))
    (tmp_path / "load.csv").write_text(text)

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())
    zoned = init(tmp_path / "load.csv", output=tmp_path / "b.yaml", force=False, sets=("data.timezone=Europe/Berlin",))

    told = "all times are midnights in Europe/Berlin: with data.timezone: Europe/Berlin they are days or months"
    assert f"unsure of data.timezone: {told}" in result.notes
    assert load_config(tmp_path / "load.yaml").data.off_grid == "nearest"
    assert not any("unsure of" in note for note in zoned.notes)
    assert load_config(tmp_path / "b.yaml").data.off_grid == "error"


def test_many_rows_of_one_time_are_doubted(tmp_path):
    text = "day,amount\n" + "".join(f"{day},{place}\n{day},{place + 1}\n" for place, day in enumerate(DAYS))
    (tmp_path / "load.csv").write_text(text)

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    assert load_config(tmp_path / "load.yaml").data.duplicates == "mean"
    assert any("unsure: 50% of the rows have a time that is there already: `sum` adds" in note for note in result.notes)


def test_thousands_and_millions_are_multiplied_and_said_to_be_a_guess(tmp_path):
    cells = [f"{value}K" if value < 55 else f"{value / 1000:.5f}M" for value in WAVE]
    text = "day,volume\n" + "".join(f"{day},{cell}\n" for day, cell in zip(DAYS, cells, strict=True))
    (tmp_path / "load.csv").write_text(text)

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    data = load_config(tmp_path / "load.yaml").data
    assert data.csv.units == {"K": 1000, "M": 1_000_000}
    assert read_panel(data).panel.values.tolist() == pytest.approx([value * 1000 for value in WAVE])
    assert any(note.startswith("unsure of data.csv.units: K, M behind a number") for note in result.notes)


def test_units_that_are_given_are_written_as_they_are(tmp_path):
    cells = [f"{value} MB/s" if value < 55 else f"{value / 1000:.5f} GB/s" for value in WAVE]
    text = "day,speed\n" + "".join(f"{day},{cell}\n" for day, cell in zip(DAYS, cells, strict=True))
    (tmp_path / "load.csv").write_text(text)
    units = "data.csv.units={MB/s: 1, GB/s: 1000}"

    init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=[units])

    data = load_config(tmp_path / "load.yaml").data
    assert data.csv.units == {"MB/s": 1, "GB/s": 1000}
    assert read_panel(data).panel.values.tolist() == pytest.approx(WAVE)


def test_a_sentinel_means_missing_and_is_said_to_be_a_guess(tmp_path):
    cells = ["-200" if place % 9 == 4 else str(value) for place, value in enumerate(WAVE)]
    text = "day,load\n" + "".join(f"{day},{cell}\n" for day, cell in zip(DAYS, cells, strict=True))
    (tmp_path / "load.csv").write_text(text)

    result = init(tmp_path / "load.csv", output=tmp_path / "load.yaml", force=False, sets=())

    data = load_config(tmp_path / "load.yaml").data
    assert (data.csv.missing, data.gaps) == (("-200",), "interpolate")
    assert any("unsure of data.csv.missing: -200 stands far from all other numbers" in note for note in result.notes)
    assert "# unsure: -200 stands far" in (tmp_path / "load.yaml").read_text()


def test_a_date_with_a_comma_does_not_split_rows(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("Datum;Wert\n" + "".join(f"Mon, {day};{comma(value)}\n" for day, value in PLAIN))

    result = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[])

    config = load_config(result.path)
    assert (config.data.csv.separator, config.data.target) == (";", "Wert")


def test_a_total_line_above_the_rows_is_left_out_and_said(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("day,load\nService total,5020.5\n" + rows())

    result = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[])

    assert "unsure of data.csv.skip: left out under the header, as no rows: 'Service total,5020.5'" in result.notes


def test_decimal_commas_between_commas_are_doubted(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("day,load\n" + rows(number=lambda value: f'"{comma(value)}"'))

    result = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[])

    assert any("data.csv.decimal: commas stand between cells as well" in note for note in result.notes)


@pytest.mark.parametrize(
    ("name", "write", "time_format"),
    [("day", lambda day: str((np.datetime64(day) - np.datetime64("1899-12-30")).astype(int)), "excel"),
     ("time", lambda day: str(np.datetime64(day, "us").astype(int)), "epoch_us"),
     ("time", lambda day: str(np.datetime64(day, "ns").astype(int)), "epoch_ns"),
     ("date", lambda day: day.replace("-", "")[2:], "%y%m%d")],
)  # fmt: skip
def test_times_as_numbers_are_found_by_the_name_of_their_column(tmp_path, name, write, time_format):
    path = tmp_path / "load.csv"
    path.write_text(f"{name},load\n" + "".join(f"{write(day)},{value}\n" for day, value in PLAIN))

    result = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[])

    config = load_config(result.path)
    assert (config.data.time, config.data.time_format, config.data.freq) == (name, time_format, "D")
    assert any("days since 1899-12-30" in note for note in result.notes) is (time_format == "excel")


@pytest.mark.parametrize("sets", [[], ["data.time=Month"]])
@pytest.mark.parametrize("name", ["Month", "Stand"])
def test_months_as_days_of_a_spreadsheet_are_found_whatever_their_column_is_called(tmp_path, name, sets):
    path = tmp_path / "load.csv"
    months = np.arange("2019-01", "2024-07", dtype="datetime64[M]").astype("datetime64[D]")
    days = (months - np.datetime64("1899-12-30")).astype(int).tolist()
    path.write_text(f"{name};load\n" + "".join(f"{day};{100 + place % 12},5\n" for place, day in enumerate(days)))

    result = init(
        path, output=tmp_path / "lstmcast.yaml", force=False, sets=[text.replace("Month", name) for text in sets]
    )

    config = load_config(result.path)
    assert (config.data.time, config.data.time_format, config.data.freq) == (name, "excel", "MS")
    assert any("'43466' is taken for days since 1899-12-30" in note for note in result.notes) is not sets


def test_years_with_decimals_are_months_and_no_target(tmp_path):
    path = tmp_path / "load.csv"
    lines = [f'"{row + 1}",{round(1949 + row / 12, 11):.11g},{100 + row % 12}\n' for row in range(96)]
    path.write_text('"","time","passengers"\n' + "".join(lines))

    result = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[])

    config = load_config(result.path)
    assert (config.data.time_format, config.data.freq, config.data.target) == ("decimal_year", "MS", "passengers")


def test_a_column_of_times_without_a_name_is_called_after_its_place(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text(",load,\n" + rows(end=",\n"))

    result = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[])

    config = load_config(result.path)
    assert (config.data.time, config.data.target) == ("column_1", "load")
    assert read_panel(config.data).panel.values.tolist() == WAVE


@pytest.mark.parametrize(
    ("first", "time", "time_format", "freq"),
    [
        (lambda row: f"{1962 + row / 4}", "column_1", "decimal_year", "QS"),
        (lambda row: f"{1950 + row * 7 % 40 / 4}", None, "auto", "auto"),  # prices in quarters of a point
    ],
)
def test_years_without_a_name_are_told_from_prices(tmp_path, first, time, time_format, freq):
    path = tmp_path / "load.csv"
    path.write_text(",load\n" + "".join(f"{first(row)},{100 + row % 7}\n" for row in range(40)))

    config = load_config(init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[]).path)

    assert (config.data.time, config.data.time_format, config.data.freq) == (time, time_format, freq)


@pytest.mark.parametrize(
    ("name", "first", "time_format", "freq"),
    [
        ("t", lambda row: f"{row + 1}.0", "auto", 1),
        ("cycle", lambda row: f"{row + 1}.0", "auto", 1),
        ("date", lambda row: f"{20240101 + row}.0", "%Y%m%d.0", "D"),
        ("month", lambda row: f"{2001 + row // 12}{row % 12 + 1:02}.0", "%Y%m.0", "MS"),
    ],
)
def test_whole_numbers_with_a_zero_are_times_as_without(tmp_path, name, first, time_format, freq):
    path = tmp_path / "load.csv"
    path.write_text(f"{name},load\n" + "".join(f"{first(row)},{100 + row * row % 13}.0\n" for row in range(30)))

    config = load_config(init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[]).path)

    assert (config.data.time, config.data.time_format, config.data.freq) == (name, time_format, freq)
    assert len(read_panel(config.data).panel.values) == 30


@pytest.mark.parametrize("first", ["", "product"])
@pytest.mark.parametrize("times", [[f"2020-{m:02}" for m in range(1, 9)], [f"2020-01-0{d}" for d in range(1, 9)]])
def test_a_table_whose_times_stand_in_the_header_is_refused_with_or_without_a_first_name(tmp_path, first, times):
    path = tmp_path / "turned.csv"
    path.write_text(f"{first},{','.join(times)}\nBeer,1,2,3,4,5,6,7,8\nWine,2,3,4,5,6,7,8,9\n")

    with pytest.raises(DataError, match="its times stand in the header"):
        init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[])


def test_series_that_blanks_alone_tell_apart_are_noted(tmp_path):
    path = tmp_path / "load.csv"
    rows = (f"2024-01-{day:02},{shop},{day}\n" for day in range(1, 31) for shop in ("A", "B" if day % 2 else "B "))
    path.write_text("day,shop,load\n" + "".join(rows))

    notes = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[]).notes

    assert "series 'B' and 'B ' differ by blanks only; if they are one, make their names equal" in notes


def test_a_config_in_a_folder_that_is_not_there_is_refused_by_its_name(tmp_path):
    path = tmp_path / "load.csv"
    path.write_text("day,load\n" + "".join(f"2024-01-{day:02},{day}\n" for day in range(1, 31)))

    with pytest.raises(OutputError, match=r"none/lstmcast.yaml: cannot be written: there is no folder"):
        init(path, output=tmp_path / "none" / "lstmcast.yaml", force=False, sets=[])


def test_machines_whose_cycles_are_written_with_a_zero_are_told_apart(tmp_path):
    path = tmp_path / "load.csv"
    rows = (f"{machine},{cycle}.0,{cycle * cycle % 17}.5\n" for machine in "AB" for cycle in range(1, 41) if cycle != 9)
    path.write_text("machine,cycle,temp\n" + "".join(rows))

    config = load_config(init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[]).path)

    assert (config.data.time, config.data.id, config.data.target) == ("cycle", "machine", "temp")
    assert read_panel(config.data).panel.known.tolist() == [40, 40]


def test_events_at_any_second_that_are_averaged_are_doubted(tmp_path):
    path = tmp_path / "sales.csv"
    seconds = np.sort(np.random.default_rng(1).integers(0, 120 * 86400, 900))
    stamps = np.datetime64("2024-01-01T00:00:00") + seconds.astype("timedelta64[s]")
    rows = (f"{str(stamp).replace('T', ' ')},{row},{10 + row % 7}\n" for row, stamp in enumerate(stamps))
    path.write_text("timestamp,order_id,amount\n" + "".join(rows))

    notes = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[]).notes

    assert any("of sales or events, data.duplicates: sum with data.gaps: zero makes sums" in note for note in notes)


@pytest.mark.parametrize(
    ("closed", "told"), [((6,), "of a Sunday;"), ((), None), ((2, 6), "of a Wednesday or Sunday;")]
)
def test_days_that_are_never_there_are_told(tmp_path, closed, told):
    days = np.arange(np.datetime64("2024-01-01"), np.datetime64("2024-04-29"))
    open_days = [day for day in days if (day.astype(int) + 3) % 7 not in closed]
    path = tmp_path / "load.csv"
    path.write_text("day,load\n" + "".join(f"{day},{100 + place % 6}\n" for place, day in enumerate(open_days)))

    notes = init(path, output=tmp_path / "lstmcast.yaml", force=False, sets=[]).notes

    assert any("no row is of a" in note and str(told) in note for note in notes) is (told is not None)
