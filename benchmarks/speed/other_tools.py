"""Time to a first forecast, and from a saved model to the next one, beside other tools with recurrent networks.

python benchmarks/speed/other_tools.py --peers PYTHON

PYTHON is that of an environment with neuralforecast and gluonts. Every command is a process of its own, all of them in
turn, on the air passengers (144 months, 12 ahead). The others take as many steps as their first pages show, and do no
more than fit, forecast and save. Ours is `train` and `predict` with rolling origins, baselines, gate and plots.
"""

import argparse
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, Run, expect_exit_codes, in_turn, machine, median_seconds, prepare, verdict

HERE = Path(__file__).parent
ROUNDS = 3
FIRST, NEXT = "first forecast", "next forecast"
STEPS = {"neuralforecast": 100, "gluonts": 250}  # of the READMEs: max_steps=100; five epochs of 50 batches
AIR = HERE.parents[1] / "data" / "air_passengers.csv"
CONFIG = "data: {path: air.csv, time: time, target: value}\nforecast: {horizon: 12}\noutput: {dir: workspace}\n"
VERSION = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"


def main() -> int:
    """Measure, print a table, and return 1 if another tool is quicker."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--peers", required=True, help="the Python of an environment with neuralforecast and gluonts")
    peers = parser.parse_args().peers
    versions = ", ".join(f"{tool} {_version(peers, tool)}" for tool in STEPS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "air.csv").write_text(AIR.read_text().replace("month,passengers", "time,value"))
        (folder / "lstmcast.yaml").write_text(CONFIG)
        commands = _commands(folder, peers)
        for command in commands[FIRST].values():
            prepare(command, folder)
        runs = {deed: in_turn(of_deed, folder, ROUNDS) for deed, of_deed in commands.items()}
    for of_deed in runs.values():
        expect_exit_codes(of_deed, {})
    print(f"## Beside other tools\n\n{machine()}; {versions}; medians of {ROUNDS} runs in turn\n")
    print("| tool | first forecast, seconds | CPU seconds | peak MB | next one, seconds | CPU seconds | peak MB |")
    print("|---|---|---|---|---|---|---|")
    for tool in ("lstmcast", *STEPS):
        name = f"{tool}, {STEPS[tool]} steps" if tool in STEPS else tool
        print(f"| {name} | {' | '.join(_cells(of_deed[tool]) for of_deed in runs.values())} |")
    print()
    kept = [_compare(deed, of_deed, tool) for deed, of_deed in runs.items() for tool in STEPS]
    return 0 if all(kept) else 1


def _commands(folder: Path, peers: str) -> dict[str, dict[str, list[str]]]:
    own = {deed: [*LSTMCAST, deed, "--quiet"] for deed in ("train", "predict")}
    both = f"{shlex.join(own['train'])} && {shlex.join(own['predict'])}"
    commands = {FIRST: {"lstmcast": ["sh", "-c", both]}, NEXT: {"lstmcast": own["predict"]}}
    for tool, steps in STEPS.items():
        place = folder / tool
        place.mkdir()
        for deed, of_deed in (("train", FIRST), ("predict", NEXT)):
            given = [str(place), str(folder / "air.csv"), "12", "MS", str(steps)]
            commands[of_deed][tool] = [peers, str(HERE / "peer_tools.py"), tool, deed, *given]
    return commands


def _compare(deed: str, runs: Mapping[str, Sequence[Run]], tool: str) -> bool:
    share = median_seconds(runs["lstmcast"]) / median_seconds(runs[tool])
    return verdict(f"{deed}, against {tool}", share, 1.0, ".2f")


def _cells(runs: Sequence[Run]) -> str:
    cpu = sorted(one.cpu_seconds for one in runs)[len(runs) // 2]
    return f"{median_seconds(runs):.2f} | {cpu:.2f} | {max(one.peak_mb for one in runs):.0f}"


def _version(peers: str, tool: str) -> str:
    return subprocess.run([peers, "-c", VERSION, tool], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
