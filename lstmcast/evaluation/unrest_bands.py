"""How far the bands of each of many series follow the unrest of that series.

A network that many series have taught together knows how wide bands are for most of them, but it sees one context at a
time: those of a series that was always calm come out too wide, and those of a restless one too narrow. The whole
history tells them apart.
"""

from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.held_out import Errors, HeldOut, in_usual_changes, is_clear_gain

SHARE = 0.35  # of the logarithm of a width that comes from the unrest of the series, by default
OTHER_SHARES = (0.0, 0.15, 0.5)
LIKELY = 1.0  # standard errors of the gain that another one takes
FEWEST_SERIES = 8  # that tell what is usual for so much unrest
SMALLEST_WIDTH = 1e-12


@dataclass(frozen=True)
class Drawn:
    """Distances of quantiles from the median, drawn to what the unrest of their series tells."""

    share: float
    widths: FloatArray  # (H, Q) for an unrest of one
    spread: FloatArray  # (N, H, Q)


def draw_to_unrest(
    held: HeldOut, errors: Errors, unrest: FloatArray, series: int, quantiles: tuple[float, ...]
) -> Drawn | None:
    """Return the distances drawn as far as held-out windows of so many series advise; None if that is not at all."""
    if series < FEWEST_SERIES:
        return None
    widths = widths_in_unrest(errors.spread, unrest)

    def drawn(share: float) -> Drawn:
        return Drawn(share, widths, drawn_to_unrest(errors.spread, unrest, widths, share))

    best = drawn(SHARE)
    losses = interval_losses(held, Errors(errors.error, best.spread), quantiles)
    gain = 0.0
    for one in map(drawn, OTHER_SHARES):
        found = interval_losses(held, Errors(errors.error, one.spread), quantiles)
        if is_clear_gain(held, losses, found, errors=LIKELY) and (losses - found).mean() > gain:
            best, gain = one, float((losses - found).mean())
    return best if best.share else None


def interval_losses(held: HeldOut, errors: Errors, quantiles: tuple[float, ...]) -> FloatArray:
    """Return the (N,) mean pinball losses of the quantiles, in usual changes of the series.

    One that is absurd counts as `LOUDEST`.
    """
    away = errors.error[..., None] - errors.spread
    losses = np.maximum(np.asarray(quantiles) * away, (np.asarray(quantiles) - 1) * away).mean(axis=2)
    return in_usual_changes(held, losses)


def widths_in_unrest(spread: FloatArray, unrest: FloatArray) -> FloatArray:
    """Return the (H, Q) usual distances of quantiles from the median, of (N, H, Q) ones, for an unrest of one."""
    logs = np.log(np.maximum(np.abs(spread), SMALLEST_WIDTH)) - np.log(unrest)[:, None, None]
    return np.asarray(np.exp(np.median(logs, axis=0)))


def drawn_to_unrest(spread: FloatArray, unrest: FloatArray, widths: FloatArray, share: float) -> FloatArray:
    """Return the (N, H, Q) distances, of whose logarithms a share comes from the widths and the (N,) unrest."""
    return np.sign(spread) * np.abs(spread) ** (1 - share) * (widths * unrest[:, None, None]) ** share
