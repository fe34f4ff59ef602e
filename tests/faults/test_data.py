"""Data that are wrong: the code and the place at fault; data that only look odd: the same forecast."""

import csv
import gzip
import io
import json
import os
import shutil

import numpy as np
import pytest

from lstmcast import pipes
from tests.faults.conftest import SHOPS
from tests.faults.runs import NOW, as_nobody, assert_refusal, assert_refused, call_fresh, call_here, change, snapshot


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def assert_data_refused(job, code, mentions, *, predicted=None, checked=None):
    """Hold that changed data are refused by a forecast, in place and as --data, by a check and by a training."""
    assert_refused(job.root, predicted or code, mentions, "predict", job.config, "--now", NOW)
    assert_refused(job.root, checked or code, mentions, "check", job.config)
    assert_refused(job.root, checked or code, mentions, "train", job.config, "--now", NOW)


def assert_same_forecast(job, *said):
    """Hold that changed data give the very bytes of the published forecast."""
    ended = call_here("predict", job.config, "--now", NOW, "--output", "-")

    assert (ended.code, ended.out) == (0, job.forecast.read_bytes().replace(b"\r\n", b"\n")), ended
    for word in said:
        assert word in ended.err


def lines_of(job):
    return job.data.read_text().splitlines()


def write_lines(job, lines):
    job.data.write_text("\n".join(lines) + "\n")


# --- refused --------------------------------------------------------------------------------------------------


def test_missing_data_are_named(load):
    path = load.data
    path.unlink()

    assert_data_refused(load, 11, [path])


def test_a_glob_that_matches_nothing_is_named(load):
    change(load.config, "load.csv", "none-*.csv")

    assert_data_refused(load, 11, ["none-*.csv"])


def test_a_folder_for_data_is_refused(load):
    change(load.config, "load.csv", "runs")

    assert_data_refused(load, 11, [load.workspace])


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_for_data_is_refused_and_not_read(load, device):
    assert_refused(load.root, 11, [device, "is a device"], "predict", load.config, "--data", device, "--now", NOW)


@pytest.mark.parametrize("words", [("predict", "--now", NOW), ("check",), ("train", "--now", NOW)])
def test_a_pipe_that_nobody_writes_into_keeps_nobody_waiting(load, monkeypatch, words):
    monkeypatch.setattr(pipes, "PATIENCE", 0.0)
    load.data.unlink()
    os.mkfifo(load.root / "job" / "load.csv")
    command, *more = words

    assert_refused(load.root, 11, ["load.csv", "a pipe that nobody writes into"], command, load.config, *more)


def test_data_that_may_not_be_read_are_named(public_load):
    public_load.data.chmod(0)

    def call(*arguments):
        return call_fresh(*arguments, before=as_nobody())

    mentions = [public_load.data, "denied"]
    assert_refused(public_load.root, 11, mentions, "predict", public_load.config, "--now", NOW, call=call)


def test_an_empty_file_is_refused(load):
    load.data.write_bytes(b"")

    assert_data_refused(load, 12, [load.data])


@pytest.mark.parametrize("content", [b"month,load\n", b"month,load", b"month,load\r\n\r\n"])
def test_a_header_alone_is_too_little(load, content):
    load.data.write_bytes(content)

    assert_data_refused(load, 13, [load.data])


def test_a_last_line_that_was_cut_inside_a_number_is_refused(load):
    content = load.data.read_bytes()
    load.data.write_bytes(content[:-4])

    assert_data_refused(load, 12, [load.data, "line 61"])


def test_an_extra_field_in_every_row_is_refused(load):
    header, *lines = lines_of(load)
    write_lines(load, [header, *(f"{line},9" for line in lines)])

    assert_data_refused(load, 12, [load.data, "line 2"])


def test_an_extra_field_in_one_row_is_refused(load):
    change(load.data, "2020-06,", "2020-06,1,")

    assert_data_refused(load, 12, [load.data, "line 19"])


