"""The night shift: kills, signals, time limits, damaged data, deaf servers; what stood before stands after."""

import contextlib
import http.server
import json
import math
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from lstmcast.store.checkpoint import read_part
from lstmcast.store.forecasts import kept_path, list_origins, read_forecast
from lstmcast.store.versions import current_version, list_versions, resolve_version
from tests.faults.runs import (
    NOW,
    PACKAGE_HOME,
    assert_refusal,
    assert_refused,
    call_fresh,
    call_here,
    change,
    run_fresh,
    snapshot,
)

LATER = "2024-02-15"


def run_of(job, *more, now=LATER):
    return ("run", job.config, "--now", now, *more)


def add_month(job, line="2024-01,161.5"):
    with job.data.open("a") as file:
        file.write(f"{line}\n")


def not_due(job):
    """Let nothing be trained, so that a night takes a moment."""
    change(job.config, "output:", "job: {retrain: 900D}\noutput:")


def drafts(folder):
    return [path.name for path in folder.rglob(".draft-*")]


@contextmanager
def started(*arguments, stderr=subprocess.PIPE):
    words = [sys.executable, "-m", "lstmcast", *map(str, arguments)]
    with subprocess.Popen(words, cwd=PACKAGE_HOME, stdout=subprocess.PIPE, stderr=stderr) as process:
        try:
            yield process
        finally:
            process.kill()


# --- death at any moment ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", ["rename", "fsync"])
def test_a_night_killed_at_any_moment_leaves_a_whole_forecast_and_is_mended_by_the_next(load, call, doomed):
    not_due(load)
    assert call_here(*run_of(load, now=NOW)).code == 0
    old = load.forecast.read_bytes()
    add_month(load)
    assert call_here(*run_of(load)).code == 0
    new, after = load.forecast.read_bytes(), snapshot(load.workspace)
    run = doomed(call, "signal=KILL")

    for number in range(1, 30):
        (load.workspace / "forecast.csv").write_bytes(old)
        for leftover in (kept_path(load.workspace, "2024-01-01"), load.workspace / "scores" / "scores.csv"):
            leftover.unlink(missing_ok=True)

        ended = run(number, *run_of(load))

        assert load.forecast.read_bytes() in (old, new)
        if ended.code == 0:
            break
        assert ended.code in (-9, 137)
    assert number > 3
    assert snapshot(load.workspace) == after  # the last run has mended everything and swept the drafts


@pytest.mark.parametrize(("call", "error"), [("fsync", "EIO"), ("rename", "ENOSPC")])
def test_a_disk_that_fails_at_night_leaves_the_old_forecast_with_its_manifest(load, call, error, doomed):
    not_due(load)
    assert call_here(*run_of(load, now=NOW)).code == 0
    add_month(load)
    old = read_forecast(load.forecast)
    version = current_version(load.workspace)
    run = doomed(call, f"error={error}")

    for number in range(1, 30):
        ended = run(number, *run_of(load))

        if ended.code == 0:
            break
        assert_refusal(ended, 41, load.workspace)
        assert read_forecast(load.forecast) == old
        assert drafts(load.workspace) == []
    assert number > 3
    assert current_version(load.workspace) == version
    assert read_forecast(load.forecast).manifest.cutoff == "2024-01"


DIE_PROMOTING = """
import os, signal
from lstmcast.cli.main import main
rename = os.rename
def die_before_current(source, target, **more):
    if os.path.basename(target) == "current":
        os.kill(os.getpid(), signal.SIGKILL)
    rename(source, target, **more)
os.rename = die_before_current
main()
"""


def test_a_training_killed_while_it_promotes_leaves_the_old_version_and_the_next_one_goes_on(load):
    before, kept = current_version(load.workspace), snapshot(load.version)

    ended = run_fresh(sys.executable, "-c", DIE_PROMOTING, "train", load.config, "--now", LATER)

    assert ended.code in (-9, 137), ended
    assert current_version(load.workspace) == before
    assert snapshot(load.version) == kept
    assert len(list_versions(load.workspace)) == 2  # the new one is there, whole, and not promoted
    assert call_here("models", "verify", load.config).code == 0
    assert call_here("predict", load.config, "--now", NOW, "--output", "-").code == 0
    assert call_here("train", load.config, "--now", LATER).code == 0
    assert drafts(load.workspace) == []


