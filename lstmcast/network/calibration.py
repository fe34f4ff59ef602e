"""What validation taught about the raw forecast: how far to lean on a simple one, and how wide the bands must be."""

from typing import Annotated, Literal

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.kinds import Limits
from lstmcast.records import KeyFault, Record

Measure = Literal["usual_change", "unrest"]  # of a series, in which widths are told
MOST_FACTOR, MOST_WIDTH = 100.0, 1e9


class Calibration(Record):
    """Corrections fitted on held-out origins.

    `weights` (one for each step ahead) is how much of the network's median is kept; the rest comes from `baseline`.
    `factors` (one for each quantile) stretch the distance of that quantile from the median. Of its logarithm, `share`
    then comes from `widths` (one for each step and quantile), told in a `measure` of the series; `share` may be 0.
    """

    baseline: str
    weights: tuple[Annotated[float, Limits(ge=0, le=1)], ...]
    factors: tuple[Annotated[float, Limits(ge=0, le=MOST_FACTOR)], ...]
    widths: tuple[tuple[Annotated[float, Limits(ge=0, le=MOST_WIDTH)], ...], ...] = ()
    share: Annotated[float, Limits(ge=0, le=1)] = 0.0
    measure: Measure = "usual_change"

    @property
    def leans(self) -> bool:
        """Return whether anything comes from the baseline."""
        return min(self.weights) < 1

    def check_together(self) -> None:
        """Refuse widths that are not there for each step and quantile, where they have a share."""
        sizes = [len(row) for row in self.widths]
        if sizes != [len(self.factors)] * (len(self.weights) if self.share > 0 else 0):
            raise KeyFault("widths", "there must be a row of widths for each step, if they have a share, and else none")


def no_calibration(horizon: int, quantiles: int) -> Calibration:
    """Return the calibration that changes nothing."""
    return Calibration(baseline="naive", weights=(1.0,) * horizon, factors=(1.0,) * quantiles)


def stretched(calibration: Calibration, stretch: float) -> Calibration:
    """Return the calibration whose bands are so many times as wide."""
    factors = np.minimum(np.asarray(calibration.factors) * stretch, MOST_FACTOR)
    widths = np.minimum(np.asarray(calibration.widths) * stretch, MOST_WIDTH)
    rows = tuple(tuple(row) for row in widths.tolist())
    return calibration.changed({"factors": tuple(factors.tolist()), "widths": rows})


def calibrate(quantiles: FloatArray, baseline: FloatArray, measure: FloatArray, calibration: Calibration) -> FloatArray:
    """Return the (N, H, Q) quantiles after leaning on the (N, H) baseline and mending the width of the bands.

    `measure` holds the (N,) usual changes of the series, or their unrest, as the calibration has it.
    """
    middle = quantiles.shape[-1] // 2
    median = quantiles[..., middle]
    kept = np.asarray(calibration.weights)
    centre = kept * median + (1 - kept) * baseline
    answer = (quantiles - median[..., None]) * np.asarray(calibration.factors)
    if calibration.share > 0:
        side = np.sign(np.arange(quantiles.shape[-1]) - middle)  # of the median
        np.abs(answer, out=answer)
        answer **= 1 - calibration.share
        answer *= side * np.asarray(calibration.widths) ** calibration.share
        answer *= measure[:, None, None] ** calibration.share
    answer += centre[..., None]
    crossing = (answer[..., 1:] < answer[..., :-1]).any()  # factors may differ between neighbours
    return np.sort(answer, axis=-1) if crossing else answer
