"""How long the command line takes to answer where nothing has to be computed, over bare Python."""

import sys
import tempfile
from pathlib import Path

from measure import LSTMCAST, expect_exit_codes, in_turn, machine, median_seconds, verdict

ROUNDS = 15
LIMIT = 150.0  # milliseconds over bare Python
FAULTY_CONFIG = "data: {path: a.csv, targte: x}\nforecast: {horizon: 3}\n"


def main() -> int:
    """Measure, print a table, and return 1 if a limit is broken."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "lstmcast --help": [*LSTMCAST, "--help"],
        "lstmcast train --help": [*LSTMCAST, "train", "--help"],
        "lstmcast --version": [*LSTMCAST, "--version"],
        "a usage error": [*LSTMCAST, "trian"],
        "a config error": [*LSTMCAST, "predict"],
    }
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "lstmcast.yaml").write_text(FAULTY_CONFIG)
        runs = in_turn(commands, Path(name), ROUNDS)
    expect_exit_codes(runs, {"a usage error": 2, "a config error": 10})
    bare = median_seconds(runs["python -c pass"])
    over = {name: 1000 * (median_seconds(of_name) - bare) for name, of_name in runs.items()}
    print(f"## Start\n\n{machine()}; medians of {ROUNDS} runs in turn; bare Python takes {1000 * bare:.0f} ms\n")
    print("| command | ms over bare Python |\n|---|---|")
    for name, milliseconds in list(over.items())[1:]:
        print(f"| {name} | {milliseconds:.0f} |")
    print()
    limited = [name for name in over if name.startswith("lstmcast") or name == "a usage error"]
    verdicts = [verdict(f"{name}, ms over bare Python,", over[name], LIMIT, ".0f") for name in limited]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
