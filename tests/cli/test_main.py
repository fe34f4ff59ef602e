import subprocess
import sys
from pathlib import Path

import pytest

from lstmcast import __version__
from lstmcast.cli.main import SUMMARIES, lstmcast

HEAVY = ("tensorflow", "keras", "pandas", "numpy", "matplotlib", "pydantic", "yaml", "rich", "safetensors")
ASKED_FOR_HELP = """
import atexit, sys
from lstmcast.cli.main import main
sys.argv[1:] = {arguments!r}
atexit.register(lambda: print(sorted(sys.modules), file=sys.stderr))
main()
"""


def run_lstmcast(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "lstmcast", *arguments], capture_output=True, text=True, cwd=cwd)


@pytest.mark.parametrize("command", [[], *([name] for name in SUMMARIES), ["models", "list"]], ids=" ".join)
def test_help_answers_without_importing_anything_heavy(command):
    script = ASKED_FOR_HELP.format(arguments=[*command, "--help"])

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert ended.returncode == 0
    assert ended.stdout.startswith(f"Usage: {' '.join(['lstmcast', *command])} [OPTIONS]")
    assert [name for name in HEAVY if f"'{name}'" in ended.stderr] == []


def test_help_names_every_command_and_what_comes_first():
    ended = run_lstmcast("--help")

    assert all(f"  {name}  " in ended.stdout for name in SUMMARIES)
    assert "lstmcast init sales.csv" in ended.stdout


def test_every_command_of_the_table_is_there_and_describes_itself():
    for name in SUMMARIES:
        command = lstmcast.get_command(None, name)

        assert command is not None
        assert command.name == name
        assert command.help


def test_version_is_printed():
    ended = run_lstmcast("--version")

    assert (ended.returncode, ended.stdout) == (0, f"lstmcast {__version__}\n")


def test_a_mistyped_command_gets_its_nearest_match():
    ended = run_lstmcast("trian")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == (
        "lstmcast: error[usage]: command line: no command 'trian' (did you mean 'train'?); see lstmcast --help\n"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(
            ("models", "rolback"),
            "models: no command 'rolback' (did you mean 'rollback'?); see lstmcast models --help",
            id="command of a group",
        ),
        pytest.param(
            ("predict", "--outptu", "x.csv"),
            "predict: no option '--outptu' (did you mean '--output'?); see lstmcast predict --help",
            id="option",
        ),
        pytest.param(
            ("train", "--horizon", "5"),
            "train: no option '--horizon' (did you mean '--set forecast.horizon=VALUE'?); see lstmcast train --help",
            id="key of the config given as an option",
        ),
        pytest.param(
            ("predict", "--set"),
            "predict: option '--set' requires an argument; see lstmcast predict --help",
            id="option without its value",
        ),
        pytest.param(
            ("--version=2",),
            "command line: option '--version' does not take a value; see lstmcast --help",
            id="value without its option",
        ),
        pytest.param(
            ("check", "my", "folder/lstmcast.yaml"),
            "check: got unexpected extra argument (folder/lstmcast.yaml): quote a name that holds blanks; "
            "see lstmcast check --help",
            id="name with blanks",
        ),
    ],
)
def test_what_was_mistyped_is_told_with_what_was_meant(words, told):
    ended = run_lstmcast(*words)

    assert ended.returncode == 2
    assert ended.stderr == f"lstmcast: error[usage]: {told}\n"


def test_a_missing_command_is_a_usage_error():
    ended = run_lstmcast()

    assert ended.returncode == 2
    assert ended.stderr == "lstmcast: error[usage]: command line: missing command; see lstmcast --help\n"


def test_json_and_the_forecast_do_not_share_stdout():
    ended = run_lstmcast("predict", "--json", "--output", "-")

    assert ended.returncode == 2
    assert "predict: --json and --output - both want stdout; give one of them" in ended.stderr


def test_a_plot_is_a_png_and_called_so():
    ended = run_lstmcast("predict", "--plot", "out/north.JPG")

    assert ended.returncode == 2
    assert "predict: --plot draws a PNG; name 'north.png' instead of 'north.JPG'; see" in ended.stderr


def test_a_plot_goes_into_a_file():
    ended = run_lstmcast("predict", "--plot", "-")

    assert ended.returncode == 2
    assert "predict: --plot draws into a file; name one, such as forecast.png; see" in ended.stderr


def test_a_config_goes_into_a_file(tmp_path):
    (tmp_path / "sales.csv").write_text("day,sold\n2024-01-01,1\n")

    ended = run_lstmcast("init", "sales.csv", "--output", "-", cwd=tmp_path)

    assert ended.returncode == 2
    assert "init: --output writes a file; name one, such as lstmcast.yaml; see" in ended.stderr
    assert not (tmp_path / "-").exists()


def test_a_shell_gets_its_completions():
    environment = {"_LSTMCAST_COMPLETE": "bash_complete", "COMP_WORDS": "lstmcast pre", "COMP_CWORD": "1"}

    ended = subprocess.run([sys.executable, "-m", "lstmcast"], capture_output=True, text=True, env=environment)

    assert (ended.returncode, ended.stdout) == (0, "plain,predict\n")


def test_completions_that_cannot_be_written_are_an_error_in_one_line():
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "lstmcast"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={"_LSTMCAST_COMPLETE": "bash_source"},
        )

    assert ended.returncode == 41
    assert ended.stderr == (
        "lstmcast: error[output]: standard output: No space left on device; see that it can be written\n"
    )


@pytest.mark.parametrize("arguments", [["--help"], ["schema"]])
def test_an_answer_that_cannot_be_written_is_an_error_however_the_command_ends(arguments):
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run([sys.executable, "-m", "lstmcast", *arguments], stdout=full, stderr=subprocess.PIPE)

    assert ended.returncode == 41
