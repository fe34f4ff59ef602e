"""The fields that the page about the command line names are those that `--json` prints."""

import json

import pytest

from lstmcast.cli.border import run
from lstmcast.cli.documents import DOCUMENTS
from lstmcast.cli.main import lstmcast

NOW = ("--now", "2024-01-15")
WORDS = {  # what to add; of `backtest` and `compare`, which train for long, their own tests tell
    "init": ("../load.csv",),
    "check": NOW,
    "train": (*NOW, "--set", "evaluate.gate.min_skill=-100"),
    "predict": NOW,
    "explain": NOW,
    "export": (*NOW, "--format", "keras"),
    "detect": NOW,
    "report": NOW,
    "run": NOW,
    "score": NOW,
    "schedule": ("--at", "03:00"),
    "models list": (),
    "models show": (),
    "models verify": (),
    "models promote": ("2",),
    "models rollback": (),
    "models prune": (),
    "doctor": (),
}


@pytest.fixture
def in_new_folder(load_job, monkeypatch):
    """Return the folder with the config and a model; the current one is a new one below it."""
    (load_job.parent / "new").mkdir()
    monkeypatch.chdir(load_job.parent / "new")
    return load_job


@pytest.mark.parametrize("command", WORDS)
def test_the_page_names_the_fields_of_each_document(in_new_folder, capsys, command):
    if command == "models rollback":
        run(lstmcast, ["train", str(in_new_folder), "-q", *WORDS["train"]])
    config = () if command == "init" else (str(in_new_folder),)

    code = run(lstmcast, [*command.split(), *config, "--json", *WORDS[command]])

    assert code == 0
    assert list(json.loads(capsys.readouterr().out)) == list(DOCUMENTS[command])


def test_every_command_that_answers_has_its_document():
    groups = {name: lstmcast.get_command(None, name) for name in lstmcast.list_commands(None)}
    names = {inner for name, one in groups.items() for inner in names_of(name, one)}

    assert names - {"schema"} == DOCUMENTS.keys()
    assert {"backtest", "compare"} | WORDS.keys() == DOCUMENTS.keys()


def names_of(name, command):
    return [f"{name} {inner}" for inner in command.commands] if hasattr(command, "commands") else [name]
