"""What is to be forecast, with every setting decided: the config and the data put together."""

from dataclasses import dataclass

from lstmcast.arrays import IntArray
from lstmcast.config.auto import Settings, decide_settings
from lstmcast.config.schema import Config
from lstmcast.data.covariate.calendar import Cycle, calendar_cycles, seasonal_periods
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import lowest_of
from lstmcast.errors import ShortError
from lstmcast.evaluation.statistical import check_installed
from lstmcast.jobs.model.spans import Spans, plan_spans
from lstmcast.network.spec import Cell


@dataclass(frozen=True)
class Problem:
    """What is to be forecast, with every setting decided."""

    panel: Panel
    positive: bool
    horizon: int
    cell: Cell
    uses_bank: bool
    settings: Settings
    cycles: tuple[Cycle, ...]
    seed: int
    spans: Spans

    @property
    def scales(self) -> int:
        """Return on how many scales networks are tried: linear, and logarithmic where all is positive."""
        return 2 if self.positive else 1


def make_problem(config: Config, panel: Panel) -> Problem:
    """Return the problem that the config poses on these data, or say how much data is missing."""
    check_installed(config.evaluate.baselines)
    settings = decide_settings(config, panel.known, seasonal_periods(panel.frequency))
    try:
        spans = plan_spans(panel.known, config.forecast.horizon, config.evaluate.windows, settings.test_step)
    except ShortError as error:
        if panel.earlier is None:
            raise
        count = int(panel.earlier.known.sum())
        raise ShortError(
            f"{error}; {count:,} more before gaps that are too long to be filled only train: set "
            "data.gaps: zero if a missing row means 0, or a longer data.freq with data.off_grid: nearest"
        ) from error
    return _pose(config, panel, settings, spans)


def make_earlier_problem(config: Config, panel: Panel, known: IntArray) -> Problem:
    """Return the problem as it was when only `known` values of each series were there; validation takes the newest."""
    past = panel.until(known)
    settings = decide_settings(config, past.known, seasonal_periods(panel.frequency))
    horizon = config.forecast.horizon
    return _pose(config, past, settings, plan_spans(known + horizon, horizon, 1, settings.test_step))


def _pose(config: Config, panel: Panel, settings: Settings, spans: Spans) -> Problem:
    cycles = calendar_cycles(panel.frequency) if config.data.calendar == "auto" else ()
    span = int((panel.first + panel.known).max() - panel.first.min())
    return Problem(
        panel=panel,
        positive=bool((lowest_of(panel.with_earlier()) > 0).all()),
        horizon=config.forecast.horizon,
        cell=config.model.cell,
        uses_bank=config.model.bank == "auto",
        settings=settings,
        cycles=tuple(cycle for cycle in cycles if 2 * cycle.period <= span),
        seed=config.train.seed,
        spans=spans,
    )
