"""Writes RESULTS.md from the newest measurements in looks.csv, beside the best peer that the board lists.

python benchmarks/accuracy/report.py --board ../shared/board
"""

import argparse
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
HEAD = """# Accuracy of the default model

One config for all: it says where the data are, the horizon and the season. `run.py` measures, `report.py` writes this
page, and `looks.csv` lists every look at a test part, with its reason. Lower is better. MSE is on standardised values.
The peers, with their defaults, were measured on the same kind of machine; CPU seconds are those of the whole fit.

"""


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--board", type=Path, required=True)
    looks = pd.read_csv(HERE / "looks.csv")
    peers = pd.read_csv(parser.parse_args().board / "results_dev.csv")
    newest = looks[looks["why"] == looks["why"].iloc[-1]]
    lines = [
        "| task | score | lstmcast: median (range) | best peer | in 80% | in 95% | CPU s |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_line(task, group, peers[peers["task"] == task]) for task, group in newest.groupby("task", sort=False)),
    ]
    last = newest.iloc[-1]
    foot = f"\nMeasured {last['date']} on {last['machine']}, "
    foot += f"TensorFlow {last['tensorflow']}, lstmcast {last['lstmcast']}.\n"
    (HERE / "RESULTS.md").write_text(HEAD + "\n".join(lines) + "\n" + foot)


def _line(task: str, group: pd.DataFrame, peers: pd.DataFrame) -> str:
    score = "MSE" if group["OWA"].isna().all() else "OWA"
    found = group[score]
    best = peers.loc[peers[score].idxmin()]
    return (
        f"| {task} | {score} | **{found.median():.3f}** ({found.min():.3f} to {found.max():.3f}, {len(found)} seeds) "
        f"| {best[score]:.3f} {best['peer']} ({best['fit_cpu']:.0f} CPU s) "
        f"| {group['cov80'].median():.0%} | {group['cov95'].median():.0%} | {group['cpu_seconds'].median():.0f} |"
    )


if __name__ == "__main__":
    main()
