"""What held-out origins decide: the scale of the members, when to stop, how far to lean on a simple forecast.

A choice leaves its default only for a clear gain: what one quiet spring says may not hold for the year.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.held_out import HeldOut, is_clear_gain, window_losses

KEPT_SHARES = (0.0, 0.25, 0.5, 0.75)  # of the network, when it leans on a simple forecast
PARTS = 4  # of the horizon, each of which may lean by itself
LIKELY, CLEAR, SURE = 1.0, 2.0, 3.0  # standard errors that a gain takes: to mix scales, to stop early, to lean
FEWEST_TO_JUDGE = 5.0  # independent windows; fewer agree too easily for a standard error to mean anything
FIRST_LEAN = 0.65  # on the usual forecast, where nothing was held out; it falls as windows are
USUAL_LEAN = 0.4  # when so many independent ones are:
ENOUGH_TO_TRUST = 12.0
ENOUGH_MOMENTS = 10.0  # and half of a clear loss ends it: many moments speak for the ones to come
MANY_MOMENTS = 12.0  # judge a network by themselves


@dataclass(frozen=True)
class Leaning:
    """On which simple forecast the network leans, and how much of the network is kept at each step ahead."""

    baseline: str
    kept: tuple[float, ...]  # (H,)


def choose_stop(held: HeldOut, medians: list[tuple[int, FloatArray]]) -> int:
    """Return after how many steps to stop: the end of the budget, unless an earlier look was clearly better."""
    losses = {step: window_losses(held, median) for step, median in medians}
    last = max(losses)
    best = min(losses, key=lambda step: float(losses[step].mean()))
    return best if is_clear_gain(held, losses[last], losses[best], errors=CLEAR) else last


def prefers_mixture(held: HeldOut, logarithmic: FloatArray, linear: FloatArray) -> bool:
    """Return whether half the members should work on the linear scale; linear alone is never chosen."""
    mixed = (logarithmic + linear) / 2
    return is_clear_gain(held, window_losses(held, logarithmic), window_losses(held, mixed), errors=LIKELY)


def choose_leaning(
    held: HeldOut, median: FloatArray, baselines: Mapping[str, FloatArray], usual: str | None
) -> Leaning:
    """Return how far the (N, H) medians lean on which of the (N, H) baselines.

    Forecasts that err in different ways are better together, so the network leans on `usual` by default: more where few
    windows have tested it, half as much or not at all where that would clearly have been worse, and not at all where
    many moments have tested it. Where a share of one of the baselines was better beyond doubt, it leans on that one,
    for each part of the horizon as was best there. With many moments that is none but the plain ones, which show that
    a network has learnt nothing: by how much it is better or worse than the usual one changes with the season.
    """
    is_tested, stands_alone = held.independent_windows >= FEWEST_TO_JUDGE, held.moments >= MANY_MOMENTS
    plain = {name: baseline for name, baseline in baselines.items() if name != usual}
    sure = _sure_leaning(held, median, plain if stands_alone else baselines) if is_tested else None
    if sure is not None:
        return sure
    if usual is None or stands_alone:
        return _evenly(next(iter(baselines)), 0.0, median)
    if is_tested:
        return _usual_leaning(held, median, baselines[usual], usual)
    return _evenly(usual, _default_lean(held), median)


def _default_lean(held: HeldOut) -> float:
    untested = max(0.0, 1 - held.independent_windows / ENOUGH_TO_TRUST)
    return USUAL_LEAN + (FIRST_LEAN - USUAL_LEAN) * untested


def _evenly(name: str, lean: float, median: FloatArray) -> Leaning:
    return Leaning(name, (round(1 - lean, 4),) * median.shape[1])


def _usual_leaning(held: HeldOut, median: FloatArray, baseline: FloatArray, name: str) -> Leaning:
    """Return the default, half of it, or none: the first that was not worse than the network alone.

    The fewer moments there are, the more clearly they have to prove that.
    """
    own, lean = window_losses(held, median), _default_lean(held)
    errors = CLEAR * ENOUGH_MOMENTS / (ENOUGH_MOMENTS + held.moments)
    for share in (lean, lean / 2):
        losses = window_losses(held, (1 - share) * median + share * baseline)
        if not is_clear_gain(held, losses, own, errors=errors):
            return _evenly(name, share, median)
    return _evenly(name, 0.0, median)


def _sure_leaning(held: HeldOut, median: FloatArray, baselines: Mapping[str, FloatArray]) -> Leaning | None:
    """Return the leaning that was better than the network alone beyond doubt, if one was."""
    horizon = median.shape[1]
    best, most = None, 0.0
    for name, baseline in baselines.items():
        kept, gain = _best_share(held, median, baseline, slice(None), errors=SURE)
        if kept < 1 and gain > most:
            best, most = name, gain
    if best is None:
        return None
    parts = np.array_split(np.arange(horizon), min(PARTS, horizon))
    shares = [
        _best_share(held, median, baselines[best], slice(part[0], part[-1] + 1), errors=LIKELY)[0] for part in parts
    ]
    return Leaning(best, tuple(np.repeat(shares, [len(part) for part in parts]).tolist()))


def _best_share(
    held: HeldOut, median: FloatArray, baseline: FloatArray, steps: slice, *, errors: float
) -> tuple[float, float]:
    """Return how much of the network to keep over these steps, and how much that saves."""
    own = window_losses(held, median, steps)
    kept, least = 1.0, float(own.mean())
    for share in KEPT_SHARES:
        losses = window_losses(held, share * median + (1 - share) * baseline, steps)
        if losses.mean() < least and is_clear_gain(held, own, losses, errors=errors):
            kept, least = share, float(losses.mean())
    return kept, float(own.mean()) - least
