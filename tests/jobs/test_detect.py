import csv
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from lstmcast.cli.border import run
from lstmcast.cli.main import lstmcast
from lstmcast.config.yaml_file import load_config
from lstmcast.data.read import read_panel
from lstmcast.data.windows import Windows
from lstmcast.errors import ArtifactError, ConfigError, ContractError, LockedError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.detect import detect
from lstmcast.jobs.detection.detecting import AT_ONCE, find_judges, lay_out, see_values
from lstmcast.store.artifact import load_version
from lstmcast.store.lock import hold_workspace
from lstmcast.store.versions import resolve_version
from tests.examples import windows_at

LATER = {"now": datetime(2040, 1, 1, tzinfo=UTC), "talk": SilentTalk()}
PLAIN = {"model": None, "data": None, "since": None, **LATER}
EAGER = ("detect.rate=0.05", "detect.cooldown=3")  # 36 values are remembered at first: they cannot promise more
MONTHS = 60  # that the model was trained on; the first 24 are only context


def later_months(count, strange=(), start=MONTHS):
    """Return the lines of the months after those of the training, some of them strange."""
    random = np.random.default_rng(9)
    lines = []
    for k in range(start, start + count):
        load = 100 + k + 20 * np.sin(2 * np.pi * k / 12) + random.normal() + (100 if k - start in strange else 0)
        lines.append(f"{2019 + k // 12}-{k % 12 + 1:02},{load:.2f}")
    return lines


def append(job, lines):
    with (job.parent / "load.csv").open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


def config_of(job, *sets):
    return load_config(job, sets=(*EAGER, *sets))


def rows_of(path: Path):
    with path.open() as file:
        return list(csv.DictReader(file))


def test_the_first_run_judges_what_the_model_was_trained_on_and_says_so(load_job):
    result = detect(config_of(load_job), **PLAIN)

    rows = rows_of(result.table)
    assert (result.rows, result.trained_rows, len(rows)) == (36, 36, 36)
    assert rows[0]["month"] == "2021-01"
    assert {row["trained"] for row in rows} == {"yes"}
    assert {row["model"] for row in rows} == {result.version_id}
    assert result.new_alarms == ()
    assert result.picture is None


def test_each_run_judges_only_what_came_since_the_last_one(load_job):
    detect(config_of(load_job), **PLAIN)
    append(load_job, later_months(3))

    second = detect(config_of(load_job), **PLAIN)
    third = detect(config_of(load_job), **PLAIN)

    assert (second.rows, second.trained_rows, third.rows) == (3, 0, 0)
    assert [row["month"] for row in rows_of(third.table)][-4:] == ["2023-12", "2024-01", "2024-02", "2024-03"]


@pytest.mark.parametrize("pieces", [[7, 1, 12, 10], [1] * 30])
def test_runs_one_after_the_other_find_what_one_run_over_everything_finds(load_job, tmp_path, pieces):
    lines = later_months(30, strange=(5, 6, 20))
    config = config_of(load_job)
    for piece in np.split(np.array(lines), np.cumsum(pieces)[:-1]):
        append(load_job, piece)
        detect(config, **PLAIN)
    folder = Path(config.output.dir) / "detect"
    in_pieces = {name: (folder / name).read_bytes() for name in ("anomalies.csv", "state.json")}
    for name in in_pieces:
        (folder / name).unlink()

    at_once = detect(config, **PLAIN)

    assert {name: (folder / name).read_bytes() for name in in_pieces} == in_pieces
    assert at_once.rows == 66
    assert at_once.new_alarms