class Terminal:
    """A terminal that a process tells its progress to."""

    def __init__(self):
        self.end, self.line = pty.openpty()
        self.shown = bytearray()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        with contextlib.suppress(OSError):  # the last one has closed its end
            while chunk := os.read(self.end, 65536):
                self.shown += chunk

    def wait_for(self, text, process):
        until = time.monotonic() + 120
        while text not in self.shown:
            assert time.monotonic() < until, self.shown
            assert process.poll() is None, self.shown
            time.sleep(0.05)

    def text_at_end(self):
        os.close(self.line)
        self.reader.join(10)
        return self.shown.decode()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_training_that_is_stopped_ends_in_time_and_leaves_a_checkpoint_and_the_version_before(load, number, code):
    before, terminal = snapshot(load.workspace), Terminal()
    with started("train", load.config, "--now", LATER, "--set", "train.steps=20000", stderr=terminal.line) as process:
        terminal.wait_for(b"rehearsing", process)
        other = call_here("train", load.config, "--now", LATER)
        sent = time.monotonic()
        process.send_signal(number)
        process.communicate(timeout=60)
        took = time.monotonic() - sent
    told = terminal.text_at_end()

    assert_refusal(other, 40, f"another run (process {process.pid}, since ")
    assert process.returncode == code
    assert took < 10
    assert "Traceback" not in told
    assert "lstmcast: error[" in told.splitlines()[-1]  # behind what clears the bar
    assert (load.workspace / "checkpoint" / "origin.json").is_file()
    assert steps_kept(load) > 0
    assert {name: content for name, content in snapshot(load.workspace).items() if name in before} == before
    assert call_here("models", "verify", load.config).code == 0
    again = call_here("models", "prune", load.config)  # takes the lock: it is free
    assert again.code == 0
    assert not (load.workspace / "checkpoint").exists()


def test_a_training_that_is_stopped_before_its_first_step_ends_in_time(load):
    before = snapshot(load.workspace)
    with started("train", load.config, "--now", LATER) as process:
        until = time.monotonic() + 60
        while (load.workspace / "lock").read_text().strip() != str(process.pid):
            assert time.monotonic() < until
            assert process.poll() is None, process.communicate()
            time.sleep(0.05)
        sent = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 143
    assert time.monotonic() - sent < 10
    assert err.decode().splitlines()[-1].startswith("lstmcast: error[terminated]")
    assert b"Traceback" not in err
    assert {name: content for name, content in snapshot(load.workspace).items() if name in before} == before


def steps_kept(job):
    """Return how far the first member of a training that was interrupted had come; 0 if nothing was kept of it."""
    part = read_part(job.workspace / "checkpoint", "rehearsing-0")
    return 0 if part is None else part["position"][0]


# --- time ---------------------------------------------------------------------------------------------------------


def test_a_training_that_takes_too_long_is_ended_and_the_next_one_goes_on(load):
    def train_for(seconds, steps=0):
        """Return how a training ended that came beyond so many steps before its time was up, and how long it had."""
        started = time.monotonic()
        ended = call_fresh(
            "train", load.config, "--now", LATER, "--set", "train.steps=1000000", "--resume", "--timeout", seconds
        )
        assert time.monotonic() - started < seconds + 12
        assert_refusal(ended, 42, f"took longer than {seconds}s")
        is_busy = steps_kept(load) <= steps  # such a machine has not begun when another is far
        return train_for(2 * seconds, steps) if is_busy and seconds < 100 else (ended, seconds)

    before = snapshot(load.workspace)
    _, seconds = train_for(8)
    steps = steps_kept(load)

    ended, _ = train_for(seconds, steps)

    assert 0 < steps < steps_kept(load)
    assert f"training goes on from {load.workspace}/checkpoint\n" in ended.err
    assert {name: content for name, content in snapshot(load.workspace).items() if name in before} == before


# Each in a process of its own: what is stopped in the middle of an import leaves half a module behind.


def test_a_forecast_that_takes_longer_than_its_config_allows_is_ended(load):
    arguments = ["predict", load.config, "--set", "job.timeout=0.001s"]
    assert_refused(load.root, 42, ["took longer than 0.001s"], *arguments, call=call_fresh)


@pytest.mark.parametrize("command", ["score", "backtest", "compare", "explain", "detect", "report"])
def test_whatever_takes_longer_than_it_may_is_ended(load, command):
    before = snapshot(load.workspace)

    by_config = call_fresh(command, load.config, "--set", "job.timeout=0.001s")
    by_option = call_fresh(command, load.config, "--set", "job.timeout=1h", "--timeout", "0.002")

    assert_refusal(by_config, 42, "took longer than 0.001s")
    assert_refusal(by_option, 42, "took longer than 0.002s")
    assert {**snapshot(load.workspace), command: "folder"} == {**before, command: "folder"}  # with its lock, at most


