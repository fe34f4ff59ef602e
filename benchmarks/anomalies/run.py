"""Scores `detect` as the Numenta Anomaly Benchmark does, beside simple detectors; keeps the figures in RESULTS.md.

`python benchmarks/anomalies/run.py --data FOLDER` wants the files of NAB (`NAME.csv` or `NAME.csv.gz`) and its
`combined_windows.json` in one folder. A model learns from the probationary rows of a file, and from nothing else; no
label is read before all alarms are there.
"""

import argparse
import gzip
import io
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from anomalies.detectors import raise_alarms, seasonal_z_score, windowed_gaussian
from anomalies.nab import (
    LOW_FALSE_ALARMS,
    LOW_MISSES,
    STANDARD,
    FileScore,
    Profile,
    Span,
    normalise,
    probation,
    score_file,
)
from measure import machine

from lstmcast.config.yaml_file import load_config
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.evaluation.anomalies import Rule
from lstmcast.jobs.common.talk import SilentTalk
from lstmcast.jobs.common.version_data import read_as_known
from lstmcast.jobs.detection.detecting import Seen, find_judges, see_values
from lstmcast.jobs.detection.judging import judge_values, make_rule
from lstmcast.jobs.train import train
from lstmcast.store.artifact import load_version
from lstmcast.store.versions import resolve_version

HERE = Path(__file__).parent
NOW = datetime(2026, 1, 1, tzinfo=UTC)
WORDS = """\
Scored as the Numenta Anomaly Benchmark does, by [a scorer of our own](nab.py), on those of its files that were at hand:
not the whole corpus, so these figures do not compare with its published ones. 0 is saying nothing, 100 is perfect.

One setting for all files: a horizon of 12, two members, gaps interpolated, all else `auto`; trained once on the
probationary rows (15%, at most 750) and never again. Where rows would fill less than half of a grid by their usual
step, each row is a step. The cool-down is shared by all detectors. Two conventions, for ours and the others alike:

- `default`: the setting that everybody gets.
- `chosen`: the one threshold, the same for all files, that scores best on these very labels. NAB's published board
  chooses the threshold of every detector so, which flatters all of them; the chosen one stands in brackets.

No label had a part in how `detect` was made: that was decided by faults that a script plants into other series
([PLANTED.md](PLANTED.md)). Each look at the labels is in [looks.csv](looks.csv).
"""
CONFIG = """\
data: {{path: {path}, time: {time}, target: value, gaps: interpolate, duplicates: mean, off_grid: nearest}}
forecast: {{horizon: 12}}
model: {{members: 2}}
evaluate: {{windows: 1, gate: {{min_skill: -1.0e+9}}}}
output: {{dir: runs, plots: false}}
"""
RATES = tuple(float(f"{rate:.2g}") for rate in np.geomspace(1e-6, 0.1, 51))
DEFAULT_RATE = 0.001
THRESHOLDS = tuple(float(f"{threshold:.3g}") for threshold in np.geomspace(1.5, 50, 61))  # standard deviations
DEFAULT_THRESHOLD = 3.29  # what a normal distribution exceeds once in a thousand values, on one of both sides
PROFILES = {"standard": STANDARD, "few false alarms": LOW_FALSE_ALARMS, "few misses": LOW_MISSES}

Alarms = Mapping[float, Sequence[int]]  # the rows of the file, for each setting of a detector
Stamps = npt.NDArray[np.datetime64]


@dataclass(frozen=True)
class NabFile:
    """One file of the benchmark, in the order of its rows."""

    name: str
    stamps: Stamps
    values: npt.NDArray[np.float64]
    text: bytes

    @property
    def start(self) -> int:
        """Return the first row that counts."""
        return probation(len(self.values))


@dataclass(frozen=True)
class Trial:
    """What the detectors say of one file, and what that took."""

    alarms: Mapping[str, Alarms]  # by detector
    train_seconds: float
    detect_seconds: float
    values: int  # judged


