"""`backtest`: score the model by rolling origin beside the baselines; nothing is saved as a version or promoted."""

import time
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lstmcast.config.schema import Config
from lstmcast.data.names import refuse_taken
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.written.score_file import Table
from lstmcast.evaluation.baselines import all_baselines
from lstmcast.evaluation.bootstrap import clusters_of, skill_against
from lstmcast.evaluation.titles import title_of
from lstmcast.jobs.backtesting.backtest_result import BacktestResult, describe_absence
from lstmcast.jobs.backtesting.backtest_tables import (
    COLUMNS_BESIDE_IDS,
    coverage_curve,
    cutoffs_of,
    overall_rows,
    rows_table,
    skill_rows,
    table_by_origin,
    table_by_series,
    table_by_step,
    table_of_errors,
    with_owa,
)
from lstmcast.jobs.backtesting.covariate_worth import PLAIN, check_has_covariates, describe_worth, roll_without
from lstmcast.jobs.backtesting.result_files import write_results
from lstmcast.jobs.common.folders import BACKTEST
from lstmcast.jobs.common.outputs import drawing_cache
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.model.opening import open_job
from lstmcast.jobs.model.training_words import describe_calibration

if TYPE_CHECKING:
    from lstmcast.jobs.model.rolling import Refit, Rolled

COMPARED = ("mase", "smape", "rmsse", "wql")  # scores for which skill is told


def backtest(
    config: Config, *, refit: "Refit", weigh_covariates: bool = False, now: datetime, talk: Talk
) -> BacktestResult:
    """Score what the config describes at each held-out origin, and write the scores into the workspace.

    To weigh covariates, the model without them is scored beside it.
    """
    started = time.monotonic()
    with open_job(config, folder=BACKTEST, now=now, talk=talk) as opening:
        reading, problem = opening.reading, opening.problem
        refuse_taken(reading.panel.id_names, COLUMNS_BESIDE_IDS, "one of the tables of the backtest")
        if weigh_covariates:
            check_has_covariates(reading.panel)
        from lstmcast.jobs.model.rolling import roll_origins  # TensorFlow: only once all else is known to be well

        rolled = roll_origins(problem, config, all_baselines(config.evaluate), refit, talk)
        if weigh_covariates:
            rolled = roll_without(rolled, reading.panel, config, refit, talk)
        result = _describe(config, reading, rolled, refit, problem.settings.season, problem.spans.test_step, started)
        _write(result, table_of_errors(rolled.held, rolled.median, reading), reading.panel, config)
    return result


def _describe(
    config: Config, reading: Reading, rolled: "Rolled", refit: "Refit", season: int, step: int, started: float
) -> BacktestResult:
    levels, held, tallies, model = config.forecast.levels, rolled.held, rolled.tallies, config.model.cell
    clusters, cutoffs = clusters_of(held), cutoffs_of(reading, held)
    by_name = {name: [one.windows[metric] for metric in COMPARED] for name, one in tallies.items()}
    skills = skill_against(by_name.pop(model), by_name, clusters, seed=config.train.seed)
    notes = [
        f"at the origin {cutoff}, {note}" if refit == "always" else note
        for cutoff, calibration in zip(cutoffs, rolled.calibrations, strict=False)
        for note in describe_calibration(calibration)
    ]
    left_out = reading.panel.series_count - clusters.series_count
    if left_out:
        are = "is" if left_out == 1 else "are"
        notes.append(f"{left_out:,} of {reading.panel.series_count:,} series {are} too short to be held out")
    rows, scores = skill_rows(tallies, model, COMPARED, skills, clusters), with_owa(overall_rows(tallies, levels))
    metric = config.evaluate.gate.metric
    notes += describe_absence(scores, metric)
    if PLAIN in skills:
        notes.append(describe_worth(skills[PLAIN][COMPARED.index(metric)], title_of(metric), clusters.reach))
    return BacktestResult(
        model=model,
        refit=refit,
        metric=metric,
        season=season,
        step=step,
        horizon=config.forecast.horizon,
        series=clusters.series_count,
        series_in_data=reading.panel.series_count,
        cutoffs=cutoffs,
        scores=scores,
        skills=rows,
        resampled=clusters.described,
        coverage=coverage_curve(tallies, model, rolled.levels),
        by_step=table_by_step(tallies, levels),
        by_origin=table_by_origin(tallies, levels, held, cutoffs),
        by_series=table_by_series(tallies, levels, reading.panel, clusters, np.unique(held.windows.series)),
        notes=tuple(notes),
        folder=Path(config.output.dir) / BACKTEST,
        seconds=time.monotonic() - started,
    )


def _write(result: BacktestResult, errors: Table, panel: Panel, config: Config) -> None:
    tables = {
        "scores": rows_table(result.scores),
        "skill": rows_table([asdict(row) for row in result.skills]),
        "by_step": result.by_step,
        "by_origin": result.by_origin,
        "by_series": result.by_series,
        "errors": errors,
    }
    picture = None
    if config.output.plots:
        from lstmcast.jobs.backtesting.backtest_picture import draw_scores  # matplotlib: only where there is a picture

        picture = draw_scores(result, panel, drawing_cache(config))
    write_results(result.folder, "backtest", tables, result.document(), picture)
