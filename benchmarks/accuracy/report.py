"""Writes RESULTS.md: the newest measurements of each task in looks.csv, beside those of peers.

python benchmarks/accuracy/report.py --board ../shared/board
"""

import argparse
from collections.abc import Collection
from pathlib import Path

import numpy as np
import own_tasks
import pandas as pd
from frozen import summary
from run import REFITTED, TASKS

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
    order = [*TASKS, *(f"{name}{REFITTED}" for name in own_tasks.SINGLES)]
    tasks = {name: newest[newest["task"] == name] for name in order if name in set(newest["task"])}
    lines = [HEAD, *_board_table(tasks, board)]
    lines += _own_table("M3, half of its series, by sMAPE", "sMAPE", M3_PEERS, own_tasks.M3, tasks, own_peers)
    lines += _own_table("Single short series, by MASE", "MASE", SINGLE_PEERS, own_tasks.SINGLES, tasks, own_peers)
    lines += _over_singles(tasks, own_peers)
    lines += _refitted_table(tasks, own_peers)
    lines += _unseen(pd.read_csv(HERE / "unseen.csv"))
    lines += _each_of_many(pd.read_csv(HERE / "each_series.csv"))
    lines += _long_after(pd.read_csv(HERE / "frozen.csv"))
    last = newest.iloc[-1]
    lines += [
        "",
        f"Measured {last['date']} on {last['machine']}, TensorFlow {last['tensorflow']}, lstmcast {last['lstmcast']}; "
        f"peers in the tables of M3 and of single series: statsforecast {own_peers['statsforecast'].iloc[-1]}.",
    ]
    (HERE / "RESULTS.md").write_text("\n".join(lines) + "\n")


def _board_table(tasks: dict[str, pd.DataFrame], board: pd.DataFrame) -> list[str]:
    lines = ["| task | score | lstmcast | best peer | in 80% | in 95% | CPU s |", RULER + " --- |" * 6]
    for name, group in tasks.items():
        if name in own_tasks.NAMES or name.endswith(REFITTED):
            continue
        score = "MSE" if group["OWA"].isna().all() else "OWA"
        peers = board[board["task"] == name.removesuffix("_all")]
        best = peers.iloc[peers[score].argmin()]
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
    lines = [f"\n## {title}\n" if title else "", f"| task | lstmcast | {' | '.join(shown)} | in 80% | in 95% | CPU s |"]
    lines.append(RULER + " --- |" * (len(shown) + 4))
    for name, group in tasks.items():
        if name in names:
            others = [f"{_of_peer(peers, name, peer, score):.3f}" for peer in shown]
            lines.append(f"| {name} | {_figure(group[score])} | {' | '.join(others)} | {_coverage_and_cost(group)} |")
    return lines


def _refitted_table(tasks: dict[str, pd.DataFrame], peers: pd.DataFrame) -> list[str]:
    found = {name.removesuffix(REFITTED): group for name, group in tasks.items() if name.endswith(REFITTED)}
    said = "\nThere, one training forecasts all origins of a series; peers are fitted anew at each. Here, all are:"
    if not found:
        return []
    return [said, *_own_table("", "MASE", SINGLE_PEERS, own_tasks.SINGLES, found, peers), *_over_singles(found, peers)]


