import json
import os
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from lstmcast.config.json_schema import json_schema_text
from lstmcast.config.yaml_file import load_config
from lstmcast.data.clock.zones import ONE_DAY
from lstmcast.data.read import read_panel
from lstmcast.errors import ConfigError, DataError, MissingError, ShortError
from lstmcast.jobs.check import check
from lstmcast.jobs.init import init

REAL = Path(__file__).parents[3] / "shared" / "data"
REAL_FILES = (
    "small/airline-passengers.csv",
    "small/daily-min-temperatures.csv",
    "small/monthly-milk-incomplete.csv",
    "small/shampoo.csv",
    "small/taylor.csv.gz",
    "small/us_gasoline.csv",
    "messy/google_stock_thousands.csv",
    "messy/weather_2012_montreal.csv.gz",
    "energy/AEP_hourly.csv.gz",
    "energy/electricity-short-with-ex-vars.csv.gz",
    "nab/machine_temperature_system_failure.csv.gz",
    "nab/Twitter_volume_AAPL.csv.gz",
    "m4/m4_hourly_train.csv.gz",
    "m4/m4_quarterly_sample_train.csv.gz",
    "m4/m4_yearly_sample_train.csv.gz",
)
DAYS = [str(day) for day in np.arange("2024-01-01", "2024-04-10", dtype="datetime64[D]")]
STEPS = list(range(1, 101))
WAVE = [round(50 + 10 * float(np.sin(2 * np.pi * k / 7)) + k % 3, 2) for k in range(100)]


def table(header, rows):
    return "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])


def single(times):
    return table("when,sold", zip(times, WAVE, strict=True))


def wide(times):
    return table("when,north,south", zip(times, WAVE, reversed(WAVE), strict=True))


def long(times):
    return table("shop,when,sold", [(shop, *row) for shop in "ab" for row in zip(times, WAVE, strict=True)])


@pytest.fixture
def start(tmp_path):
    """Return a function that writes a table and the config for it, and returns the path of that and the notes."""

    def start_with(text, *sets, name="sales.csv", output="sales.yaml"):
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
        result = init(tmp_path / name, output=tmp_path / output, force=False, sets=sets)
        return result.path, result.notes

    return start_with


@pytest.mark.parametrize("times", [DAYS, STEPS], ids=["stamps", "steps"])
@pytest.mark.parametrize(
    ("shape", "ids", "targets", "series"),
    [(single, None, "sold", 1), (wide, None, ("north", "south"), 2), (long, "shop", "sold", 2)],
    ids=["single", "wide", "long"],
)
def test_check_accepts_what_init_writes(start, shape, ids, targets, series, times):
    path, _ = start(shape(times))

    result = check(load_config(path), config_path=path)

    config = load_config(path)
    assert (config.data.time, config.data.id, config.data.target) == ("when", ids, targets)
    assert config.data.freq == ("D" if times is DAYS else 1)
    assert (config.data.gaps, config.data.duplicates) == ("error", "error")
    assert result.found.profile.series == series
    assert result.found.profile.fills == 0
    assert result.plan.seasons == (7,)


@pytest.mark.parametrize("name", REAL_FILES)
def test_real_files_get_a_config_that_check_accepts(tmp_path, name):
    if not (REAL / name).exists():
        pytest.skip("the file is not here")

    result = init(REAL / name, output=tmp_path / "c.yaml", force=False, sets=())

    assert check(load_config(result.path), config_path=result.path).found.profile.series > 0


def test_every_line_says_why(start):
    path, notes = start(single(DAYS))

    text = path.read_text()

    assert text.splitlines()[:6] == [
        "# yaml-language-server: $schema=lstmcast.schema.json",
        "#",
        "# Written by `lstmcast init` for sales.csv:",
        "# 1 series of 100 values, one row per day,",
        "# 2024-01-01 to 2024-04-09.",
        "#",
    ]
    assert "  time: when                  # 2024-01-01 to 2024-04-09\n" in text
    assert "  horizon: 14                 # steps ahead: two weeks\n" in text
    assert "unsure:" not in text
    assert notes[0] == "1 series of 100 values, one row per day, 2024-01-01 to 2024-04-09"


