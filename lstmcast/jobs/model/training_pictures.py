"""The pictures of a training: losses against steps, and the test windows beside the truth."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lstmcast.config.schema import Config
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.evaluation.backtest import HeldOutWindows
from lstmcast.evaluation.metrics import Scored
from lstmcast.jobs.common.forecast_picture import bands_of, times_of, values_of
from lstmcast.jobs.model.fitting import Fitted, Recipe
from lstmcast.plurals import count_things
from lstmcast.report.plots import BacktestWindow, MemberHistory, SeriesBacktestPicture, backtest_plot, history_plot
from lstmcast.training.members import TrainedMember

MOST_SERIES = 4  # in one picture
SCALE_NAMES = {True: "logarithmic", False: "linear"}


def draw_backtest(
    reading: Reading, held: HeldOutWindows, scored: Mapping[str, Scored], config: Config, cache: Path
) -> bytes:
    """Return the test windows of the first series as a PNG: truth, model and the gate's baseline."""
    panel, model, against = reading.panel, config.model.cell, config.evaluate.gate.against
    tested = np.unique(held.windows.series)
    pictures = [
        _backtest_picture(panel, int(series), held, scored[model], scored[against], config.forecast.levels)
        for series in tested[:MOST_SERIES]
    ]
    return backtest_plot(
        pictures,
        title=f"{panel.target}: {count_things(held.rounds, 'held-out origin')}",
        value_name=panel.target,
        time_name=reading.axis_name,
        model_name=model.upper(),
        baseline_name=against.replace("_", " "),
        total=len(tested),
        cache=cache,
    )


def draw_history(recipe: Recipe, rehearsed: Sequence[TrainedMember], fitted: Fitted, cache: Path) -> bytes:
    """Return the losses of all members and the validation scores as a PNG."""
    members = []
    for (log, curve), one in zip(recipe.curves.items(), rehearsed, strict=True):
        members.append(
            MemberHistory(
                name=f"validation, {SCALE_NAMES[log]}",
                steps=np.array([look.step for look in one.looks]),
                train_loss=np.array([look.loss for look in one.looks]),
                validation_steps=np.array([step for step, _ in curve]),
                validation_score=np.array([score for _, score in curve]),
                chosen_step=recipe.stops[log],
            )
        )
    nothing = np.zeros(0)
    for place, one in enumerate(fitted.trained):
        members.append(
            MemberHistory(
                name=f"member {place + 1}",
                steps=np.array([look.step for look in one.looks]),
                train_loss=np.array([look.loss for look in one.looks]),
                validation_steps=nothing.astype(np.int64),
                validation_score=nothing,
                chosen_step=None,
            )
        )
    return history_plot(members, cache=cache)


def _backtest_picture(
    panel: Panel, series: int, held: HeldOutWindows, model: Scored, baseline: Scored, levels: Sequence[float]
) -> SeriesBacktestPicture:
    mine = np.flatnonzero(held.windows.series == series)
    horizon = held.truth.shape[1]
    first, last = int(held.windows.origin[mine].min()), int(held.windows.origin[mine].max())
    start, end = max(0, first - 2 * horizon), min(int(panel.known[series]), last + horizon)
    windows = [
        BacktestWindow(
            times=times_of(panel, series, int(held.windows.origin[n]), int(held.windows.origin[n]) + horizon),
            median=model.median[n],
            baseline=baseline.median[n],
            bands=bands_of(model.quantiles, model.values[n], levels),
        )
        for n in mine
    ]
    return SeriesBacktestPicture(
        name=panel.name_of(series),
        times=times_of(panel, series, start, end),
        truth=values_of(panel, series, start, end),
        windows=tuple(windows),
    )
