"""Trainings that are interrupted, and go on."""

import json
import shutil
from contextlib import suppress
from datetime import timedelta

import numpy as np
import pytest

from lstmcast.config.yaml_file import load_config
from lstmcast.errors import DivergedError
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.model.checkpoints import Checkpoints
from lstmcast.jobs.models import prune_models
from lstmcast.jobs.run import run
from lstmcast.jobs.train import train
from lstmcast.store.checkpoint import Origin, read_origin, read_part, write_part
from lstmcast.store.versions import current_version, list_versions
from lstmcast.training.checkpoint import Checkpoint, Position
from tests.jobs.conftest import NOW

SETS = ("evaluate.gate.min_skill=-100",)
ALL_LOOKS = 10


class Listener(SilentTalk):
    """Remembers what it hears, and interrupts the work called `label` at its look number `look`."""

    def __init__(self, label=None, look=0):
        self.label, self.look = label, look
        self.said, self.warned, self.labels = [], [], []

    def say(self, text):
        self.said.append(text)

    def warn(self, text):
        self.warned.append(text)

    def progress(self, label, done, total, detail=""):
        self.labels.append(label)
        if (label, done) == (self.label, self.look):
            raise KeyboardInterrupt


def go(job, talk, *sets, command=train, now=NOW, **more):
    return command(load_config(job, sets=(*SETS, *sets)), now=now, talk=talk, **more)


def interrupt(job, label, look, *sets, **more):
    with pytest.raises(KeyboardInterrupt):
        go(job, Listener(label, look), *sets, **more)
    assert (job.parent / "runs" / "checkpoint").is_dir()


def forge(folder, name, changes):
    """Give a part other arrays with a right checksum: None for none, a lone number for an array full of it."""
    arrays = read_part(folder, name)
    for key, array in changes.items():
        arrays[key] = np.full_like(arrays[key], array) if isinstance(array, float) else array
    write_part(folder, name, {key: array for key, array in arrays.items() if array is not None})


def contents_of(version):
    """Return what a version holds, the moment and the place of its making apart."""
    manifest = json.loads((version / "manifest.json").read_text())
    return {name: entry["sha256"] for name, entry in manifest["files"].items() if name != "config.yaml"}


def current(job):
    runs = job.parent / "runs"
    return contents_of(runs / "models" / current_version(runs))


@pytest.fixture(scope="module")
def whole(trained_load, tmp_path_factory):
    """Return the version of a training that nobody interrupted."""
    job = shutil.copytree(trained_load, tmp_path_factory.mktemp("whole") / "load") / "job.yaml"
    go(job, SilentTalk())
    return current(job)


@pytest.mark.parametrize(
    ("label", "look"), [("validating", 1), ("validating", 12), ("testing", 20), ("training", 1), ("training", 9)]
)
def test_a_training_that_was_interrupted_goes_on_to_the_very_same_version(load_job, whole, label, look):
    interrupt(load_job, label, look)
    talk = Listener()

    go(load_job, talk, resume=True)

    assert current(load_job) == whole
    assert talk.said[0] == f"training goes on from {load_job.parent}/runs/checkpoint"
    assert talk.warned == []
    assert not (load_job.parent / "runs" / "checkpoint").exists()


def test_an_ensemble_goes_on_although_it_was_interrupted_time_and_again(shops_job):
    go(shops_job, SilentTalk())
    uninterrupted = current(shops_job)
    for label, look in (("validating", 5), ("testing", 5), ("testing", 20), ("training", 7), ("training", 15)):
        with pytest.raises(KeyboardInterrupt):
            go(shops_job, Listener(label, look), resume=True)

    go(shops_job, SilentTalk(), resume=True)

    assert current(shops_job) == uninterrupted