@pytest.mark.parametrize(
    ("encode", "found"),
    [
        (lambda text: text.replace("load", "löad").encode("latin-1"), "0xF6"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: gzip.compress(text.encode()), "gzip"),
        (lambda text: text.encode("utf-16-le"), "zero bytes"),
    ],
    ids=["latin-1", "utf-16", "gzip", "utf-16 without a mark"],
)
def test_bytes_that_are_not_what_the_config_says_are_named(load, encode, found):
    change(load.config, "calendar: none", "calendar: none, csv: {encoding: utf-8}")
    load.data.write_bytes(encode(load.data.read_text()))

    assert_data_refused(load, 12, [load.data, found])


def test_a_doubled_header_is_refused(load):
    change(load.data, "month,load\n", "load,load\n")

    assert_data_refused(load, 12, [load.data, "'load'"])


@pytest.mark.parametrize("name", ["month", "load"])
def test_an_unknown_column_is_refused_with_the_columns_that_are_there(load, name):
    change(load.data, "month,load", "month,load".replace(name, f"{name}s"))

    assert_data_refused(load, 12, [load.data, f"'{name}'", f"did you mean '{name}s'", "it has "])


@pytest.mark.parametrize(
    "cell",
    ["inf", "-Infinity", "1e400", "12345678901234567890", "abc", "1O3.5", "0x1F", "1_000", "--5", "5 000"],
)
def test_a_cell_that_is_no_finite_number_is_named(load, cell):
    lines = lines_of(load)
    lines[29] = f"{lines[29].split(',')[0]},{cell}"
    write_lines(load, lines)

    assert_data_refused(load, 12, [load.data, "line 30", "'load'", cell])


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_damaged_cell_of_any_length_is_named_in_a_line_that_can_be_read(load, quote):
    with load.data.open("a") as file:
        file.write(f"2024-01,{quote}{'9' * 1_000_000}x{quote}\n")

    ended = call_here("check", load.config, "--now", NOW)

    assert_refusal(ended, 12, load.data, "line 62: column 'load': '999", "is not a number; if it ")
    assert len(ended.err) + len(ended.out) < 20_000


@pytest.mark.parametrize("cell", ["", "NaN", "nan"])
def test_an_empty_cell_is_a_gap(load, cell):
    lines = lines_of(load)
    lines[29] = f"{lines[29].split(',')[0]},{cell}"
    write_lines(load, lines)

    assert_data_refused(load, 12, [load.data, "line 30", "'load'", "2021-05", "data.gaps"])


@pytest.mark.parametrize("stamp", ["", "2021-13", "soon", "2021-05-05-05"])
def test_a_stamp_that_is_none_is_named(load, stamp):
    lines = lines_of(load)
    lines[29] = f"{stamp},{lines[29].split(',')[1]}"
    write_lines(load, lines)

    assert_data_refused(load, 12, [load.data, "line 30", "'month'"])


def test_a_doubled_stamp_is_named_with_its_series(shops):
    with shops.data.open("a") as file:
        file.write("north,2024-01-05,1,1\n")

    assert_data_refused(shops, 12, ["'north'", "2024-01-05", "data.duplicates"])


def test_a_missing_row_is_named(shops):
    lines = [line for line in lines_of(shops) if not line.startswith("north,2024-01-05")]
    write_lines(shops, lines)

    assert_data_refused(shops, 12, ["'north'", "2024-01-05", "data.gaps"])


def test_a_bad_series_among_good_ones_stops_all(shops):
    change(shops.data, "+x,2024-01-05,", "+x,2024-01-05,x")

    assert_data_refused(shops, 12, [shops.data, "line 112", "'sold'"])


