import pytest

from lstmcast.config.schema import Config


@pytest.fixture
def config(tmp_path):
    return Config.from_plain(
        {
            "data": {"path": str(tmp_path / "a.csv"), "target": "x", "freq": 1},
            "forecast": {"horizon": 2, "levels": (80,)},
            "output": {"dir": str(tmp_path / "runs"), "plots": False},
        }
    )
