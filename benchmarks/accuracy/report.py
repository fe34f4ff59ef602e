"""Writes RESULTS.md: the newest measurements of each task in looks.csv, beside those of peers.

python benchmarks/accuracy/report.py --board ../shared/board
"""

import argparse
from collections.abc import Collection
from pathlib import Path

import numpy as np
import own_tasks
import pandas as pd

HERE = Path(__file__).parent
HEAD = """# Accuracy of the default model

One config for all: it says where the data are, the horizon and the season. `run.py` measures, `report.py` writes this
page, and `looks.csv` lists every look at a test part, with its reason. Lower is better; in brackets, the lowest and the
highest of the seeds. The peers have their defaults and were measured on the same kind of machine; CPU seconds are those
of the whole training. `covariates.csv` and [docs/ablation.md](../../docs/ablation.md) hold other measurements.
"""
RULER = "| --- |"
M3_PEERS = ("theta", "dynamic_theta", "autoets")
SINGLE_PEERS = ("snaive", "theta", "autoets")


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--board", type=Path, required=True)
    board = pd.read_csv(parser.parse_args().board / "results_dev.csv")
    own_peers = pd.read_csv(HERE / "peers.csv")
    looks = pd.read_csv(HERE / "looks.csv")
    newest = looks[looks["why"] == looks.groupby("task")["why"].transform("last")]  # a rule may touch some tasks alone
    tasks = dict(list(newest.groupby("task", sort=False)))
    lines = [HEAD, *_board_table(tasks, board)]
    lines += _own_table("M3, half of its series, by sMAPE", "sMAPE", M3_PEERS, own_tasks.M3, tasks, own_peers)
    lines += _own_table("Single short series, by MASE", "MASE", SINGLE_PEERS, own_tasks.SINGLES, tasks, own_peers)
    lines += _over_singles(tasks, own_peers)
    last = newest.iloc[-1]
    lines += [
        "",
        f"Measured {last['date']} on {last['machine']}, TensorFlow {last['tensorflow']}, lstmcast {last['lstmcast']}; "
        f"peers in the last two tables: statsforecast {own_peers['statsforecast'].iloc[-1]}.",
    ]
    (HERE / "RESULTS.md").write_text("\n".join(lines) + "\n")


def _board_table(tasks: dict[str, pd.DataFrame], board: pd.DataFrame) -> list[str]:
    lines = ["| task | score | lstmcast | best peer | in 80% | in 95% | CPU s |", RULER + " --- |" * 6]
    for name, group in tasks.items():
        if name in own_tasks.NAMES:
            continue
        score = "MSE" if group["OWA"].isna().all() else "OWA"
        peers = board[board["task"] == name.removesuffix("_all")]
        best = peers.loc[peers[score].idxmin()]
        beside = f"{best[score]:.3f} {best['peer']} ({best['fit_cpu']:.0f} CPU s)"
        if name.endswith("_all"):
            beside = "published: 0.368 SegRNN, 0.386 DLinear"
        lines.append(f"| {name} | {score} | {_figure(group[score])} | {beside} | {_coverage_and_cost(group)} |")
        if score == "MSE":
            lines.append(f"| | MAE | {_figure(group['MAE'])} | | | | |")
    note = "\n`etth1` forecasts each day from midnight; `etth1_all` from each of the 2,785 hours, as publications do."
    return [*lines, note + " MSE and MAE\nare on standardised values, with a context of 336 hours."]


def _own_table(
    title: str,
    score: str,
    shown: tuple[str, ...],
    names: Collection[str],
    tasks: dict[str, pd.DataFrame],
    peers: pd.DataFrame,
) -> list[str]:
    lines = [f"\n## {title}\n", f"| task | lstmcast | {' | '.join(shown)} | in 80% | in 95% | CPU s |"]
    lines.append(RULER + " --- |" * (len(shown) + 4))
    for name, group in tasks.items():
        if name in names:
            others = [f"{_of_peer(peers, name, peer, score):.3f}" for peer in shown]
            lines.append(f"| {name} | {_figure(group[score])} | {' | '.join(others)} | {_coverage_and_cost(group)} |")
    return lines


def _over_singles(tasks: dict[str, pd.DataFrame], peers: pd.DataFrame) -> list[str]:
    names = [name for name in own_tasks.SINGLES if name in tasks]
    own = {name: float(tasks[name]["MASE"].median()) for name in names}
    gains = {
        peer: 1 - np.exp(np.mean([np.log(own[name] / _of_peer(peers, name, peer, "MASE")) for name in names]))
        for peer in SINGLE_PEERS
    }
    words = ", ".join(f"{gain:.1%} below {peer}" for peer, gain in gains.items())
    worse = [name for name in names if own[name] > 1.05 * _of_peer(peers, name, "snaive", "MASE")]
    said = f"More than 5% worse than seasonal naive: {', '.join(worse)}." if worse else ""
    return [f"\nGeometric mean over the {len(names)} series: {words}. {said}".rstrip()]


def _of_peer(peers: pd.DataFrame, task: str, peer: str, score: str) -> float:
    return float(peers[(peers["task"] == task) & (peers["peer"] == peer)][score].iloc[0])


def _figure(found: pd.Series) -> str:
    if len(found) == 1:
        return f"**{found.iloc[0]:.3f}** (1 seed)"
    return f"**{found.median():.3f}** ({found.min():.3f} to {found.max():.3f}, {len(found)} seeds)"


def _coverage_and_cost(group: pd.DataFrame) -> str:
    return f"{group['cov80'].median():.0%} | {group['cov95'].median():.0%} | {group['cpu_seconds'].median():.0f}"


if __name__ == "__main__":
    main()
