"""Covariates on the network's scale, and the places of ticks in calendar cycles."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True)
class Covariates:
    """The covariates of a panel, scaled, and the periods of the calendar cycles that go with them."""

    past: npt.NDArray[np.float32]  # (rows, P)
    future: npt.NDArray[np.float32]  # (rows, F)
    periods: tuple[float, ...]


def fit_covariate(values: FloatArray, seen: BoolArray) -> tuple[float, float, bool]:
    """Return (offset, scale, centred) of one covariate from the rows that training may see.

    A switch (holiday or not) has at most two values and keeps its zero; a level (temperature) has more, and is seen
    against its recent mean.
    """
    known = values[seen & np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0, False
    low, high = float(known.min()), float(known.max())
    if ((known == low) | (known == high)).all():
        return low, (high - low) or 1.0, False
    spread = float(known.std())
    return float(known.mean()), spread if spread > 1e-12 * abs(float(known.mean())) else 1.0, True


def scale_columns(values: FloatArray, offsets: tuple[float, ...], scales: tuple[float, ...]) -> npt.NDArray[np.float32]:
    """Return (rows, F) covariates as (value - offset) / scale; 0, the usual, where unknown."""
    scaled = (values - np.asarray(offsets).reshape(1, -1)) / np.asarray(scales).reshape(1, -1)
    return np.where(np.isfinite(scaled), scaled, 0.0).astype(np.float32)


def cycle_phases(first: IntArray, periods: tuple[float, ...]) -> FloatArray:
    """Return (series, cycles): how far into each cycle the first row of each series lies, in ticks."""
    return np.mod(first[:, None].astype(np.float64), np.asarray(periods, np.float64).reshape(1, -1))
