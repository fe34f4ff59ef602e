"""A small job for the drills: hourly rows with a day's season, revealed one by one, and a model that trains at once."""

import fcntl
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lstmcast.config.schema import Config
from lstmcast.config.yaml_file import load_config
from lstmcast.drafts import DRAFT_NAME

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
HEAD = """# The night shift: drills

Written by `python benchmarks/night/crash_loop.py`, `soak.py` and `quarter.py --data FILE`.
"""
START = datetime(2024, 1, 1, tzinfo=UTC)
CONFIG = """
data: {path: load.csv, time: hour, target: load, calendar: none}
forecast: {horizon: 6, levels: [80]}
model: {units: 4, members: 1, layers: 1, context: 48, segment: 24}
train: {steps: 20, batch: 16, threads: 1}
evaluate: {windows: 2, season: 24, gate: {min_skill: -1000}}
output: {dir: runs, plots: false}
job: {retrain: 9000D, keep: 3, keep_forecasts: 2D}
"""


@dataclass(frozen=True)
class Job:
    """A folder with a config, its data and its workspace, and all the values that will ever be known."""

    folder: Path
    values: npt.NDArray[np.float64]

    @property
    def config(self) -> Path:
        """Return where the config is."""
        return self.folder / "job.yaml"

    @property
    def workspace(self) -> Path:
        """Return where all results go."""
        return self.folder / "runs"

    def load(self, *sets: str) -> Config:
        """Return the config as the jobs take it."""
        return load_config(self.config, sets=sets)

    def reveal(self, rows: int) -> datetime:
        """Let the data have so many rows, and return when the next one would come."""
        hours = [START + timedelta(hours=row) for row in range(rows)]
        lines = [f"{hour:%Y-%m-%d %H:%M},{value:.2f}\n" for hour, value in zip(hours, self.values, strict=False)]
        draft = self.folder / "load.csv.new"
        draft.write_text("".join(["hour,load\n", *lines]))
        draft.rename(self.folder / "load.csv")
        return hours[-1] + timedelta(hours=1)


def make_job(folder: Path, rows: int) -> Job:
    """Write the config, and return the job with values for so many rows."""
    random = np.random.default_rng(1)
    season = 20 * np.sin(2 * np.pi * np.arange(rows) / 24)
    (folder / "job.yaml").write_text(CONFIG)
    return Job(folder, 100 + season + random.normal(scale=2, size=rows))


def drafts(folder: Path) -> list[str]:
    """Return what killed runs left behind."""
    found: list[str] = []
    for _, folders, files in os.walk(folder):
        found += (name for name in (*folders, *files) if DRAFT_NAME.fullmatch(name))
    return sorted(found)


def count_files(folder: Path) -> int:
    """Return how many files a folder holds, at any depth."""
    return sum(path.is_file() for path in folder.rglob("*"))


def is_free(lock: Path) -> bool:
    """Return whether nobody holds the lock."""
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def keep_results(title: str, text: str) -> None:
    """Write the section of one drill into the page of results, in the place of the one before."""
    page = RESULTS.read_text() if RESULTS.exists() else HEAD
    head, *sections = re.split(r"^## ", page, flags=re.MULTILINE)
    kept = {section.partition("\n")[0]: section.partition("\n")[2].strip() for section in sections} | {title: text}
    RESULTS.write_text("\n\n".join([head.strip(), *(f"## {name}\n\n{kept[name].strip()}" for name in kept)]) + "\n")
