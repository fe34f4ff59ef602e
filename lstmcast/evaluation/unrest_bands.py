"""How far the bands of each of many series follow the unrest of that series.

A network that many series have taught together knows how wide bands are for most of them, but it sees one context at a
time: those of a series that was always calm come out too wide, and those of a restless one too narrow. The whole
history tells them apart.
"""

from collections.abc import Iterable, Iterator
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
    """How far the distances of quantiles from the median are drawn to what the unrest of their series tells."""

    share: float
    widths: FloatArray  # (H, Q) for an unrest of one


def draw_to_unrest(
    held: HeldOut, errors: Errors, unrest: FloatArray, series: int, quantiles: tuple[float, ...]
) -> Drawn | None:
    """Draw the distances in `errors` as far as held-out windows of so many series advise; None if that is not at all.

    It is done in place: of very many series they are large.
    """
    if series < FEWEST_SERIES:
        return None
    widths = widths_in_unrest(errors.spread, unrest)

    def losses_with(share: float) -> FloatArray:
        return interval_losses(held, errors.error, each_drawn(errors.spread, unrest, widths, share), quantiles)

    losses = losses_with(SHARE)
    gains = {SHARE: 0.0}
    for share in OTHER_SHARES:
        found = losses_with(share)
        if is_clear_gain(held, losses, found, errors=LIKELY):
            gains[share] = float((losses - found).mean())
    best = max(gains, key=gains.__getitem__)
    if not best:
        return None
    for place, drawn in enumerate(each_drawn(errors.spread, unrest, widths, best)):
        errors.spread[..., place] = drawn
    return Drawn(best, widths)


def interval_losses(
    held: HeldOut, error: FloatArray, spreads: Iterable[FloatArray], quantiles: tuple[float, ...]
) -> FloatArray:
    """Return the (N,) mean pinball losses of the quantiles, in usual changes of the series.

    `spreads` are the (N, H) distances of each quantile from the median. A loss that is absurd counts as `LOUDEST`.
    """
    total = np.zeros_like(error)
    for quantile, spread in zip(quantiles, spreads, strict=True):
        away = error - spread
        total += np.maximum(quantile * away, (quantile - 1) * away)
    return in_usual_changes(held, total / len(quantiles))


def widths_in_unrest(spread: FloatArray, unrest: FloatArray) -> FloatArray:
    """Return the (H, Q) usual distances of quantiles from the median, of (N, H, Q) ones, for an unrest of one."""
    of_series = np.log(unrest)[:, None]
    logs = (np.log(np.maximum(np.abs(one), SMALLEST_WIDTH)) - of_series for one in np.moveaxis(spread, -1, 0))
    return np.stack([np.exp(np.median(one, axis=0)) for one in logs], axis=-1)


def each_drawn(spread: FloatArray, unrest: FloatArray, widths: FloatArray, share: float) -> Iterator[FloatArray]:
    """Yield the (N, H) distances of each quantile, of whose logarithms a share comes from the widths and the unrest."""
    for own, usual in zip(np.moveaxis(spread, -1, 0), widths.T, strict=True):
        yield np.sign(own) * np.abs(own) ** (1 - share) * (usual * unrest[:, None]) ** share
