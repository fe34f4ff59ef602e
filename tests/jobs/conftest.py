"""What the end-to-end tests share: two small trained workspaces, each trained once and copied for each test."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from lstmcast.config.schema import Config
from lstmcast.config.yaml_file import load_config
from lstmcast.jobs.common.talk import SilentTalk

NOW = datetime(2024, 1, 15, tzinfo=UTC)
PLAIN = {"now": NOW, "talk": SilentTalk()}

LOAD_CONFIG = """
data: {path: load.csv, time: month, target: load}
forecast: {horizon: 3}
model: {units: 4, members: 1}
train: {steps: 20, batch: 32}
evaluate: {windows: 2}
output: {dir: runs, plots: false}
"""
SHOPS_CONFIG = """
data: {path: shops.csv, time: day, target: sold, id: shop, future: [price], past: [visitors]}
forecast: {horizon: 3, levels: [80]}
model: {units: 4, members: 2}
train: {steps: 20, batch: 32}
evaluate: {windows: 2}
output: {dir: runs, plots: false}
"""


def write_load(folder: Path) -> Path:
    """Write five years of months with a season and a trend, and return the config."""
    random = np.random.default_rng(0)
    lines = ["month,load"]
    for k in range(60):
        load = 100 + k + 20 * np.sin(2 * np.pi * k / 12) + random.normal()
        lines.append(f"{2019 + k // 12}-{k % 12 + 1:02},{load:.2f}")
    (folder / "load.csv").write_text("\n".join(lines) + "\n")
    (folder / "job.yaml").write_text(LOAD_CONFIG)
    return folder / "job.yaml"


def write_shops(folder: Path) -> Path:
    """Write three shops, the last one much shorter, with prices that are known three days ahead."""
    random = np.random.default_rng(0)
    lines = ["shop,day,sold,price,visitors"]
    for shop, days in (("north", 60), ("south", 60), ("young", 18)):
        stamps = np.datetime64("2024-01-14") - np.arange(days)[::-1]
        price = random.uniform(1, 3, days + 3)
        for day, stamp in enumerate(stamps):
            sold = 50 + 10 * np.sin(2 * np.pi * day / 7) - 5 * price[day] + random.normal()
            lines.append(f"{shop},{stamp},{sold:.2f},{price[day]:.2f},{day % 5}")
        lines += [f"{shop},2024-01-{15 + k},,{price[days + k]:.2f}," for k in range(3)]
    (folder / "shops.csv").write_text("\n".join(lines) + "\n")
    (folder / "job.yaml").write_text(SHOPS_CONFIG)
    return folder / "job.yaml"


def train_in(folder: Path, write: Callable[[Path], Path]) -> Path:
    from lstmcast.jobs.train import train  # imports TensorFlow: only where a test trains

    train(load_config(write(folder), sets=("evaluate.gate.min_skill=-100",)), **PLAIN)
    return folder


@pytest.fixture(scope="session")
def trained_load(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_in(tmp_path_factory.mktemp("load"), write_load)


@pytest.fixture(scope="session")
def trained_shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_in(tmp_path_factory.mktemp("shops"), write_shops)


@pytest.fixture
def load_job(trained_load: Path, tmp_path: Path) -> Path:
    """Return the config of a copy of the trained single series."""
    return Path(shutil.copytree(trained_load, tmp_path / "load")) / "job.yaml"


@pytest.fixture
def shops_job(trained_shops: Path, tmp_path: Path) -> Path:
    """Return the config of a copy of the trained shops."""
    return Path(shutil.copytree(trained_shops, tmp_path / "shops")) / "job.yaml"


@pytest.fixture
def config(tmp_path):
    return Config.from_plain(
        {
            "data": {"path": str(tmp_path / "a.csv"), "target": "x", "freq": 1},
            "forecast": {"horizon": 2, "levels": (80,)},
            "output": {"dir": str(tmp_path / "runs"), "plots": False},
        }
    )