@pytest.mark.parametrize("time_limit", ["0", "-1s", "soon", "5 min"])
def test_a_time_limit_that_is_none_is_a_usage_error(load, time_limit):
    assert_refused(load.root, 2, ["'--timeout'"], "run", load.config, "--timeout", time_limit)


def test_a_second_night_is_turned_away_within_a_second(load):
    script = (
        "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); "
        "print(flush=True); sys.stdin.read()"
    )
    hold = subprocess.Popen(
        [sys.executable, "-c", script, load.workspace / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    hold.stdout.readline()
    try:
        started = time.monotonic()
        for command in ("run", "score"):
            assert_refused(load.root, 40, [load.workspace, "another run"], command, load.config, "--now", NOW)
        took = time.monotonic() - started
    finally:
        hold.communicate()

    assert took < 10


# --- the same, wherever ---------------------------------------------------------------------------------------------


def test_a_bare_environment_gives_the_same_night(load):
    not_due(load)
    add_month(load)
    copy = shutil.copytree(load.config.parent, load.root / "copy")
    here = call_here(*run_of(load, "--quiet"))

    script = 'umask 077; exec "$@"'
    bare = call_fresh(
        "run", copy / "job.yaml", "--now", LATER, "--quiet",
        before=("env", "-i", "TZ=Pacific/Chatham", "LC_ALL=C", "sh", "-c", script, "sh"), cwd="/",
    )  # fmt: skip

    assert (here.code, here.out, here.err) == (0, b"", "")
    assert (bare.code, bare.out, bare.err) == (0, b"", "")
    assert snapshot(copy / "runs") == snapshot(load.workspace)


# --- what is refused ------------------------------------------------------------------------------------------------


def seasonal(months, seed=0):
    random = np.random.default_rng(seed)
    return [100 + 30 * math.sin(2 * math.pi * k / 12) + random.normal(scale=0.3) for k in range(months)]


def write_months(path, values):
    rows = [f"{2010 + k // 12}-{k % 12 + 1:02},{value:.2f}" for k, value in enumerate(values)]
    path.write_text("\n".join(["month,load", *rows]) + "\n")


def test_a_model_of_shuffled_data_is_refused_and_the_report_holds_both_scores(load):
    change(load.config, ", bank: none, segment: 1, context: 24", "")
    shutil.rmtree(load.workspace)
    write_months(load.data, seasonal(120))
    assert call_here("train", load.config, "--now", NOW).code == 0
    before, kept = current_version(load.workspace), snapshot(load.version)
    shuffled = seasonal(120)
    np.random.default_rng(1).shuffle(shuffled)
    write_months(load.data, shuffled)

    ended = call_here("train", load.config, "--now", LATER)

    assert_refusal(ended, 31, "wql", "of the model against", before, "look whether they are sound")
    assert (current_version(load.workspace), snapshot(load.version)) == (before, kept)
    newest = load.workspace / "models" / list_versions(load.workspace)[0] / "metrics.json"
    noted = json.loads(newest.read_text())["gate"]
    assert newest.parent.name != before
    assert noted["refusal"] in ended.last_line
    assert noted["model"] > 0
    assert noted["seasonal_naive"] > 0


def test_a_night_without_fresh_data_publishes_nothing_and_says_so_to_the_metrics(load):
    metrics = load.root / "job.prom"
    not_due(load)
    well = call_here(*run_of(load, "--set", f"job.metrics={metrics}", now=NOW))
    succeeded = metrics.read_text()
    published = load.forecast.read_bytes()

    ended = call_here(*run_of(load, "--set", f"job.metrics={metrics}", "--set", "job.max_age=2D"))

    assert well.code == 0
    assert_refusal(ended, 14, "job.max_age is 2D")
    assert load.forecast.read_bytes() == published
    lines = metrics.read_text().splitlines()
    (success,) = (line for line in lines if line.startswith("lstmcast_last_success_timestamp_seconds{"))
    assert success in succeeded.splitlines()
    assert f'lstmcast_exit_code{{command="run",workspace="{load.workspace}"}} 14' in lines
    assert drafts(load.root) == []


def test_a_health_check_that_nobody_answers_neither_fails_nor_delays_for_long(load):
    not_due(load)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        address = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        started = time.monotonic()

        ended = call_fresh(*run_of(load, "--set", f"job.ping={address}", now=NOW))

    assert ended.code == 0
    assert time.monotonic() - started < 40  # ten of them for the answer; the rest is the forecast on a busy machine
    assert ended.err == f"warning: job.ping: {address}: no answer in time\n" or "timed out" in ended.err


def test_health_checks_hear_of_success_and_of_failure(load):
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_arguments):
            pass

    not_due(load)
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ping = ("--set", f"job.ping=http://127.0.0.1:{server.server_port}/abc")
    try:
        well = call_fresh(*run_of(load, *ping, now=NOW))
        badly = call_fresh(*run_of(load, *ping, "--set", "job.max_age=1h", now=NOW))
    finally:
        server.shutdown()
        server.server_close()

    assert (well.code, badly.code) == (0, 14)
    assert asked == ["/abc", "/abc/fail"]


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_every_forecast_is_kept_by_its_origin_and_scored_when_it_has_come_true(load):
    not_due(load)
    assert call_here("predict", load.config, "--now", NOW).code == 0
    add_month(load)
    assert call_here("predict", load.config, "--now", LATER).code == 0

    ended = call_here("score", load.config, "--now", LATER, "--json")

    document = json.loads(ended.out)
    assert ended.code == 0, ended
    assert list_origins(load.workspace) == ("2023-12-01", "2024-01-01")
    assert [row["cutoff"] for row in document["scores"]] == ["2023-12"]
    assert document["scores"][0]["values"] == 1
    assert Path(document["table"]).is_file()


def test_a_log_in_json_is_one_object_a_line_and_the_exit_code_comes_last(load):
    not_due(load)

    ended = call_here(*run_of(load, "--log-format", "json", now=NOW))

    lines = [json.loads(line) for line in ended.err.splitlines()]
    assert len({line["run"] for line in lines}) == 1
    assert [line["step"] for line in lines[:-1] if "seconds" in line] == [
        "read", "score", "predict", "publish", "clean up",
    ]  # fmt: skip
    assert list(lines[-1])[-1] == "exit_code"
    assert lines[-1]["exit_code"] == 0


def test_a_forecast_by_another_version_does_not_disturb_the_present_one(load):
    not_due(load)
    version = resolve_version(load.workspace).name

    ended = call_here("predict", load.config, "--now", NOW, "--model", version[:8])

    assert ended.code == 0
    assert read_forecast(load.forecast).manifest.model == version


# --- one bad series of several ------------------------------------------------------------------------------------


def break_one_series(job, how):
    """Damage the rows of the shop `north` alone."""
    rows = job.data.read_text().splitlines(keepends=True)
    mine = [place for place, row in enumerate(rows) if row.startswith("north,")]
    if how == "doubled":
        rows.insert(mine[20], rows[mine[20]])
    elif how == "missing":
        del rows[mine[20]]
    elif how == "empty":
        shop, day, _, visitors = rows[mine[20]].split(",")
        rows[mine[20]] = f"{shop},{day},,{visitors}"
    elif how == "absurd":
        shop, day, _, visitors = rows[mine[-1]].split(",")
        rows[mine[-1]] = f"{shop},{day},-1e30,{visitors}"
    else:
        rows += [rows[place].replace("north,", "unseen,") for place in mine]
    job.data.write_text("".join(rows))
    return "unseen" if how == "unseen" else "north"


@pytest.mark.parametrize(
    ("how", "code"), [("doubled", 12), ("missing", 12), ("empty", 12), ("absurd", 32), ("unseen", 22)]
)
def test_one_bad_series_is_refused_unless_a_part_will_do(shops, how, code):
    bad = break_one_series(shops, how)
    assert_refused(shops.root, code, [bad], "predict", shops.config, "--now", NOW)
    others = [row for row in shops.forecast.read_text().splitlines() if how == "unseen" or not row.startswith("north,")]

    ended = call_here("predict", shops.config, "--now", NOW, "--allow-partial")

    assert_refusal(ended, 15, bad)
    assert "warning: left out: " in ended.err
    assert shops.forecast.read_text().splitlines() == others
    assert read_forecast(shops.forecast).manifest.left_out == (bad,)


def test_a_part_in_json_is_one_document(shops):
    break_one_series(shops, "missing")

    ended = call_here("predict", shops.config, "--now", NOW, "--allow-partial", "--json")

    assert ended.code == 15
    assert json.loads(ended.out)["left_out"] == ["north"]


def test_where_all_series_are_bad_nothing_is_forecast(shops):
    shops.data.write_text("".join(row for row in shops.data.read_text().splitlines(True) if "2024-01-02" not in row))

    assert_refused(shops.root, 13, ["no series is left"], "predict", shops.config, "--now", NOW, "--allow-partial")
