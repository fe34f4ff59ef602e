import errno
import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from lstmcast.errors import ArtifactError, NoModelError, OutputError
from lstmcast.store.artifact import load_version, write_version
from lstmcast.store.versions import (
    current_version,
    list_versions,
    models_folder,
    previous_version,
    promote,
    prune,
    remove_leftovers,
    resolve_version,
    rollback,
)
from tests.store.golden import CREATED, a_provenance, an_artifact


def add(workspace, day, *, promoted=True):
    """Write a version of that day, and promote it."""
    created = CREATED + timedelta(days=day - 2)
    version = write_version(models_folder(workspace), an_artifact(), a_provenance(created, seed=day))
    if promoted:
        promote(workspace, version)
    return version


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_workspace_that_is_not_there_has_no_versions(tmp_path):
    assert list_versions(tmp_path / "missing") == ()
    assert current_version(tmp_path / "missing") is None


def test_a_workspace_that_cannot_be_looked_into_is_not_taken_for_an_empty_one(tmp_path):
    with pytest.raises(ArtifactError, match="models: cannot be read: file name too long"):
        list_versions(tmp_path / ("x" * 300))


def test_versions_are_listed_the_newest_first_and_nothing_else_is(tmp_path):
    first, second = add(tmp_path, 1), add(tmp_path, 2)
    (models_folder(tmp_path) / "notes").mkdir()
    (models_folder(tmp_path) / ".draft-0123456789abcdef").mkdir()

    assert list_versions(tmp_path) == (second, first)


def test_the_current_version_is_the_one_promoted_last(tmp_path):
    first, second = add(tmp_path, 1), add(tmp_path, 2)

    assert (current_version(tmp_path), previous_version(tmp_path)) == (second, first)
    assert (tmp_path / "current").read_text() == f"{second}\n{first}\n"


def test_a_version_that_was_only_written_is_not_current(tmp_path):
    first = add(tmp_path, 1)
    add(tmp_path, 2, promoted=False)

    assert current_version(tmp_path) == first


@pytest.mark.parametrize("line", ["../elsewhere", "", "notes"])
def test_promotions_of_which_one_names_no_version_are_refused(tmp_path, line):
    first = add(tmp_path, 1)
    (tmp_path / "current").write_text(f"{first}\n{line}\n")

    with pytest.raises(ArtifactError, match="current: does not name versions; remove it"):
        current_version(tmp_path)


def test_promoting_an_older_version_again_remembers_it_once(tmp_path):
    first, second = add(tmp_path, 1), add(tmp_path, 2)

    loaded = promote(tmp_path, first)

    assert loaded.id == first
    assert (tmp_path / "current").read_text() == f"{first}\n{second}\n"


def test_a_damaged_version_is_not_promoted(tmp_path):
    first, second = add(tmp_path, 1), add(tmp_path, 2, promoted=False)
    (models_folder(tmp_path) / second / "history.csv").write_text("")

    with pytest.raises(ArtifactError, match=r"history\.csv: has 0 bytes"):
        promote(tmp_path, second)

    assert current_version(tmp_path) == first


def test_a_version_under_another_name_is_not_promoted(tmp_path):
    first = add(tmp_path, 1)
    shutil.copytree(models_folder(tmp_path) / first, models_folder(tmp_path) / "20990101-000000-00000000")

    with pytest.raises(ArtifactError, match=f"is version {first} under another name"):
        promote(tmp_path, "20990101-000000-00000000")


def test_an_unknown_version_is_not_promoted_and_the_nearest_is_named(tmp_path):
    first = add(tmp_path, 1)

    with pytest.raises(NoModelError, match=rf"no version '{first[:-1]}x' \(did you mean '{first}'\?\)"):
        promote(tmp_path, f"{first[:-1]}x")


def test_rollback_returns_to_the_previous_version_bit_by_bit(tmp_path):
    first = add(tmp_path, 1)
    before = {path.name: path.read_bytes() for path in (models_folder(tmp_path) / first).iterdir()}
    add(tmp_path, 2)

    assert rollback(tmp_path) == first

    folder = resolve_version(tmp_path)
    assert folder == models_folder(tmp_path) / first
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_rolling_back_twice_goes_further_back(tmp_path):
    first, _, _ = add(tmp_path, 1), add(tmp_path, 2), add(tmp_path, 3)

    rollback(tmp_path)
    rollback(tmp_path)

    assert current_version(tmp_path) == first
    with pytest.raises(NoModelError, match="no version was promoted before the current one; nothing was changed"):
        rollback(tmp_path)
    assert current_version(tmp_path) == first


