"""Real files with the mess that real files have; they lie beside the repository and may be absent."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.data.read import Reading, read_panel
from lstmcast.errors import DataError

REPOSITORY = Path(__file__).parents[2]
REAL = REPOSITORY.parent / "shared" / "data"

needs_real_files = pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not beside the repository")


def read_real(name: str, **options: object) -> Reading:
    csv = CsvConfig(**options.pop("csv", {}))
    return read_panel(DataConfig(**{"path": str(REAL / name), "csv": csv, **options}))


def next_stamp(reading: Reading) -> str:
    return str(reading.time_format.render(reading.panel.frequency.stamps(reading.panel.cutoffs[:1] + 1))[0])


@needs_real_files
@pytest.mark.parametrize(
    ("name", "options", "alias", "length", "following"),
    [("small/airline-passengers.csv", {"time": "Month", "target": "Passengers"}, "MS", 144, "1961-01"),
     ("small/example_air_passengers.csv", {"time": "ds", "target": "y"}, "MS", 144, "1961-01-01"),
     ("small/monthly-sunspots.csv", {"time": "Month", "target": "Sunspots"}, "MS", 2820, "1984-01"),
     ("small/us_gasoline.csv", {"time": "Week", "target": "Gasoline"}, "W-FRI", 1578, "05/7/2021"),
     ("small/taylor.csv.gz", {"target": "Y"}, "1", 4032, "4033"),
     ("small/shampoo.csv", {"target": "Sales"}, "1", 36, "37"),
     ("nab/Twitter_volume_AAPL.csv.gz", {"time": "timestamp", "target": "value"}, "5min", 15902, "2015-04-23 02:52:53"),
     ("nab/nyc_taxi.csv.gz", {"time": "timestamp", "target": "value"}, "30min", 10320, "2015-02-01 00:00:00"),
     ("ett/ETTh1.csv.gz", {"time": "date", "target": "OT"}, "h", 17420, "2018-06-26 20:00:00"),
     ("messy/weather_2012_montreal.csv.gz", {"time": "Date/Time", "target": "Temp (C)"}, "h", 8784,
      "2013-01-01 00:00:00"),
     ("messy/google_stock_thousands.csv", {"time": "Date", "target": "Close", "csv": {"thousands": ","},
      "gaps": "previous"}, "B", 1283, "12/2/2016")],
)  # fmt: skip
def test_real_files_are_read_as_they_are(name, options, alias, length, following):
    reading = read_real(name, **options)

    assert reading.panel.frequency.alias == alias
    assert reading.panel.known.tolist() == [length]
    assert next_stamp(reading) == following


@needs_real_files
@pytest.mark.parametrize(
    ("name", "options", "message"),
    [("small/shampoo.csv", {"time": "Month", "target": "Sales"}, "'1-01' is no time .* has no year of four digits"),
     ("small/daily-min-temperatures.csv", {"time": "Date", "target": "Temp"}, "1984-12-31 is missing, and 1 more"),
     ("small/monthly-milk-incomplete.csv", {"time": "Month", "target": "Pounds per cow"},
      "1963-09 is missing, and 12 more"),
     ("small/example_wp_log_peyton_manning.csv.gz", {"time": "ds", "target": "y"}, "is missing, and 58 more"),
     ("energy/AEP_hourly.csv.gz", {"time": "Datetime", "target": "AEP_MW"}, "2014-11-02 02:00:00 is there twice.*DST"),
     ("nab/machine_temperature_system_failure.csv.gz", {"time": "timestamp", "target": "value"}, "is there twice"),
     ("messy/bikes_montreal_latin1.csv", {"time": "Date", "target": "Rachel1"}, "line 1: found byte 0xE9, not UTF-8"),
     ("messy/bikes_montreal_latin1.csv", {"time": "Date", "target": "Rachel1", "csv": {"encoding": "cp1252"}},
      "line 17: found 9 fields, the header has 10"),
     ("messy/google_stock_thousands.csv", {"time": "Date", "target": "Close"},
      "'1,008.64' is not a number; .*thousands"),
     ("messy/pollution_beijing.csv.gz", {"target": "cbwd"}, "line 2: column 'cbwd': 'NW' is not a number")],
)  # fmt: skip
def test_real_faults_are_named(name, options, message):
    with pytest.raises(DataError, match=message):
        read_real(name, **options)


@needs_real_files
def test_irregular_rows_are_named_with_two_stamps(tmp_path):
    text = gzip.decompress((REAL / "nab/TravelTime_387.csv.gz").read_bytes()) + b"\n"
    (tmp_path / "travel.csv").write_bytes(text)

    with pytest.raises(DataError, match=r"data\.time: 2015-.* and 2015-.* do not lie on one grid .* '10min'"):
        read_panel(DataConfig(path=str(tmp_path / "travel.csv"), time="timestamp", target="value"))


@needs_real_files
def test_fourteen_years_of_hours_are_sorted_and_filled_with_all_that_said():
    reading = read_real(
        "energy/AEP_hourly.csv.gz", time="Datetime", target="AEP_MW", duplicates="mean", gaps="seasonal"
    )

    assert reading.panel.known.tolist() == [121_296]
    assert (reading.duplicates_dropped, reading.fills.tolist()) == (4, [27])
    assert reading.notes[0] == "rows were not in time order; sorted"


@needs_real_files
def test_four_hundred_series_of_integer_steps():
    panel = read_real("m4/m4_hourly_train.csv.gz", time="ds", target="y", id="unique_id").panel

    assert (panel.series_count, panel.frequency.alias, panel.first.tolist()) == (414, "1", [1] * 414)
    assert panel.ids[0][:3].tolist() == ["H1", "H10", "H100"]


@pytest.mark.parametrize(
    ("name", "options", "alias", "known"),
    [("air_passengers.csv", {"time": "month", "target": "passengers"}, "MS", [144]),
     ("shop_sales.csv", {"time": "date", "target": ("bakery", "dairy", "produce")}, "D", [910] * 3),
     ("power.csv", {"time": "time", "id": "region", "target": "load", "future": ("temperature", "holiday")}, "h",
      [1440] * 2)],
)  # fmt: skip
def test_the_bundled_files_are_read(name, options, alias, known):
    panel = read_panel(DataConfig(path=str(REPOSITORY / "data" / name), **options)).panel

    assert (panel.frequency.alias, panel.known.tolist()) == (alias, known)
    ahead = np.diff(panel.offsets) - panel.known
    assert ahead.tolist() == [24 if panel.future_names else 0] * panel.series_count
