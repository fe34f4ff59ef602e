"""Configs that are wrong: exit 10 with the key, before anything is read or written."""

import http.server
import json
import os
import threading
import time
from functools import partial

import pytest

from lstmcast import pipes
from tests.faults.runs import NOW, assert_refused, call_fresh, call_here, change

COMMANDS = ("check", "predict", "train")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_config_is_named(load, command):
    missing = load.root / "nowhere.yaml"

    assert_refused(load.root, 11, [missing], command, missing)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("old", "new", "mentions"),
    [
        ("horizon: 3", "horizn: 3", ["forecast.horizn", "horizon"]),
        ("target: load", "targt: load", ["data.targt", "target"]),
        ("units: 4", "units: 4, units: 5", ["units"]),
        ("horizon: 3", "horizon: 010", ["forecast.horizon"]),
        ("horizon: 3", "horizon: no", ["forecast.horizon"]),
        ("horizon: 3", "horizon: 3.5", ["forecast.horizon"]),
        ("horizon: 3", "horizon: -1", ["forecast.horizon", "-1"]),
        ("horizon: 3", "horizon: [3", ["job.yaml"]),
        ("steps: 10", "steps: 10, learning_rate: .nan", ["train.learning_rate"]),
        ("steps: 10", "steps: 10, learning_rate: .inf", ["train.learning_rate"]),
        ("segment: 1", "cell: transformer", ["model.cell", "transformer"]),
        ("path: load.csv", "path: http://127.0.0.1:1/x.csv", ["data.path", "http://127.0.0.1:1/x.csv"]),
        ("path: load.csv", "path: 's3://bucket/x.csv'", ["data.path", "s3://bucket/x.csv"]),
        ("path: load.csv", "path: 'file:///etc/passwd'", ["data.path", "file:///etc/passwd"]),
        ("dir: runs", "dir: 's3://bucket/runs'", ["output.dir", "s3://bucket/runs"]),
    ],
)
def test_a_config_that_is_wrong_is_refused_with_its_key(load, command, old, new, mentions):
    change(load.config, old, new)

    assert_refused(load.root, 10, [load.config, *mentions], command, load.config)


@pytest.mark.parametrize("command", COMMANDS)
def test_all_that_is_wrong_with_a_config_is_told_a_line_each_before_the_last(load, command):
    change(load.config, "horizon: 3", "horizn: 3")
    change(load.config, "units: 4", "units: 0")
    wrong = [
        f"{load.config}:3: key 'forecast.horizn': unknown key (did you mean 'horizon'?)",
        f"{load.config}:4: key 'model.units': found 0, must be 'auto' or a whole number from 1 to 1024",
    ]

    ended, quiet, as_json = (call_here(command, load.config, *words) for words in ((), ("--quiet",), ("--json",)))

    last = f"lstmcast: error[config]: {wrong[0]} (and 1 more: {load.config}:4 key 'model.units')"
    assert (ended.code, ended.out, ended.err.splitlines()) == (10, b"", [f"wrong: {wrong[1]}", last])
    assert (quiet.out, quiet.err.splitlines()) == (b"", [last])
    assert json.loads(as_json.out)["wrong"] == wrong


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_frequency_is_refused(load, command):
    change(load.config, "time: month", "time: month, freq: fortnight")

    assert_refused(load.root, 10, ["data.freq", "'fortnight'", "known are"], command, load.config)


@pytest.mark.parametrize("command", COMMANDS)
def test_holidays_of_months_are_refused(load, command):
    change(load.config, "time: month", "time: month, holidays: DE")

    assert_refused(load.root, 10, ["data.holidays", "a step is a month"], command, load.config)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_tag_is_never_obeyed(load, command):
    with load.config.open("a") as file:
        file.write(f'x: !!python/object/apply:os.system ["touch {load.root}/PWN"]\n')

    assert_refused(load.root, 10, [load.config, "tag"], command, load.config)


@pytest.mark.parametrize("tag", ["!!python/name:os.system", "!!python/object/new:os.system [x]", "!!binary eA==", "!a"])
def test_no_other_tag_is_obeyed_either(load, tag):
    change(load.config, "target: load", f"target: {tag}")

    assert_refused(load.root, 10, [load.config], "check", load.config)


