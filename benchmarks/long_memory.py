"""How far back can each cell learn from? One bit, an answer so many steps later, and noise in between.

    python benchmarks/long_memory.py [--lags 10 50 ...] [--seeds 1 2 3] [--draw]

A series begins with +1 or -1, goes on with noise (a tenth of that), and ends with its first value again, which is to be
forecast. The tool's own trainer trains the textbook network on it: no bank, one step of the series at a step of the
cell. Nothing but memory helps. The score is the share of the variance of new series that the forecast explains: 1 is
perfect, 0 is knowing nothing. `long_memory.csv` keeps the figures; docs/images/long_memory.png is drawn from them.
"""

import argparse
import csv
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from lstmcast.data.clock.times import Frequency
from lstmcast.data.covariate.covariates import Covariates
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import SeriesArrays, fit_scaling, scale_panel
from lstmcast.data.windows import NUMPY, TrainingOrigins
from lstmcast.network.forward import forward
from lstmcast.network.inputs import make_inputs, make_targets
from lstmcast.network.spec import Cell, MemberSpec, ModelSpec

RESULTS = Path(__file__).with_suffix(".csv")
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "long_memory.png"
LAGS = (10, 50, 100, 200, 400)
CELLS: tuple[tuple[Cell, bool], ...] = (("rnn", True), ("gru", True), ("lstm", True), ("gru", False), ("lstm", False))
NAMES = {True: "", False: ", gates as Keras starts them"}
WIDTHS = {("rnn", True): 2.2, ("gru", True): 4.5, ("lstm", True): 1.8, ("gru", False): 1.4, ("lstm", False): 1.4}
NOISE, TRAINED_ON, TESTED_ON = 0.1, 2000, 500
UNITS, STEPS, BATCH, RATE, LOOKS = 16, 1000, 64, 0.01, 10
SOLVED = 0.99  # training ends here
LEARNT = 0.9
Rows = dict[tuple[int, str, bool, int], dict[str, object]]  # by lag, cell, long start, seed
FIELDS = ("lag", "cell", "start", "seed", "explained", "steps", "seconds")


def main() -> None:
    """Measure what is not measured yet, print the table, and draw it."""
    arguments = _arguments()
    rows = _kept()
    wanted = [(lag, *cell, seed) for lag in arguments.lags for cell in CELLS for seed in arguments.seeds]
    if not arguments.draw:
        for lag, cell, is_long, seed in wanted:
            if (lag, cell, is_long, seed) not in rows:
                rows[lag, cell, is_long, seed] = measure(lag, cell, is_long, seed)
                print(*rows[lag, cell, is_long, seed].values(), flush=True)
                _keep(rows)
    print(table(rows))
    PICTURE.write_bytes(draw(rows))


def measure(lag: int, cell: Cell, starts_long: bool, seed: int) -> dict[str, object]:
    """Return how well a cell learns to carry a bit over so many steps."""
    from lstmcast.training.fit import fit_member
    from lstmcast.training.members import use_threads
    from lstmcast.training.plan import FitPlan

    use_threads(1)
    train, test = make_series(lag, TRAINED_ON, seed), make_series(lag, TESTED_ON, 1000 + seed)
    member = MemberSpec(context=lag, segment=1, log=False, bank=(), seed=seed)
    spec = ModelSpec(
        cell=cell, units=UNITS, layers=1, state=UNITS, horizon=1, season=1, periods=(), quantiles=(0.1, 0.5, 0.9),
        positive=False, past=(), future=(), calendar=(), members=(member,),
    )  # fmt: skip
    numbers, origin = np.arange(TRAINED_ON), np.full(TRAINED_ON, lag)
    inputs = make_inputs(NUMPY, test, numbers[:TESTED_ON], origin[:TESTED_ON], spec, member)
    truth, _ = make_targets(NUMPY, test, numbers[:TESTED_ON], origin[:TESTED_ON], inputs, 1)
    plan = FitPlan(STEPS, STEPS, BATCH, RATE, dropout=0.0, reports=LOOKS)
    started, explained, steps = time.monotonic(), 0.0, 0
    with keeping_gates_start(long=starts_long):
        for checkpoint in fit_member(train, TrainingOrigins(numbers, origin, origin), spec, member, plan):
            median = forward(inputs, spec, member, checkpoint.weights)[..., 1]
            explained, steps = 1 - float(((median - truth) ** 2).mean() / truth.var()), checkpoint.step
            if explained > SOLVED:
                break
    seconds = time.monotonic() - started
    values = (lag, cell, "long" if starts_long else "half", seed, round(explained, 3), steps, round(seconds, 1))
    return dict(zip(FIELDS, values, strict=True))


