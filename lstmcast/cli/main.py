"""The `lstmcast` command: its table of commands and its entry point."""

import atexit
import gc
import os
import sys
import warnings
from contextlib import suppress
from typing import NoReturn

import click

from lstmcast import __version__
from lstmcast.cli.border import run
from lstmcast.cli.groups import LazyGroup
from lstmcast.cli.stops import STOPPED
from lstmcast.cli.streams import fill_closed_streams
from lstmcast.errors import OutputError

# Written out here, so that `lstmcast --help` loads none of the commands; each is a module of this package.
SUMMARIES = {
    "init": "Look at a CSV file and write a commented config for it.",
    "check": "Check config and data against each other, without training.",
    "train": "Train a model, score it beside the baselines, save and promote it.",
    "backtest": "Score the model by rolling origin, beside the baselines.",
    "compare": "Compare LSTM, GRU, RNN and a linear network; draw gradient flow.",
    "predict": "Forecast from the current model version.",
    "explain": "Say what the model remembers, whom it follows and what moves its forecast.",
    "detect": "Find values and stretches unlike what was forecast for them.",
    "report": "Write one HTML page: forecast, backtest, residuals, training, versions.",
    "export": "Write the current version as a file for Keras, LiteRT or ONNX runtimes.",
    "run": "The nightly job: train if due, forecast, publish, score the earlier forecasts.",
    "score": "Score published forecasts against what has happened since.",
    "schedule": "Print the crontab line or the systemd units that run it every night.",
    "models": "List, show, verify, promote, roll back and prune model versions.",
    "schema": "Print the JSON Schema of the config.",
    "doctor": "Show versions, processor, memory and the state of the workspace.",
}

EPILOG = """\b
Start here:
  lstmcast init sales.csv   look at the file, write lstmcast.yaml
  lstmcast train            train and score a model
  lstmcast predict          write the forecast
\b
CONFIG is the path of a config; left out, it is lstmcast.yaml in the current folder.
The answer goes to stdout, the talk to stderr. Exit codes: docs/cli.md."""
NEW_OBJECTS = 200_000  # between two searches for garbage: at 700, imports spend a tenth of their time on them


@click.group(
    name="lstmcast",
    cls=LazyGroup,
    package="lstmcast.cli",
    summaries=SUMMARIES,
    epilog=EPILOG,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "--version", prog_name="lstmcast", message="%(prog)s %(version)s")
def lstmcast() -> None:
    """Point it at a CSV; get an LSTM forecast that you can schedule and trust."""


def main() -> NoReturn:
    """Run what the command line asks for, and end the process with its exit code."""
    fill_closed_streams()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # warnings are for developers; a user's warnings go through Talk
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # products are shared out by `network.side_by_side` instead
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    _leave(run(lstmcast, sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process with this exit code, at once: all that was written is where it belongs.

    To take apart what was imported would take a fifth of a short command.
    """
    if code not in STOPPED:  # a thread that is still at work must not keep the process alive
        atexit._run_exitfuncs()
    with suppress(ValueError, AttributeError):  # closed, or never there
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            pass
        except OSError:
            code = code or OutputError.exit_code
    os._exit(code)
