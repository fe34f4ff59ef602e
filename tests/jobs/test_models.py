from datetime import timedelta
from pathlib import Path

import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import ArtifactError, NoModelError
from lstmcast.jobs.models import (
    list_models,
    promote_model,
    prune_models,
    rollback_model,
    show_model,
    verify_models,
)
from lstmcast.store.artifact import write_version
from lstmcast.store.versions import current_version, list_versions, models_folder, promote
from tests.store.golden import CREATED, a_provenance, an_artifact


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "sales.yaml"
    path.write_text("data: {path: sales.csv, target: sales}\nforecast: {horizon: 2}\noutput: {dir: runs}\n")
    return path


@pytest.fixture
def versions(tmp_path):
    """Three versions, the oldest first, each promoted in its turn."""
    ids = []
    for day in range(3):
        provenance = a_provenance(created=CREATED + timedelta(days=day))
        ids.append(write_version(models_folder(tmp_path / "runs"), an_artifact(), provenance))
        promote(tmp_path / "runs", ids[-1])
    return ids


def test_the_list_names_every_version_and_its_state(config, versions):
    result = list_models(load_config(config))

    assert [(line.version, line.state) for line in result.versions] == [
        (versions[2], "current"),
        (versions[1], "previous"),
        (versions[0], ""),
    ]
    assert all(line.size > 0 for line in result.versions)


def test_the_list_shows_a_damaged_version_as_such(config, versions):
    (config.parent / "runs" / "models" / versions[0] / "manifest.json").unlink()

    result = list_models(load_config(config))

    assert [line.state for line in result.versions] == ["current", "previous", "damaged"]


def test_the_list_of_a_new_workspace_is_empty_and_makes_none(config):
    assert list_models(load_config(config)).versions == ()
    assert not (config.parent / "runs").exists()


def test_show_tells_of_the_current_version_unless_another_is_named(config, versions):
    assert show_model(load_config(config), model=None).version == versions[2]
    assert show_model(load_config(config), model=versions[0]).state == ""


def test_verify_reads_all_versions_unless_one_is_named(config, versions):
    assert verify_models(load_config(config), model=None).versions == tuple(reversed(versions))
    assert verify_models(load_config(config), model=versions[1]).versions == (versions[1],)


def test_verify_refuses_a_changed_version(config, versions):
    (config.parent / "runs" / "models" / versions[1] / "history.csv").write_text("step,loss\n1,0.1\n")

    with pytest.raises(ArtifactError, match=r"history\.csv: was changed"):
        verify_models(load_config(config), model=None)


def test_promote_makes_a_version_the_current_one(config, versions):
    result = promote_model(load_config(config), model=versions[0])

    assert result.current == versions[0]
    assert current_version(config.parent / "runs") == versions[0]


def test_rollback_goes_back_to_the_version_before(config, versions):
    result = rollback_model(load_config(config))

    assert result.current == versions[1]
    assert current_version(config.parent / "runs") == versions[1]


def test_prune_keeps_as_many_as_the_config_says(config, versions):
    kept = prune_models(load_config(config), keep=None)
    assert not kept.checkpoint
    removed = prune_models(load_config(config, sets=["job.keep=2"]), keep=None)

    assert kept.versions == ()
    assert removed.versions == (versions[0],)


def test_prune_never_removes_the_current_version_nor_the_one_before(config, versions):
    result = prune_models(load_config(config), keep=1)

    assert result.versions == (versions[0],)
    assert result.current == versions[2]


def test_prune_removes_the_checkpoint_of_a_first_training(config, tmp_path):
    checkpoint = tmp_path / "runs" / "checkpoint"
    checkpoint.mkdir(parents=True)
    (checkpoint / "origin.json").write_text("{}")

    result = prune_models(load_config(config), keep=None)

    assert not checkpoint.exists()
    assert (result.versions, result.current, result.checkpoint) == ((), None, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda config: verify_models(load_config(config), model=None),
        lambda config: promote_model(load_config(config), model="2026"),
        lambda config: rollback_model(load_config(config)),
        lambda config: prune_models(load_config(config), keep=1),
    ],
    ids=["verify", "promote", "rollback", "prune"],
)
def test_nothing_is_made_where_there_is_no_version(config, change):
    with pytest.raises(NoModelError, match="runs: no "):
        change(config)

    assert not (config.parent / "runs").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda config: promote_model(config, model=list_versions(Path(config.output.dir))[0]),
        rollback_model,
        lambda config: prune_models(config, keep=1),
    ],
    ids=["promote", "rollback", "prune"],
)
def test_what_killed_runs_left_goes_with_the_next_change(config, versions, tmp_path, change):
    left = tmp_path / "runs" / "models" / ".draft-0123456789abcdef"
    left.mkdir()
    (left / "weights.safetensors").write_bytes(b"half")

    change(load_config(config))

    assert not left.exists()
