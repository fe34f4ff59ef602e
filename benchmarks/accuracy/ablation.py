"""What each ingredient of the default model is worth: it is left out, and all else stays the same.

    python benchmarks/accuracy/ablation.py --data FOLDER [--task m4_weekly ...] [--variant gru ...] [--seed 1 ...]

Scored on origins inside the training parts; no test part is read. Each run trains what `train` would, knowing only what
came before the first origin. `ablation.csv` keeps the figures, one line a run; what it has is not measured again.
docs/ablation.md is written from it, by `--page` alone without measuring anything.
"""

import argparse
import csv
import dataclasses
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import fmean, geometric_mean
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
RESULTS = HERE / "ablation.csv"
PAGE = HERE.parents[1] / "docs" / "ablation.md"
FIELDS = ["date", "task", "variant", "seed", "steps", "MASE", "WQL", "cov80", "cov95", "weights", "seconds"]
FIELDS += ["lstmcast", "tensorflow", "machine"]
SAMPLE = 100  # of the hourly series

TASKS = {  # file, horizon, season, origins, what it is
    "m4_hourly": ("m4/m4_hourly_train.csv.gz", 48, "[24, 168]", 2, f"{SAMPLE} hourly series of some weeks"),
    "m4_weekly": ("m4/m4_weekly_train.csv.gz", 13, "52", 2, "359 weekly series"),
    "m4_monthly": ("m4/m4_monthly_sample_train.csv.gz", 18, "12", 1, "monthly series"),
    "m4_quarterly": ("m4/m4_quarterly_sample_train.csv.gz", 8, "4", 2, "quarterly series"),
    "m4_yearly": ("m4/m4_yearly_sample_train.csv.gz", 6, "1", 2, "yearly series"),
    "aep": ("energy/AEP_hourly.csv.gz", 24, "24", 14, "one hourly load, three years"),
    "passengers": ("small/AirPassengers_darts.csv", 12, "12", 3, "one monthly series of 96 values"),
}
UNSEEN = {"aep": 28 * 24, "passengers": 4 * 12}  # the newest values of these are test parts
CONFIG = """version: 1
data: {{path: train.csv, time: ds, id: unique_id, target: y}}
forecast: {{horizon: {horizon}}}
train: {{seed: {seed}, steps: {steps}}}
evaluate: {{season: {season}, windows: {windows}}}
output: {{dir: work, plots: false}}
"""


@dataclasses.dataclass(frozen=True)
class Variant:
    """The default model with one thing changed."""

    name: str
    title: str
    sets: tuple[str, ...] = ()
    change: Callable[[], AbstractContextManager[None]] = nullcontext
    calibrated: bool = True


@contextmanager
def frozen(*layers: str) -> Iterator[None]:
    """Leave some layers as they start: the bank as its textbooks have it, a head that starts at zero without effect."""
    from lstmcast.training import members, program
    from lstmcast.training.fit import fit_member as train
    from lstmcast.training.initial import initial_weights
    from lstmcast.training.keras_model import build_model as build

    def build_frozen(*arguments: Any, **options: Any) -> Any:
        model = build(*arguments, **options)
        for name in layers:
            model.get_layer(name).trainable = False
        return model

    def train_frozen(arrays: Any, origins: Any, spec: Any, member: Any, *rest: Any, **options: Any) -> Iterator[Any]:
        for checkpoint in train(arrays, origins, spec, member, *rest, **options):
            whole = initial_weights(spec, member) | checkpoint.weights
            yield dataclasses.replace(checkpoint, weights=whole)

    program.build_program.cache_clear()
    with patch.object(program, "build_model", build_frozen), patch.object(members, "fit_member", train_frozen):
        yield
    program.build_program.cache_clear()


@contextmanager
def without_logarithms() -> Iterator[None]:
    """Take all data for data that may be negative."""
    from lstmcast.jobs.model import rolling
    from lstmcast.jobs.model.problem import make_earlier_problem as pose

    def pose_linear(*arguments: Any) -> Any:
        return dataclasses.replace(pose(*arguments), positive=False)

    with patch.object(rolling, "make_earlier_problem", pose_linear):
        yield


