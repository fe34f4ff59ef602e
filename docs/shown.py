"""Puts into the pages what the commands that they show print and draw today: `python docs/shown.py`, a minute.

Figures of a trained network differ a little between processors. docs/images/report.png alone is made by hand: it is a
picture of the report in a browser.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
PASSENGERS, POWER = "configs/air_passengers.yaml", "configs/power_long.yaml"
MONTH_BY_MONTH = ("model.segment=1", "model.members=1", "train.steps=60")  # one small network of each kind
FORECAST_LINES = 4  # the header and three months


def main() -> None:
    """Run the commands in workspaces that are thrown away, and put their answers into the pages."""
    with tempfile.TemporaryDirectory() as folder:
        air, power = Path(folder) / "air", Path(folder) / "power"
        trained = run("train", PASSENGERS, air)
        run("predict", PASSENGERS, air)
        forecast = (air / "forecast.csv").read_text().splitlines()[:FORECAST_LINES]
        scores = between(trained, "scores by rolling origin", "version ")
        show("README.md", "\n".join([scores, "", *forecast, "..."]))
        show("docs/backtest.md", between(run("backtest", PASSENGERS, air), "3 origins", "saved in "))
        run("compare", PASSENGERS, air, *MONTH_BY_MONTH)
        run("train", POWER, power)
        run("explain", POWER, power)
        drawn = {
            "air_passengers": air / "forecast.png",
            "backtest": air / "backtest" / "backtest.png",
            "compare": air / "compare" / "compare.png",
            "explain_gates": power / "explain" / "gates.png",
            "explain_influence": power / "explain" / "influence.png",
            "explain_memory": power / "explain" / "memory.png",
        }
        for name, picture in drawn.items():
            (IMAGES / f"{name}.png").write_bytes(picture.read_bytes())


def run(command: str, config: str, workspace: Path, *values: str) -> str:
    """Return what a command prints."""
    settings = [part for value in (f"output.dir={workspace}", *values) for part in ("--set", value)]
    called = [sys.executable, "-m", "lstmcast", command, config, *settings]
    return subprocess.run(called, cwd=ROOT, env=os.environ | {"COLUMNS": "100"}, check=True, text=True,
                          stdout=subprocess.PIPE).stdout  # fmt: skip


def between(text: str, first: str, end: str) -> str:
    """Return the lines from the one that starts so up to the one that starts otherwise."""
    start = text.index(f"\n{first}") + 1
    return text[start : text.index(f"\n{end}", start)].strip()


def show(page: str, answer: str) -> None:
    """Replace the answer that a page shows: its first block of plain text."""
    path = ROOT / page
    before, fence, rest = path.read_text().partition("```text\n")
    path.write_text(before + fence + answer + "\n" + rest[rest.index("```") :])


if __name__ == "__main__":
    main()