def test_the_schema_is_written_beside_the_config_once(start, tmp_path):
    _, notes = start(single(DAYS))
    schema = tmp_path / "lstmcast.schema.json"

    assert schema.read_text() == json_schema_text()
    assert notes[-1] == f"wrote {schema}, by which editors complete and check the config"

    schema.write_text("mine")
    _, notes = start(single(DAYS), output="other.yaml")

    assert schema.read_text() == "mine"
    assert "schema" not in notes[-1]


def test_what_comes_through_a_pipe_is_described_and_the_pipe_told(tmp_path):
    pipe = tmp_path / "sales.csv"
    os.mkfifo(pipe)
    Thread(target=pipe.write_text, args=(single(DAYS),), daemon=True).start()

    result = init(pipe, output=tmp_path / "job.yaml", force=False, sets=())

    assert result.notes[:2] == (
        "1 series of 100 values, one row per day, 2024-01-01 to 2024-04-09",
        "data.path names a pipe: name a file there, unless the pipe will be there again",
    )


def test_a_config_that_is_there_stays_unless_forced(start, tmp_path):
    path, _ = start(single(DAYS))
    path.write_text("mine")

    with pytest.raises(ConfigError, match=r"sales.yaml: is there already; add --force"):
        start(single(DAYS))
    assert path.read_text() == "mine"

    init(tmp_path / "sales.csv", output=path, force=True, sets=())
    assert load_config(path).data.target == "sold"


def test_paths_start_from_the_folder_of_the_config(start, tmp_path):
    (tmp_path / "configs").mkdir()

    path, _ = start(single(DAYS), output="configs/sales.yaml")

    assert "  path: ../sales.csv\n" in path.read_text()
    assert load_config(path).output.dir == str(tmp_path / "configs" / "runs" / "sales")


def test_a_config_without_a_name_of_its_own_takes_the_workspace_name_from_the_file(start, tmp_path):
    path, _ = start(single(DAYS), output="lstmcast.yaml")

    assert load_config(path).output.dir == str(tmp_path / "runs" / "sales")


def test_gaps_and_doubled_rows_get_a_policy_that_is_told(start):
    lines = single(DAYS).splitlines()
    text = "\n".join([*lines[:10], *lines[12:40], lines[39], *lines[40:], ""])

    path, notes = start(text)

    config = load_config(path)
    assert (config.data.gaps, config.data.duplicates) == ("interpolate", "first")
    assert "data.gaps is interpolate: 2 missing values are filled (or: previous, seasonal, zero)" in notes
    assert "data.duplicates is first: 1 row repeated another one in full; the first of each counts" in notes
    assert check(load_config(path), config_path=path).found.profile.fills == 2


def test_doubled_rows_that_differ_are_averaged(start):
    path, _ = start(single(DAYS) + "2024-01-02,999\n")

    assert load_config(path).data.duplicates == "mean"


def test_columns_known_ahead_set_the_horizon(start):
    sold = [*WAVE[:95], *[""] * 5]
    rows = zip(DAYS, sold, reversed(WAVE), strict=True)

    path, _ = start(table("when,sold,visitors", rows))

    config = load_config(path)
    assert (config.data.target, config.data.future, config.forecast.horizon) == ("sold", ("visitors",), 5)


def test_unknown_ways_of_writing_are_set_and_explained(start):
    days = [f"{day[8:]}.{day[5:7]}.{day[:4]}" for day in DAYS]
    sizes = [str(value).replace(".", ",") for value in WAVE]
    rows = ["wann;größe;na", *(f"{day};{size};NA" for day, size in zip(days, sizes, strict=True))]

    path, _ = start("\n".join([*rows, ""]).encode("cp1252"))

    config, text = load_config(path), path.read_text()
    assert (config.data.csv.decimal, config.data.csv.encoding) == (",", "cp1252")
    assert "unsure: the file is not UTF-8" in text
    assert config.data.target == "größe"


