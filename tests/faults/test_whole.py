"""Versions and forecasts, published while the machine dies or the disk fails: the old or the new, always whole."""

import sys

import pytest

from lstmcast.store.versions import current_version, list_versions
from tests.faults.runs import (
    NOW,
    Ended,
    assert_refusal,
    call_fresh,
    call_here,
    change,
    run_fresh,
    snapshot,
    with_mounts,
)

PUBLISH = """
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from lstmcast.errors import LstmcastError
from lstmcast.store.artifact import load_version, write_version
from lstmcast.store.lock import hold_workspace
from lstmcast.store.manifest import Provenance
from lstmcast.store.versions import models_folder, promote, prune, remove_leftovers, resolve_version

workspace, hour = Path(sys.argv[1]), int(sys.argv[2])
try:
    with hold_workspace(workspace):
        remove_leftovers(workspace)
        loaded = load_version(resolve_version(workspace))
        origin = Provenance(datetime(2024, 2, 1, hour, tzinfo=UTC), 1, "0" * 64, {"lstmcast": "0"})
        artifact = replace(loaded.artifact, metrics={**loaded.artifact.metrics, "hour": hour})
        promote(workspace, write_version(models_folder(workspace), artifact, origin))
        prune(workspace, 2)
except LstmcastError as error:
    print(f"lstmcast: error[{error.name}]: {error}", file=sys.stderr)
    sys.exit(error.exit_code)
"""  # what `train` does once it has trained, without the seconds of training


def publish_version(job, hour, before=()) -> Ended:
    return run_fresh(*before, sys.executable, "-c", PUBLISH, job.workspace, hour)


def forecast_of(job):
    ended = call_here("predict", job.config, "--now", NOW, "--output", "-")
    assert ended.code == 0, ended
    return ended.out


def drafts(job):
    return sorted(job.workspace.rglob(".draft-*"))


@pytest.mark.parametrize("call", ["rename", "fsync", "write", "unlink"])
def test_a_version_that_is_killed_while_it_is_published_is_the_old_one_or_the_new_one(load, call, doomed):
    expected, oldest = forecast_of(load), current_version(load.workspace)
    run = doomed(call, "signal=KILL")

    for number in range(1, 40):
        before, versions = current_version(load.workspace), set(list_versions(load.workspace))

        ended = run(number, load.workspace, number % 24, script=PUBLISH)

        after = current_version(load.workspace)
        assert after == before or after not in versions
        assert call_here("models", "verify", load.config).code == 0
        assert forecast_of(load).replace(after.encode(), oldest.encode()) == expected
        if ended.code == 0:
            break
        assert ended.code in (-9, 137), ended
    assert number > 1
    assert after != before
    assert len(list_versions(load.workspace)) == 2
    assert drafts(load) == []  # the last one has removed what the killed ones left


@pytest.mark.parametrize(
    ("call", "error"), [("rename", "EIO"), ("fsync", "EIO"), ("fsync", "ENOSPC"), ("write", "ENOSPC")]
)
def test_a_disk_that_fails_while_a_version_is_published_leaves_the_old_one(load, call, error, doomed):
    before, kept, forecast = current_version(load.workspace), snapshot(load.version), forecast_of(load)
    run = doomed(call, f"error={error}")

    for number in range(1, 40):
        ended = run(number, load.workspace, 1, script=PUBLISH)

        if ended.code == 0:
            break
        assert_refusal(ended, 41, load.workspace)
        assert drafts(load) == []
        if current_version(load.workspace) == before:
            assert forecast_of(load) == forecast
        else:
            assert len(list_versions(load.workspace)) == 2  # only the clearing up has failed
    assert number > 2
    assert snapshot(load.workspace / "models" / before) == kept


def on_full_disk(job, room, then):
    """Return the command that puts the workspace on a small disk with that much room, and looks at it afterwards."""
    return with_mounts(f"""
        mkdir {job.root}/copy && mv {job.workspace}/* {job.root}/copy
        mount -t tmpfs -o size=256k none {job.workspace} && cp -r {job.root}/copy/* {job.workspace}
        cd {job.workspace}
        dd if=/dev/zero of=filler bs=1k 2>&-
        truncate -s -{room} filler
        "$@"
        code=$?
        {then}
        find . -name '.draft-*'
        exit $code
    """)


@pytest.mark.parametrize("room", ["0", "8k"])
def test_a_disk_too_full_for_a_new_version_leaves_the_old_one(load, room):
    current = (load.workspace / "current").read_bytes()

    ended = publish_version(load, 1, on_full_disk(load, room, "cat current"))

    assert_refusal(ended, 41, load.workspace, "no space left")
    assert ended.out == current


@pytest.mark.parametrize("room", ["0", "4k", "8k"])
def test_a_night_on_a_full_disk_leaves_the_old_forecast(load, room):
    change(load.config, "output:", "job: {retrain: 900D}\noutput:")
    published = load.forecast.read_bytes()
    with load.data.open("a") as file:
        file.write("2024-01,161.5\n")

    ended = call_fresh(
        "run",
        load.config,
        "--now",
        "2024-02-15",
        before=on_full_disk(load, room, "cat forecast.csv forecast.manifest.json"),
    )

    assert_refusal(ended, 41, load.workspace, "no space left")
    assert ended.out == published + (load.root / "copy" / "forecast.manifest.json").read_bytes()


@pytest.mark.parametrize("call", ["rename", "fsync"])
def test_a_rollback_that_is_killed_leaves_the_present_version_or_the_one_before(load, call, doomed):
    first = current_version(load.workspace)
    assert publish_version(load, 1).code == 0
    second = current_version(load.workspace)
    run = doomed(call, "signal=KILL")

    for number in range(1, 20):
        ended = run(number, "models", "rollback", load.config)

        assert current_version(load.workspace) in (first, second)
        assert call_here("models", "verify", load.config).code == 0
        if current_version(load.workspace) == first:
            break
        assert ended.code in (-9, 137), ended
    assert number > 1
    assert current_version(load.workspace) == first
    assert call_here("models", "prune", load.config).code == 0
    assert drafts(load) == []