def test_rollback_skips_a_version_that_is_gone(tmp_path):
    first, second, _ = add(tmp_path, 1), add(tmp_path, 2), add(tmp_path, 3)
    shutil.rmtree(models_folder(tmp_path) / second)

    assert rollback(tmp_path) == first


def test_rollback_to_a_damaged_version_is_refused(tmp_path):
    first, second = add(tmp_path, 1), add(tmp_path, 2)
    (models_folder(tmp_path) / first / "history.csv").write_text("")

    with pytest.raises(ArtifactError, match=r"history\.csv: has 0 bytes"):
        rollback(tmp_path)

    assert current_version(tmp_path) == second


def test_prune_keeps_the_newest(tmp_path):
    versions = [add(tmp_path, day) for day in range(1, 7)]

    removed = prune(tmp_path, 3)

    assert removed == tuple(reversed(versions[:3]))
    assert list_versions(tmp_path) == tuple(reversed(versions[3:]))
    assert names_in(models_folder(tmp_path)) == versions[3:]


def test_prune_never_removes_the_current_version_nor_the_one_before(tmp_path):
    versions = [add(tmp_path, day, promoted=day < 3) for day in range(1, 7)]

    prune(tmp_path, 1)

    assert list_versions(tmp_path) == (versions[1], versions[0])
    assert (current_version(tmp_path), previous_version(tmp_path)) == (versions[1], versions[0])


def test_prune_counts_the_protected_versions(tmp_path):
    versions = [add(tmp_path, day, promoted=day < 3) for day in range(1, 7)]

    prune(tmp_path, 3)

    assert list_versions(tmp_path) == (versions[5], versions[1], versions[0])


def test_a_link_in_the_workspace_is_listed_refused_and_pruned_without_its_target(tmp_path):
    first = add(tmp_path / "ws", 1)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "canary").touch()
    (models_folder(tmp_path / "ws") / "20000101-000000-00000000").symlink_to(tmp_path / "outside")

    with pytest.raises(ArtifactError, match="is a symbolic link"):
        load_version(resolve_version(tmp_path / "ws", "2000"))
    prune(tmp_path / "ws", 1)

    assert list_versions(tmp_path / "ws") == (first,)
    assert names_in(tmp_path / "outside") == ["canary"]


def test_a_version_is_found_by_its_id_the_start_of_its_id_or_its_path(tmp_path, monkeypatch):
    first, second = add(tmp_path, 1), add(tmp_path, 2)
    shutil.copytree(models_folder(tmp_path) / first, tmp_path / "copy")
    monkeypatch.chdir(tmp_path)

    assert resolve_version(tmp_path) == models_folder(tmp_path) / second
    assert resolve_version(tmp_path, first) == models_folder(tmp_path) / first
    assert resolve_version(tmp_path, "20260101") == models_folder(tmp_path) / first
    assert load_version(resolve_version(tmp_path, "copy")).id == first
    assert load_version(resolve_version(tmp_path, str(tmp_path / "copy"))).id == first


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("202601", "'202601' begins several versions: .*; give more of it"),
        ("20260103-030405", "no version '20260103-030405'.*; `lstmcast models list` names them all"),
        ("nowhere/model", "no version 'nowhere/model'"),
        ("", "no version ''"),
        ("x" * 5000, "no version 'xxx"),
    ],
)
def test_an_unknown_name_is_no_model(tmp_path, name, message):
    add(tmp_path, 1)
    add(tmp_path, 2)

    with pytest.raises(NoModelError, match=message):
        resolve_version(tmp_path, name)


def test_without_a_model_the_message_says_to_train(tmp_path):
    with pytest.raises(NoModelError, match="no trained model; run `lstmcast train`"):
        resolve_version(tmp_path)


def test_without_a_promoted_model_the_message_says_to_promote(tmp_path):
    version = add(tmp_path, 1, promoted=False)

    with pytest.raises(NoModelError, match=f"no version was promoted yet; run `lstmcast models promote {version}`"):
        resolve_version(tmp_path)