def test_a_time_in_several_columns_is_written_with_its_patterns(start):
    rows = [(day, hour, WAVE[hour]) for day in DAYS[:20] for hour in range(24)]

    path, _ = start(table("date,hour,sold", rows))

    config, text = load_config(path), path.read_text()
    assert (config.data.time, config.data.time_format, config.data.freq) == (("date", "hour"), ("%Y-%m-%d", "%H"), "h")
    assert '  time_format: ["%Y-%m-%d", "%H"]  # one pattern for each column\n' in text
    assert check(load_config(path), config_path=path).found.time == "date, hour"


def test_hours_that_clocks_leap_over_suggest_their_zone(start):
    hours = np.arange("2024-03-20", "2024-04-10", dtype="datetime64[h]")
    times = [str(hour).replace("T", " ") + ":00" for hour in hours if str(hour) != "2024-03-31T02"]
    text = table("when,sold", [(time, 50 + place % 24) for place, time in enumerate(times)])

    guessed, _ = start(text)
    told, _ = start(text, "data.timezone=Europe/Berlin", output="told.yaml")

    assert "unsure: hours are missing where clocks change, as in Europe/Berlin" in guessed.read_text()
    assert "  # timezone: Europe/Berlin\n" in guessed.read_text()
    assert [load_config(path).data.gaps for path in (guessed, told)] == ["interpolate", "error"]


def test_rows_at_odd_times_are_moved_and_that_is_unsure(start):
    late = np.random.default_rng(0).integers(0, 240, 300)
    times = np.datetime64("2024-01-01T00:00:00") + np.arange(300) * np.timedelta64(3600, "s") + late

    path, notes = start(table("when,sold", [(time, 50 + place % 24) for place, time in enumerate(times)]))

    assert (load_config(path).data.off_grid, load_config(path).data.freq) == ("nearest", "h")
    assert "unsure: rows come at odd times; each is moved to the nearest step" in path.read_text()
    assert any("rows moved to the nearest step of the grid (h)" in note for note in notes)


def test_a_long_gap_is_not_filled_and_that_is_told(start):
    days = [str(day) for day in np.arange("2023-01-01", "2024-01-01", dtype="datetime64[D]")]
    rows = [(day, 50 + place % 7) for place, day in enumerate(days) if not 100 < place < 140]

    path, notes = start(table("when,sold", rows))

    assert any("101 values before a longer gap only train" in note for note in notes)
    found = check(load_config(path), config_path=path)
    assert "gaps          101 values before 1 longer gap only train" in found.lines
    assert found.notes[0].startswith("a gap of more than 14 days, the longest of 39, not filled: what came before")


def test_gaps_are_told_as_they_are_under_the_horizon_that_they_leave(start):
    years = (2001, 2002, 2007, 2008, 2011, 2012, 2013, 2014)  # three years ahead fill two; one year ahead fills none
    rows = [(name, year, year % 7 + 0.5) for name in "abc" for year in years]
    rows += [("d", year, year % 5 + 0.5) for year in range(2001, 2015)]

    path, notes = start(table("country,year,trust", rows))

    assert load_config(path).forecast.horizon == 1
    assert any("12 values before 6 longer gaps only train" in note for note in notes)


def test_more_values_filled_than_there_are_is_doubted(start):
    hours = np.arange("2024-01-01", "2024-02-10", dtype="datetime64[h]").astype(str)
    there = [hour for place, hour in enumerate(hours) if place % 7 in (0, 1) or place % 31 == 0]

    _, notes = start(table("hour,count", [(f"{hour}:00", place % 5) for place, hour in enumerate(there)]))

    assert any(note.startswith("unsure: more values are filled in than there are") for note in notes)


def test_series_of_another_step_than_most_are_doubted(start):
    rows = [("a", year, year % 7 + 0.5) for year in range(1950, 2008)]
    rows += [(name, year, year % 9 + 0.5) for name in "bcdefghijklmn" for year in range(1952, 2008, 5)]

    path, notes = start(table("country,year,life", rows), "data.freq=1")

    assert load_config(path).data.freq == 1
    assert any("some series may come in longer steps than others" in note for note in notes)