def test_local_times_that_come_twice_hint_at_the_clock_change(load):
    hours = [f"2024-11-03 0{hour}:00,{hour}" for hour in (0, 1, 1, 2, 3)]
    before = [f"2024-11-0{day} {hour:02}:00,{hour}" for day in (1, 2) for hour in range(24)]
    write_lines(load, ["month,load", *before, *hours])

    assert_refused(load.root, 12, ["2024-11-03 01:00", "zone"], "check", load.config)


def test_data_that_are_too_old_are_not_forecast_from(load):
    change(load.config, "output:", "job: {max_age: 40D}\noutput:")

    mentions = ["2023-12-01", "job.max_age is 40D"]
    assert_refused(load.root, 14, mentions, "predict", load.config, "--now", NOW)


@pytest.mark.parametrize("command", ["predict", "train"])
def test_data_from_the_future_are_refused(load, command):
    assert_refused(load.root, 14, ["2023-12-01", "after now"], command, load.config, "--now", "2023-11-01")


@pytest.mark.parametrize("rows", [1, 2, 5, 12])
def test_too_short_a_series_says_what_is_needed(load, rows):
    write_lines(load, lines_of(load)[: rows + 1])

    for command in ("check", "train"):
        mentions = ["data: ", "needed", str(rows)] if rows > 2 else ["data"]
        assert_refused(load.root, 13, mentions, command, load.config)


@pytest.mark.parametrize("command", ["predict", "run"])
def test_a_file_of_which_only_the_newest_row_is_left_is_refused(load, command):
    write_lines(load, [lines_of(load)[0], lines_of(load)[-1]])

    mentions = ["has 1 value, the model was trained on", "is the file whole?"]
    assert_refused(load.root, 13, mentions, command, load.config, "--now", NOW)


def test_a_series_that_the_model_has_not_seen_is_named(shops):
    change(shops.data, "north,", "nortj,")

    assert_refused(shops.root, 22, ["'nortj'", "did you mean 'north'"], "predict", shops.config, "--now", NOW)


@pytest.mark.parametrize(("column", "code"), [("day", 12), ("sold", 12), ("shop", 12), ("visitors", 22)])
@pytest.mark.parametrize("command", ["predict", "run"])
def test_a_missing_column_is_named_with_those_that_are_there(shops, column, code, command):
    change(shops.data, column, "other")

    mentions = [shops.data, f"no column '{column}'", "it has", "other"]
    assert_refused(shops.root, code, mentions, command, shops.config, "--now", NOW)


@pytest.mark.parametrize("column", ["sold", "visitors"])
def test_a_column_of_numbers_that_turned_to_text_is_named(shops, column):
    header, *lines = lines_of(shops)
    place = header.split(",").index(column)
    cells = [line.split(",") for line in lines]
    write_lines(shops, [header, *(",".join([*row[:place], "many", *row[place + 1 :]]) for row in cells)])

    assert_refused(shops.root, 22, [shops.data, f"'{column}'"], "predict", shops.config, "--now", NOW)


def test_another_frequency_is_named(shops):
    header, *lines = lines_of(shops)
    write_lines(shops, [header, *(line for line in lines if int(line.rsplit(",", 1)[1]) == 0)])

    assert_refused(shops.root, 22, ["'5D'", "'D'"], "predict", shops.config, "--now", NOW)


def test_times_that_are_all_written_in_another_way_are_named(load):
    header, *lines = lines_of(load)
    write_lines(load, [header, *(line.replace(",", "-01 00:00:00,") for line in lines)])

    assert_refused(load.root, 22, [load.data, "line 2", "'month'", "%Y-%m"], "predict", load.config, "--now", NOW)