def _unseen(found: pd.DataFrame) -> list[str]:
    """Return how single series fare that no rule was made with."""
    lines = [
        "\n## Single series that no rule was made with\n",
        "All series of some packages of R that are long enough for three origins (`unseen.py`), each through `init`",
        "and `backtest` with one training. MASE; no rule has been or may be chosen by them.\n",
        "| series | values | horizon | lstmcast | snaive | theta | autoets | in 80% | in 95% |",
        RULER + " --- |" * 8,
    ]
    for row in found.to_dict("records"):
        scores = " | ".join(f"{row[f'mase{tail}']:,.2f}" for tail in ("_snaive", "_theta", "_autoets"))
        shares = f"{row['inside_80']:.0%} | {row['inside_95']:.0%}"
        lines.append(
            f"| {row['case']} | {row['values']} | {row['horizon']} | **{row['mase']:,.2f}** | {scores} | {shares} |"
        )
    logs = np.log(found[[name for name in found.columns if name.startswith(("mase", "wql"))]])
    gains = [
        f"{1 - np.exp((logs[measured] - logs[f'{measured}_{peer}']).mean()):.1%} below {peer}{said}"
        for measured, said in (("mase", ""), ("wql", " in weighted quantile loss"))
        for peer in ("snaive", "theta", "autoets")
        if measured == "mase" or peer != "snaive"
    ]
    held = [f"{found[f'inside_{level}{tail}'].mean():.0%}" for level in ("80", "95") for tail in ("", "_autoets")]
    worse = (found["mase"] > 1.05 * found["mase_snaive"]).sum()
    return [
        *lines,
        "",
        f"Geometric mean over the {len(found)} series: {', '.join(gains)}.",
        f"More than 5% worse than seasonal naive: {worse}. In the 80% band lie {held[0]} on average",
        f"(autoets {held[1]}), in the 95% band {held[2]} (autoets {held[3]}).",
    ]


def _each_of_many(found: pd.DataFrame) -> list[str]:
    """Return how even bands are over the series of a panel."""
    lines = [
        "\n## Each of many series\n",
        "The newest horizon of the training part of each series, held out and forecast twice (`each_series.py`): with",
        "bands that do not follow the unrest of each series, and with bands that do, as they are. Shown is what lies",
        "inside the 80% band, of all series and of the fifths that are calmest and wildest beside the width of the",
        "former. The interval score is that of the latter against the former; below one is better.\n",
        "| panel | series | without: calmest | wildest | all | with: calmest | wildest | all | interval score |",
        RULER + " --- |" * 8,
    ]
    for row in found.to_dict("records"):
        shares = [
            f"{row[f'{part}_{kind}']:.0%}" for kind in ("alike", "own") for part in ("calmest", "wildest", "inside_80")
        ]
        ratio = row["interval_score_own"] / row["interval_score_alike"]
        lines.append(f"| {row['case']} | {row['series']} | {' | '.join(shares)} | {ratio:.3f} |")
    gap = {kind: (found[f"calmest_{kind}"] - found[f"wildest_{kind}"]).abs().mean() * 100 for kind in ("alike", "own")}
    ratio = np.exp(np.log(found["interval_score_own"] / found["interval_score_alike"]).mean())
    said = f"Between the outer fifths lie {gap['own']:.0f} points on average, {gap['alike']:.0f} without. "
    return [*lines, "", f"{said}Interval score: {ratio - 1:+.1%} (geometric mean)."]


def _long_after(frozen: pd.DataFrame) -> list[str]:
    """Return what bands hold of versions that forecast on for up to twelve horizons."""
    lines = [
        "\n## Long after training\n",
        "Each version forecasts up to twelve horizons in turn and is not trained again (`frozen.py`). *As saved*: the",
        "bands that it was saved with; *renewed*: those of `predict`, which learn from what has come true since.",
        "The interval score is that of the latter against the former; below one is better.\n",
        "| case | horizons | in 80%, as saved | renewed | in 95%, as saved | renewed | interval score |",
        RULER + " --- |" * 6,
    ]
    for name, rows in frozen.groupby("case", sort=False):
        saved, renewed = (rows[rows["bands"] == kind].iloc[0] for kind in ("as saved", "renewed"))
        shares = [f"{one[field]:.0%}" for field in ("inside_80", "inside_95") for one in (saved, renewed)]
        ratio = renewed["interval_score"] / saved["interval_score"]
        lines.append(f"| {name} | {saved['horizons']} | {' | '.join(shares)} | {ratio:.2f} |")
    return [*lines, "", *(line[:1].upper() + line[1:] + "." for line in summary(frozen).splitlines())]


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