VARIANTS = (
    Variant("full", "**the default**"),
    Variant("gru", "GRU for LSTM", ("model.cell=gru",)),
    Variant("rnn", "plain RNN for LSTM", ("model.cell=rnn",)),
    Variant("linear", "no recurrent part", ("model.cell=linear",)),
    Variant("no_bank", "no bank: the LSTM alone", ("model.bank=none",)),
    Variant("frozen_bank", "bank as it starts, only weighed", change=lambda: frozen("bank")),
    Variant("no_correction", "no correction of the bank", change=lambda: frozen("correction")),
    Variant("linear_scale", "no logarithms", change=without_logarithms),
    Variant("two_members", "two members", ("model.members=2",)),
    Variant("one_member", "one member", ("model.members=1",)),
    Variant("no_calibration", "no leaning, no calibration", calibrated=False),
)


def main() -> None:
    """Measure what is asked for and not kept yet, and write the page."""
    arguments = _arguments()
    rows = _kept()
    done = {(row["task"], row["variant"], row["seed"]) for row in rows}
    for seed in arguments.seed or [1]:
        for task in arguments.task or TASKS:
            for variant in VARIANTS:
                if arguments.page or (arguments.variant and variant.name not in arguments.variant):
                    continue
                if (task, variant.name, str(seed)) not in done:
                    row = measure(task, variant, seed, arguments.data, arguments.most_steps)
                    rows.append({key: str(value) for key, value in row.items()})
                    _keep(rows)
                    print(*row.values(), flush=True)
    PAGE.write_text(page(rows), encoding="utf-8")


def measure(task: str, variant: Variant, seed: int, data: Path, most_steps: int | None) -> dict[str, Any]:
    """Return the scores of a variant on the held-out origins of a task's training part."""
    from lstmcast.config.yaml_file import load_config
    from lstmcast.data.read import read_panel
    from lstmcast.jobs.model.problem import make_problem

    _, horizon, season, windows, _ = TASKS[task]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        read_training_part(task, data).to_csv(place / "train.csv", index=False)
        text = CONFIG.format(horizon=horizon, seed=seed, season=season, windows=windows, steps="auto")
        (place / "lstmcast.yaml").write_text(text)
        config = load_config(place / "lstmcast.yaml", sets=variant.sets)
        panel = read_panel(config.data, horizon=horizon).panel
        problem = make_problem(config, panel)
        steps = min(problem.settings.steps, most_steps or problem.settings.steps)
        config = load_config(place / "lstmcast.yaml", sets=(*variant.sets, f"train.steps={steps}"))
    started = time.monotonic()
    with variant.change():
        scores, weights = _roll(config, make_problem(config, panel), variant.calibrated)
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "task": task,
        "variant": variant.name,
        "seed": seed,
        "steps": steps,
        **{title: round(scores[name], 4) for title, name in _SCORES.items()},
        "weights": weights,
        "seconds": round(time.monotonic() - started, 1),
        "lstmcast": version("lstmcast"),
        "tensorflow": version("tensorflow"),
        "machine": f"{os.cpu_count()} cores {platform.machine()}",
    }


_SCORES = {"MASE": "mase", "WQL": "wql", "cov80": "coverage_80", "cov95": "coverage_95"}


def _roll(config: Any, problem: Any, calibrated: bool) -> tuple[dict[str, float], int]:
    from lstmcast.evaluation.backtest import model_scored
    from lstmcast.evaluation.tally import join_tallies, tally
    from lstmcast.jobs.common.talk import SilentTalk
    from lstmcast.jobs.model import rolling
    from lstmcast.jobs.model.budget import begin_training
    from lstmcast.jobs.model.rehearsal import hold_out_every_test
    from lstmcast.network.calibration import no_calibration

    config, problem, workshop = begin_training(config, problem, SilentTalk())
    spans = problem.spans
    held = hold_out_every_test(problem, spans.test_start)
    first = rolling.known_at(problem, 0)
    forecaster = rolling.fit_forecaster(config, problem.panel, first, workshop)
    quantiles, tallies = problem.settings.quantiles, []
    if not calibrated:
        nothing = no_calibration(problem.horizon, len(quantiles))
        forecaster = dataclasses.replace(forecaster, calibration=nothing)
    for place in range(spans.test_rounds):
        here = held.take(np.flatnonzero(held.round_of == place))
        past = problem.panel.until(rolling.known_at(problem, place))
        tallies.append(tally(model_scored(here, quantiles, forecaster.forecast(past, here.windows)), (80.0, 95.0)))
    joined = join_tallies(tallies).windows
    weights = sum(array.size for array in forecaster.fitted.weights.values())
    return {name: joined[name].value for name in _SCORES.values()}, weights


