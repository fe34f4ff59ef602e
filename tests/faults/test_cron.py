"""Runs that nobody watches: other users, clocks and folders, full disks, kills; the last forecast always survives."""

import filecmp
import os
import shutil
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from tests.faults.conftest import train, write_load
from tests.faults.runs import (
    NOW,
    PACKAGE_HOME,
    as_nobody,
    assert_refusal,
    assert_refused,
    call_fresh,
    call_here,
    change,
    snapshot,
    with_mounts,
)

OLD, NEW = b"old forecast\n", "2024-01-16"


def predict(job, *more):
    return ("predict", job.config, "--now", NOW, *more)


# --- the same bytes, wherever and whenever ----------------------------------------------------------------------


def test_predicting_twice_gives_the_same_bytes(shops):
    before = snapshot(shops.root)

    ended = call_fresh(*predict(shops))

    assert (ended.code, ended.out) == (0, f"{shops.forecast}\n".encode())
    assert snapshot(shops.root) == before


def test_an_empty_environment_and_another_folder_give_the_same_bytes(load):
    before = snapshot(load.root)

    ended = call_fresh(*predict(load), environment={})

    assert (ended.code, ended.err) == (0, "")
    assert snapshot(load.root) == before


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Chatham"])
def test_the_clock_of_the_machine_changes_nothing(load, zone):
    before = snapshot(load.root)

    ended = call_fresh(*predict(load), environment={"TZ": zone, "LC_ALL": "C"})

    assert ended.code == 0, ended
    assert snapshot(load.root) == before


def test_many_predicts_at_once_give_the_same_files(load):
    words = [sys.executable, "-m", "lstmcast", *map(str, predict(load, "--output"))]
    outputs = [load.root / f"out-{number}" / "f.csv" for number in range(8)]
    for output in outputs:
        output.parent.mkdir()

    running = [
        subprocess.Popen([*words, str(output)], cwd=PACKAGE_HOME, stdout=subprocess.DEVNULL) for output in outputs
    ]
    codes = [process.wait(60) for process in running]

    assert codes == [0] * 8
    assert all(filecmp.cmp(output, load.forecast, shallow=False) for output in outputs)


def test_many_predicts_at_once_into_one_file_leave_a_whole_one(load):
    before = snapshot(load.root)
    words = [sys.executable, "-m", "lstmcast", *map(str, predict(load))]

    running = [subprocess.Popen(words, cwd=PACKAGE_HOME, stdout=subprocess.DEVNULL) for _ in range(4)]
    codes = [process.wait(60) for process in running]

    assert codes == [0] * 4
    assert snapshot(load.root) == before


def test_a_workspace_that_was_moved_forecasts_the_same(load):
    moved = load.root / "moved"
    shutil.move(load.config.parent, moved)
    published = (moved / "runs" / "forecast.csv").read_bytes()

    ended = call_here("predict", moved / "job.yaml", "--now", NOW, "--output", "-")

    assert (ended.code, ended.out) == (0, published)


def test_another_user_without_a_home_forecasts_the_same(public_load):
    published = public_load.forecast.read_bytes()
    before = snapshot(public_load.root)
    environment = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}

    ended = call_fresh(*predict(public_load, "--output", "-"), before=as_nobody(), environment=environment)

    assert (ended.code, ended.out) == (0, published), ended
    assert snapshot(public_load.root) == before


def test_another_user_without_a_home_draws_without_writing_anywhere_else(public_load):
    for folder in (public_load.workspace, public_load.workspace / "models"):
        folder.chmod(0o777)
    before = snapshot(public_load.root)
    environment = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}
    plot = public_load.workspace / "plot.png"

    ended = call_fresh(
        *predict(public_load, "--output", "-", "--plot", plot), before=as_nobody(), environment=environment
    )

    assert ended.code == 0, ended
    assert plot.read_bytes().startswith(b"\x89PNG")
    new = {name for name in snapshot(public_load.root) if name not in before}
    assert {name.split("/")[2] for name in new} <= {"plot.png", ".cache"}


# --- silence ----------------------------------------------------------------------------------------------------


def test_a_quiet_forecast_writes_not_one_byte(load):
    ended = call_fresh("predict", load.config, "--now", NEW, "--quiet")

    assert (ended.code, ended.out, ended.err) == (0, b"", "")


