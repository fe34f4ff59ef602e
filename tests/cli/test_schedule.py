import json

import pytest

from lstmcast.cli.border import run
from lstmcast.cli.main import lstmcast


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "load.yaml"
    path.write_text("data: {path: load.csv, target: load}\nforecast: {horizon: 2}\n")
    return str(path)


def test_each_time_of_the_day_has_its_line_once(config, capsys):
    code = run(lstmcast, ["schedule", config, "--at", "3:00", "--at", "15:30", "--at", "03:00"])

    lines = [line for line in capsys.readouterr().out.splitlines() if not line.startswith("#")]
    assert code == 0
    assert [line.split(" ")[:3] for line in lines] == [["0", "3", "*"], ["30", "15", "*"]]


@pytest.mark.parametrize("text", ["24:00", "3", "3:7", "03:60", "-1:00", "noon"])
def test_what_is_no_time_of_the_day_is_a_usage_error(config, capsys, text):
    code = run(lstmcast, ["schedule", config, f"--at={text}"])

    assert code == 2
    assert f"'{text}' is no time of the day, such as 03:00" in capsys.readouterr().err


def test_the_units_of_systemd_are_told_by_their_names(config, capsys):
    run(lstmcast, ["schedule", config, "--at", "03:00", "--systemd"])
    shown = capsys.readouterr().out
    run(lstmcast, ["schedule", config, "--at", "03:00", "--systemd", "--json"])
    files = json.loads(capsys.readouterr().out)["files"]

    assert [name.rpartition(".")[2] for name in files] == ["service", "timer"]
    assert shown == "\n".join(f"# {name}\n{text}" for name, text in files.items())


def test_the_files_of_a_schedule_go_into_a_folder(config, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    code = run(lstmcast, ["schedule", config, "--at", "03:00", "--output", "-"])

    assert code == 2
    assert "schedule: --output names a folder; what is written there is printed anyway" in capsys.readouterr().err
    assert not (tmp_path / "-").exists()