def main() -> int:
    """Run all files that are there, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the files and combined_windows.json")
    parser.add_argument("--work", type=Path, required=True, help="a folder for what is trained; used again if there")
    options = parser.parse_args()
    paths = sorted([*options.data.glob("*.csv"), *options.data.glob("*.csv.gz")])
    if not paths or not (options.data / "combined_windows.json").is_file():
        print(f"skipped: {options.data} lacks the files of NAB, or combined_windows.json")
        return 0
    files = [read_file(path) for path in paths]
    trials = {}
    for file in files:
        trials[file.name] = run_file(file, options.work / file.name)
        print(f"{file.name}: trained in {trials[file.name].train_seconds:.0f} s", flush=True)
    labels = json.loads((options.data / "combined_windows.json").read_text())  # only now
    windows = {file.name: find_windows(file, labels) for file in files}
    page = describe(files, trials, windows)
    (HERE / "RESULTS.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


def read_file(path: Path) -> NabFile:
    """Return a file of the benchmark."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    table = pd.read_csv(io.BytesIO(text))
    stamps = pd.to_datetime(table["timestamp"]).to_numpy("datetime64[us]")
    return NabFile(path.name.split(".csv")[0], stamps, table["value"].to_numpy(np.float64), text)


def find_windows(file: NabFile, labels: Mapping[str, Sequence[Sequence[str]]]) -> list[Span]:
    """Return the labelled windows of a file as rows."""
    spans = next(spans for name, spans in labels.items() if Path(name).stem == file.name)
    found = []
    for first, last in spans:
        inside = np.flatnonzero((file.stamps >= np.datetime64(first)) & (file.stamps <= np.datetime64(last)))
        found.append((int(inside.min()), int(inside.max())))
    return found


def run_file(file: NabFile, folder: Path) -> Trial:
    """Return the alarms of all detectors at all of their settings."""
    train_seconds = train_on_probation(file, folder)
    started = time.process_time()
    reading, seen, rule, season = see_file(folder)
    found_by = {DEFAULT_RATE: find_alarms(file, reading, seen, rule)}
    detect_seconds = time.process_time() - started
    found_by |= {rate: find_alarms(file, reading, seen, replace(rule, rate=rate)) for rate in RATES}
    scores: dict[str, npt.NDArray[np.float64]] = {
        "windowed Gaussian": windowed_gaussian(file.values),
        "seasonal z-score": seasonal_z_score(file.values, season),
    }
    alarms: dict[str, Alarms] = {"lstmcast detect": found_by}
    settings = (DEFAULT_THRESHOLD, *THRESHOLDS)
    for name, one in scores.items():
        alarms[name] = {setting: raise_alarms(one, setting, rule.cooldown) for setting in settings}
    return Trial(alarms, train_seconds, detect_seconds, int(np.isfinite(seen.miss).sum()))


def see_file(folder: Path, kept: Path | None = None) -> tuple[Reading, Seen, Rule, int]:
    """Return what is known of the values of `all.csv` in a folder, the rule by default, and the season.

    What is known is kept in a file, if one is named, and taken from there if it is there.
    """
    config = load_config(folder / "job.yaml", sets=(f"data.path={folder / 'all.csv'}",))
    version = load_version(resolve_version(folder / "runs"))
    spec = version.artifact.spec
    reading = read_as_known(config.data, version.artifact.contract, spec.horizon)
    if kept is not None and kept.is_file():
        seen = Seen(**np.load(kept))
    else:
        seen = see_values(reading.panel, find_judges(folder / "runs", version, True, reading), {})
        if kept is not None:
            np.savez_compressed(kept, **vars(seen))
    return reading, seen, make_rule(config.detect, spec.season, 1), spec.season


def train_on_probation(file: NabFile, folder: Path) -> float:
    """Train on the probationary rows as the tool does, and return the processor time; 0 if that was done before."""
    if (folder / "runs" / "current").is_file():
        return float((folder / "seconds").read_text())
    folder.mkdir(parents=True, exist_ok=True)
    lines = file.text.splitlines(keepends=True)
    (folder / "part.csv").write_bytes(b"".join(lines[: file.start + 1]))
    (folder / "all.csv").write_bytes(file.text)
    (folder / "job.yaml").write_text(CONFIG.format(path="part.csv", time="timestamp" if is_even(file) else "null"))
    started = time.process_time()
    train(load_config(folder / "job.yaml"), now=NOW, talk=SilentTalk())
    (folder / "seconds").write_text(f"{time.process_time() - started:.1f}")
    return time.process_time() - started