def read_training_part(task: str, data: Path) -> pd.DataFrame:
    """Return what a model of the task may be fitted on, in long form."""
    table = pd.read_csv(data / TASKS[task][0])
    if task not in UNSEEN:
        table = table.sort_values(["unique_id", "ds"], ignore_index=True)[["unique_id", "ds", "y"]]
        if task == "m4_hourly":
            chosen = np.linspace(0, table["unique_id"].nunique() - 1, SAMPLE).astype(int)
            table = table[table["unique_id"].isin(table["unique_id"].unique()[chosen])]
        return table
    table = table.iloc[:, :2].set_axis(["ds", "y"], axis=1)
    table["ds"] = pd.to_datetime(table["ds"])
    series = table.groupby("ds")["y"].mean().sort_index().asfreq("h" if task == "aep" else "MS").interpolate()
    series = series.iloc[-3 * 365 * 24 :].iloc[: -UNSEEN[task]]
    return pd.DataFrame({"unique_id": task, "ds": series.index, "y": series.to_numpy()})


def page(rows: list[dict[str, str]]) -> str:
    """Return the page: for each variant and task how much worse it is than the default."""
    tasks = [task for task in TASKS if _values(rows, task, "full", "MASE")]
    seeds = len({row["seed"] for row in rows})
    lines = [
        "# What each ingredient is worth",
        "",
        "Written by `benchmarks/accuracy/ablation.py` from `ablation.csv`; no figure here is typed by hand.",
        "",
        "The default model with one thing changed and all else the same, scored on held-out origins inside the",
        "training parts of public data; no test part was read. Each cell says by how much the error changes: **above",
        "zero the ingredient was worth something**, below zero the data were better off without it. The first line",
        f"is the error of the default itself. Means over {_count(seeds, 'seed')}. {_spread_text(rows, tasks)}",
        "",
        "The middle of the forecast, by MASE (each series in its own units):",
        "",
        *_table(rows, tasks, "MASE"),
        "",
        "The whole distribution, by WQL (large series weigh more):",
        "",
        *_table(rows, tasks, "WQL"),
        "",
        "`all` is the geometric mean of the tasks that were measured. The tasks:",
        "",
    ]
    lines += [
        f"- `{task}`: {what}, {horizon} steps ahead, {origins} origins; trained for {_steps(rows, task)} steps"
        for task in tasks
        for _, horizon, _, origins, what in [TASKS[task]]
    ]
    lines += ["", *_reading(rows, tasks), "", f"Measured {rows[-1]['date']} with lstmcast {rows[-1]['lstmcast']}, "
              f"TensorFlow {rows[-1]['tensorflow']}, {rows[-1]['machine']}."]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


def _table(rows: list[dict[str, str]], tasks: list[str], field: str) -> Iterator[str]:
    yield f"| | {' | '.join(tasks)} | all |"
    yield f"|---|{'---|' * (len(tasks) + 1)}"
    for variant in VARIANTS:
        errors = [_mean(rows, task, variant.name, field) for task in tasks]
        ratios = [error / _mean(rows, task, "full", field) for error, task in zip(errors, tasks, strict=True)]
        known = [ratio for ratio in ratios if ratio == ratio]
        if variant.name == "full":
            yield f"| {variant.title} | {' | '.join(f'{error:.4g}' for error in errors)} | |"
        elif known:
            yield f"| {variant.title} | {' | '.join(map(_percent, [*ratios, geometric_mean(known)]))} |"