def test_a_fault_is_one_alarm_with_its_figures(load_job):
    append(load_job, later_months(12, strange=(5,)))

    result = detect(config_of(load_job), **PLAIN)

    alarm = next(alarm for alarm in result.new_alarms if alarm.time == "2024-06")
    row = next(row for row in rows_of(result.table) if row["month"] == "2024-06")
    assert (alarm.series, alarm.trained) == ("load", False)
    assert (row["kind"], row["why"], row["alarm"], row["trained"]) == ("point", "rise", "yes", "")
    assert alarm.value - alarm.forecast == pytest.approx(100, abs=25)
    assert alarm.score > 1
    assert alarm.as_json()["strange"] >= 1


def test_a_fault_ends_the_command_with_its_own_exit_code_once(load_job, capsys):
    append(load_job, later_months(8, strange=(5,)))
    words = ["detect", str(load_job), "--fail-on-anomaly", "--quiet", "--now", "2040-01-01"]
    eager = [word for one in EAGER for word in ("--set", one)]

    first = run(lstmcast, [*words, *eager])
    told = capsys.readouterr()
    second = run(lstmcast, [*words, *eager])

    assert (first, second) == (33, 0)
    assert told.out == ""
    assert re.match(r"lstmcast: error\[anomaly\]: load: a strange (value|stretch) from 2024-\d\d on: ", told.err)
    assert told.err.count("\n") == 1
    assert capsys.readouterr() == ("", "")


def test_with_json_a_fault_stands_beside_the_error_in_one_document(load_job, capsys):
    append(load_job, later_months(8, strange=(5,)))
    eager = [word for one in EAGER for word in ("--set", one)]

    code = run(lstmcast, ["detect", str(load_job), "--fail-on-anomaly", "--json", "--now", "2040-01-01", *eager])

    document = json.loads(capsys.readouterr().out)
    assert code == 33
    assert document["error"]["name"] == "anomaly"
    assert "2024-06" in [alarm["time"] for alarm in document["alarms"] if not alarm["trained"]]


def test_what_is_printed_are_the_alarms_and_what_was_looked_at(load_job, capsys):
    append(load_job, later_months(8, strange=(5,)))
    eager = [word for one in EAGER for word in ("--set", one)]

    code = run(lstmcast, ["detect", str(load_job), "--now", "2040-01-01", *eager])

    out = capsys.readouterr().out
    assert code == 0
    assert "2024-06" in out
    assert "44 values judged, 36 of which the model was trained on; " in out
    assert out.endswith("detect/anomalies.csv\n")


def test_a_value_below_zero_is_strange_not_unfit(load_job):
    append(load_job, ["2024-01,-50"])

    result = detect(config_of(load_job), **PLAIN)

    assert [alarm.value for alarm in result.new_alarms] == [-50.0]


def test_a_look_back_shows_what_is_asked_for_and_leaves_alone_what_the_runs_remember(load_job):
    append(load_job, later_months(6))
    standing = detect(config_of(load_job), **PLAIN)
    before = {path.name: path.read_bytes() for path in standing.table.parent.iterdir()}

    look = detect(config_of(load_job), **{**PLAIN, "since": "2023-11"})

    rows = rows_of(look.table)
    assert look.table.name == "look.csv"
    assert [row["month"] for row in rows][:3] == ["2023-11", "2023-12", "2024-01"]
    assert rows == rows_of(standing.table)[-8:]
    after = {path.name: path.read_bytes() for path in standing.table.parent.iterdir() if path.name != "look.csv"}
    assert after == before


def test_a_time_that_is_none_is_refused(load_job):
    with pytest.raises(ConfigError, match="--since: 'soon' is no date"):
        detect(config_of(load_job), **{**PLAIN, "since": "soon"})


def test_several_series_with_covariates_are_judged_side_by_side(shops_job):
    result = detect(load_config(shops_job, sets=EAGER), **PLAIN)

    rows = rows_of(result.table)
    assert [row["day"] for row in rows] == sorted(row["day"] for row in rows)
    assert {row["shop"] for row in rows} == {"north", "south", "young"}
    assert result.rows == 2 * (60 - 14) + 4


