"""What others see of a run that nobody watches: metrics, health check and log; none of them can fail it."""

import json
import os
import re
import socket
import time

import pytest

from tests.faults.runs import NOW, assert_refusal, call_fresh, call_here

NAME, LABEL, NUMBER = r"[a-z_]+", r'[a-z]+="(?:[^"\\\n]|\\["\\n])*"', r"[0-9]+(?:\.[0-9]+)?(?:e\+[0-9]+)?"
SAMPLE = re.compile(rf"({NAME})\{{({LABEL}(?:,{LABEL})*)\}} ({NUMBER})")


def parse_metrics(text):
    """Return the values by name and labels of a Prometheus text file, held against its grammar."""
    assert text.endswith("\n")
    found, described = {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            described = line.split()[2]
        elif line.startswith("# TYPE "):
            assert line == f"# TYPE {described} gauge"
        else:
            name, labels, number = SAMPLE.fullmatch(line).groups()
            assert name == described
            assert (name, labels) not in found
            found[name, labels] = float(number)
    return found


def test_metrics_are_written_whole_and_a_failure_keeps_when_it_last_went_well(load):
    metrics = load.root / "lstmcast.prom"
    settings = ("--set", f"job.metrics={metrics}")
    well = call_here("predict", load.config, "--now", NOW, *settings)
    before, number = parse_metrics(metrics.read_text()), metrics.stat().st_ino
    load.data.write_text("month,load\n2023-11,1\n2023-12,x\n")

    badly = call_here("predict", load.config, "--now", NOW, *settings)

    labels = f'command="predict",workspace="{load.workspace}"'
    after = parse_metrics(metrics.read_text())
    assert well.code == 0
    assert_refusal(badly, 12, load.data)
    assert (before["lstmcast_exit_code", labels], after["lstmcast_exit_code", labels]) == (0, 12)
    success = "lstmcast_last_success_timestamp_seconds", labels
    assert after[success] == before[success]
    assert after["lstmcast_last_run_timestamp_seconds", labels] > after[success]
    assert metrics.stat().st_ino != number  # a new file was renamed over the old one
    assert [path.name for path in load.root.iterdir() if path.name.startswith(".")] == []


def test_a_link_in_the_place_of_the_metrics_is_replaced_and_never_followed(load):
    metrics, canary = load.root / "lstmcast.prom", load.root / "canary"
    canary.write_text("alive")
    metrics.symlink_to(canary)

    ended = call_here("predict", load.config, "--now", NOW, "--set", f"job.metrics={metrics}")

    assert ended.code == 0
    assert canary.read_text() == "alive"
    assert parse_metrics(metrics.read_text())


def test_a_pipe_in_the_place_of_the_metrics_keeps_nobody_waiting(load):
    metrics = load.root / "lstmcast.prom"
    os.mkfifo(metrics)

    ended = call_here("predict", load.config, "--now", NOW, "--set", f"job.metrics={metrics}")

    assert ended.code == 0
    assert f"job.metrics: {metrics}: is not a regular file" in ended.err
    assert metrics.is_fifo()


def test_metrics_that_cannot_be_written_do_not_fail_the_forecast(load):
    metrics = load.root / "none" / "lstmcast.prom"

    ended = call_here("predict", load.config, "--now", NOW, "--set", f"job.metrics={metrics}")

    assert ended.code == 0
    assert ended.err.startswith(f"warning: job.metrics: {metrics}: cannot be written")


@pytest.mark.parametrize("manner", [(), ("--quiet",)], ids=["", "quiet"])
def test_a_health_check_that_is_not_there_does_not_fail_the_forecast(load, manner):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    started = time.monotonic()

    ended = call_fresh("predict", load.config, "--now", NOW, "--set", f"job.ping={address}", *manner)

    assert ended.code == 0
    assert time.monotonic() - started < 10
    assert ended.err == ("" if manner else f"warning: job.ping: {address}: [Errno 111] Connection refused\n")


def test_a_name_with_control_characters_stays_in_its_line_of_the_log(shops):
    with shops.data.open("a") as file:
        file.write('"a\nb\x1b[31m\x07",2024-01-14,1,1\n')

    told = call_here("predict", shops.config, "--now", NOW)
    logged = call_here("predict", shops.config, "--now", NOW, "--log-format", "json")

    assert_refusal(told, 22, r"'a\nb\x1b[31m\x07'")
    (line,) = logged.err.splitlines()
    assert not re.search(r"[\x00-\x1f\x7f]", line)
    assert json.loads(line)["exit_code"] == 22