def is_even(file: NabFile) -> bool:
    """Return whether rows fill half of a grid by their usual step; if not, each row counts as a step."""
    stamps = np.sort(file.stamps[: file.start])
    grid = (stamps[-1] - stamps[0]) / np.median(np.diff(stamps))
    return bool(len(stamps) > 0.5 * grid)


def find_alarms(file: NabFile, reading: Reading, seen: Seen, rule: Rule) -> list[int]:
    """Return the rows of the file by which alarms are known: the last one of each value that raised one."""
    found = judge_values(seen, reading.panel, {}, rule)
    ticks = ticks_of_rows(file, reading.panel)
    last_row = {tick: row for row, tick in enumerate(ticks.tolist())}
    return [last_row[tick] for tick in found.seen.tick[found.judged.alarm].tolist()]


def ticks_of_rows(file: NabFile, panel: Panel) -> npt.NDArray[np.int64]:
    """Return the tick that each row of the file belongs to."""
    if panel.frequency.kind == "integer":
        return np.arange(len(file.stamps)) + int(panel.first[0])
    before = panel.frequency.ticks(file.stamps)
    gaps = [np.abs(file.stamps - panel.frequency.stamps(before + more)) for more in (0, 1)]
    return np.asarray(before + (gaps[1] < gaps[0]))


def describe(files: Sequence[NabFile], trials: Mapping[str, Trial], windows: Mapping[str, list[Span]]) -> str:
    """Return the page of results."""

    def scores(detector: str, setting: float, profile: Profile) -> list[FileScore]:
        return [
            score_file(trials[file.name].alarms[detector][setting], windows[file.name], file.start, profile)
            for file in files
        ]

    defaults = {"lstmcast detect": DEFAULT_RATE} | dict.fromkeys(
        ("windowed Gaussian", "seasonal z-score"), DEFAULT_THRESHOLD
    )
    lines = ["# Anomalies: NAB", "", "Written by `python benchmarks/anomalies/run.py`.", "", WORDS, f"{machine()}.", ""]
    lines += ["| detector | setting | " + " | ".join(PROFILES) + " |", "|---|---|" + "---|" * len(PROFILES)]
    best = {}
    for detector, default in defaults.items():
        row = [normalise(scores(detector, default, profile), profile) for profile in PROFILES.values()]
        lines.append(f"| {detector} | default, {default:g} | " + " | ".join(f"{one:.1f}" for one in row) + " |")
        settings = trials[files[0].name].alarms[detector]
        chosen = {}
        for name, profile in PROFILES.items():
            marks = {setting: normalise(scores(detector, setting, profile), profile) for setting in settings}
            chosen[name] = max(marks, key=marks.__getitem__)
        best[detector] = chosen["standard"]
        cells = [
            f"{normalise(scores(detector, chosen[name], profile), profile):.1f} ({chosen[name]:g})"
            for name, profile in PROFILES.items()
        ]
        lines.append(f"| {detector} | chosen | " + " | ".join(cells) + " |")
    lines += ["", "## Per file", ""]
    lines.append("Standard profile, default settings: found windows, false alarms, normalised score of the file alone.")
    lines += ["", "| file | rows | windows | " + " | ".join(defaults) + " |", "|---|---|---|" + "---|" * len(defaults)]
    for place, file in enumerate(files):
        cells = []
        for detector, default in defaults.items():
            one = scores(detector, default, STANDARD)[place]
            cells.append(f"{one.found} found, {one.false_alarms} false: {normalise([one], STANDARD):.1f}")
        lines.append(f"| {file.name} | {len(file.values):,} | {len(windows[file.name])} | {' | '.join(cells)} |")
    lines += ["", "| file | training, processor s | judging, processor s | values judged |", "|---|---|---|---|"]
    for file in files:
        one_trial = trials[file.name]
        lines.append(
            f"| {file.name} | {one_trial.train_seconds:.0f} | {one_trial.detect_seconds:.1f} | {one_trial.values:,} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
