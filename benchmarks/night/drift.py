"""How soon drift is noticed, and how often without cause: simulated nights of versions that keep their promise or not.

    python benchmarks/night/drift.py [--quick]

Each night one step comes of forecasts 28 steps ahead; a version promised what its backtest of some windows found. The
nights are those of tests/jobs/scoring/test_promise.py. Fails if more than 5% of the versions that are as good as ever
for a year are called drifted.
"""

import argparse
import sys
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from measure import machine, verdict
from workshop import keep_results

from tests.jobs.scoring.test_promise import drift_of_nights, returns, walks

SIZES = ((50, 10), (50, 3), (20, 3), (5, 3), (1, 3), (1, 10))  # series, windows of the backtest
KINDS = {"random walk": walks, "returning to its mean": returns}
YEAR, QUARTER = 365, 90
RUNS, FOUND_RUNS = 100, 30
FIRST_SEED = 500
MOST_FALSE = 0.05


def main() -> int:
    """Simulate, print a table, and return 1 if there are too many false alarms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the runs; nothing is kept")
    is_quick = parser.parse_args().quick
    share = 10 if is_quick else 1
    lines = [
        machine(),
        "",
        "| series, windows | kind | false alarms in a year | error x 1.5 found in 90 nights | x 2 |",
        "|---|---|---:|---:|---:|",
    ]
    alarms = []
    for series, rounds in SIZES:
        for title, kind in KINDS.items():

            def drifted(nights: int, runs: int, worse: float) -> float:
                seeds = range(FIRST_SEED, FIRST_SEED + runs // share)
                sizes = {"series": series, "rounds": rounds}  # noqa: B023  # called within the same turn
                return fmean(drift_of_nights(kind, seed, nights, worse=worse, **sizes) for seed in seeds)  # noqa: B023

            alarms.append(drifted(YEAR, RUNS, 1.0))
            found = [f"{drifted(QUARTER, FOUND_RUNS, worse):.0%}" for worse in (1.5, 2.0)]
            lines.append(f"| {series}, {rounds} | {title} | {alarms[-1]:.0%} | {' | '.join(found)} |")
            print(lines[-1], flush=True)
    lines += ["", "Found by the size of the error alone: coverage is watched as well."]
    if not is_quick:
        keep_results("Drift", "\n".join(lines))
    return 0 if verdict("false alarms in a year, on average,", fmean(alarms), MOST_FALSE, ".3f") else 1


if __name__ == "__main__":
    sys.exit(main())
