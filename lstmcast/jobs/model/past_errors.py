"""What smoothing of the series' own history would have missed at origins all along their past."""

from collections.abc import Sequence

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.config.auto import LEAST_PAST
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import fit_scaling
from lstmcast.data.windows import rolling_windows
from lstmcast.evaluation.backtest import HeldOutWindows, hold_out, thin_out
from lstmcast.evaluation.own_bands import typical_errors, width_share
from lstmcast.jobs.model.problem import Problem
from lstmcast.jobs.model.rehearsal import Block, joined_truth, on_common_scale
from lstmcast.network.ensemble import SMOOTHING_OF_HISTORY, forecast_baseline
from lstmcast.network.history import fewest_with_season

MOST_ORIGINS, MOST_WINDOWS = 60, 2000  # of a series, and of all


def past_errors(problem: Problem, blocks: Sequence[Block], known: IntArray) -> FloatArray | None:
    """Return the (H,) usual errors of smoothing in the `known` values, in usual changes of the series as it then stood.

    None where enough windows are held out in the blocks anyway, or nothing can be tried.
    """
    if not width_share(joined_truth(blocks).independent_windows):
        return None
    rehearsal, season, past = blocks[0].rehearsal, problem.settings.season, problem.panel.until(known)
    held = past_windows(past, problem.horizon, season)
    truth = on_common_scale(held, rehearsal.scaled, rehearsal.spec).truth
    forecast = forecast_baseline(rehearsal.scaled, held.windows, rehearsal.spec, SMOOTHING_OF_HISTORY)
    series = held.windows.series
    now = fit_scaling(past, log=problem.positive, season=season)  # as networks fitted to all of it will scale
    age = (past.known[series] - held.windows.origin).astype(np.float64)
    return typical_errors((truth - forecast) / now.usual_change(series)[:, None], age - problem.horizon)


def past_windows(past: Panel, horizon: int, season: int) -> HeldOutWindows:
    """Return windows all along the past, from where two seasons are known, or one and some of it, or none."""
    longest = int(past.known.max())
    enough = (2 * season + 1, max(LEAST_PAST, fewest_with_season(season)))
    least = next((least for least in enough if least <= longest - horizon), LEAST_PAST)
    origins = max(1, longest - horizon - least + 1)
    step = max(1, origins // MOST_ORIGINS)
    rounds = rolling_windows(past.known, horizon, min(MOST_ORIGINS, origins), step, least)
    return thin_out(hold_out(past, rounds, horizon, step, season), MOST_WINDOWS)
