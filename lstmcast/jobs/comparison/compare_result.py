"""What a comparison of cells found, as a record and as a document."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lstmcast.data.written.score_file import Table
from lstmcast.evaluation.backtest import ScoreRow
from lstmcast.jobs.backtesting.backtest_tables import table_rows


@dataclass(frozen=True)
class PairRow:
    """How one network does beside another forecaster, in the score that decides."""

    network: str
    against: str
    saved: float  # share of the other's error
    low: float | None  # 95% interval over windows and seeds
    high: float | None
    seed_low: float | None  # over seeds alone
    seed_high: float | None
    finding: str


@dataclass(frozen=True)
class FlowRow:
    """How far the gradient of a trained cell reaches back."""

    cell: str
    state: str
    steps: int  # that the cell takes
    segment: int  # steps of the series in each
    left: float  # of the newest step's gradient at the oldest
    per_step: float  # by which factor it changes, on average
    reach: int | None  # steps of the cell after which 1% is left; None if that is never so
    finding: str  # vanishes, fades, holds, grows, explodes


@dataclass(frozen=True)
class CostRow:
    """What a forecaster costs."""

    forecaster: str
    parameters: int
    seconds: float
    milliseconds: float
    clipped: float


@dataclass(frozen=True)
class CompareResult:
    """How the cells did beside each other and the baselines."""

    configured: str  # `model.cell`
    use: str  # the cell that the figures speak for
    metric: str
    seeds: tuple[int, ...]
    cutoffs: tuple[str, ...]
    series: int
    words: tuple[str, ...]
    scores: tuple[ScoreRow, ...]
    pairs: tuple[PairRow, ...]
    flows: tuple[FlowRow, ...]
    costs: tuple[CostRow, ...]
    resampled: str
    by_seed: Table = field(repr=False)
    by_step: Table = field(repr=False)
    gradients: Table = field(repr=False)
    folder: Path
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        costs = [asdict(row) for row in self.costs]
        return {**self.document(), "costs": costs, "folder": str(self.folder), "seconds": round(self.seconds, 3)}

    def document(self) -> dict[str, Any]:
        """Return what stays the same however long it took and wherever it lies."""
        return {
            "configured": self.configured,
            "use": self.use,
            "metric": self.metric,
            "seeds": list(self.seeds),
            "origins": list(self.cutoffs),
            "series": self.series,
            "words": list(self.words),
            "scores": [dict(row) for row in self.scores],
            "differences": [asdict(row) for row in self.pairs],
            "resampled": self.resampled,
            "gradient_flow": [asdict(row) for row in self.flows],
            "by_seed": table_rows(self.by_seed),
            "by_step": table_rows(self.by_step),
            "gradients": table_rows(self.gradients),
        }