def test_the_next_night_goes_on_where_the_last_one_was_interrupted(load_job, whole):
    due = {"command": run, "now": NOW + timedelta(days=7)}
    interrupt(load_job, "training", 5, **due)
    talk = Listener()

    result = go(load_job, talk, **due)

    assert result.promoted
    assert contents_of(load_job.parent / "runs" / "models" / result.trained) == whole
    assert f"training goes on from {load_job.parent}/runs/checkpoint" in talk.said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("data", "the data have changed since; training begins anew"),
        ("config", "the config has changed since; training begins anew"),
        ("nothing", "there is no checkpoint; training begins anew"),
        ("origin", "origin.json: is not valid JSON"),
    ],
)
def test_a_training_of_something_else_begins_anew_and_says_why(load_job, change, message):
    runs, sets = load_job.parent / "runs", ()
    if change != "nothing":
        interrupt(load_job, "training", 5)
    if change == "data":
        with (load_job.parent / "load.csv").open("a") as file:
            file.write("2024-01,161.5\n")
    elif change == "config":
        sets = ("train.seed=2",)
    elif change == "origin":
        (runs / "checkpoint" / "origin.json").write_text("{")
    talk = Listener()

    go(load_job, talk, *sets, resume=True)

    assert len(talk.warned) == 1
    assert talk.warned[0].startswith(str(runs / "checkpoint"))
    assert message in talk.warned[0]
    assert len(list_versions(runs)) == 2
    assert not (runs / "checkpoint").exists()


def test_a_training_that_is_not_to_go_on_begins_anew(load_job, whole):
    interrupt(load_job, "training", 5)
    part = load_job.parent / "runs" / "checkpoint" / "training-0"
    part.write_bytes(b"whatever")
    talk = Listener()

    go(load_job, talk)

    assert current(load_job) == whole
    assert talk.warned == []
    assert talk.labels.count("validating") == 2 * ALL_LOOKS


def test_a_damaged_part_is_trained_anew_and_the_others_go_on(load_job, whole):
    interrupt(load_job, "training", 5)
    part = load_job.parent / "runs" / "checkpoint" / "validating-1"
    part.write_bytes(part.read_bytes()[:-1])
    talk = Listener()

    go(load_job, talk, resume=True)

    assert current(load_job) == whole
    assert talk.warned == [f"{part}: is damaged: its checksum differs; this member is trained anew"]


def refuse_forged(load_job, whole, part, changes, message):
    interrupt(load_job, "training", 5)
    folder = load_job.parent / "runs" / "checkpoint"
    forge(folder, part, changes)
    talk = Listener()

    go(load_job, talk, resume=True)

    assert current(load_job) == whole
    assert talk.warned == [f"{folder}/{part}: {message}; this member is trained anew"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"about": None}, "has no 'about'"),
        ({"seen": np.zeros(3)}, "holds numbers of other shapes"),
        ({"looks": np.zeros(6)}, "holds numbers of other shapes"),
        ({"looks": np.array(6.0)}, "holds numbers of other shapes"),
        ({"looks": np.full((10, 3), np.nan)}, "holds numbers that no training ends with"),
        ({"looks": np.zeros((0, 3))}, "is at a step that the training of this member does not come by"),
        ({"position": np.array([19, 20])}, "is at a step that the training of this member does not come by"),
        ({"position": np.array([2**40, 2**40])}, "is at a step that the training of this member does not come by"),
        ({"number/000": np.zeros(3, np.float32)}, "holds numbers of other shapes"),
        ({"look/20/state/kernel": np.zeros((2, 2), np.float32)}, "holds numbers of other shapes"),
        ({"look/20/state/kernel": None}, "holds numbers of other shapes"),
        ({"look/2/typical_error": None}, "holds numbers of other shapes"),
        ({"look/20/typical_error": np.nan}, "holds numbers that no training ends with"),
        ({"look/2/correction/bias": 1e30}, "holds numbers that no training ends with"),
    ],
)
def test_a_forged_part_is_trained_anew(load_job, whole, changes, message):
    refuse_forged(load_job, whole, "validating-1", changes, message)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"number/000": np.zeros((7, 7), np.float32)}, "holds numbers of other shapes"),
        ({"number/001": np.zeros(3, np.float64)}, "holds numbers of other shapes"),
        ({"number/002": None}, "holds numbers of other shapes"),
        ({"number/003": np.nan}, "holds numbers that no training ends with"),
        ({"number/999": np.zeros(2, np.int64)}, "holds numbers of other shapes"),
        ({"position": np.array([10, 10])}, "is at a step that the training of this member does not come by"),
        ({"position": np.array([1_000, 8])}, "is at a step that the training of this member does not come by"),
        ({"seen": np.array([0, np.inf], np.float32)}, "holds numbers that no training ends with"),
    ],
)
def test_a_forged_part_that_was_under_way_is_trained_anew(load_job, whole, changes, message):
    refuse_forged(load_job, whole, "training-0", changes, message)