def test_a_series_that_the_model_has_not_seen_is_refused_or_left_out(shops_job):
    with (shops_job.parent / "shops.csv").open("a") as file:
        file.write("".join(f"zoo,2024-01-{day:02},5,2.0,1\n" for day in range(1, 15)))
        file.write("".join(f"zoo,2024-01-{day:02},,2.0,\n" for day in range(15, 18)))

    with pytest.raises(ContractError, match="has not seen series 'zoo'"):
        detect(load_config(shops_job, sets=EAGER), **PLAIN)
    partly = detect(load_config(shops_job, sets=EAGER), allow_partial=True, **PLAIN)

    assert partly.left_out == ("zoo",)
    assert partly.rows == 2 * (60 - 14) + 4


def test_a_damaged_memory_is_refused_with_what_to_do(load_job):
    table = detect(config_of(load_job), **PLAIN).table
    state = table.with_name("state.json")
    state.write_text(state.read_text().replace('"strain"', '"strian"', 1))

    with pytest.raises(ArtifactError, match=r"state.json: .*; remove it: `lstmcast detect` then begins anew"):
        detect(config_of(load_job), **PLAIN)


def test_a_table_that_is_a_link_is_refused_with_what_to_do(load_job, tmp_path):
    table = detect(config_of(load_job), **PLAIN).table
    table.rename(tmp_path / "elsewhere.csv")
    table.symlink_to(tmp_path / "elsewhere.csv")

    with pytest.raises(ArtifactError, match=r"anomalies\.csv: is a symbolic link, .*; remove it: `lstmcast detect`"):
        detect(config_of(load_job), **PLAIN)


def test_two_runs_at_once_cannot_both_remember(load_job):
    config = config_of(load_job)

    with (
        hold_workspace(Path(config.output.dir) / "detect"),
        pytest.raises(LockedError, match="is held by another run"),
    ):
        detect(config, **PLAIN)


def test_values_are_judged_while_a_model_is_being_trained(load_job):
    config = config_of(load_job)

    with hold_workspace(Path(config.output.dir)):
        result = detect(config, **PLAIN)

    assert result.rows == 36


def test_a_column_that_the_table_has_too_is_refused(load_job):
    text = (load_job.parent / "load.csv").read_text().replace("month,load", "kind,load")
    (load_job.parent / "load.csv").write_text(text)

    with pytest.raises(ConfigError, match="column 'kind' is also one of the table of anomalies"):
        detect(config_of(load_job, "data.time=kind"), **PLAIN)


def test_the_picture_is_drawn_where_plots_are_wanted(load_job):
    append(load_job, later_months(6, strange=(3,)))

    result = detect(config_of(load_job, "output.plots=true"), **PLAIN)

    assert result.picture.read_bytes().startswith(b"\x89PNG")

    append(load_job, later_months(7)[-1:])
    without = detect(config_of(load_job), **PLAIN)

    assert without.picture is None
    assert not result.picture.exists()  # it would show the values of another time


def a_judge(job, until):
    config = config_of(job)
    reading = read_panel(config.data)
    version = load_version(resolve_version(Path(config.output.dir)))
    (judge,) = find_judges(Path(config.output.dir), version, True, reading)
    return replace(judge, until=judge.until + until), reading.panel


def test_a_value_that_the_version_was_trained_on_is_judged_by_the_one_before_it(load_job):
    (now, panel), (before, _) = a_judge(load_job, 0), a_judge(load_job, -4)

    seen = see_values(panel, [now, before], {})

    assert seen.judge.tolist() == [0] * 56 + [1] * 4
    assert seen.trained.tolist() == [True] * 56 + [False] * 4


