import json

from lstmcast.cli.border import run
from lstmcast.cli.main import lstmcast


def test_doctor_answers_without_a_config(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    code = run(lstmcast, ["doctor", "--json"])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert document["workspace"] is None
    assert document["packages"]["numpy"] is not None


def test_doctor_demands_a_config_that_was_named(capsys, tmp_path):
    code = run(lstmcast, ["doctor", str(tmp_path / "load.yaml")])

    assert code == 11
    assert f"error[missing]: {tmp_path / 'load.yaml'}" in capsys.readouterr().err


def test_doctor_tells_whether_the_workspace_can_be_written(capsys, tmp_path):
    config = tmp_path / "load.yaml"
    config.write_text("data: {path: load.csv, target: load}\nforecast: {horizon: 2}\noutput: {dir: runs}\n")

    run(lstmcast, ["doctor", str(config)])

    assert f"{tmp_path / 'runs'}: writable\n" in capsys.readouterr().out
    assert not (tmp_path / "runs").exists()