def test_what_the_time_budget_allowed_is_not_measured_again(load_job):
    budget = ("train.time_budget=1h",)
    interrupt(load_job, "validating", 5, *budget)
    origin = load_job.parent / "runs" / "checkpoint" / "origin.json"
    found = json.loads(origin.read_text())
    assert (found["members"], found["steps"]) == (1, 20)
    for part in origin.parent.glob("validating-*"):
        part.unlink()
    origin.write_text(json.dumps(found | {"steps": 12}))  # as on a slower machine

    go(load_job, SilentTalk(), *budget, resume=True)

    runs = load_job.parent / "runs"
    assert load_config(runs / "models" / current_version(runs) / "config.yaml").train.steps == 12


def test_a_training_that_was_interrupted_before_it_began_still_keeps_to_its_time_budget(load_job):
    class Early(SilentTalk):
        def step(self, name):
            raise KeyboardInterrupt

    budget = ("train.time_budget=0.001s", "train.steps=200")
    with pytest.raises(KeyboardInterrupt):
        go(load_job, Early(), *budget)
    talk = Listener()

    go(load_job, talk, *budget, resume=True)

    runs = load_job.parent / "runs"
    assert talk.said[0] == f"training goes on from {runs}/checkpoint"
    assert load_config(runs / "models" / current_version(runs) / "config.yaml").train.steps == 20


def test_a_training_without_sense_leaves_no_checkpoint(load_job):
    interrupt(load_job, "validating", 5, "train.learning_rate=0.01")

    with pytest.raises(DivergedError):
        go(load_job, SilentTalk(), "train.learning_rate=1e30")

    assert not (load_job.parent / "runs" / "checkpoint").exists()


def test_pruning_takes_the_checkpoint_away(load_job):
    interrupt(load_job, "validating", 5)

    prune_models(load_config(load_job), keep=None)

    assert not (load_job.parent / "runs" / "checkpoint").exists()


# --- now and then -------------------------------------------------------------------------------------------


ORIGIN = Origin(config="c", data="d", release="r", members=1, steps=20)
NUMBERS = (np.ones(3, np.float32),)


def seen_in(folder):
    """Return the step of the last look that was written, or None."""
    part = read_part(folder, "training-0")
    return None if part is None else part["looks"][-1, 0]


def begun_stage(workspace, talk, **more):
    checkpoints = Checkpoints(workspace, ORIGIN, talk, **more)
    checkpoints.begun("training-0", "about", lambda part, where: None)
    return checkpoints, checkpoints.stage("training", every_look=False)


def go_on(stage, step):
    stage.noting(lambda place, look: None)(0, Checkpoint(step, 0.5, 0.0, {"kernel": np.full(2, step, np.float32)}))
    stage.keep(0, Position(step, step, numbers=NUMBERS))


def test_positions_are_written_no_more_often_than_that(tmp_path):
    _, often = begun_stage(tmp_path / "often", SilentTalk(), seldom=0)
    _, seldom = begun_stage(tmp_path / "seldom", SilentTalk())

    go_on(often, 2)
    go_on(seldom, 2)

    assert seen_in(tmp_path / "often" / "checkpoint") == 2
    assert read_origin(tmp_path / "often" / "checkpoint") == ORIGIN
    assert not (tmp_path / "seldom" / "checkpoint").exists()


def test_of_a_final_member_only_the_newest_weights_are_written(tmp_path):
    checkpoints, stage = begun_stage(tmp_path, SilentTalk())
    go_on(stage, 2)
    go_on(stage, 4)

    with suppress(KeyboardInterrupt), checkpoints.kept():
        raise KeyboardInterrupt

    part = read_part(tmp_path / "checkpoint", "training-0")
    assert part["looks"][:, 0].tolist() == [2, 4]
    assert [name for name in part if name.startswith("look/")] == ["look/4/kernel"]


def test_a_place_that_cannot_be_written_does_not_stop_the_training(tmp_path):
    (tmp_path / "workspace").write_text("a file is in the way")
    talk = Listener()
    _, stage = begun_stage(tmp_path / "workspace", talk, seldom=0)

    go_on(stage, 2)

    assert len(talk.warned) == 1
    assert talk.warned[0].startswith(f"no checkpoint: {tmp_path}/workspace")
