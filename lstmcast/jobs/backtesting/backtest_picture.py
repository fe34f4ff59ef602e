"""The picture of a backtest."""

from pathlib import Path

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.written.score_file import Table
from lstmcast.evaluation.titles import title_of
from lstmcast.jobs.backtesting.backtest_result import BacktestResult, metric_with_score
from lstmcast.jobs.backtesting.covariate_worth import spell_rival
from lstmcast.plurals import count_things
from lstmcast.report.score_plots import ScoreLine, ScorePicture, SkillBar, scores_plot


def draw_scores(result: BacktestResult, panel: Panel, cache: Path) -> bytes:
    """Return the scores of a backtest as a PNG."""
    names, metric = [str(row["forecaster"]) for row in result.scores], metric_with_score(result.scores, result.metric)
    origins = len(result.cutoffs)
    return scores_plot(
        ScorePicture(
            title=f"{panel.target}: {count_things(origins, 'held-out origin')}",
            note=f"{result.series:,} series" if result.series > 1 else "",
            metric=title_of(metric),
            lines=tuple(
                ScoreLine(
                    name=name.upper() if name == result.model else name.replace("_", " "),
                    by_step=_line(result.by_step, name, metric),
                    by_origin=_line(result.by_origin, name, metric),
                )
                for name in names
            ),
            origins=result.cutoffs,
            step_unit=panel.frequency.unit_name,
            coverage=tuple((level / 100, share) for level, share in result.coverage if share is not None),
            skills=tuple(
                SkillBar(spell_rival(row.baseline), row.skill, row.low, row.high, row.verdict, row.finding)
                for row in result.skills
                if row.metric == metric and row.skill is not None
            ),
        ),
        cache=cache,
    )


def _line(table: Table, name: str, metric: str) -> FloatArray:
    return np.asarray(table[metric][table["forecaster"] == name], np.float64)
