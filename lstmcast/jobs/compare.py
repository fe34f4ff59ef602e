"""`compare`: RNN, GRU, LSTM and a linear network on the same windows, seeds and budget; nothing becomes a version."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.written.score_file import Table
from lstmcast.evaluation.backtest import ScoreRow
from lstmcast.evaluation.baselines import all_baselines
from lstmcast.evaluation.bootstrap import clusters_of
from lstmcast.evaluation.compare import Difference, compare_with, mean_of, seed_spread
from lstmcast.evaluation.metrics import Ratio
from lstmcast.evaluation.tally import Tally
from lstmcast.jobs.backtesting.backtest_result import describe_absence, metric_with_score
from lstmcast.jobs.backtesting.backtest_tables import cutoffs_of, overall_rows, rows_table, table_by_step
from lstmcast.jobs.backtesting.result_files import write_results
from lstmcast.jobs.common.folders import COMPARE
from lstmcast.jobs.common.outputs import drawing_cache
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.comparison.compare_result import CompareResult, CostRow, FlowRow, PairRow
from lstmcast.jobs.comparison.compare_words import (
    LITTLE_LEFT,
    choose_cell,
    name_flow,
    say_choice,
    say_flow,
    say_memory,
    say_naive,
)
from lstmcast.jobs.model.opening import open_job
from lstmcast.network.spec import Cell

if TYPE_CHECKING:
    from lstmcast.jobs.comparison.comparing import Compared, Run

CELLS: tuple[Cell, ...] = ("lstm", "gru", "rnn", "linear")
Runs = dict[str, list["Run"]]  # by cell
LOST = 1e-30  # of the newest step's gradient: below it nothing is told apart from nothing


def compare(config: Config, *, seeds: int, now: datetime, talk: Talk) -> CompareResult:
    """Train every cell from so many seeds, score them at each held-out origin, and say which to use."""
    started = time.monotonic()
    with open_job(config, folder=COMPARE, now=now, talk=talk) as opening:
        reading, problem = opening.reading, opening.problem
        from lstmcast.jobs.comparison.comparing import run_all  # TensorFlow: only once all else is known to be well

        cells = CELLS if config.model.bank == "auto" else CELLS[:-1]
        if cells != CELLS:
            talk.say("linear is left out: with model.bank: none it has nothing that reads the past")
        baselines = all_baselines(config.evaluate)
        compared = run_all(problem, config, cells, seeds, baselines, config.forecast.levels, talk)
        result = _describe(config, reading, compared, started)
        _write(result, reading.panel, config)
    return result


def _describe(config: Config, reading: Reading, compared: "Compared", started: float) -> CompareResult:
    held, levels, scores = compared.held, config.forecast.levels, overall_rows(compared.baselines, ())
    metric = metric_with_score(scores, config.evaluate.gate.metric)
    seeds = tuple(dict.fromkeys(run.seed for run in compared.runs))
    clusters = clusters_of(held)
    by_cell = _ranked(compared.runs, metric)
    networks = {cell: [run.tally.windows[metric] for run in runs] for cell, runs in by_cell.items()}
    simple = {name: [one.windows[metric]] * len(seeds) for name, one in compared.baselines.items()}
    against = {
        cell: compare_with(own, _without(networks | simple, cell), clusters, seed=config.train.seed)
        for cell, own in networks.items()
    }
    use = choose_cell(config.model.cell, tuple(networks), against)
    flows = tuple(_flow_rows(by_cell))
    joined = {cell: _mean_tally([run.tally for run in runs]) for cell, runs in by_cell.items()}
    joined |= compared.baselines
    return CompareResult(
        configured=config.model.cell,
        use=use,
        metric=metric,
        seeds=seeds,
        cutoffs=cutoffs_of(reading, held),
        series=clusters.series_count,
        words=(
            *describe_absence(scores, config.evaluate.gate.metric),
            *say_choice(config.model.cell, use, tuple(networks), against, metric),
            *say_memory(against[use].get("linear"), metric, config.data.past),
            *say_naive(use, {name: against[use][name] for name in simple}, metric),
            *say_flow(flows),
        ),
        scores=_score_rows(joined, networks, levels),
        pairs=tuple(_pair(cell, name, one) for cell, found in against.items() for name, one in found.items()),
        flows=flows,
        costs=tuple(_cost(cell, runs) for cell, runs in by_cell.items()),
        resampled=f"{clusters.described}; {len(seeds)} seeds" if len(seeds) > 1 else "one seed: nothing is proved",
        by_seed=rows_table(_seed_rows(compared.runs, levels)),
        by_step=table_by_step(joined, levels),
        gradients=_gradients_table(by_cell),
        folder=Path(config.output.dir) / COMPARE,
        seconds=time.monotonic() - started,
    )


def _ranked(runs: Sequence["Run"], metric: str) -> Runs:
    """Return the runs of each cell, the cell with the lowest score first."""
    by_cell: Runs = {cell: [run for run in runs if run.cell == cell] for cell in CELLS}
    means = {cell: mean_of([run.tally.windows[metric] for run in own]).value for cell, own in by_cell.items() if own}
    return {cell: by_cell[cell] for cell in sorted(means, key=lambda cell: means[cell])}


def _without(forecasters: Mapping[str, Sequence[Ratio]], name: str) -> dict[str, Sequence[Ratio]]:
    return {other: scores for other, scores in forecasters.items() if other != name}


def _mean_tally(tallies: Sequence[Tally]) -> Tally:
    """Return the mean over the seeds, window by window and step by step."""
    return Tally(
        windows={name: mean_of([one.windows[name] for one in tallies]) for name in tallies[0].windows},
        steps={name: mean_of([one.steps[name] for one in tallies]) for name in tallies[0].steps},
    )


def _score_rows(
    tallies: Mapping[str, Tally], networks: Mapping[str, Sequence[Ratio]], levels: Sequence[float]
) -> tuple[ScoreRow, ...]:
    """Return the scores of each forecaster, means over the seeds, with the spread of the one that decides."""
    return tuple(
        {**row, "seed_spread": seed_spread(networks[name]) if name in networks else None}
        for name, row in zip(tallies, overall_rows(tallies, levels), strict=True)
    )


def _seed_rows(runs: Sequence["Run"], levels: Sequence[float]) -> list[ScoreRow]:
    rows = overall_rows({str(place): run.tally for place, run in enumerate(runs)}, levels)
    return [{**row, "forecaster": run.cell, "seed": run.seed} for run, row in zip(runs, rows, strict=True)]


def _pair(network: str, against: str, found: Difference) -> PairRow:
    return PairRow(network, against, found.saved, found.low, found.high, found.seed_low, found.seed_high, found.finding)


def _cost(cell: str, runs: Sequence["Run"]) -> CostRow:
    """Return what a cell costs: the quickest seed counts, since the first one pays for the compilation."""
    return CostRow(
        forecaster=cell,
        parameters=runs[0].parameters,
        seconds=round(min(run.seconds for run in runs), 2),
        milliseconds=round(min(run.milliseconds for run in runs), 2),
        clipped=round(mean(run.clipped for run in runs), 4),
    )


def _flow_rows(by_cell: Runs) -> Iterator[FlowRow]:
    for cell, state, flow in _flows(by_cell):
        left, steps = max(float(flow[-1] / flow[0]), LOST), len(flow)
        small = np.flatnonzero(flow < LITTLE_LEFT * flow[0])
        yield FlowRow(
            cell=cell,
            state=state,
            steps=steps,
            segment=by_cell[cell][0].segment,
            left=left,
            per_step=left ** (1 / max(1, steps - 1)),
            reach=int(small[0]) if len(small) else None,
            finding=name_flow(left),
        )


def _flows(by_cell: Runs) -> Iterator[tuple[str, str, FloatArray]]:
    """Yield, for each cell and state, the geometric mean over the seeds."""
    for cell, runs in by_cell.items():
        for state in runs[0].flow if runs else ():
            yield cell, state, np.asarray(np.exp(np.mean([np.log(run.flow[state]) for run in runs], axis=0)))


def _gradients_table(by_cell: Runs) -> Table:
    """Return the gradient norm of each cell and state at each lag, in steps of the series."""
    rows = [
        {"cell": cell, "state": state, "lag": lag * by_cell[cell][0].segment, "norm": float(norm)}
        for cell, state, flow in _flows(by_cell)
        for lag, norm in enumerate(flow)
    ]
    return rows_table(rows)


def _write(result: CompareResult, panel: Panel, config: Config) -> None:
    tables = {
        "scores": rows_table(result.scores),
        "differences": rows_table([asdict(row) for row in result.pairs]),
        "costs": rows_table([asdict(row) for row in result.costs]),
        "by_seed": result.by_seed,
        "by_step": result.by_step,
        "gradients": result.gradients,
    }
    picture = None
    if config.output.plots:
        from lstmcast.jobs.comparison.compare_picture import draw_comparison  # matplotlib: only where it draws

        picture = draw_comparison(result, panel, drawing_cache(config))
    write_results(result.folder, "compare", tables, result.document(), picture)
