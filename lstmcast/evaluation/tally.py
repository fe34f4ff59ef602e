"""What is kept of an origin once its forecasts are scored: sums, from which every score of every part follows.

The forecasts of 100,000 series at many origins would not fit into memory; these sums do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.evaluation.metrics import Ratio, Scored, ratios


@dataclass(frozen=True)
class Tally:
    """The scores of one forecaster, by name, as sums over its windows and over its steps ahead."""

    windows: Mapping[str, Ratio]  # (N,)
    steps: Mapping[str, Ratio]  # (H,)


def tally(scored: Scored, levels: Sequence[float]) -> Tally:
    """Return the sums of some scored windows."""
    each_step = [ratios(scored.at_step(step), levels) for step in range(scored.truth.shape[1])]
    steps = {
        name: replace(
            first,
            top=np.array([one[name].top.sum() for one in each_step]),
            bottom=np.array([one[name].bottom.sum() for one in each_step]),
        )
        for name, first in each_step[0].items()
    }
    return Tally(ratios(scored, levels), steps)


def join_tallies(tallies: Sequence[Tally]) -> Tally:
    """Return the tally of all windows of one forecaster, one origin after the other."""
    windows = {
        name: replace(
            first,
            top=np.concatenate([one.windows[name].top for one in tallies]),
            bottom=np.concatenate([one.windows[name].bottom for one in tallies]),
        )
        for name, first in tallies[0].windows.items()
    }
    steps = {
        name: replace(
            first,
            top=np.sum([one.steps[name].top for one in tallies], axis=0),
            bottom=np.sum([one.steps[name].bottom for one in tallies], axis=0),
        )
        for name, first in tallies[0].steps.items()
    }
    return Tally(windows, steps)


def symmetric_levels(quantiles: Sequence[float]) -> tuple[float, ...]:
    """Return the levels, in percent, of all intervals that the quantiles have both ends of."""
    return tuple(sorted({round(100 * (1 - 2 * quantile), 6) for quantile in quantiles if quantile < 0.5}))
