"""What a backtest found, as a record and as a document."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lstmcast.data.written.score_file import Table
from lstmcast.evaluation.backtest import ScoreRow
from lstmcast.evaluation.bootstrap import CONFIDENCE, DRAWS
from lstmcast.evaluation.titles import title_of
from lstmcast.jobs.backtesting.backtest_tables import SkillRow, table_rows

DECIDING = ("mase", "smape", "wql")  # the scores that can
ABSENCE = {"mase": "before the first origin no series changes over a season", "wql": "all that happened is zero"}


def describe_absence(scores: Sequence[ScoreRow], metric: str) -> list[str]:
    """Return why the score that decides is not there, if it is not, and which ones are."""
    if any(row[metric] is not None for row in scores):
        return []
    others = [title_of(name) for name in DECIDING if any(row[name] is not None for row in scores)]
    instead = f"; see {' and '.join(others)}" if others else ""
    return [f"{title_of(metric)} cannot be told: {ABSENCE.get(metric, 'nothing that happened is known')}{instead}"]


def metric_with_score(scores: Sequence[Mapping[str, object]], metric: str) -> str:
    """Return the score that decides, or the first other one where these data have none."""
    found = [one for one in (metric, *DECIDING) if any(row.get(one) is not None for row in scores)]
    return found[0] if found else metric


@dataclass(frozen=True)
class BacktestResult:
    """How model and baselines did at all origins."""

    model: str
    refit: str
    metric: str  # the score that decides: `evaluate.gate.metric`
    season: int
    step: int
    horizon: int
    series: int  # that were long enough to be tested
    series_in_data: int
    cutoffs: tuple[str, ...]  # the last known time of each origin
    scores: tuple[ScoreRow, ...]
    skills: tuple[SkillRow, ...]
    resampled: str
    coverage: tuple[tuple[float, float | None], ...]  # share of the truth inside the model's interval of each level
    by_step: Table = field(repr=False)
    by_origin: Table = field(repr=False)
    by_series: Table = field(repr=False)
    notes: tuple[str, ...]
    folder: Path
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {**self.document(), "folder": str(self.folder), "seconds": round(self.seconds, 3)}

    def document(self) -> dict[str, Any]:
        """Return what stays the same however long it took and wherever it lies; series have a file of their own."""
        return {
            "model": self.model,
            "refit": self.refit,
            "metric": self.metric,
            "season": self.season,
            "horizon": self.horizon,
            "step": self.step,
            "origins": list(self.cutoffs),
            "series": self.series,
            "series_in_data": self.series_in_data,
            "scores": [dict(row) for row in self.scores],
            "skill": [asdict(row) for row in self.skills],
            "bootstrap": {"draws": DRAWS, "confidence": CONFIDENCE, "resampled": self.resampled},
            "coverage": [{"level": level, "coverage": share} for level, share in self.coverage],
            "by_step": table_rows(self.by_step),
            "by_origin": table_rows(self.by_origin),
            "notes": list(self.notes),
        }