@pytest.mark.parametrize("command", ["train", "predict", "check"])
def test_a_quiet_failure_writes_one_line(load, command):
    load.data.write_text("month,load\n2023-11,1\n2023-12,x\n")

    ended = call_fresh(command, load.config, "--quiet")

    assert_refusal(ended, 12, load.data, "line 3", "'load'", "'x'")
    assert (ended.out, ended.err.count("\n")) == (b"", 1)


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_answers_at_once(option):
    took = []
    for _ in range(3):  # the machine may be busy: the best of three
        started = time.monotonic()
        ended = call_fresh(option)
        took.append(time.monotonic() - started)
        assert ended.code == 0

    assert min(took) < 0.7


# --- places that cannot be written --------------------------------------------------------------------------------


def test_a_plot_may_not_stand_where_the_manifest_goes(load):
    csv, plot = load.root / "new.csv", load.root / "new.manifest.json"
    told = [plot, "two results cannot both be written there"]

    assert_refused(load.root, 41, told, *predict(load), "--output", csv, "--plot", plot)


def test_no_command_writes_over_the_data(load):
    lost = [load.data, "the data are read from there, and would be lost"]
    assert_refused(load.root, 41, lost, *predict(load), "--output", load.data)
    assert_refused(load.root, 41, lost, *predict(load), "--plot", load.data)
    newer = shutil.copy(load.data, load.root / "newer.csv")
    assert_refused(load.root, 41, lost, *predict(load), "--data", newer, "--output", load.data)
    assert_refused(load.root, 41, [newer, *lost[1:]], *predict(load), "--data", newer, "--output", newer)
    assert_refused(load.root, 41, lost, "report", load.config, "--output", load.data)
    assert_refused(load.root, 10, [load.data], "init", load.data, "--output", load.data, "--force")


def test_no_command_writes_over_the_config_or_what_the_workspace_keeps(load):
    lost = [load.config, "the config is read from there, and would be lost"]
    assert_refused(load.root, 41, lost, *predict(load), "--output", load.config)
    assert_refused(load.root, 41, lost, *predict(load), "--plot", load.config)
    assert_refused(load.root, 41, lost, "report", load.config, "--output", load.config)
    assert_refused(load.root, 41, lost, "export", load.config, "--format", "onnx", "--output", load.config)
    kept = [load.workspace / "current", "the workspace keeps what it needs there"]
    assert_refused(load.root, 41, kept, *predict(load), "--output", load.workspace / "current")
    assert_refused(load.root, 41, kept, "report", load.config, "--output", load.workspace / "current")
    assert_refused(load.root, 41, kept, *predict(load), "--set", f"job.metrics={load.workspace / 'current'}")


@pytest.mark.parametrize("command", ["train", "run", "predict"])
def test_a_workspace_whose_forecast_is_the_data_is_refused(load, command):
    data = load.data.rename(load.data.with_name("forecast.csv"))
    change(load.config, "path: load.csv", "path: forecast.csv")
    change(load.config, "dir: runs", "dir: .")

    assert_refused(load.root, 41, [data, "would be lost"], command, load.config)


def test_forecast_and_plot_want_a_name_each(load):
    target = load.root / "both"

    assert_refused(load.root, 41, [target], *predict(load), "--output", target, "--plot", target)


def test_a_read_only_workspace_is_refused_before_any_work(load):
    before_call = with_mounts(
        f"mount --bind {load.workspace} {load.workspace} && mount -o remount,ro,bind {load.workspace}"
    )

    def call(*arguments):
        return call_fresh(*arguments, before=before_call, timeout=30)

    change(load.data, "2023-12,", "2023-12,1")
    assert_refused(load.root, 41, [load.workspace, "read-only"], *predict(load), call=call)
    assert_refused(load.root, 41, [load.workspace, "read-only"], "train", load.config, "--now", NEW, call=call)


def test_a_workspace_of_another_user_is_refused(public_load):
    (public_load.workspace / "lock").unlink()
    drop = as_nobody()

    def call(*arguments):
        return call_fresh(*arguments, before=drop)

    change(public_load.data, "2023-12,", "2023-12,1")
    assert_refused(public_load.root, 41, [public_load.workspace], *predict(public_load), call=call)
    assert_refused(public_load.root, 41, [public_load.workspace], "train", public_load.config, call=call)
    assert_refused(public_load.root, 41, [public_load.workspace], "run", public_load.config, call=call)


@pytest.mark.parametrize("room", ["0", "4k"], ids=["no room", "room for the first file only"])
def test_a_full_disk_leaves_the_old_forecast(load, room):
    full = load.root / "full"
    full.mkdir()
    script = f"""
        mount -t tmpfs -o size=32k none {full}
        cd {full}
        printf 'old forecast\\n' >f.csv
        dd if=/dev/zero of=filler bs=1k 2>&-
        truncate -s -{room} filler
        "$@"
        code=$?
        cat f.csv
        ls -A
        exit $code
    """

    ended = call_fresh(*predict(load, "--output", full / "f.csv"), before=with_mounts(script))

    assert_refusal(ended, 41, full, "no space left")
    assert ended.out == OLD + b"f.csv\nfiller\n"