def make_series(lag: int, count: int, seed: int) -> SeriesArrays:
    """Return series of lag + 1 steps: a bit, noise, and the bit again."""
    random = np.random.default_rng(seed)
    values = random.normal(0, NOISE, (count, lag + 1))
    values[:, -1] = values[:, 0] = random.choice([-1.0, 1.0], count)
    panel = Panel(
        frequency=Frequency("integer", 1),
        target="bit",
        id_names=("series",),
        ids=(np.arange(count).astype(str).astype(object),),
        offsets=np.arange(count + 1) * (lag + 1),
        known=np.full(count, lag + 1),
        first=np.zeros(count, np.int64),
        values=values.ravel(),
        filled=np.zeros(values.size, bool),
        past_names=(),
        past=np.empty((values.size, 0)),
        future_names=(),
        future=np.empty((values.size, 0)),
    )
    nothing = np.empty((values.size, 0), np.float32)
    past = panel.until(panel.known - 1)  # a scale that knew the answer would give it away
    return scale_panel(panel, fit_scaling(past, log=False, season=1), Covariates(nothing, nothing, ()))


@contextmanager
def keeping_gates_start(*, long: bool) -> Iterator[None]:
    """Start as the tool does, or as Keras does however many steps there are."""
    from lstmcast.training import initial

    kept = initial.MANY_STEPS
    initial.MANY_STEPS = kept if long else sys.maxsize
    try:
        yield
    finally:
        initial.MANY_STEPS = kept


def table(rows: Rows) -> str:
    """Return the scores as Markdown: for each cell and lag the mean, and how many seeds have learnt it."""
    lags = sorted({key[0] for key in rows})
    lines = [f"| cell | {' | '.join(f'{lag} back' for lag in lags)} |", f"|---|{'---|' * len(lags)}"]
    for cell, is_long in CELLS:
        cells = []
        for lag in lags:
            found = _scores(rows, lag, cell, is_long)
            learnt = sum(score > LEARNT for score in found)
            cells.append(f"{np.mean(found):.2f} ({learnt} of {len(found)})" if found else "-")
        lines.append(f"| {cell}{NAMES[is_long]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(rows: Rows) -> bytes:
    """Return the picture as a PNG."""
    from lstmcast.report.canvas import drawing_style, empty_figure, png_bytes, set_titles
    from lstmcast.report.cell_plots import COLOURS

    lags = sorted({key[0] for key in rows})
    with drawing_style(Path.home() / ".cache" / "matplotlib"):
        figure = empty_figure(7.2, 3.6)
        set_titles(figure, "Carrying one bit: how far back can it be learnt?", "dots: seeds; lines: means")
        pane = figure.subplots()
        for cell, is_long in CELLS:
            scores = [_scores(rows, lag, cell, is_long) for lag in lags]
            style, colour = "-" if is_long else (0, (3, 2)), COLOURS[cell]
            pane.plot(range(len(lags)), list(map(np.mean, scores)), color=colour, linestyle=style,
                      linewidth=WIDTHS[cell, is_long], label=f"{cell}{NAMES[is_long]}")  # fmt: skip
            for place, found in enumerate(scores):
                pane.plot([place] * len(found), found, "o", color=colour, markersize=4, alpha=0.5, mew=0)
        pane.set_xticks(range(len(lags)), [str(lag) for lag in lags])
        pane.set_ylim(-0.15, 1.08)
        pane.set_xlabel("steps between the bit and the answer")
        pane.set_ylabel("variance explained")
        pane.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        return png_bytes(figure)


def _scores(rows: Rows, lag: int, cell: str, is_long: bool) -> list[float]:
    found = [row for key, row in rows.items() if key[:3] == (lag, cell, is_long)]
    return [max(float(str(row["explained"])), -0.1) for row in found]  # worse than knowing nothing is nothing


def _kept() -> Rows:
    if not RESULTS.exists():
        return {}
    with RESULTS.open(newline="") as file:
        return {(int(r["lag"]), r["cell"], r["start"] == "long", int(r["seed"])): dict(r) for r in csv.DictReader(file)}


def _keep(rows: Rows) -> None:
    with RESULTS.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[key] for key in sorted(rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lags", nargs="*", type=int, default=LAGS)
    parser.add_argument("--seeds", nargs="*", type=int, default=(1, 2, 3))
    parser.add_argument("--draw", action="store_true", help="draw what is kept, measure nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
