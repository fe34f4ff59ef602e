"""What a command may not import before it has something to compute: imports are most of the time that it takes."""

import ast
import subprocess
import sys

import pytest

HEAVY = {
    "asyncio",
    "h5py",
    "jax",
    "keras",
    "matplotlib",
    "multiprocessing",
    "PIL",
    "pyarrow",
    "requests",
    "rich",
    "safetensors",
    "scipy",
    "tensorflow",
    "torch",
    "urllib3",
}
ASKED = """
import sys
from lstmcast.cli.main import main
sys.argv[1:] = {arguments!r}
try:
    main()
finally:
    print(sorted({{name.partition(".")[0] for name in sys.modules}}), file=sys.stderr)
"""
CONFIG = "data: {path: sales.csv, time: day, target: sold}\nforecast: {horizon: 1}\n"


def run_fresh(folder, *arguments):
    """Return the exit code of a command in a fresh interpreter, and which heavy libraries it had imported."""
    script = ASKED.format(arguments=list(arguments))
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=folder)
    *_, modules = (line for line in ended.stderr.splitlines() if line.startswith("["))
    return ended.returncode, set(ast.literal_eval(modules)) & HEAVY


@pytest.fixture
def folder(tmp_path):
    rows = [f"2026-01-{day:02},{day % 7 + 1}" for day in range(1, 29)]
    (tmp_path / "sales.csv").write_text("\n".join(["day,sold", *rows, ""]))
    (tmp_path / "lstmcast.yaml").write_text(CONFIG)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "exit_code"),
    [
        ("predict", 20),  # no model yet: all that it needs is imported by then
        ("init sales.csv -o other.yaml", 0),
        ("models list", 0),
        ("schema", 0),
        ("doctor", 0),
    ],
)
def test_a_command_that_does_not_train_imports_nothing_that_trains_or_draws(folder, command, exit_code):
    ended, heavy = run_fresh(folder, *command.split())

    assert (ended, heavy) == (exit_code, set())


@pytest.mark.parametrize("command", ["train", "backtest"])
def test_a_training_that_cannot_begin_says_so_before_tensorflow_is_imported(folder, command):
    (folder / "sales.csv").write_text("day,sold\n2026-01-01,1\n2026-01-02,2\n")

    ended, heavy = run_fresh(folder, command)

    assert (ended, heavy) == (13, set())