def test_a_full_disk_is_found_before_training(load):
    script = (
        f"mount -t tmpfs -o size=32k none {load.workspace}; dd if=/dev/zero of={load.workspace}/x bs=1k 2>/dev/null"
    )

    ended = call_fresh("train", load.config, "--now", NOW, before=with_mounts(script), timeout=60)

    assert_refusal(ended, 41, load.workspace, "no space left")


@pytest.mark.parametrize("stdout", [">&-", ">/dev/full", "1</dev/null"])
@pytest.mark.parametrize("command", ["train", "detect"])
def test_a_stdout_that_takes_no_answer_is_told_before_anything_is_done(load, stdout, command):
    call = partial(call_fresh, before=("sh", "-c", f'exec "$@" {stdout}', "sh"))

    assert_refused(load.root, 41, ["standard output: "], command, load.config, "--now", NOW, call=call)


@pytest.mark.parametrize("option", ["--output", "--plot"])
def test_an_output_in_a_folder_that_is_not_there_is_refused(load, option):
    folder = load.root / "none"

    assert_refused(load.root, 41, [folder], *predict(load, option, folder / "f"))


@pytest.mark.parametrize("output", ["", ".", "/"])
def test_an_output_without_a_name_is_refused(load, monkeypatch, output):
    monkeypatch.chdir(load.root)

    assert_refused(load.root, 41, ["is a directory"], "predict", load.config, "--now", NOW, "--output", output)


def test_a_folder_in_place_of_the_forecast_leaves_nothing_behind(load):
    folder = load.root / "folder"
    folder.mkdir()

    assert_refused(load.root, 41, [folder], *predict(load, "--output", folder))


def test_a_pipe_in_place_of_the_forecast_leaves_nothing_behind(load):
    pipe = load.root / "pipe"
    os.mkfifo(pipe)

    assert_refused(load.root, 41, [pipe, "'-'"], *predict(load, "--output", pipe))


def test_a_device_in_place_of_the_forecast_is_refused(load):
    assert_refused(load.root, 41, ["/dev/null"], *predict(load, "--output", "/dev/null"))

    assert not Path("/dev/null.manifest.json").exists()


def test_a_file_in_place_of_the_workspace_is_refused(load):
    change(load.config, "dir: runs", "dir: load.csv")

    assert_refused(load.root, 41, [load.data], "train", load.config, "--now", NOW)


def test_a_planted_link_is_replaced_and_never_followed(load):
    canary = load.root / "canary"
    canary.write_text("alive")
    for name in ("forecast.csv", "forecast.manifest.json", "plot.png", "forecast.csv.tmp", ".forecast.csv.tmp"):
        (load.workspace / name).unlink(missing_ok=True)
        (load.workspace / name).symlink_to(canary)

    ended = call_here(*predict(load))
    drawn = call_here(*predict(load, "--plot", load.workspace / "plot.png"))

    assert (ended.code, drawn.code) == (0, 0)
    assert canary.read_text() == "alive"
    assert not load.forecast.is_symlink()
    assert load.forecast.read_bytes().startswith(b"month,")


def test_planted_links_that_lead_to_one_file_are_two_places(load):
    canary, forecast, plot = (load.root / name for name in ("canary", "forecast.csv", "plot.png"))
    canary.write_text("alive")
    forecast.symlink_to(canary)
    plot.symlink_to(canary)

    ended = call_here(*predict(load, "--output", forecast, "--plot", plot))

    assert ended.code == 0, ended
    assert (canary.read_text(), forecast.is_symlink(), plot.is_symlink()) == ("alive", False, False)


def test_a_planted_link_for_a_lock_is_not_followed(load):
    canary = load.root / "canary"
    canary.write_text("alive")
    (load.workspace / "lock").unlink()
    (load.workspace / "lock").symlink_to(canary)

    ended = call_here("train", load.config, "--now", NEW)

    assert_refusal(ended, 41, load.workspace / "lock")
    assert canary.read_text() == "alive"


# --- kills and failing disks --------------------------------------------------------------------------------------


def published(job):
    """Return what stands as the forecast, and which drafts lie about."""
    drafts = [path.name for path in job.workspace.iterdir() if path.name.startswith(".draft-")]
    return job.forecast.read_bytes(), drafts


