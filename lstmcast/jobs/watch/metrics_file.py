"""The Prometheus text file: the figures of the last run of each command, and when each last succeeded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

PREFIX = "lstmcast_"
LAST_RUN, LAST_SUCCESS = "last_run_timestamp_seconds", "last_success_timestamp_seconds"
HELP = {
    LAST_RUN: "When the command last ended.",
    LAST_SUCCESS: "When the command last ended well; kept when it fails.",
    "exit_code": "How it ended; 0 is well.",
    "duration_seconds": "How long it took.",
    "data_timestamp_seconds": "Newest time in the data that were forecast from.",
    "forecast_series": "Series that were forecast.",
    "forecast_rows": "Rows of the forecast.",
    "fallback": "1 if the forecast is a baseline's, since no model could answer.",
    "model_timestamp_seconds": "When the version that forecasts was trained.",
    "retrained": "1 if the run trained a model.",
    "promoted": "1 if that model took the place of the one before.",
    "scored": "1 if earlier forecasts were held against the truth, 0 if their scores could not be read.",
    "drifted": "1 if the version no longer does what its backtest promised.",
    "band_stretch_ratio": "How many times as wide as after training the bands of the forecast are.",
    "skill_ratio": "Share of the seasonal naive error that the forecasts of late have saved.",
}
SAMPLE = re.compile(
    r'(?P<name>lstmcast_\w+)\{command="(?P<command>\w+)",workspace="(?P<workspace>.*)"\} (?P<value>\S+)'
)


@dataclass(frozen=True)
class Metrics:
    """The figures of one run."""

    command: str
    workspace: str
    figures: Mapping[str, float]


def merge_metrics(before: bytes, metrics: Metrics, moment: float) -> bytes:
    """Return the file with the figures of this run in the place of older ones; all others stay."""
    samples = _parse(before)
    figures = {**metrics.figures, LAST_RUN: round(moment, 3)}
    if metrics.figures["exit_code"] == 0:
        figures[LAST_SUCCESS] = figures[LAST_RUN]
    workspace = _escape_label(metrics.workspace)
    samples |= {(f"{PREFIX}{name}", metrics.command, workspace): f"{value:.15g}" for name, value in figures.items()}
    lines = []
    for name in sorted({name for name, _, _ in samples}):
        lines += [f"# HELP {name} {HELP.get(name.removeprefix(PREFIX), '')}".rstrip(), f"# TYPE {name} gauge"]
        lines += [
            f'{name}{{command="{command}",workspace="{place}"}} {value}'
            for (each, command, place), value in sorted(samples.items())
            if each == name
        ]
    return "".join(f"{line}\n" for line in lines).encode()


def _escape_label(text: str) -> str:
    """Return the text as the value of a label, which is UTF-8."""
    text = text.encode(errors="replace").decode()  # a path may hold any bytes
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _parse(before: bytes) -> dict[tuple[str, str, str], str]:
    """Return the samples of a file that we wrote; what else it holds is dropped."""
    found = {}
    for line in before.decode(errors="replace").split("\n"):  # a label may hold other line ends
        if sample := SAMPLE.fullmatch(line):
            try:
                float(sample["value"])
            except ValueError:
                continue
            found[sample["name"], sample["command"], sample["workspace"]] = sample["value"]
    return found