def _reading(rows: list[dict[str, str]], tasks: list[str]) -> Iterator[str]:
    """Yield what the table says about the recurrent part and about the intervals."""
    yield "## Does the LSTM earn its place?"
    yield ""
    noise = _noise(rows, tasks)
    for rival, title in (("linear", "no recurrent part at all"), ("gru", "a GRU"), ("rnn", "a plain RNN")):
        told = []
        for field in ("MASE", "WQL"):
            ratio = {t: _mean(rows, t, rival, field) / _mean(rows, t, "full", field) for t in tasks}
            better = [task for task in tasks if ratio[task] > 1 + noise]
            worse = [task for task in tasks if ratio[task] < 1 - noise]
            told.append(f"by {field} better on {_named(better)} and worse on {_named(worse)}")
        yield f"- Against {title} the LSTM is {'; '.join(told)}."
    yield ""
    yield f"What lies within {noise:.1%} counts as neither."
    yield ""
    yield "| share of the truth inside | 80% interval | 95% interval |"
    yield "|---|---|---|"
    both = [task for task in tasks if _values(rows, task, "no_calibration", "cov80")]
    for variant in VARIANTS:
        if both and variant.name in ("full", "no_calibration"):
            inside = (fmean(_mean(rows, task, variant.name, field) for task in both) for field in ("cov80", "cov95"))
            yield f"| {variant.title} | {' | '.join(f'{share:.0%}' for share in inside)} |"


def _noise(rows: list[dict[str, str]], tasks: list[str]) -> float:
    """Return the range within which a difference may be the seed: from the runs of the default, else 1%."""
    spreads = [_spread(rows, task) for task in tasks if len(_values(rows, task, "full", "MASE")) > 1]
    return max(0.01, 2 * fmean(spreads)) if spreads else 0.01


def _spread(rows: list[dict[str, str]], task: str) -> float:
    found = _values(rows, task, "full", "MASE")
    return float(np.std(found, ddof=1)) / fmean(found)


def _spread_text(rows: list[dict[str, str]], tasks: list[str]) -> str:
    spreads = {task: _spread(rows, task) for task in tasks if len(_values(rows, task, "full", "MASE")) > 1}
    if not spreads:
        return "One seed cannot tell seed noise: differences of 1 or 2% mean nothing."
    worst = max(spreads, key=lambda task: spreads[task])
    return f"Over seeds the default varies by {fmean(spreads.values()):.1%} (most on {worst}: {spreads[worst]:.1%})."


def _mean(rows: list[dict[str, str]], task: str, variant: str, field: str) -> float:
    found = _values(rows, task, variant, field)
    return fmean(found) if found else float("nan")


def _values(rows: list[dict[str, str]], task: str, variant: str, field: str) -> list[float]:
    return [float(row[field]) for row in rows if (row["task"], row["variant"]) == (task, variant)]


def _steps(rows: list[dict[str, str]], task: str) -> int:
    return int(_values(rows, task, "full", "steps")[0])


def _percent(ratio: float) -> str:
    return "" if ratio != ratio else f"{ratio - 1:+.1%}"


def _named(tasks: list[str]) -> str:
    return ", ".join(tasks) or "none"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _kept() -> list[dict[str, str]]:
    if not RESULTS.exists():
        return []
    with RESULTS.open(newline="") as file:
        return list(csv.DictReader(file))


def _keep(rows: list[dict[str, str]]) -> None:
    with RESULTS.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, help="folder of the public data")
    parser.add_argument("--task", nargs="*", choices=list(TASKS), help="default: all")
    parser.add_argument("--variant", nargs="*", choices=[variant.name for variant in VARIANTS], help="default: all")
    parser.add_argument("--seed", nargs="*", type=int, help="default: 1")
    parser.add_argument("--most-steps", type=int, help="train no longer than that; default: as long as the tool does")
    parser.add_argument("--page", action="store_true", help="write the page from what is kept, measure nothing")
    arguments = parser.parse_args()
    if not arguments.page and arguments.data is None:
        parser.error("--data is needed to measure")
    return arguments


if __name__ == "__main__":
    main()
