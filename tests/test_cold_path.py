"""What a command may not import before it has something to compute: imports are most of the time that it takes."""

import ast
import subprocess
import sys

import pandas as pd
import pytest

from lstmcast.cli.groups import CommandGroup
from lstmcast.cli.main import lstmcast

HEAVY = {
    "asyncio",
    "h5py",
    "jax",
    "keras",
    "matplotlib",
    "msgspec",
    "multiprocessing",
    "PIL",
    "pyarrow",
    "pydantic",
    "requests",
    "rich",
    "safetensors",
    "scipy",
    "tensorflow",
    "torch",
    "urllib3",
}
if pd.__version__ < "3":
    HEAVY -= {"pyarrow"}  # which pandas imports by itself, wherever it is installed
ARRAYS = {"numpy", "pandas"}
CONFIGS = {"lstmcast.config.schema", "yaml"}
ASKED = """
import atexit, sys
from lstmcast.cli.main import main
sys.argv[1:] = {arguments!r}
names = lambda: sorted({{name.partition(".")[0] for name in sys.modules}} | set(sys.modules))
atexit.register(lambda: print(names(), file=sys.stderr))
main()
"""
CONFIG = "data: {path: sales.csv, time: day, target: sold}\nforecast: {horizon: 1}\n"
# What a command demands beside its config.
MORE_WORDS = {"models promote": ("20260101",), "schedule": ("--at", "03:00"), "export": ("--format", "keras")}


def run_fresh(folder, *arguments):
    """Return the exit code of a command in a fresh interpreter, and the names of all packages it had imported."""
    script = ASKED.format(arguments=list(arguments))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=folder)
    *_, modules = (line for line in ended.stderr.splitlines() if line.startswith("["))
    return ended.returncode, set(ast.literal_eval(modules))


def commands_with_a_config(group=lstmcast, before=()):
    """Yield the words of every command that reads a config."""
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if isinstance(command, CommandGroup):
            yield from commands_with_a_config(command, (*before, name))
        elif {"config_path", "words"} & {parameter.name for parameter in command.params}:
            yield " ".join((*before, name))


@pytest.fixture
def folder(tmp_path):
    rows = [f"2026-01-{day:02},{day % 7 + 1}" for day in range(1, 29)]
    (tmp_path / "sales.csv").write_text("\n".join(["day,sold", *rows, ""]))
    (tmp_path / "lstmcast.yaml").write_text(CONFIG)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "exit_code"),
    [
        ("check", 0),
        ("predict", 20),  # no model yet: all that it needs is imported by then
        ("explain", 20),
        ("report", 20),
        ("detect", 20),
        ("init sales.csv -o other.yaml", 0),
        ("models list", 0),
        ("schema", 0),
        ("doctor", 0),
    ],
)
def test_a_command_that_does_not_train_imports_nothing_that_trains_or_draws(folder, command, exit_code):
    ended, imported = run_fresh(folder, *command.split())

    assert (ended, imported & HEAVY) == (exit_code, set())


def test_a_small_file_without_covariates_needs_nothing_of_the_ways_for_large_ones_and_for_covariates(folder):
    ended, imported = run_fresh(folder, "check")

    rare = {"plain.plain_files", "plain.plain_csv", "covariate.future_file", "covariate.public_holidays"}
    assert (ended, imported & {f"lstmcast.data.{name}" for name in rare}) == (0, set())


@pytest.mark.parametrize("command", ["train", "backtest"])
def test_a_training_that_cannot_begin_says_so_before_tensorflow_is_imported(folder, command):
    (folder / "sales.csv").write_text("day,sold\n2026-01-01,1\n2026-01-02,2\n")

    ended, imported = run_fresh(folder, command)

    assert (ended, imported & HEAVY) == (13, set())


@pytest.mark.parametrize("command", list(commands_with_a_config()))
def test_a_config_error_is_told_before_any_array_could_be_made(folder, command):
    (folder / "lstmcast.yaml").write_text(CONFIG.replace("target", "targte"))

    ended, imported = run_fresh(folder, *command.split(), *MORE_WORDS.get(command, ()))

    assert (ended, imported & (HEAVY | ARRAYS)) == (10, set())


@pytest.mark.parametrize(
    ("text", "exit_code"),
    [
        ("data: {path: sales.csv\n", 10),
        ("[]\n", 10),
        (CONFIG.replace("horizon: 1", "horizon: many"), 10),
        (CONFIG + "job: {max_age: 1D}\n", 10),
        (None, 11),
    ],
    ids=["syntax", "no keys", "wrong value", "no clock", "no file"],
)
def test_no_kind_of_config_error_needs_arrays(folder, text, exit_code):
    config = folder / "job.yaml"
    if text is not None:
        config.write_text(text.replace(", time: day", ""))

    ended, imported = run_fresh(folder, "train", str(config))

    assert (ended, imported & (HEAVY | ARRAYS)) == (exit_code, set())


@pytest.mark.parametrize("text", ["data: {path: sales.csv\n", "data:\n\tpath: sales.csv\n", None])
def test_what_is_no_yaml_is_told_before_the_schema_is_imported(folder, text):
    config = folder / "job.yaml"
    if text is not None:
        config.write_text(text)

    ended, imported = run_fresh(folder, "predict", str(config))

    assert (ended, imported & (HEAVY | ARRAYS | {"lstmcast.config.schema", "zoneinfo"})) == (
        11 if text is None else 10,
        set(),
    )


def test_a_wrong_override_needs_no_arrays(folder):
    ended, imported = run_fresh(folder, "predict", "--set", "train.sede=1")

    assert (ended, imported & (HEAVY | ARRAYS)) == (10, set())


@pytest.mark.parametrize(
    "words",
    [
        "",
        "trian",
        "models lst",
        "predict --outptu x",
        "train --now soon",
        "predict --json --output -",
        "models promote",
    ],
)
def test_a_usage_error_needs_neither_arrays_nor_a_config(folder, words):
    ended, imported = run_fresh(folder, *words.split())

    assert (ended, imported & (HEAVY | ARRAYS | CONFIGS)) == (2, set())


def test_the_package_itself_imports_nothing(folder):
    script = "import sys; before = set(sys.modules); import lstmcast; print(sorted(set(sys.modules) - before))"

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=folder, check=True)

    assert ast.literal_eval(ended.stdout) == ["lstmcast"]
