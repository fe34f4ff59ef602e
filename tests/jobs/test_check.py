import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import ConfigError, DataError, MissingError, ShortError
from lstmcast.jobs.check import check

HOURS = np.datetime_as_string(np.arange("2024-01-01", "2024-01-21", dtype="datetime64[h]"))
CHECKED = """
import sys
from pathlib import Path
from lstmcast.config.yaml_file import load_config
from lstmcast.jobs.check import check
path = Path({path!r})
check(load_config(path), config_path=path)
print(sorted({{name.partition(".")[0] for name in sys.modules}}))
"""


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a table of hours and a config, and returns the path of that."""

    def write_both(rows=HOURS, *, header="time,load", data="", cells=lambda hour: f"{int(hour[11:13])}"):
        lines = [f"{hour.replace('T', ' ')}:00,{cells(hour)}" for hour in map(str, rows)]
        (tmp_path / "load.csv").write_text("\n".join([header, *lines, ""]))
        path = tmp_path / "load.yaml"
        path.write_text(f"data:\n  path: load.csv\n  time: time\n  target: load\n{data}forecast:\n  horizon: 24\n")
        return path

    return write_both


def run(path, *sets):
    return check(load_config(path, sets=sets), config_path=path)


def test_check_asks_about_a_value_that_may_mean_a_missing_one(write):
    odd = {str(hour) for hour in HOURS[5::100]}

    result = run(write(cells=lambda hour: "-200" if hour in odd else f"{int(hour[11:13])}"))

    assert (
        "note: the value -200 comes 5 times and stands far from all others; if it means that there is none, "
        'set data.csv.missing: ["-200"] as the file writes it'
    ) in result.lines
    suspects = result.as_json()["found"]["profile"]["suspects"]
    assert [(one["value"], one["count"]) for one in suspects] == [("-200", 5)]


def test_check_describes_data_whose_zone_is_wrong(write):
    rows = np.datetime_as_string(np.arange("2024-03-20", "2024-04-09", dtype="datetime64[h]"))

    with pytest.raises(DataError, match="does not exist in Europe/Berlin: clocks leapt over it") as caught:
        run(write(rows, data="  timezone: Europe/Berlin\n"))

    lines = caught.value.answer.lines
    assert "series        1 series of 480 values: load" in lines


def test_check_tells_what_is_there_and_what_would_be_trained(write, tmp_path):
    lines = run(write()).lines

    assert lines == (
        f"data          {tmp_path / 'load.csv'}: 480 rows",
        "series        1 series of 480 values: load",
        "time          time: 2024-01-01 00:00 to 2024-01-20 23:00, one row per hour (h)",
        "values        0 to 23, 20 of them zero",
        "gaps          none",
        "duplicates    none",
        "repeats       24 hours (strength 1.00), 168 hours (too few rounds to measure)",
        "helped by     calendar: day, week",
        "",
        *lines[9:14],
        "trained on    2024-01-01 00:00 to 2024-01-13 23:00",
        "validated on  2024-01-14 00:00 to 2024-01-17 23:00, 7 origins",
        "tested on     2024-01-18 00:00 to 2024-01-20 23:00, 3 origins",
        f"results       {tmp_path / 'runs'}: can be written",
        "",
        f"{tmp_path / 'load.yaml'} and its data go together",
    )
    assert lines[9].startswith("network       lstm, ")
    assert lines[12] == "forecasts     24 steps, with intervals of 80%, 95%"


def test_columns_that_a_linear_network_does_not_read_are_named(write):
    path = write(header="time,load,wind", cells=lambda hour: f"{hour[11:13]},{hour[9:10]}", data="  past: [wind]\n")

    assert run(path).notes == ()
    assert run(path, "model.cell=linear").notes == ("model.cell: linear does not read what only the past knows: wind",)


def test_one_step_is_told_as_one(write):
    lines = run(write(), "forecast.horizon=1", "model.members=1").lines

    assert "forecasts     1 step, with intervals of 80%, 95%" in lines
    assert "network       lstm, 64 units, 1 layer, 1 member" in lines


def test_the_spans_follow_each_other_without_overlap(write):
    plan = run(write()).plan

    ends = [plan.training.last, plan.validation.first, plan.validation.last, plan.test.first]

    assert ends == sorted(set(ends))
    assert plan.test.last == "2024-01-20 23:00"
    assert (plan.test.origins, plan.test.series) == (3, 1)


@pytest.mark.parametrize(("missing", "told"), [([50, 51], "2 missing values"), ([50], "1 missing value")])
def test_what_was_filled_is_told(write, missing, told):
    path = write(np.delete(HOURS, missing), data="  gaps: interpolate\n")

    result = run(path)

    assert f"gaps          {told} filled" in result.lines
    assert f"note: {told} filled: interpolate" in result.lines


def test_a_future_that_ends_too_early_is_told(write):
    def cells(hour):
        return f"{'' if hour >= '2024-01-20T14' else hour[11:13]},{hour[9:10]}"

    path = write(header="time,load,rain", data="  future: [rain]\n", cells=cells)

    notes = run(path).notes

    assert notes == ("what is known ahead is there for 10 rows after the last load; `predict` will need 24",)


def test_a_series_that_never_changes_is_told(write):
    assert "it never changes: a forecast can only repeat the value" in run(write(cells=lambda _: "5")).notes


def test_a_season_that_nobody_set_is_told(tmp_path):
    (tmp_path / "load.csv").write_text("load\n" + "".join(f"{step % 12}\n" for step in range(200)))
    path = tmp_path / "load.yaml"
    path.write_text("data: {path: load.csv, target: load}\nforecast: {horizon: 5}\n")

    in_order, season = run(path).notes

    assert in_order == "the data have no time: rows count as steps, in the order of the file"
    assert season == "the data repeat every 12 steps; evaluate.season: 12 would use that"
    assert run(path, "evaluate.season=12").notes == (in_order,)


def test_a_season_that_is_set_in_vain_is_told(tmp_path):
    (tmp_path / "load.csv").write_text("load\n" + "".join(f"{step % 12}\n" for step in range(14)))
    path = tmp_path / "load.yaml"
    path.write_text("data: {path: load.csv, target: load}\nforecast: {horizon: 2}\nevaluate: {season: 12}\n")

    result = run(path)

    assert result.plan.seasons == ()
    assert "evaluate.season: 12 does not fit one and a quarter times into 14 values, so it is not used" in result.notes


def test_too_little_data_is_short_as_train_would_say(write):
    with pytest.raises(ShortError, match="the longest series has 76 known values, but 77 are needed"):
        run(write(HOURS[:76]))


@pytest.mark.parametrize(
    ("sets", "error", "message"),
    [
        (["data.target=lod"], DataError, r"no column 'lod' \(did you mean 'load'\?\)"),
        (["data.path=none.csv"], MissingError, "none.csv: no such file"),
        (["forecast.horizn=3"], ConfigError, "did you mean 'horizon'"),
        (["data.freq=D"], DataError, "do not lie on one grid"),
    ],
)
def test_what_is_wrong_is_told_as_train_would_tell_it(write, sets, error, message):
    with pytest.raises(error, match=message):
        run(write(), *sets)


def test_the_result_is_plain_values(write):
    document = json.loads(json.dumps(run(write()).as_json()))

    assert document["found"]["profile"]["frequency"] == "h"
    assert document["plan"]["test"]["origins"] == 3


def test_check_never_imports_tensorflow(write):
    ended = subprocess.run(
        [sys.executable, "-c", CHECKED.format(path=str(write()))], capture_output=True, text=True, check=True
    )

    assert "'numpy'" in ended.stdout
    assert [name for name in ("tensorflow", "keras", "matplotlib", "rich") if f"'{name}'" in ended.stdout] == []


MENDABLE = """\
day,load
2024-01-01,1.5
2024-01-02,oops
2024-01-03,3.5
2024-01-03,3.5
2024-01-05,n/v
2024-01-06,4
"""


def answer_of(path, *sets, **options):
    with pytest.raises(DataError) as caught:
        check(load_config(path, sets=sets), config_path=path, **options)
    assert caught.value.answer is not None
    return str(caught.value), caught.value.answer


def test_all_that_is_wrong_is_told_beside_what_is_there(tmp_path):
    (tmp_path / "load.csv").write_text(MENDABLE)
    path = tmp_path / "load.yaml"
    path.write_text("data: {path: load.csv, time: day, target: load}\nforecast: {horizon: 1}\n")

    message, answer = answer_of(path)

    assert "line 3: column 'load': 'oops' is not a number" in message
    assert answer.as_json()["wrong"] == (
        "line 3: column 'load': 'oops' is not a number; correct it, or add it to data.csv.missing",
        "line 6: column 'load': 'n/v' is not a number; correct it, or add it to data.csv.missing",
        "1 row with a time that is there already; set data.duplicates",
        "3 missing values: 2024-01-02, 2024-01-04, 2024-01-05; set data.gaps",
    )
    assert "gaps          3 missing values to be filled" in answer.lines
    assert "duplicates    1 row to be settled" in answer.lines
    assert answer.lines[-1] == f"{path} and its data do not go together"


def test_the_first_missing_times_are_named_with_their_series(tmp_path):
    rows = [f"2024-01-{day:02},{shop},1" for shop in "ab" for day in range(1, 30) if (day, shop) != (7, "b")]
    (tmp_path / "load.csv").write_text("\n".join(["day,shop,load", *rows, ""]))
    path = tmp_path / "load.yaml"
    path.write_text("data: {path: load.csv, time: day, id: shop, target: load}\nforecast: {horizon: 1}\n")

    _, answer = answer_of(path)

    assert answer.as_json()["wrong"][1] == "1 missing value: 2024-01-07 of 'b'; set data.gaps"


def test_with_a_clock_the_age_of_the_newest_row_is_told(write):
    config = load_config(write(), sets=["job.max_age=1D"])

    fresh = check(config, config_path=Path("load.yaml"), now=datetime(2024, 1, 21, 5, tzinfo=UTC))
    stale = check(config, config_path=Path("load.yaml"), now=datetime(2024, 1, 29, 23, tzinfo=UTC))

    assert "newest        2024-01-20 23:00, 6.0 hours ago" in fresh.lines
    assert fresh.notes == ()
    assert "newest        2024-01-20 23:00, 9.0 days ago" in stale.lines
    assert stale.notes[0].startswith(
        "`predict` would refuse: data: the newest row is of 2024-01-20 23:00 UTC, 9.0 days"
    )


def test_a_workspace_that_cannot_be_is_told(write, tmp_path):
    (tmp_path / "file").touch()

    result = run(write(), f"output.dir={tmp_path / 'file' / 'runs'}")

    assert (
        f"results       {tmp_path / 'file' / 'runs'}: cannot be made: {tmp_path / 'file'} is no folder" in result.lines
    )
    assert result.lines[-1].endswith("and its data go together, but its results cannot be written")


def test_data_that_the_forecast_would_take_the_place_of_are_told(write, tmp_path):
    config = write()
    (tmp_path / "load.csv").rename(tmp_path / "forecast.csv")

    result = run(config, f"data.path={tmp_path}/forecast.csv", f"output.dir={tmp_path}")

    lost = f"results       {tmp_path}: {tmp_path / 'forecast.csv'}: the data are read from there, and would be lost"
    assert any(line.startswith(lost) for line in result.lines)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="there is no folder here in which nobody can write")
def test_whether_a_workspace_can_be_made_is_tried_rather_than_asked(write, tmp_path):
    nowhere = run(write(), "output.dir=/proc/runs")
    new = run(write(), f"output.dir={tmp_path / 'new' / 'runs'}")

    assert "results       /proc/runs: cannot be made: nothing can be written to /proc; choose another place" in (
        nowhere.lines
    )
    assert f"results       {tmp_path / 'new' / 'runs'}: can be written" in new.lines
    assert not (tmp_path / "new").exists()


def test_check_leaves_nothing_behind(write, tmp_path):
    path = write()
    (tmp_path / "runs").mkdir()

    run(path)

    assert sorted(entry.name for entry in tmp_path.rglob("*")) == ["load.csv", "load.yaml", "runs"]
