"""Places that nobody can reach: a name too long for the file system, a folder that may not be entered."""

import os

import pytest

from tests.faults.runs import NOW, as_nobody, assert_refusal, call_fresh, call_here, snapshot, with_mounts

LONG = "x" * 300
TOO_LONG = "file name too long"


@pytest.mark.parametrize("command", ["train", "run", "score", "backtest", "compare"])
def test_a_workspace_whose_name_is_too_long_cannot_be_written(load, command):
    ended = call_here(command, load.config, "--now", NOW, "--set", f"output.dir={LONG}")

    assert_refusal(ended, 41, LONG, TOO_LONG)


@pytest.mark.parametrize(
    "words",
    [("predict",), ("report",), ("detect",), ("explain",), ("models", "list"), ("models", "show"), ("models", "prune")],
)
def test_a_workspace_whose_name_is_too_long_cannot_be_read(load, words):
    ended = call_here(*words, load.config, "--set", f"output.dir={LONG}")

    assert_refusal(ended, 21, LONG, TOO_LONG)


@pytest.mark.parametrize("words", [("predict", "--now", NOW), ("report",)])
@pytest.mark.parametrize("output", [LONG, f"{LONG}/f.csv"])
def test_an_output_whose_name_is_too_long_cannot_be_written(load, words, output):
    command, *more = words

    ended = call_here(command, load.config, *more, "--output", load.root / output)

    assert_refusal(ended, 41, LONG, TOO_LONG)


def test_a_picture_whose_name_is_too_long_cannot_be_written(load):
    ended = call_here("predict", load.config, "--now", NOW, "--plot", load.root / LONG / "f.png")

    assert_refusal(ended, 41, LONG, TOO_LONG)


def test_a_config_whose_name_is_too_long_cannot_be_written(load):
    ended = call_here("init", load.data, "-o", load.root / f"{LONG}.yaml")

    assert_refusal(ended, 41, LONG, TOO_LONG)


@pytest.mark.parametrize("name", [LONG, f"{LONG}*.csv", f"[{LONG},other.csv]"])
def test_data_whose_name_is_too_long_cannot_be_read(load, name):
    ended = call_here("check", load.config, "--set", f"data.path={name}")

    assert_refusal(ended, 11, LONG)


@pytest.mark.parametrize(("words", "code"), [(("run",), 41), (("predict",), 21), (("models", "list"), 21)])
def test_a_workspace_in_a_folder_that_may_not_be_entered_is_named(public_load, words, code):
    drop = as_nobody()
    closed = public_load.root / "closed"
    closed.mkdir(mode=0o700)

    ended = call_fresh(*words, public_load.config, "--set", f"output.dir={closed / 'runs'}", before=drop)

    assert_refusal(ended, code, closed, "permission denied")


# --- a machine that is set up for others, or for nobody ------------------------------------------------------------


def train_quietly(job):
    return ("train", job.config, "--now", NOW, "--quiet", "--set", "train.steps=2")


def test_a_quiet_training_writes_not_one_byte_leaves_nothing_in_the_home_and_obeys_nothing_there(load):
    settings = load.root / "home" / ".keras" / "keras.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"floatx": "float16", "image_data_format": "channels_first"}')
    home = snapshot(load.root / "home")
    assert call_here(*train_quietly(load)).code == 0
    trained_here = load.version.name

    kernels = {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_")}  # of last bits
    places = {"HOME": str(load.root / "home"), "TF_CPP_MIN_LOG_LEVEL": "0"}

    ended = call_fresh(*train_quietly(load), environment=kernels | places)

    assert (ended.code, ended.out, ended.err) == (0, b"", "")
    assert snapshot(load.root / "home") == home
    assert load.version.name == trained_here  # the same numbers, to the last bit


def test_an_export_leaves_nothing_in_the_home_as_its_runtime_would(load):
    home = load.root / "home"
    home.mkdir()

    ended = call_fresh("export", load.config, "--now", NOW, "--format", "onnx", environment={"HOME": str(home)})

    assert ended.code == 0
    assert snapshot(home) == {}


def test_training_needs_no_place_for_temporary_files(load):
    nowhere = f"mount --bind {load.root} /mnt\nmount -t tmpfs -o ro none /tmp\nmount -t tmpfs -o ro none /var/tmp"
    words = (word if word != load.config else "/mnt/job/job.yaml" for word in train_quietly(load))

    ended = call_fresh(*words, before=with_mounts(nowhere), cwd="/proc", environment={"HOME": "/proc"})

    assert (ended.code, ended.out, ended.err) == (0, b"", "")


def test_training_does_without_streams(load):
    closed = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh")

    ended = call_fresh(*train_quietly(load), before=closed)

    assert ended.code == 0