@pytest.mark.parametrize("call", ["rename", "fsync", "unlink"])
def test_a_forecast_killed_at_any_moment_is_the_old_or_the_new_one(load, call, doomed):
    new = load.forecast.read_bytes()
    run = doomed(call, "signal=KILL")

    for number in range(1, 20):
        load.forecast.write_bytes(OLD)

        ended = run(number, *predict(load))

        found, _ = published(load)
        assert found in (OLD, new)
        if ended.code == 0:
            break
        assert ended.code in (-9, 137)
    assert number > 1
    assert published(load) == (new, [])  # the last run has removed what the killed ones left


@pytest.mark.parametrize(("call", "error"), [("fsync", "EIO"), ("fsync", "ENOSPC"), ("rename", "EIO")])
def test_a_disk_that_fails_leaves_the_old_forecast_and_what_belongs_to_it(load, call, error, doomed):
    load.forecast.write_bytes(OLD)
    (load.workspace / "forecast.manifest.json").write_bytes(OLD)
    before = snapshot(load.root)
    run = doomed(call, f"error={error}")

    for number in range(1, 12):
        ended = run(number, *predict(load))

        if ended.code == 0:
            break
        assert_refusal(ended, 41, load.workspace)
        assert snapshot(load.root) == before
    assert number > 1
    assert ended.code == 0


# --- memory ---------------------------------------------------------------------------------------------------------


def test_a_limit_of_memory_that_tensorflow_would_die_of_is_said_in_one_line(load):
    before = snapshot(load.workspace)

    ended = call_fresh("train", load.config, "--now", NOW, before=("sh", "-c", 'ulimit -v 2000000; exec "$@"', "sh"))

    assert_refusal(ended, 43, "memory", "2.0 GB", "ulimit -v")
    assert {name: content for name, content in snapshot(load.workspace).items() if name in before} == before


# --- one run at a time, and back ------------------------------------------------------------------------------------


def test_a_second_training_is_turned_away_at_once(load):
    hold = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, sys; f = open(sys.argv[1], 'a'); fcntl.flock(f, fcntl.LOCK_EX); "
         "print(flush=True); sys.stdin.read()", load.workspace / "lock"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    hold.stdout.readline()
    try:
        assert_refused(load.root, 40, [load.workspace, "another run"], "train", load.config, "--now", NEW)
        forecast = call_here(*predict(load))
    finally:
        hold.communicate()
    ended = call_here("train", load.config, "--now", NEW)

    assert forecast.code == 0
    assert ended.code == 0


def test_a_rollback_brings_back_the_same_forecast(load):
    first, before = load.version, load.forecast.read_bytes()
    kept = snapshot(first)
    trained = call_here("train", load.config, "--now", NEW, "--set", "train.seed=2")
    second = load.version
    other = call_here(*predict(load, "--output", "-"))

    ended = call_here("models", "rollback", load.config)
    again = call_here(*predict(load, "--output", "-"))

    assert (trained.code, ended.code, again.code) == (0, 0, 0)
    assert first != second
    assert other.out != before
    assert (load.version, snapshot(first), again.out) == (first, kept, before)


def test_old_versions_go_but_never_the_present_one_nor_the_one_before(tmp_path):
    write_load(tmp_path)
    change(tmp_path / "job.yaml", "output:", "job: {keep: 3}\noutput:")
    models, current = tmp_path / "runs" / "models", tmp_path / "runs" / "current"

    for day in range(10, 16):
        ended = call_here("train", tmp_path / "job.yaml", "--now", f"2024-01-{day}")
        assert ended.code == 0, ended

    versions = sorted(folder.name for folder in models.iterdir())
    assert [name[:8] for name in versions] == ["20240113", "20240114", "20240115"]
    assert current.read_text().split()[:2] == [versions[2], versions[1]]
    back = call_here("models", "rollback", tmp_path / "job.yaml")
    pruned = call_here("models", "prune", tmp_path / "job.yaml", "--keep", "1")
    assert (back.code, pruned.code) == (0, 0), (back, pruned)
    assert versions[1] in {folder.name for folder in models.iterdir()}


def test_the_original_may_go_once_a_version_was_copied(tmp_path):
    write_load(tmp_path)
    train(tmp_path)
    expected = (tmp_path / "runs" / "forecast.csv").read_bytes()
    version = next((tmp_path / "runs" / "models").iterdir())
    copied = shutil.copytree(version, tmp_path / "copy")
    shutil.rmtree(tmp_path / "runs")

    ended = call_here("predict", tmp_path / "job.yaml", "--now", NOW, "--model", copied, "--output", "-")

    assert (ended.code, ended.out) == (0, expected)
