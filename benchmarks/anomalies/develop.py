"""Plants faults of many kinds into series without labels, and tells how well they are found; keeps it in PLANTED.md.

`python benchmarks/anomalies/develop.py --data FOLDER --work FOLDER` takes what there is of the files that `grounds.py`
names, and series made by it. What `detect` watches, and how, was decided by these figures and not by those of NAB.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from anomalies.detectors import raise_alarms, seasonal_z_score, windowed_gaussian
from anomalies.grounds import Ground, find_grounds
from anomalies.nab import STANDARD, FileScore, normalise, probation, score_file
from anomalies.planted import Planted, plant
from anomalies.run import DEFAULT_THRESHOLD, NabFile, find_alarms, see_file, train_on_probation
from measure import machine

HERE = Path(__file__).parent
SEEDS = (1, 2)
OURS = "lstmcast detect"
DETECTORS = (OURS, "windowed Gaussian", "seasonal z-score")
WORDS = """\
Faults of thirteen kinds, planted into real and made series that have no labels, and scored as NAB scores. What `detect`
watches, and how, was decided by these figures and by simulations of quiet series, so its score here flatters it; NAB
is what it was not fitted to. The real series have faults of their own, which count as false alarms for every detector.
The made ones resemble series of servers, machines and roads, as those of NAB do; nobody looked where its labels lie to
make them. Default settings.
"""


@dataclass(frozen=True)
class Outcome:
    """What a detector said of one file: its score, which faults it found, and the alarms that counted."""

    score: FileScore
    found: tuple[bool, ...]
    alarms: int
    rows: int


def main() -> int:
    """Run all series, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the real series")
    parser.add_argument(
        "--work", type=Path, required=True, help="a folder for what is trained and forecast, used again"
    )
    options = parser.parse_args()
    planted: list[Planted] = []
    outcomes: dict[str, list[Outcome]] = {name: [] for name in DETECTORS}
    quiet: dict[str, list[Outcome]] = {name: [] for name in DETECTORS}
    grounds = find_grounds(options.data)
    for ground in grounds:
        for one in (Planted(ground.name, ground.values, (), []), *(plant(ground, seed) for seed in SEEDS)):
            for name, outcome in judge(ground, one, options.work / ground.name).items():
                (outcomes if one.faults else quiet)[name].append(outcome)
            planted += [one] if one.faults else []
        print(ground.name, flush=True)
    page = describe(len(grounds), planted, outcomes, quiet)
    (HERE / "PLANTED.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


def judge(ground: Ground, planted: Planted, folder: Path) -> Mapping[str, Outcome]:
    """Return what each detector says of a series."""
    clean = as_file(ground, planted.name, ground.values)
    train_on_probation(clean, folder)  # faults come later: all plantings share the model
    file = as_file(ground, planted.name, planted.values)
    (folder / "all.csv").write_bytes(file.text)
    reading, seen, rule, season = see_file(folder, folder / f"{planted.name}.npz")
    alarms = {
        OURS: find_alarms(file, reading, seen, rule),
        "windowed Gaussian": raise_alarms(windowed_gaussian(file.values), DEFAULT_THRESHOLD, rule.cooldown),
        "seasonal z-score": raise_alarms(seasonal_z_score(file.values, season), DEFAULT_THRESHOLD, rule.cooldown),
    }
    return {name: outcome_of(planted, file, rows) for name, rows in alarms.items()}


def as_file(ground: Ground, name: str, values: object) -> NabFile:
    """Return a series as a file like those of NAB."""
    stamps = pd.date_range("2020-01-01", periods=len(ground.values), freq=ground.step)
    table = pd.DataFrame({"timestamp": stamps, "value": values})
    text = table.to_csv(index=False).encode()
    return NabFile(name, stamps.to_numpy("datetime64[us]"), table["value"].to_numpy("float64"), text)


def outcome_of(planted: Planted, file: NabFile, alarms: Sequence[int]) -> Outcome:
    """Return what these alarms are worth."""
    found = tuple(any(first <= row <= last for row in alarms) for first, last in planted.windows)
    rows, start = len(file.values), probation(len(file.values))
    score = score_file(alarms, planted.windows, start, STANDARD)
    return Outcome(score, found, sum(row >= start for row in alarms), rows - start)


def describe(
    grounds: int,
    planted: Sequence[Planted],
    outcomes: Mapping[str, Sequence[Outcome]],
    quiet: Mapping[str, Sequence[Outcome]],
) -> str:
    """Return the page."""
    lines = ["# Anomalies: planted faults", "", "Written by `python benchmarks/anomalies/develop.py`.", "", WORDS]
    lines += [f"{grounds} series, {len(planted)} plantings. {machine()}.", ""]
    lines += ["| detector | score | found | false alarms | alarms in 1,000 untouched values |", "|---|---|---|---|---|"]
    for name in DETECTORS:
        scores = [one.score for one in outcomes[name]]
        rate = 1000 * sum(one.alarms for one in quiet[name]) / max(1, sum(one.rows for one in quiet[name]))
        found, windows = sum(one.found for one in scores), sum(one.windows for one in scores)
        false = sum(one.false_alarms for one in scores)
        cells = [name, f"{normalise(scores, STANDARD):.1f}", f"{found} of {windows}", f"{false}", f"{rate:.2f}"]
        lines.append(f"| {' | '.join(cells)} |")
    kinds = [fault.kind for one in planted for fault in one.faults]
    totals = Counter(kinds)
    lines += ["", "| planted | times | " + " | ".join(f"found by {name}" for name in DETECTORS) + " |"]
    lines.append("|---|---|" + "---|" * len(DETECTORS))
    hits = {
        name: Counter(
            kind for kind, hit in zip(kinds, (hit for one in outcomes[name] for hit in one.found), strict=True) if hit
        )
        for name in DETECTORS
    }
    for kind in sorted(totals):
        lines.append(f"| {kind} | {totals[kind]} | " + " | ".join(f"{hits[name][kind]}" for name in DETECTORS) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
