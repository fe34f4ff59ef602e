"""The picture of a comparison of cells."""

from pathlib import Path

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.evaluation.titles import title_of
from lstmcast.jobs.comparison.compare_result import CompareResult
from lstmcast.plurals import count_things
from lstmcast.report.cell_plots import CellPicture, DifferenceBar, FlowLine, SeedDots, cells_plot


def draw_comparison(result: CompareResult, panel: Panel, cache: Path) -> bytes:
    """Return a comparison as a PNG."""
    seeds = len(result.seeds)
    origins = len(result.cutoffs)
    return cells_plot(
        CellPicture(
            title=f"{panel.target}: which cell?",
            note=f"{count_things(origins, 'origin')}, {result.series:,} series, {count_things(seeds, 'seed')}",
            metric=title_of(result.metric),
            use=result.use,
            dots=tuple(
                SeedDots(str(row["forecaster"]), _scores(result, str(row["forecaster"])))
                for row in result.scores
                if row[result.metric] is not None
            ),
            bars=tuple(
                DifferenceBar(
                    name=row.against,
                    saved=row.saved,
                    low=row.low,
                    high=row.high,
                    seed_low=row.seed_low,
                    seed_high=row.seed_high,
                    is_clear=row.finding in ("better", "worse"),
                )
                for row in result.pairs
                if row.network == result.use
            ),
            flows=_flows(result),
            step_unit=panel.frequency.unit_name,
        ),
        cache=cache,
    )


def _scores(result: CompareResult, name: str) -> FloatArray:
    own = result.by_seed["forecaster"] == name
    if own.any():
        return np.asarray(result.by_seed[result.metric][own], np.float64)
    return np.array([row[result.metric] for row in result.scores if row["forecaster"] == name], np.float64)


def _flows(result: CompareResult) -> tuple[FlowLine, ...]:
    lines = []
    for row in result.flows:
        own = (result.gradients["cell"] == row.cell) & (result.gradients["state"] == row.state)
        norms = np.asarray(result.gradients["norm"][own], np.float64)
        lags = np.asarray(result.gradients["lag"][own], np.float64)
        lines.append(FlowLine(row.cell, row.state, lags, norms / norms[0]))
    return tuple(lines)
