"""A small version, always the same, for the tests of the store; run as a script, it writes the golden folder.

    python -m tests.store.golden

writes `tests/store/golden/format_N/` of the present format, once and for all: a golden folder is never written again.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.data.contract import Contract
from lstmcast.network.calibration import Calibration
from lstmcast.network.spec import CovariateScale, Cycle, MemberSpec, ModelSpec, expected_shapes
from lstmcast.store.artifact import Artifact, write_version
from lstmcast.store.formats import FORMAT_VERSION
from lstmcast.store.manifest import Provenance

GOLDEN = Path(__file__).parent / "golden"
CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def a_spec() -> ModelSpec:
    return ModelSpec(
        cell="lstm",
        units=2,
        layers=1,
        state=3,
        horizon=2,
        season=1,
        periods=(2,),
        quantiles=(0.1, 0.5, 0.9),
        positive=True,
        past=(),
        future=(CovariateScale(name="price", offset=1.0, scale=2.0, centred=True),),
        calendar=(Cycle(name="week", period=7.0, harmonics=1),),
        members=(MemberSpec(context=4, segment=2, log=True, bank=("naive", "seasonal_naive_2"), seed=1),),
    )


def a_contract(**changes: Any) -> Contract:
    fields = {
        "frequency": {"kind": "fixed", "size": 86_400_000_000, "phase": 0, "day": 1, "time_of_day": 0},
        "time_format": {"pattern": "%Y-%m-%d"},
        "target": "sales",
        "id_names": ("shop",),
        "ids": (("north", "south"),),
        "past": (),
        "future": ("price",),
        "cutoff": "2025-12-31",
        "positive": True,
        "lowest": (1.0, 2.0),
        "highest": (10.0, 20.0),
    }
    return Contract.from_plain(fields | changes)


def an_artifact(**changes: Any) -> Artifact:
    fields: dict[str, Any] = {
        "spec": a_spec(),
        "contract": a_contract(),
        "calibration": Calibration(baseline="naive", weights=(0.75, 0.5), factors=(1.25, 1.0, 1.5)),
        "weights": {name: weight_values(name, shape) for name, shape in expected_shapes(a_spec()).items()},
        "config_yaml": "version: 1\n",
        "metrics": {"mase": 0.75, "of": ["lstm", "naive"]},
        "history_csv": "step,loss\n1,0.5\n",
        "plots": {"forecast.png": b"\x89PNG\r\n\x1a\n", "history.png": b"\x89PNG\r\n\x1a\n"},
    }
    return Artifact(**(fields | changes))


def weight_values(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Return numbers between -1/2 and 1/2 that follow from the name alone."""
    seed = int.from_bytes(sha256(name.encode()).digest()[:2], "little")
    count = int(np.prod(shape))
    values = ((seed + 7 * np.arange(count)) % 64 - 32) / 64
    return values.reshape(shape).astype(np.float32)


def a_provenance(created: datetime = CREATED, seed: int = 1) -> Provenance:
    return Provenance(created=created, seed=seed, data_fingerprint="ab" * 32, libraries={"numpy": "2.0.0"})


def a_version(models: Path, **changes: Any) -> Path:
    """Write the small version into `models` and return its folder."""
    return models / write_version(models, an_artifact(**changes), a_provenance())


def rehash(folder: Path) -> None:
    """Make the manifest agree with the files as they are, so that the checks behind the checksums are tried."""

    def renew(manifest: dict[str, Any]) -> None:
        for name in manifest["files"]:
            content = (folder / name).read_bytes()
            manifest["files"][name] = {"size": len(content), "sha256": sha256(content).hexdigest()}

    change_json(folder / "manifest.json", renew)


def change_json(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    parsed = json.loads(path.read_bytes())
    change(parsed)
    path.write_text(json.dumps(parsed))


def write_golden() -> Path:
    target = GOLDEN / f"format_{FORMAT_VERSION}"
    assert not target.exists(), f"{target} stays as it is for ever"
    return a_version(GOLDEN).rename(target)


if __name__ == "__main__":
    print(write_golden())
