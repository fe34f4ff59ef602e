"""What lies beside a file is all that its user has."""

import numpy as np

from lstmcast.config.data_config import DataConfig
from lstmcast.data.read import read_panel
from lstmcast.export.description import describe_file, plain_array
from lstmcast.network.spec import Cycle
from tests.examples import a_scale, a_spec

DAY_AND_YEAR = (Cycle(name="week", period=7.0, harmonics=1), Cycle(name="year", period=365.2425, harmonics=1))


def described(folder, header, cells, *, names=(), calendar=(), **keys):
    stamps = np.datetime64("2023-12-30") + np.arange(len(cells))
    lines = [header, *(f"{stamp},{cell}" for stamp, cell in zip(stamps, cells, strict=True))]
    (folder / "load.csv").write_text("\n".join(lines) + "\n")
    config = DataConfig.from_plain({"path": str(folder / "load.csv"), "time": "day", "target": "load", **keys})
    reading = read_panel(config)
    spec = a_spec(horizon=2, future=tuple(map(a_scale, names)), calendar=calendar)
    return describe_file(reading, reading.panel, spec, 8, None)


def test_columns_that_stand_in_the_data_are_named_alone(tmp_path):
    found = described(tmp_path, "day,load,price", ["1,2", "2,3", "3,4", ",5", ",6"], names=["price"], future=["price"])

    assert found["step"] == "D"
    assert found["inputs"]["future"] == {
        "dtype": "float32",
        "shape": [None, 10, 1],
        "columns": ["price"],
        "meaning": "these columns in the same rows, and in the 2 after them; NaN where unknown",
    }


def test_it_is_told_how_columns_of_texts_are_made(tmp_path):
    cells = ["1,wet", "2,dry", "3,dry", ",wet", ",dry"]
    found = described(tmp_path, "day,load,sky", cells, names=["sky=dry", "sky=wet"], future=["sky"])

    assert found["inputs"]["future"]["made"] == {
        "sky=dry": "1 where sky is 'dry', else 0",
        "sky=wet": "1 where sky is 'wet', else 0",
    }


def test_it_is_told_how_static_numbers_became_steps_with_all_their_digits(tmp_path):
    (tmp_path / "load.csv").write_text(
        "day,shop,load,size\n"
        + "".join(
            f"2024-01-0{k},{shop},{k},{size}\n" for shop, size in (("a", 1000001), ("b", 1000004)) for k in (1, 2, 3)
        )
    )
    config = {"path": str(tmp_path / "load.csv"), "time": "day", "target": "load", "id": "shop", "static": ["size"]}
    reading = read_panel(DataConfig.from_plain(config))

    found = describe_file(reading, reading.panel, a_spec(future=(a_scale("size > 1e+06"),)), 8, None)

    assert found["inputs"]["future"]["made"] == {"size > 1e+06": "1 where size is above 1000002.5, else 0"}


def test_holidays_are_told_with_their_days(tmp_path):
    found = described(tmp_path, "day,load", "12345", names=["holiday DE", "day after holiday DE"], holidays="DE")

    future = found["inputs"]["future"]
    assert future["made"] == {
        "holiday DE": "1 on a holiday DE, else 0",
        "day after holiday DE": "1 on a day after holiday DE, else 0",
    }
    assert list(future["holidays"]["days"]) == ["2024-01-01"]


def test_it_is_told_where_the_first_step_ahead_lies_and_how_to_go_on_from_there(tmp_path):
    found = described(tmp_path, "day,load", "12345", calendar=DAY_AND_YEAR)

    calendar = found["inputs"]["calendar"]
    days = float((np.datetime64("2024-01-04") - np.datetime64("1970-01-01")).astype(int))
    assert calendar["at"] == {"time": "2024-01-04", "places": [days % 7, days % 365.2425]}
    assert "a period more or less is the same" in calendar["meaning"]  # not 0 again: a year is no whole number of days


def test_the_zone_is_named_in_which_clocks_show_the_time(tmp_path):
    assert "timezone" not in described(tmp_path, "day,load", "12345")
    assert described(tmp_path, "day,load", "12345", timezone="Europe/Berlin")["timezone"] == "Europe/Berlin"


def test_what_is_not_there_is_none_in_an_array_of_plain_values():
    assert plain_array(np.array([[0.1, np.nan]], np.float32)) == [[0.1, None]]
