"""Two small trained workspaces, each trained once by the command line and copied for each case."""

import math
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.faults.doomed import Doomed, doomed_processes
from tests.faults.runs import NOW, call_here

LOAD_CONFIG = """
data: {path: load.csv, time: month, target: load, calendar: none}
forecast: {horizon: 3}
model: {units: 4, members: 1, layers: 1, bank: none, segment: 1, context: 24}
train: {steps: 10, batch: 16, threads: 1}
evaluate: {windows: 2, gate: {min_skill: -1000}}
output: {dir: runs, plots: false}
"""
SHOPS_CONFIG = """
data: {path: shops.csv, time: day, target: sold, id: shop, past: [visitors]}
forecast: {horizon: 3, levels: [80]}
model: {units: 4, members: 1}
train: {steps: 10, batch: 32, threads: 1}
evaluate: {windows: 2, gate: {min_skill: -1000}}
output: {dir: runs, plots: false}
"""
SHOPS = ("=1+1", "@x", "+x", "\tx", "north")


@dataclass(frozen=True)
class Job:
    """A config, its data and its workspace, alone in `root`."""

    root: Path

    @property
    def config(self) -> Path:
        return self.root / "job" / "job.yaml"

    @property
    def data(self) -> Path:
        return next(self.config.parent.glob("*.csv"))

    @property
    def workspace(self) -> Path:
        return self.config.parent / "runs"

    @property
    def forecast(self) -> Path:
        return self.workspace / "forecast.csv"

    @property
    def version(self) -> Path:
        """Return the folder of the current version."""
        return self.workspace / "models" / (self.workspace / "current").read_text().split()[0]

    @property
    def newer(self) -> Path:
        """Return where a case puts changed data."""
        return self.root / "newer.csv"


def write_load(folder: Path) -> None:
    """Write five years of months with a season and a trend."""
    random = np.random.default_rng(0)
    loads = [100 + k + 20 * math.sin(2 * math.pi * k / 12) + random.normal() for k in range(60)]
    rows = [f"{2019 + k // 12}-{k % 12 + 1:02},{load:.2f}\n" for k, load in enumerate(loads)]
    (folder / "load.csv").write_text("".join(["month,load\n", *rows]))
    (folder / "job.yaml").write_text(LOAD_CONFIG)


def write_shops(folder: Path) -> None:
    """Write shops with names that a spreadsheet would compute, and sales below zero."""
    random = np.random.default_rng(0)
    rows = ["shop,day,sold,visitors\n"]
    for shop in SHOPS:
        stamps = np.datetime64("2024-01-14") - np.arange(40)[::-1]
        sold = -50 + 10 * np.sin(2 * np.pi * np.arange(40) / 7) + random.normal(size=40)
        rows += [f"{shop},{stamp},{sold[day]:.2f},{day % 5}\n" for day, stamp in enumerate(stamps)]
    (folder / "shops.csv").write_text("".join(rows))
    (folder / "job.yaml").write_text(SHOPS_CONFIG)


def train(folder: Path) -> Path:
    """Train what the folder describes, and publish a forecast."""
    for command in ("train", "predict"):
        ended = call_here(command, folder / "job.yaml", "--now", NOW)
        assert ended.code == 0, ended
    return folder


@pytest.fixture(scope="session")
def trained_load(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained-load")
    write_load(folder)
    return train(folder)


@pytest.fixture(scope="session")
def trained_shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained-shops")
    write_shops(folder)
    return train(folder)


@pytest.fixture
def load(trained_load: Path, tmp_path: Path) -> Job:
    """Return a trained single series with a published forecast."""
    shutil.copytree(trained_load, tmp_path / "job")
    return Job(tmp_path)


@pytest.fixture
def shops(trained_shops: Path, tmp_path: Path) -> Job:
    """Return trained shops with a published forecast."""
    shutil.copytree(trained_shops, tmp_path / "job")
    return Job(tmp_path)


@pytest.fixture
def public_load(trained_load: Path) -> Iterator[Job]:
    """Return a trained single series where every user may come and read."""
    root = Path(tempfile.mkdtemp(prefix="lstmcast-faults-"))
    root.chmod(0o755)
    shutil.copytree(trained_load, root / "job")
    for folder, _, names in os.walk(root):
        os.chmod(folder, 0o755)  # noqa: PTH101 -- os.walk gives texts
        for name in names:
            Path(folder, name).chmod(0o644)
    yield Job(root)
    shutil.rmtree(root)


@pytest.fixture(scope="session")
def doomed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Doomed]]:
    """Return what takes the name of a system call and its fate, and returns what runs commands that meet it."""
    with ExitStack() as stack:

        @cache
        def doomed_by(call: str, fate: str) -> Doomed:
            return stack.enter_context(doomed_processes(tmp_path_factory.mktemp("doomed"), call, fate))

        yield doomed_by