def test_series_that_are_too_short_since_long_gaps_split_them_are_refused_with_what_to_set(start):
    days = [str(day) for day in np.arange("2018-01-01", "2024-01-01", 35, dtype="datetime64[D]")]
    text = table("day,paid", [(day, 2.5) for first in days for day in (first, str(np.datetime64(first) + ONE_DAY))])

    with pytest.raises(ShortError, match=r"more before gaps that are too long to be filled only train: set data\.gaps"):
        start(text)
    path, _ = start(text, "data.freq=MS", "data.off_grid=nearest", "data.duplicates=sum")

    assert load_config(path).data.freq == "MS"


def test_events_are_refused_with_settings_that_take_them(start):
    rng = np.random.default_rng(1)
    moments = np.datetime64("2024-01-01", "s") + np.sort(rng.integers(0, 90 * 86_400, 400)).astype("timedelta64[s]")
    text = table("at,sold", [(str(at).replace("T", " "), 2) for at in moments.repeat(2) + np.tile([0, 1], 400)])

    with pytest.raises(DataError, match=r"events need a longer data\.freq, data\.off_grid: nearest and data\.dupl"):
        start(text)
    path, _ = start(text, "data.freq=D", "data.off_grid=nearest", "data.duplicates=sum")

    assert read_panel(load_config(path).data).panel.values.sum() == 1600


def test_a_season_of_steps_is_written_with_its_strength(start):
    path, _ = start(single(STEPS))

    assert load_config(path).evaluate.season == 7
    assert "# steps; found in the data, with an autocorrelation of 0." in path.read_text()


def test_options_are_written_into_the_config(start):
    path, _ = start(wide(DAYS), "data.target=south", "forecast.horizon=5", "model.units=32", "evaluate.gate.metric=wql")

    config = load_config(path)
    assert (config.data.target, config.forecast.horizon, config.model.units) == ("south", 5, 32)
    assert config.evaluate.gate.metric == "wql"
    assert "  horizon: 5                  # set with --set\n" in path.read_text()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("data.path=x.csv", "--set data.path: the file is the argument CSV already"),
        ("model.unit=3", r"--set model.unit=3: .*did you mean 'units'"),
        ("forecast.horizon=0", "--set forecast.horizon=0"),
    ],
)
def test_options_that_cannot_be_are_refused_and_nothing_is_written(start, tmp_path, option, message):
    with pytest.raises(ConfigError, match=message):
        start(single(DAYS), option)

    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", DataError, "the file is empty"),
        ("a,b\n", ShortError, "there is a header but no row"),
        (table("when,sold", zip(DAYS[:5], WAVE[:5], strict=True)), ShortError, "has 5 known values, but 6 are needed"),
        (single(DAYS).replace("2024-02-01", "2024-02-41"), DataError, "line 33: column 'when': '2024-02-41'"),
        (single(DAYS) + "Average 2024,9\n", DataError, r"'Average 2024' is not .*; if the table ends above"),
        (single(DAYS).replace(str(WAVE[9]), "many"), DataError, "line 11: column 'sold': 'many' is not a number"),
    ],
    ids=["empty", "header", "short", "stamp", "average", "number"],
)
def test_files_that_cannot_be_used_are_refused_and_nothing_is_written(start, tmp_path, text, error, message):
    with pytest.raises(error, match=message):
        start(text)

    assert [path.name for path in tmp_path.iterdir()] == ["sales.csv"]


def test_a_file_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(MissingError, match=r"no.csv: no such file"):
        init(tmp_path / "no.csv", output=tmp_path / "c.yaml", force=False, sets=())


def test_the_result_is_plain_values(tmp_path):
    (tmp_path / "sales.csv").write_text(single(DAYS))

    result = init(tmp_path / "sales.csv", output=tmp_path / "c.yaml", force=False, sets=())

    assert json.loads(json.dumps(result.as_json())) == {"path": str(tmp_path / "c.yaml"), "notes": list(result.notes)}
