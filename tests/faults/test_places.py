"""Places that nobody can reach: a name too long for the file system, a folder that may not be entered."""

import pytest

from tests.faults.runs import NOW, as_nobody, assert_refusal, call_fresh, call_here

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
