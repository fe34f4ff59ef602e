"""`predict` for 1,000, 10,000 and 100,000 series of 500 rows: time and memory, and where they go.

python benchmarks/speed/predict_scale.py [--quick]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import numpy as np
from many_series import LONG, know_series, train_few, write_long

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import LSTMCAST, Run, expect_exit_codes, machine, run, verdict

from lstmcast.config.auto import members_for

ROWS, HORIZON = 500, 24
SERIES, QUICK_SERIES = (1_000, 10_000, 100_000), (1_000, 5_000)
MOST_OF_FILES, MOST_MEMORY = 0.5, 2.5  # model against reading and writing; peak against the values
READ, MODEL, RENDER, WRITE = STAGES = ("reading", "the model", "rendering", "writing")
FORECAST = "again.csv"

Result = TypeVar("Result")


def main() -> int:
    """Measure, print a table, and return 1 if a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="1,000 and 5,000 series only")
    parser.add_argument("--stages", help=argparse.SUPPRESS)
    parser.add_argument("--pandas", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.stages or arguments.pandas:
        found = measure_stages(Path(arguments.stages)) if arguments.stages else measure_pandas(Path(arguments.pandas))
        print(json.dumps(found))
        return 0
    print(f"## Predict at scale\n\n{machine()}; {ROWS} rows a series, {HORIZON} steps ahead")
    print(f"In the minute before, {os.getloadavg()[0]:.1f} processes were at work: with more than a few tenths, only")
    print("processor time can be compared.\n")
    print(
        f"| series | seconds | CPU seconds | peak MB | values MB | {' | '.join(STAGES)} | model / files | "
        "of processor time | pandas reads | pandas writes | model / pandas | µs a series |"
    )
    print(f"|{'---|' * (len(STAGES) + 11)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for series in QUICK_SERIES if arguments.quick else SERIES:
            train_few(folder, ROWS, HORIZON, members_for(series))
            command, stages = measure_command(folder, series)
            values = series * ROWS * 8 / 1e6
            share, of_cpu = (
                stages[f"{MODEL}{kind}"] / sum(stages[f"{name}{kind}"] for name in (READ, RENDER, WRITE))
                for kind in ("", ", CPU")
            )
            pandas = measure_alone("--pandas", folder)
            against = f"{pandas[READ]:.2f} | {pandas[WRITE]:.2f} | {stages[MODEL] / (pandas[READ] + pandas[WRITE]):.2f}"
            each = " | ".join(f"{stages[name]:.2f} ({stages[f'{name}, peak MB']:.0f})" for name in STAGES)
            whole = f"{command.seconds:.2f} | {command.cpu_seconds:.2f} | {command.peak_mb:.0f} | {values:.0f}"
            each_series = f"{1e6 * command.seconds / series:.0f}"
            print(
                f"| {series:,} | {whole} | {each} | {share:.2f} | {of_cpu:.2f} | {against} | {each_series} |",
                flush=True,
            )
    print("\nSeconds of the command, and of its stages in one process; in brackets the peak in MB until then.")
    print("Beside them a bare `read_csv` of the same data and `to_csv` of the same forecast: no time is parsed.")
    print(f"With {series:,} series:\n")
    kept = verdict("the model against reading and writing,", share, MOST_OF_FILES, ".2f")
    kept &= verdict("peak memory against the values,", command.peak_mb / values, MOST_MEMORY, ".2f")
    return 0 if kept else 1


def measure_command(folder: Path, series: int) -> tuple[Run, dict[str, float]]:
    """Return what the command takes for so many series, and the seconds of each stage."""
    know_series(folder, series)
    write_long(folder / LONG, series, ROWS)
    command = run([*LSTMCAST, "predict", "--quiet"], folder)
    expect_exit_codes({"predict": [command]}, {})
    return command, measure_alone("--stages", folder)


def measure_alone(option: str, folder: Path) -> dict[str, float]:
    """Return what this script finds with an option, in a process of its own."""
    ended = subprocess.run(
        [sys.executable, __file__, option, str(folder)],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # as the command has it
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(ended.stdout)
    return found


def measure_stages(folder: Path) -> dict[str, float]:
    """Return the seconds of each stage of `predict`, and the megabytes at the peak of each so far."""
    from lstmcast.config.auto import quantiles_of
    from lstmcast.config.yaml_file import load_config
    from lstmcast.files import write_all_whole
    from lstmcast.jobs.common.version_data import read_as_known
    from lstmcast.jobs.forecasting import publishing
    from lstmcast.jobs.forecasting.answering import Answer, answer
    from lstmcast.jobs.forecasting.publishing import forecast_of
    from lstmcast.spool import spooled
    from lstmcast.store.artifact import load_version
    from lstmcast.store.versions import resolve_version

    config = load_config(folder / "lstmcast.yaml")
    version = load_version(resolve_version(Path(config.output.dir)))
    found: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Result]) -> Result:
        started, cpu = time.perf_counter(), cpu_seconds()
        result = work()
        found[name] = time.perf_counter() - started
        found[f"{name}, CPU"] = cpu_seconds() - cpu
        found[f"{name}, peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        return result

    reading = timed(READ, lambda: read_as_known(config.data, version.artifact.contract, HORIZON))
    values, stretch = timed(MODEL, lambda: answer(config, version, reading))
    assert np.isfinite(values).all()
    forecast = forecast_of(Answer(reading, quantiles_of(config.forecast.levels), values, stretch), version)
    with ExitStack() as stack:
        csv = timed(RENDER, lambda: stack.enter_context(spooled(folder, publishing.render_csv(config, forecast))))
        timed(WRITE, lambda: write_all_whole({folder / FORECAST: csv}))
    return found


def cpu_seconds() -> float:
    """Return what this process and its copies, which have ended, have taken of the processors."""
    return sum(os.times()[:4])


def measure_pandas(folder: Path) -> dict[str, float]:
    """Return the seconds that pandas alone takes to read the data and to write the forecast of the stages."""
    import pandas

    started = time.perf_counter()
    pandas.read_csv(folder / LONG)
    read = time.perf_counter() - started
    forecast = pandas.read_csv(folder / FORECAST)
    started = time.perf_counter()
    forecast.to_csv(folder / "pandas.csv", index=False)
    return {READ: read, WRITE: time.perf_counter() - started}


if __name__ == "__main__":
    sys.exit(main())