def test_a_value_after_a_gap_has_no_part_in_its_own_forecast(load_job):
    (judge, panel), gap = a_judge(load_job, -20), slice(50, 53)
    filled = panel.filled.copy()
    filled[gap] = True
    forecasts = []
    for value in (100.0, 500.0):
        values = panel.values.copy()
        values[53] = value
        values[gap] = np.interp(np.arange(50, 53), [49, 53], values[[49, 53]])
        seen = see_values(replace(panel, values=values, filled=filled), [judge], {})
        forecasts.append(seen.forecast[seen.tick == panel.first[0] + 53])

    assert forecasts[0].tolist() == forecasts[1].tolist()
    assert not np.isin(panel.first[0] + np.arange(50, 53), seen.tick).any()


def test_what_comes_later_changes_nothing_about_a_forecast(load_job):
    judge, panel = a_judge(load_job, -20)
    early = see_values(panel.until(panel.known - 5), [judge], {})

    late = see_values(panel, [judge], {})

    np.testing.assert_array_equal(late.forecast[:-5], early.forecast)
    np.testing.assert_array_equal(late.miss[:-5], early.miss)


def test_values_without_a_forecast_are_there_to_be_remembered(load_job):
    judge, panel = a_judge(load_job, 0)

    seen = see_values(panel, [judge], {})

    assert np.isnan(seen.miss).tolist() == [True] * 24 + [False] * 36
    np.testing.assert_array_equal(seen.season_ago, [np.nan] * 12 + panel.values[:48].tolist())


@pytest.mark.parametrize("later", [0, 2])
def test_what_a_run_wrote_that_was_killed_before_it_could_remember_is_not_written_twice(load_job, later):
    state = detect(config_of(load_job), **PLAIN).table.with_name("state.json")
    before = state.read_bytes()
    lines = later_months(3 + later)
    append(load_job, lines[:3])
    detect(config_of(load_job), **PLAIN)
    state.write_bytes(before)  # the table is renamed before the memory: so it stands after a kill in between

    append(load_job, lines[3:])
    again = detect(config_of(load_job), **PLAIN)

    months = [row["month"] for row in rows_of(again.table)]
    assert again.rows == 3 + later
    assert months == sorted(set(months))
    assert len(months) == 36 + 3 + later


def test_without_a_memory_the_table_begins_anew(load_job):
    table = detect(config_of(load_job), **PLAIN).table
    before = table.read_bytes()
    table.with_name("state.json").unlink()  # as `detect` advises where it is damaged, or after a kill in the first run

    again = detect(config_of(load_job), **PLAIN)

    assert again.rows == 36
    assert table.read_bytes() == before


def test_the_memory_of_an_older_release_appends_to_the_table(load_job):
    state = detect(config_of(load_job), **PLAIN).table.with_name("state.json")
    older = json.loads(state.read_text())
    del older["last_row"]
    state.write_text(json.dumps(older))
    append(load_job, later_months(3))

    result = detect(config_of(load_job), **PLAIN)

    assert len(rows_of(result.table)) == 39


def test_a_window_stands_at_the_same_place_of_its_batch_whatever_else_is_judged():
    rows = np.arange(700)
    windows = Windows(rows % 3, 30 + rows // 3)
    alone = [Windows(windows.series[[row]], windows.origin[[row]]) for row in (0, 5, 699)]

    laid, places = lay_out(windows)

    assert len(set(places)) == len(rows)
    assert (laid.series[places] == windows.series).all()
    assert (laid.origin[places] == windows.origin).all()
    assert [int(lay_out(one)[1][0]) for one in alone] == [int(places[row] % AT_ONCE) for row in (0, 5, 699)]
    assert len(laid) == 3 * AT_ONCE  # as few as can be


def test_no_batch_of_windows_ends_at_one_moment():
    (laid, places), (many, _) = lay_out(windows_at((2, 9))), lay_out(Windows(np.arange(500), np.full(500, 40)))

    assert (laid.series[places].tolist(), laid.origin[places].tolist()) == ([2], [9])
    assert all(len(np.unique(part)) == 2 for part in np.split(many.origin, len(many) // AT_ONCE))
    assert set(laid.origin) == {8, 9}
