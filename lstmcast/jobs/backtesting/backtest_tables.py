"""What a backtest leaves to be read: tables of scores by forecaster, step ahead, origin and series."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.written.score_file import Table
from lstmcast.evaluation.backtest import HeldOutWindows, ScoreRow, or_none
from lstmcast.evaluation.bootstrap import Clusters, Skill, Verdict
from lstmcast.evaluation.metrics import Ratio
from lstmcast.evaluation.naive2 import owa
from lstmcast.evaluation.tally import Tally

Tallies = Mapping[str, Tally]

MOST_ERRORS = 100_000  # rows that the table of errors may have
COLUMNS_BESIDE_IDS = re.compile(
    "forecaster|windows|mase|smape|rmsse|wql|owa|bias|(coverage|width)_.*|cutoff|step|time|truth|forecast|usual_change"
)


@dataclass(frozen=True)
class SkillRow:
    """How the model does beside one baseline in one score."""

    baseline: str
    metric: str
    skill: float | None
    low: float | None
    high: float | None
    verdict: str
    series_better: float | None  # share of the series on which the model has the lower score

    @property
    def finding(self) -> Verdict:
        """Return the verdict without how far it reaches."""
        return Skill(nan if self.skill is None else self.skill, self.low, self.high).verdict


def overall_rows(tallies: Tallies, levels: Sequence[float]) -> tuple[ScoreRow, ...]:
    """Return one row of scores over all windows for each forecaster."""
    return tuple(
        {"forecaster": name} | {metric: or_none(ratio.value) for metric, ratio in _shown(one.windows, levels)}
        for name, one in tallies.items()
    )


def with_owa(rows: Sequence[ScoreRow]) -> tuple[ScoreRow, ...]:
    """Return rows of scores with the M4 competition's behind the others, where its benchmark is among them."""
    beside = next((row for row in rows if row["forecaster"] == "naive2"), None)
    if beside is None:
        return tuple(rows)
    theirs = _both_of(beside)
    return tuple(row | {"owa": or_none(owa(*_both_of(row), *theirs))} for row in rows)


def skill_rows(
    tallies: Tallies, model: str, metrics: Sequence[str], found: Mapping[str, Sequence[Skill]], clusters: Clusters
) -> tuple[SkillRow, ...]:
    """Return one row for each baseline and score."""
    return tuple(
        SkillRow(
            baseline=baseline,
            metric=metric,
            skill=one.skill if isfinite(one.skill) else None,
            low=one.low,
            high=one.high,
            verdict=clusters.limit(one.verdict),
            series_better=_share_better(tallies[model].windows[metric], tallies[baseline].windows[metric], clusters),
        )
        for baseline, skills in found.items()
        for metric, one in zip(metrics, skills, strict=True)
    )


def rows_table(rows: Iterable[Mapping[str, object]]) -> Table:
    """Return rows of equal fields as columns; a number that is not there is NaN."""
    listed = list(rows)
    columns = {field: [row[field] for row in listed] for field in listed[0]}
    return {
        field: np.array(column, object if any(isinstance(cell, str) for cell in column) else float)
        for field, column in columns.items()
    }


def table_rows(table: Table) -> list[dict[str, Any]]:
    """Return a table as one dictionary for each row; None where there is no number."""
    columns = {name: [_plain(cell) for cell in column.tolist()] for name, column in table.items()}
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def table_by_step(tallies: Tallies, levels: Sequence[float]) -> Table:
    """Return the scores of each forecaster at each step ahead."""
    scores = [{metric: _values(ratio) for metric, ratio in _shown(one.steps, levels)} for one in tallies.values()]
    count = len(next(iter(scores[0].values())))
    return _stacked(tallies, {"step": np.arange(1, count + 1)}, scores)


def table_by_origin(tallies: Tallies, levels: Sequence[float], held: HeldOutWindows, cutoffs: Sequence[str]) -> Table:
    """Return the scores of each forecaster at each origin, the oldest first."""
    count = len(cutoffs)
    scores = [
        {metric: ratio.by(held.round_of, count) for metric, ratio in _shown(one.windows, levels)}
        for one in tallies.values()
    ]
    facts = {
        "origin": np.arange(1, count + 1),
        "cutoff": np.array(cutoffs, object),
        "series": np.bincount(held.round_of, minlength=count),
    }
    return _stacked(tallies, facts, scores)