def test_a_bomb_of_merge_keys_is_refused_at_once(load):
    levels = ["a0: &a0 {k: v}", *(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}" for n in range(1, 25))]
    load.config.write_text("\n".join(levels) + "\n")
    started = time.monotonic()

    assert_refused(load.root, 10, [load.config], "check", load.config)

    assert len(load.config.read_bytes()) <= 2048
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"- 1\n",
        b"hello\n",
        b"\xff\xfe\x00",
        b"a: \x00b\n",
        b"\x80abc: 1\n",
        b"a: &a [*a]\n",
        b"? [a]\n: 1\n",
        b"self: 1\n",
        b"data: {self: 1, cls: 2, 3: 4}\n",
    ],
    ids=[
        "empty",
        "list",
        "items",
        "text",
        "utf-16",
        "zero byte",
        "latin-1",
        "in itself",
        "odd key",
        "self",
        "self inside",
    ],
)
def test_a_file_that_is_no_config_is_refused(load, content):
    load.config.write_bytes(content)

    assert_refused(load.root, 10, [load.config], "check", load.config)


def test_a_config_nested_without_end_is_refused(load):
    load.config.write_text("a: " + "[" * 50_000)

    assert_refused(load.root, 10, [load.config], "check", load.config)


def test_a_pipe_that_nobody_writes_into_is_no_config(load, monkeypatch):
    monkeypatch.setattr(pipes, "PATIENCE", 0.0)
    os.mkfifo(load.root / "pipe.yaml")

    assert_refused(load.root, 11, [load.root / "pipe.yaml", "nobody writes into"], "check", load.root / "pipe.yaml")


@pytest.mark.parametrize("encoding", ["hex", "rot13", '"utf-8\\0"'])
def test_an_encoding_that_is_none_of_texts_is_refused(load, encoding):
    change(load.config, "calendar: none", f"calendar: none, csv: {{encoding: {encoding}}}")

    assert_refused(load.root, 10, ["data.csv.encoding"], "predict", load.config, "--now", NOW)


@pytest.mark.parametrize(("old", "new"), [("load.csv", "läst.csv"), ("dir: runs", "dir: läufe")])
def test_a_path_that_the_locale_has_no_letters_for_is_named(load, old, new):
    load.config.write_text(load.config.read_text().replace(old, new), encoding="utf-8")
    ascii_only = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    assert_refused(
        load.root, 10, ["LC_ALL=C.UTF-8"], "predict", load.config, call=partial(call_fresh, environment=ascii_only)
    )


def test_a_folder_for_a_config_is_refused(load):
    assert_refused(load.root, 11, [load.config.parent], "check", load.config.parent)


def test_an_address_for_data_is_never_called(load):
    calls = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            calls.append(self.path)

    with http.server.HTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/x.csv"

        assert_refused(load.root, 10, [address], "check", load.config, "--set", f"data.path={address}")
        assert_refused(load.root, 10, [address], "predict", load.config, "--data", address)

        server.shutdown()
        thread.join()
    assert calls == []


def test_a_number_with_an_exponent_is_a_number(load):
    change(load.config, "steps: 10", "steps: 10, learning_rate: 1e-3")

    ended = call_here("check", load.config)

    assert ended.code == 0, ended


@pytest.mark.parametrize(
    ("setting", "mention"),
    [("forecast.horizn=3", "horizn"), ("forecast.horizon", "forecast.horizon"), ("train.steps=many", "train.steps")],
)
def test_a_setting_on_the_command_line_is_checked_as_strictly(load, setting, mention):
    assert_refused(load.root, 10, [mention], "predict", load.config, "--set", setting)


def test_a_setting_in_the_environment_is_checked_as_strictly(load):
    def call(*arguments):
        return call_fresh(*arguments, environment={"LSTMCAST_FORECAST__HORIZN": "3", "PATH": "/usr/bin:/bin"})

    assert_refused(load.root, 10, ["LSTMCAST_FORECAST__HORIZN"], "predict", load.config, "--now", NOW, call=call)


@pytest.mark.parametrize(
    ("arguments", "mention"),
    [
        (["predikt"], "predict"),
        (["predict", "--outptu", "-"], "--output"),
        (["predict", "--now", "soon"], "soon"),
        ([], ""),
    ],
)
def test_a_mistyped_command_line_is_a_usage_error(load, arguments, mention):
    assert_refused(load.root, 2, [mention], *arguments)
