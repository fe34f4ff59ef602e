import re
import shutil
import subprocess
from pathlib import Path
from shlex import quote

import pytest

from lstmcast.config.schema import Config
from lstmcast.errors import ConfigError, LstmcastError, OutputError
from lstmcast.jobs.schedule import schedule


def a_config(folder, **job):
    return Config.from_plain(
        {
            "data": {"path": "a.csv", "target": "x"},
            "forecast": {"horizon": 3},
            "output": {"dir": str(folder / "runs")},
            "job": job,
        }
    )


def make(
    folder,
    *,
    systemd=False,
    program=("/venv/bin/lstmcast",),
    into=None,
    user=None,
    called="job.yaml",
    sets=(),
    partial=False,
    **job,
):
    return schedule(
        a_config(folder, **job),
        config_path=folder / called,
        program=program,
        sets=sets,
        at=[(3, 0)],
        user=user,
        systemd=systemd,
        folder=into,
        allow_partial=partial,
    ).files


def run_line(folder, exit_codes, **changes):
    """Run what cron would run, with a program that ends with one code after the other, and without pauses."""
    codes = folder / "codes"
    codes.write_text("".join(f"{code}\n" for code in exit_codes))
    program = folder / "program"
    program.write_text(
        f'#!/bin/sh\necho "$@" >>{quote(str(folder / "calls"))}\necho said >&2\n'
        f"code=$(head -n 1 {quote(str(codes))}); sed -i 1d {quote(str(codes))}; exit $code\n"
    )
    program.chmod(0o755)
    line = make(folder, program=[str(program)], **changes)["crontab"].splitlines()[-1]
    minute, hour, day, month, weekday, command = line.split(" ", 5)
    assert (minute, hour, day, month, weekday) == ("0", "3", "*", "*", "*")
    command = command.replace(r"\%", "%").replace("sleep $pause", f"echo $pause >>{quote(str(folder / 'pauses'))}")
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, cwd="/", env={})


def test_what_was_set_for_the_schedule_is_set_every_night(tmp_path):
    sets = ("forecast.horizon=14", "data.path=50% of 'all'.csv")

    run_line(tmp_path, [0], sets=sets)
    (service, _) = make(tmp_path, systemd=True, sets=sets).values()

    assert (tmp_path / "calls").read_text() == (
        f"run {tmp_path}/job.yaml --set forecast.horizon=14 --set data.path=50% of 'all'.csv "
        "--log-format json --timeout 6h\n"
    )
    assert " --set forecast.horizon=14 --set " in service


def test_a_night_that_may_leave_out_series_is_told_so(tmp_path):
    ended = run_line(tmp_path, [15], partial=True)

    assert (tmp_path / "calls").read_text() == (
        f"run {tmp_path}/job.yaml --allow-partial --log-format json --timeout 6h\n"
    )
    assert "said" in ended.stderr + ended.stdout  # the message is mailed
    assert " --allow-partial " in next(iter(make(tmp_path, systemd=True, partial=True).values()))


def test_a_night_that_went_well_prints_nothing_and_leaves_a_log(tmp_path):
    ended = run_line(tmp_path, [0])

    assert (ended.stdout, ended.stderr) == ("", "")
    (log,) = (tmp_path / "runs" / "logs").iterdir()
    assert log.read_text() == "said\n"
    assert (tmp_path / "calls").read_text() == f"run {tmp_path}/job.yaml --log-format json --timeout 6h\n"


@pytest.mark.parametrize("code", [11, 14, 40])
def test_what_may_be_well_later_is_tried_again(tmp_path, code):
    ended = run_line(tmp_path, [code, code, 0])

    assert ended.stdout == ""
    assert (tmp_path / "pauses").read_text() == "900\n900\n"


def test_after_four_tries_cron_gets_something_to_mail(tmp_path):
    ended = run_line(tmp_path, [40, 40, 40, 40, 0])

    (log,) = (tmp_path / "runs" / "logs").iterdir()
    assert ended.stdout == f"said\nexit code 40; the log is {log}\n"
    assert (tmp_path / "pauses").read_text() == "900\n900\n900\n0\n"


@pytest.mark.parametrize("code", [1, 12, 22, 31, 42, 143])
def test_what_needs_a_person_is_told_at_once(tmp_path, code):
    ended = run_line(tmp_path, [code, 0])

    assert f"exit code {code}; the log is " in ended.stdout
    assert (tmp_path / "calls").read_text().count("\n") == 1


def test_a_log_that_cannot_be_written_keeps_no_night_from_running(tmp_path):
    (tmp_path / "runs").write_text("a file where the workspace should be")

    ended = run_line(tmp_path, [41])

    assert (tmp_path / "calls").read_text() == f"run {tmp_path}/job.yaml --log-format json --timeout 6h\n"
    assert re.search(r"^said\nexit code 41; the log is /\S+\n$", ended.stdout)
    Path(ended.stdout.split()[-1]).unlink()


def test_odd_signs_in_paths_reach_the_program_as_they_are(tmp_path):
    folder = tmp_path / "it's 100% $HOME"
    folder.mkdir()

    ended = run_line(folder, [0])

    assert (ended.stdout, ended.stderr) == ("", "")
    assert (folder / "calls").read_text() == f"run {folder}/job.yaml --log-format json --timeout 6h\n"