def test_a_current_version_that_is_gone_is_named(tmp_path):
    version = add(tmp_path, 1)
    shutil.rmtree(models_folder(tmp_path) / version)

    with pytest.raises(NoModelError, match=f"the current version {version} is gone"):
        resolve_version(tmp_path)


@pytest.mark.parametrize("content", [b"", b"../../evil\n", b"/etc\n", b"\xff", b"x" * 100_000])
def test_a_current_file_that_names_no_version_is_refused(tmp_path, content):
    add(tmp_path, 1)
    (tmp_path / "current").write_bytes(content)

    with pytest.raises(ArtifactError, match="current: "):
        resolve_version(tmp_path)


def test_a_current_file_that_is_a_link_or_a_pipe_is_refused(tmp_path):
    version = add(tmp_path, 1)
    (tmp_path / "current").rename(tmp_path / "other")
    (tmp_path / "current").symlink_to("other")

    with pytest.raises(ArtifactError, match="current: is a symbolic link"):
        resolve_version(tmp_path)
    (tmp_path / "current").unlink()
    os.mkfifo(tmp_path / "current")
    with pytest.raises(ArtifactError, match="current: is not a regular file"):
        promote(tmp_path, version)


@pytest.mark.parametrize("call", range(1, 17))
@pytest.mark.parametrize(("function", "code"), [("fsync", errno.EIO), ("fsync", errno.ENOSPC), ("rename", errno.EROFS)])
def test_a_failing_disk_leaves_the_old_version_and_no_draft(tmp_path, monkeypatch, function, code, call):
    old = add(tmp_path, 1)
    real, calls = getattr(os, function), []

    def refuse(*args, **options):
        calls.append(args)
        if len(calls) == call:
            raise OSError(code, os.strerror(code))
        return real(*args, **options)

    monkeypatch.setattr(os, function, refuse)
    failed = False
    try:
        add(tmp_path, 2)
    except OutputError:
        failed = True
    monkeypatch.undo()

    assert failed == (len(calls) >= call)
    assert (current_version(tmp_path) == old) == failed
    load_version(resolve_version(tmp_path))
    assert names_in(tmp_path) == ["current", "models"]
    for version in list_versions(tmp_path):
        load_version(models_folder(tmp_path) / version)
    assert names_in(models_folder(tmp_path)) == sorted(list_versions(tmp_path))


ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.store.test_versions import add
from lstmcast.store.versions import prune
function, call = sys.argv[2], int(sys.argv[3])
calls, real = [], getattr(os, function)
def die(*args, **options):
    calls.append(args)
    if len(calls) == call:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args, **options)
setattr(os, function, die)
add(Path(sys.argv[1]), 3)
prune(Path(sys.argv[1]), 2)
"""


@pytest.mark.parametrize(
    ("function", "call"),
    [
        ("fsync", 1),
        ("fsync", 11),
        ("rename", 1),
        ("fsync", 12),
        ("rename", 2),
        ("fsync", 14),
        ("rename", 3),
        ("rmdir", 1),
    ],
)
def test_a_killed_run_leaves_the_old_or_the_new_version_and_the_next_run_sweeps(tmp_path, function, call):
    first, second = add(tmp_path, 1), add(tmp_path, 2)

    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), function, str(call)], cwd=ROOT, timeout=60)

    assert killed.returncode == -signal.SIGKILL
    assert load_version(resolve_version(tmp_path)).id == current_version(tmp_path)
    assert previous_version(tmp_path) == (first if current_version(tmp_path) == second else second)
    remove_leftovers(tmp_path)
    assert names_in(tmp_path) == ["current", "models"]
    for version in names_in(models_folder(tmp_path)):
        load_version(models_folder(tmp_path) / version)


def test_leftovers_of_a_workspace_that_is_not_there_are_none(tmp_path):
    remove_leftovers(tmp_path / "missing")

    assert names_in(tmp_path) == []


def test_prune_spares_what_it_is_told_to(tmp_path):
    versions = [add(tmp_path, day, promoted=day == 1) for day in range(1, 5)]

    removed = prune(tmp_path, 1, spare=(versions[1], "20990101-000000-00000000"))

    assert removed == (versions[3], versions[2])
    assert list_versions(tmp_path) == (versions[1], versions[0])