def test_a_series_that_is_not_there_any_more_is_told_by_a_forecast_and_refused_at_night(shops):
    lines = lines_of(shops)
    write_lines(shops, [line for line in lines if not line.startswith(("=1+1", "@x", "+x", "\tx"))])

    ended, quiet = (
        call_here("predict", shops.config, "--now", NOW, "--output", "-", *words) for words in ((), ("--quiet",))
    )

    assert (ended.code, quiet.err) == (0, ""), ended
    assert ended.err.endswith(
        "warning: data: 4 of the 5 series of the model are not there: '\\tx', '+x', '=1+1' and 1 more; "
        "is the file whole?\n"
    )
    assert_refused(shops.root, 22, ["and 3 more of the model", "is the file whole?"], "run", shops.config, "--now", NOW)


# --- the same forecast ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace(",", ";").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: (text + "\n\n").encode(),
    ],
    ids=["bom", "crlf", "utf-16", "semicolons", "tabs", "empty lines"],
)
def test_another_way_of_writing_gives_the_same_forecast(load, encode):
    load.data.write_bytes(encode(load.data.read_text()))

    assert_same_forecast(load)


def test_columns_in_another_order_and_one_more_give_the_same_forecast(load):
    write_lines(load, [",".join([*reversed(line.split(",")), "0"]) for line in lines_of(load)[:1]] +
                [",".join([*reversed(line.split(",")), "x"]) for line in lines_of(load)[1:]])  # fmt: skip

    assert_same_forecast(load)


def test_rows_in_another_order_give_the_same_forecast_and_are_told(shops):
    header, *lines = lines_of(shops)
    np.random.default_rng(0).shuffle(lines)
    write_lines(shops, [header, *lines])

    assert_same_forecast(shops, "sorted")


@pytest.mark.parametrize("policy", ["interpolate", "previous", "seasonal", "zero"])
def test_a_missing_row_is_filled_on_request_and_told(shops, policy):
    lines = [line for line in lines_of(shops) if not line.startswith("north,2024-01-05")]
    write_lines(shops, lines)
    change(shops.config, "past:", f"gaps: {policy}, past:")

    ended = call_here("predict", shops.config, "--now", NOW, "--output", "-")

    assert ended.code == 0, ended
    assert "1 missing value filled" in ended.err
    assert [row["day"] for row in rows_of(ended.out)] == ["2024-01-15", "2024-01-16", "2024-01-17"] * len(SHOPS)


@pytest.mark.parametrize("policy", ["first", "last", "mean", "sum"])
def test_a_doubled_stamp_is_merged_on_request_and_told(shops, policy):
    with shops.data.open("a") as file:
        file.write("north,2024-01-05,-50,1\n")
    change(shops.config, "past:", f"duplicates: {policy}, past:")

    ended = call_here("predict", shops.config, "--now", NOW, "--output", "-")

    assert ended.code == 0, ended
    assert "1 row " in ended.err


def test_no_cell_of_a_forecast_is_a_formula_but_numbers_stay_numbers(shops):
    rows = rows_of(shops.forecast.read_bytes())

    assert {row["shop"].removeprefix("'") for row in rows} == set(SHOPS)
    assert not any(row["shop"].startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows)
    assert all(float(row["forecast"]) < 0 for row in rows)
    assert all(row["forecast"].startswith("-") for row in rows)


@pytest.mark.parametrize(
    ("first", "step", "expected"),
    [
        ("hours", 60, ["2024-03-11T00:00:00-04:00", "2024-03-11T01:00:00-04:00", "2024-03-11T02:00:00-04:00"]),
        ("month ends", 40, ["2024-01-31", "2024-02-29", "2024-03-31"]),
    ],
)
def test_every_step_of_a_forecast_lies_on_the_grid(tmp_path, trained_load, first, step, expected):
    if first == "hours":
        ticks = np.datetime64("2024-03-11T03", "h") - np.arange(step)[::-1]
        change_at = np.datetime64("2024-03-10T07", "h")
        offsets = np.where(ticks >= change_at, 4, 5)
        walls = ticks - offsets.astype("timedelta64[h]")
        stamps = [f"{wall}:00:00-0{offset}:00" for wall, offset in zip(walls, offsets, strict=True)]
        season = 24
    else:
        months = np.datetime64("2024-01", "M") - np.arange(step)[::-1]
        stamps = [str(month.astype("datetime64[D]") - np.timedelta64(1, "D")) for month in months]
        season = 12
    shutil.copy(trained_load / "job.yaml", tmp_path)
    change(tmp_path / "job.yaml", "context: 24", "context: 12")
    values = [f"{stamp},{10 + k % season}\n" for k, stamp in enumerate(stamps)]
    (tmp_path / "load.csv").write_text("".join(["month,load\n", *values]))

    trained = call_here("train", tmp_path / "job.yaml", "--now", "2024-03-12")
    predicted = call_here("predict", tmp_path / "job.yaml", "--now", "2024-03-12", "--output", "-")

    assert (trained.code, predicted.code) == (0, 0), (trained, predicted)
    assert [row["month"] for row in rows_of(predicted.out)] == expected


