"""What the tests of the data floor share: reading a text as if it were a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcast.config.data_config import CsvConfig, DataConfig
from lstmcast.data.grid.onto_grid import Known
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading, read_panel


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Reading]:
    """Return a function that reads a text with `time` and `load` columns, unless told otherwise."""

    def read_text(text: str | bytes, *, name: str = "load.csv", known: Known | None = None, **options: Any) -> Reading:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        csv = CsvConfig(**options.pop("csv", {}))
        horizon = options.pop("horizon", None)
        return read_panel(
            DataConfig(**{"path": str(path), "time": "time", "target": "load", "csv": csv, **options}),
            known,
            horizon=horizon,
        )

    return read_text


@pytest.fixture
def contents() -> Callable[[Panel], dict[str, object]]:
    """Return a function that turns a panel into plain values, NaN as None, to compare whole panels."""
    return panel_contents


def panel_contents(panel: Panel) -> dict[str, object]:
    """Return all that a panel says in plain values."""
    return {
        "frequency": panel.frequency,
        "names": (panel.target, panel.id_names, panel.past_names, panel.future_names),
        "ids": [column.tolist() for column in panel.ids],
        "shape": [panel.offsets.tolist(), panel.known.tolist(), panel.first.tolist(), panel.filled.tolist()],
        "values": [plain(block.tolist()) for block in (panel.values, panel.past, panel.future)],
    }


def plain(values: Any) -> Any:
    """Return nested lists with None for NaN."""
    if isinstance(values, list):
        return [plain(value) for value in values]
    return None if values != values else values
