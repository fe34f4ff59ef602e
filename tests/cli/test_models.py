import json
from datetime import timedelta
from pathlib import Path

import pytest

from lstmcast.cli.border import run
from lstmcast.cli.main import lstmcast
from lstmcast.store.artifact import write_version
from lstmcast.store.versions import models_folder, promote
from tests.store.golden import CREATED, a_provenance, an_artifact


@pytest.fixture
def versions(tmp_path, monkeypatch):
    """Two promoted versions in a workspace whose config lies in the current folder; the older first."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lstmcast.yaml").write_text("data: {path: sales.csv, target: sales}\nforecast: {horizon: 2}\n")
    scores = [{"forecaster": "lstm", "mase": 0.5}, {"forecaster": "naive", "mase": 1.25}]
    artifact = an_artifact(metrics={"scores": scores})
    ids = [
        write_version(models_folder(tmp_path / "runs"), artifact, a_provenance(created=CREATED + timedelta(days=day)))
        for day in range(2)
    ]
    for version in ids:
        promote(tmp_path / "runs", version)
    return ids


def test_list_is_a_table_the_newest_first(versions, capsys):
    code = run(lstmcast, ["models", "list"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert [line.split()[0] for line in lines[2:]] == [versions[1], versions[0]]
    assert [line.split()[-1] for line in lines[2:]] == ["current", "previous"]


def test_show_has_the_scores_as_a_table(versions, capsys):
    code = run(lstmcast, ["models", "show", versions[0]])

    out = capsys.readouterr().out
    assert code == 0
    assert out.startswith(f"version    {versions[0]}\nstate      previous\n")
    assert "lstm        0.500\nnaive       1.250\n" in out


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        ({"gate": {"metric": "mase", "refusal": None, "doubt": None}}, "gate       passed\n"),
        ({"gate": {"metric": "mase", "refusal": None, "doubt": "12% worse"}}, "gate       let through: 12% worse\n"),
        ({"gate": {"metric": "mase", "refusal": "30% worse", "doubt": None}}, "gate       held back: 30% worse\n"),
        ({"gate": "none"}, None),
        ({}, None),
    ],
)
def test_show_says_what_the_gate_said(versions, capsys, noted, said):
    version = write_version(models_folder(Path("runs")), an_artifact(metrics=noted), a_provenance())

    code = run(lstmcast, ["models", "show", version])

    out = capsys.readouterr().out
    assert code == 0
    assert out.endswith(said) if said else "\ngate " not in out


def test_verify_says_that_each_version_is_sound(versions, capsys):
    code = run(lstmcast, ["models", "verify"])

    assert (code, capsys.readouterr().out) == (0, f"{versions[1]} is sound\n{versions[0]} is sound\n")


def test_rollback_and_promote_change_the_current_version(versions, capsys):
    back = run(lstmcast, ["models", "rollback"])
    forth = run(lstmcast, ["models", "promote", "lstmcast.yaml", versions[1]])

    assert (back, forth) == (0, 0)
    assert capsys.readouterr().out == f"{versions[0]} is current again\n{versions[1]} is current now\n"


def test_prune_says_when_there_is_no_version_to_remove(versions, capsys):
    code = run(lstmcast, ["models", "prune"])

    assert (code, capsys.readouterr().out) == (0, "no version to remove\n")


def test_prune_tells_what_it_removed(versions, tmp_path, capsys):
    checkpoint = tmp_path / "runs" / "checkpoint"
    checkpoint.mkdir(parents=True, exist_ok=True)

    code = run(lstmcast, ["models", "prune"])

    lines = ["no version to remove", "removed the checkpoint of an interrupted training"]
    assert (code, capsys.readouterr().out.splitlines()) == (0, lines)
    assert not checkpoint.exists()


def test_prune_names_the_current_version_in_its_document(versions, capsys):
    code = run(lstmcast, ["models", "prune", "--keep", "1", "--json"])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (document["versions"], document["current"]) == ([], versions[1])


def test_promote_demands_a_version(versions, capsys):
    code = run(lstmcast, ["models", "promote"])

    assert code == 2
    assert "models promote: VERSION is missing; lstmcast models list names them" in capsys.readouterr().err


def test_a_version_that_is_not_there_is_named(versions, capsys):
    code = run(lstmcast, ["models", "show", "20990101-000000-00000000"])

    assert code == 20
    assert "no version '20990101-000000-00000000'" in capsys.readouterr().err
