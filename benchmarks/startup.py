"""How long the command line takes to answer where nothing has to be computed, over bare Python."""

import sys
import tempfile
from pathlib import Path

from measure import LSTMCAST, expect_exit_codes, in_turn, machine, median_seconds, verdict

ROUNDS = 15
BARE = "python -c pass"
LIMIT = 150.0  # milliseconds over bare Python
FAULTY_CONFIGS = {
    "unknown-key.yaml": "data: {path: a.csv, targte: x}\nforecast: {horizon: 3}\n",
    "wrong-value.yaml": "data: {path: a.csv, target: x}\nforecast: {horizon: three}\n",
    "syntax.yaml": "data: {path: a.csv, target: x\nforecast: {horizon: 3}\n",
}


def main() -> int:
    """Measure, print a table, and return 1 if a limit is broken."""
    commands = {
        BARE: [sys.executable, "-c", "pass"],
        "lstmcast --help": [*LSTMCAST, "--help"],
        "lstmcast train --help": [*LSTMCAST, "train", "--help"],
        "lstmcast --version": [*LSTMCAST, "--version"],
        "a usage error": [*LSTMCAST, "trian"],
        "a config that is not there": [*LSTMCAST, "predict", "none.yaml"],
        "YAML that cannot be read": [*LSTMCAST, "predict", "syntax.yaml"],
        "an unknown key": [*LSTMCAST, "predict", "unknown-key.yaml"],
        "a wrong value, train": [*LSTMCAST, "train", "wrong-value.yaml"],
    }
    codes = {"a usage error": 2, "a config that is not there": 11}
    codes |= dict.fromkeys(("YAML that cannot be read", "an unknown key", "a wrong value, train"), 10)
    with tempfile.TemporaryDirectory() as name:
        for file_name, text in FAULTY_CONFIGS.items():
            (Path(name) / file_name).write_text(text)
        runs = in_turn(commands, Path(name), ROUNDS)
    expect_exit_codes(runs, codes)
    bare = median_seconds(runs[BARE])
    over = {name: 1000 * (median_seconds(runs[name]) - bare) for name in commands if name != BARE}
    print(f"## Start\n\n{machine()}; medians of {ROUNDS} runs in turn; bare Python takes {1000 * bare:.0f} ms\n")
    print("| command | ms over bare Python |\n|---|---|")
    for name, milliseconds in over.items():
        print(f"| {name} | {milliseconds:.0f} |")
    print()
    verdicts = [verdict(f"{name}, ms over bare Python,", found, LIMIT, ".0f") for name, found in over.items()]
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