def table_by_series(tallies: Tallies, levels: Sequence[float], panel: Panel, clusters: Clusters, tested: Any) -> Table:
    """Return the scores of each forecaster on each of the `tested` series."""
    count = clusters.series_count
    scores = [
        {metric: ratio.by(clusters.series, count) for metric, ratio in _shown(one.windows, levels)}
        for one in tallies.values()
    ]
    names = {name: column[tested] for name, column in zip(panel.id_names, panel.ids, strict=True)}
    return _stacked(tallies, names | {"windows": np.bincount(clusters.series, minlength=count)}, scores)


def table_of_errors(held: HeldOutWindows, median: FloatArray, reading: Reading) -> Table:
    """Return truth and forecast of each step of each window; of very many windows those of series evenly taken."""
    panel, (windows, steps) = reading.panel, held.truth.shape
    tested = np.unique(held.windows.series)
    most = max(1, MOST_ERRORS * len(tested) // max(windows * steps, 1))
    chosen = tested[np.unique(np.linspace(0, len(tested) - 1, min(most, len(tested))).astype(np.int64))]
    places = np.flatnonzero(np.isin(held.windows.series, chosen))
    series, origin = held.windows.series[places], held.windows.origin[places]
    ticks = panel.first[series] + origin - 1
    ahead = (ticks[:, None] + np.arange(1, steps + 1)).reshape(-1)
    cutoffs = reading.time_format.render(panel.frequency.stamps(ticks))
    return {
        **{name: np.repeat(column[series], steps) for name, column in zip(panel.id_names, panel.ids, strict=True)},
        "cutoff": np.repeat(cutoffs, steps),
        "step": np.tile(np.arange(1, steps + 1), len(places)),
        "time": reading.time_format.render(panel.frequency.stamps(ahead)),
        "truth": held.truth[places].reshape(-1),
        "forecast": median[places].reshape(-1),
        "usual_change": np.repeat(held.change[places], steps),
    }


def cutoffs_of(reading: Reading, held: HeldOutWindows) -> tuple[str, ...]:
    """Return the last known time of each origin; that of the newest series, where they end at different times."""
    ticks = reading.panel.first[held.windows.series] + held.windows.origin - 1
    newest = np.full(held.rounds, np.iinfo(np.int64).min)
    np.maximum.at(newest, held.round_of, ticks)
    return tuple(map(str, reading.time_format.render(reading.panel.frequency.stamps(newest))))


def coverage_curve(tallies: Tallies, model: str, levels: Sequence[float]) -> tuple[tuple[float, float | None], ...]:
    """Return, for each level in percent, which share of the truth lay inside the model's interval."""
    return tuple((level, or_none(tallies[model].windows[f"coverage_{level:g}"].value)) for level in levels)


def _shown(scores: Mapping[str, Ratio], levels: Sequence[float]) -> list[tuple[str, Ratio]]:
    """Return all scores but those of intervals that nobody asked for."""
    wanted = {f"{level:g}" for level in levels}
    return [(name, ratio) for name, ratio in scores.items() if name.partition("_")[2] in wanted | {""}]


def _values(ratio: Ratio) -> FloatArray:
    return ratio.by(np.arange(len(ratio.top)), len(ratio.top))


def _share_better(model: Ratio, baseline: Ratio, clusters: Clusters) -> float | None:
    own, other = (ratio.by(clusters.series, clusters.series_count) for ratio in (model, baseline))
    counted, differs = ~np.isnan(other), np.maximum(own, other) > model.nothing
    return float(((own < other) & differs)[counted].mean()) if counted.any() else None


def _stacked(
    tallies: Tallies, facts: Mapping[str, npt.NDArray[Any]], scores: Sequence[Mapping[str, FloatArray]]
) -> Table:
    """Return a table with the rows of one forecaster after those of the other."""
    rows = len(next(iter(facts.values())))
    table = {"forecaster": np.repeat(np.array(list(tallies), object), rows)}
    table |= {name: np.tile(column, len(tallies)) for name, column in facts.items()}
    return table | {metric: np.concatenate([one[metric] for one in scores]) for metric in scores[0]}


def _both_of(row: ScoreRow) -> tuple[float, float]:
    """Return sMAPE and MASE, NaN where they are not there."""
    smape, mase = (value if isinstance(value := row[score], float) else nan for score in ("smape", "mase"))
    return smape, mase


def _plain(cell: Any) -> Any:
    return or_none(cell) if isinstance(cell, float) else cell