@pytest.mark.parametrize("systemd", [False, True])
@pytest.mark.parametrize("name", ["new\nline", "lat\udce9in"])
def test_a_path_that_no_line_can_hold_is_refused(tmp_path, name, systemd):
    with pytest.raises(ConfigError, match="holds a line break, or bytes that are no text"):
        make(tmp_path, systemd=systemd, called=f"{name}.yaml")


def test_in_a_crontab_no_percent_sign_is_bare(tmp_path):
    line = make(tmp_path / "100%")["crontab"].splitlines()[-1]

    assert "%" in line
    assert line.count("%") == line.count(r"\%")


def test_the_time_limit_of_the_config_counts(tmp_path):
    assert "--timeout 2h " in make(tmp_path, timeout="2h")["crontab"]
    assert (
        "TimeoutStartSec=7260\n" in make(tmp_path, timeout="2h", systemd=True)[f"lstmcast-{tmp_path.name}-job.service"]
    )


def test_a_service_retries_what_may_be_well_later_and_nothing_else(tmp_path):
    service = make(tmp_path, systemd=True, user="sales")[f"lstmcast-{tmp_path.name}-job.service"].splitlines()

    assert "Restart=on-failure" in service
    assert "User=sales" in service
    (never,) = (line for line in service if line.startswith("RestartPreventExitStatus="))
    never = set(never.partition("=")[2].split())
    every = {str(error.exit_code) for error in LstmcastError.__subclasses__()}
    assert every - never == {"11", "14", "40"}
    assert never >= {"1", "2"}
    assert never >= {"137", "SIGKILL", "143", "SIGTERM"}  # systemd takes a number for an exit, a name for a signal


def test_a_timer_makes_up_for_a_night_that_was_missed(tmp_path):
    timer = make(tmp_path, systemd=True)[f"lstmcast-{tmp_path.name}-job.timer"].splitlines()

    assert "OnCalendar=*-*-* 03:00:00" in timer
    assert "Persistent=true" in timer


def test_jobs_whose_configs_are_called_alike_get_units_of_their_own(tmp_path):
    assert make(tmp_path / "a b", systemd=True).keys() == {"lstmcast-a-b-job.service", "lstmcast-a-b-job.timer"}
    assert make(tmp_path / "c", systemd=True).keys() == {"lstmcast-c-job.service", "lstmcast-c-job.timer"}


def test_the_unit_of_one_config_never_replaces_that_of_another(tmp_path):
    units, (mine, others) = tmp_path / "units", (tmp_path / "here" / "sales", tmp_path / "there" / "sales")
    make(mine, systemd=True, into=units)
    make(mine, systemd=True, into=units, timeout="2h")
    before = (units / "lstmcast-sales-job.service").read_text()

    with pytest.raises(OutputError, match=f"'Forecast of {mine}/job.yaml' stands there, of another config"):
        make(others, systemd=True, into=units)

    assert "--timeout 2h" in before
    assert (units / "lstmcast-sales-job.service").read_text() == before


def test_the_crontab_of_one_config_never_replaces_that_of_another(tmp_path):
    make(tmp_path / "mine", into=tmp_path)
    make(tmp_path / "mine", into=tmp_path, timeout="2h")
    before = (tmp_path / "crontab").read_text()

    with pytest.raises(OutputError, match=f"'Nightly forecast of {tmp_path}/mine/job.yaml' stands there, of another"):
        make(tmp_path / "others", into=tmp_path)

    assert "--timeout 2h" in before
    assert (tmp_path / "crontab").read_text() == before


def test_a_config_is_the_same_from_wherever_it_is_named(tmp_path):
    (tmp_path / "jobs").mkdir()

    roundabout = make(tmp_path / "jobs" / ".." / "jobs", systemd=True)

    assert f"Description=Nightly forecast of {tmp_path}/jobs/job.yaml\n" in roundabout["lstmcast-jobs-job.timer"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", ["plain", "it's 100% $HOME"])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    files = make(folder, systemd=True, program=["/bin/true"], into=tmp_path / "units")

    ended = subprocess.run(
        ["systemd-analyze", "verify", *(str(tmp_path / "units" / name) for name in files)],
        capture_output=True,
        text=True,
    )

    assert (ended.returncode, ended.stderr) == (0, "")


def test_in_a_unit_no_percent_sign_and_no_dollar_is_left_for_systemd(tmp_path):
    files = make(tmp_path / "100% $HOME", systemd=True)
    service, timer = (files[f"lstmcast-100-HOME-job.{kind}"].splitlines() for kind in ("service", "timer"))

    assert f"Description=Forecast of {tmp_path}/100%% $HOME/job.yaml" in service
    assert f"Description=Nightly forecast of {tmp_path}/100%% $HOME/job.yaml" in timer
    assert f'ExecStartPre=/bin/mkdir -p "{tmp_path}/100%% $$HOME/runs/logs"' in service
    (start,) = (line for line in service if line.startswith("ExecStart="))
    assert start == (
        f"ExecStart=/bin/sh -c \"exec /venv/bin/lstmcast run '{tmp_path}/100%% $$HOME/job.yaml' --log-format json "
        f'--timeout 6h 2>>\'{tmp_path}/100%% $$HOME/runs/logs\'/run-\\"$$(date +%%Y-%%m-%%d)\\".log"'
    )