def test_a_refused_check_writes_nothing_even_where_there_was_no_workspace(load):
    shutil.rmtree(load.workspace)
    before = snapshot(load.root)

    ended = call_here("check", load.config)

    assert ended.code == 0
    assert snapshot(load.root) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("+x,2024-01-05,", "+x,2024-01-04,"),
        ("+x,2024-01-05,", "=none,2024-01-05,"),
        ("+x,2024-01-14,-", "+x,2024-01-14,-1000000"),
        ("+x,2024-01-05,-", "+x,2024-01-05,?"),
        ("+x,2024-01-05,-", "+x,2024-01-05,-1e999"),
        ("+x,2024-01-05,", "+x,2024-13-05,"),
        ("+x,2024-01-05,", "+x,,"),
    ],
    ids=[
        "a doubled stamp",
        "a gap, and an unknown series",
        "an absurd value",
        "a cell that is no number",
        "a number without end",
        "a stamp that is no time",
        "a row without its time",
    ],
)
def test_a_bad_series_is_left_out_where_a_part_will_do(shops, old, new):
    change(shops.data, old, new)

    ended = call_here("predict", shops.config, "--now", NOW, "--allow-partial")

    assert_refusal(ended, 15, "'+x'", "the others are published")
    rows = rows_of(shops.forecast.read_bytes())
    assert {row["shop"].removeprefix("'") for row in rows} == set(SHOPS) - {"+x"}
    assert "+x" in json.loads((shops.workspace / "forecast.manifest.json").read_text())["left_out"]


def test_with_a_zone_an_hour_that_comes_twice_is_two_hours(tmp_path, trained_load):
    shutil.copy(trained_load / "job.yaml", tmp_path)
    change(tmp_path / "job.yaml", "context: 24", "context: 12")
    change(tmp_path / "job.yaml", "calendar: none", "timezone: America/New_York, calendar: none")
    hours = np.datetime64("2024-11-03T00", "h") - np.arange(60)[::-1]
    rows = [f"{str(hour).replace('T', ' ')}:00,{10 + k % 24}\n" for k, hour in enumerate(hours)]
    (tmp_path / "load.csv").write_text("".join(["month,load\n", *rows]))

    trained = call_here("train", tmp_path / "job.yaml", "--now", "2024-11-04")
    before = call_here("predict", tmp_path / "job.yaml", "--now", "2024-11-04", "--output", "-")
    with (tmp_path / "load.csv").open("a") as file:
        file.write("2024-11-03 01:00,22\n2024-11-03 01:00,23\n2024-11-03 02:00,24\n")
    after = call_here("predict", tmp_path / "job.yaml", "--now", "2024-11-04", "--output", "-")

    assert (trained.code, before.code, after.code) == (0, 0, 0), (trained, before, after)
    assert [row["month"][11:16] for row in rows_of(before.out)] == ["01:00", "01:00", "02:00"]
    assert [row["month"][11:16] for row in rows_of(after.out)] == ["03:00", "04:00", "05:00"]
