"""Makes long CSV files of any size within seconds, and a version of a model that knows all their series.

Numbers have a fixed width, so that blocks of rows are arrays of bytes.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, prepare

from lstmcast.store.artifact import load_version, write_version
from lstmcast.store.manifest import Provenance
from lstmcast.store.versions import models_folder, promote, resolve_version

LONG, FEW, CONFIG = "long.csv", "few.csv", "lstmcast.yaml"
LAST_HOUR = np.datetime64("2024-12-31T23:00", "m")
HEADER = b"id,time,value\n"
SERIES_AT_ONCE = 1000
TAUGHT = 50  # series that the model is trained on; it then answers for all
STEPS = 20
TEMPLATE = """\
data: {{path: {path}, time: time, id: id, target: value}}
forecast: {{horizon: {horizon}}}
model: {{members: {members}}}
train: {{steps: {steps}}}
evaluate: {{gate: {{min_skill: -100.0}}}}
output: {{dir: workspace, plots: false}}
"""

Bytes = npt.NDArray[np.uint8]


def write_long(path: Path, series: int, rows: int) -> None:
    """Write hourly values of many series, one after the other: `s000017,2024-12-30 05:00,300.3`."""
    random = np.random.default_rng(1)
    hours = LAST_HOUR + np.arange(1 - rows, 1) * np.timedelta64(60, "m")
    stamps = _letters(np.char.replace(np.datetime_as_string(hours), "T", " "))
    wave = 300 + 100 * np.sin(2 * np.pi * np.arange(rows) / 24)
    with path.open("wb") as file:
        file.write(HEADER)
        for first in range(0, series, SERIES_AT_ONCE):
            count = min(SERIES_AT_ONCE, series - first)
            names = _letters(np.char.mod("s%06d", np.arange(first, first + count)))
            tenths = (10 * (wave + random.normal(0, 20, (count, rows)))).astype(int).clip(1000, 9999)
            file.write(_lines(names, stamps, tenths).tobytes())


def write_config(
    folder: Path, horizon: int, path: str = LONG, steps: int | str = STEPS, members: int | str = "auto"
) -> None:
    """Write the config of the long file."""
    (folder / CONFIG).write_text(TEMPLATE.format(path=path, horizon=horizon, steps=steps, members=members))


def train_few(folder: Path, rows: int, horizon: int, members: int) -> None:
    """Leave a version of so many members in the folder's workspace, trained on a few series."""
    write_long(folder / FEW, TAUGHT, rows)
    write_config(folder, horizon, path=FEW, members=members)
    prepare([*LSTMCAST, "train", "--quiet"], folder)
    write_config(folder, horizon)


def know_series(folder: Path, series: int) -> None:
    """Leave the same version with a contract that knows so many series."""
    workspace = folder / "workspace"
    version = load_version(resolve_version(workspace))
    contract = version.artifact.contract
    known = {
        "ids": (tuple(f"s{number:06}" for number in range(series)),),
        **{
            name: tuple(np.resize(getattr(contract, name), series).tolist())
            for name in ("lowest", "highest", "known", "made_up")
        },
    }
    artifact = replace(version.artifact, contract=contract.changed(known))
    promote(
        workspace, write_version(models_folder(workspace), artifact, Provenance(datetime.now(UTC), 1, "0" * 64, {}))
    )


def _letters(texts: npt.NDArray[np.str_]) -> Bytes:
    """Return texts of one length as (texts, letters) bytes."""
    return np.asarray(texts).astype(bytes).view(np.uint8).reshape(len(texts), -1)


def _lines(names: Bytes, stamps: Bytes, tenths: npt.NDArray[np.int64]) -> Bytes:
    """Return the lines of all (series, rows) values as bytes; values have four digits, the last behind the point."""
    series, rows = tenths.shape
    first, second = names.shape[1] + 1, names.shape[1] + stamps.shape[1] + 2
    lines = np.empty((series, rows, second + 6), np.uint8)
    lines[:, :, : first - 1] = names[:, None]
    lines[:, :, first : second - 1] = stamps
    lines[:, :, [first - 1, second - 1]] = ord(",")
    for place, unit in ((0, 1000), (1, 100), (2, 10), (4, 1)):
        lines[:, :, second + place] = ord("0") + tenths // unit % 10
    lines[:, :, second + 3] = ord(".")
    lines[:, :, second + 5] = ord("\n")
    return lines
