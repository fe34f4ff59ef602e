"""Panels on the scales that the members of an ensemble work on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import BoolArray, FloatArray, IntArray
from lstmcast.data.covariate.covariates import Covariates, scale_columns
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import (
    SMALLEST_SHARE,
    Scaling,
    SeriesArrays,
    fit_scaling,
    highest_of,
    lowest_of,
    scale_panels,
)
from lstmcast.data.unrest import unrest_of
from lstmcast.network.calibration import Measure
from lstmcast.network.spec import MemberSpec, ModelSpec

LEAST_HORIZONS = 8  # of history that show how far a series goes


@dataclass(frozen=True)
class Extent:
    """How far the values of each series went."""

    lowest: FloatArray  # (series,) infinity where none is known
    highest: FloatArray
    room: FloatArray  # (series,) how wide a long history is; infinity of a short one, and of one that stands still

    def take(self, series: IntArray) -> "Extent":
        """Return that of some series."""
        return Extent(self.lowest[series], self.highest[series], self.room[series])

    @property
    def floor(self) -> FloatArray:
        """Return the values below which no positive forecast falls before logarithms are taken."""
        return SMALLEST_SHARE * np.where(np.isfinite(self.lowest), self.lowest, 1.0)

    @property
    def never_negative(self) -> BoolArray:
        """Return where no value was below zero: no forecast is then."""
        return self.lowest >= 0


@dataclass(frozen=True)
class ScaledPanels:
    """A panel on the scales that the members need: linear, logarithmic or both, by `member.log`."""

    scalings: Mapping[bool, Scaling]
    arrays: Mapping[bool, SeriesArrays]
    extent: Extent
    unrest: FloatArray  # (series,) NaN if nobody asked for it

    def measure(self, name: Measure, positive: bool, series: IntArray) -> FloatArray:
        """Return what the widths of the bands of each of the series are told in."""
        return self.unrest[series] if name == "unrest" else self.usual_change(positive, series)

    def usual_change(self, positive: bool, series: IntArray) -> FloatArray:
        """Return that of each of the series, of the logarithms if the data are positive."""
        return self.scalings[positive].usual_change(series)  # positive data always have a member on the log scale


def scale_for_members(
    panel: Panel, past: Panel, spec: ModelSpec, members: Sequence[MemberSpec], measure: Measure = "usual_change"
) -> ScaledPanels:
    """Return `panel` scaled with statistics of `past`: the same panel, or as it stood earlier.

    The unrest of the series is among them if it is the `measure` that is wanted.
    """
    covariates = scale_covariates(panel, spec)
    scalings = {log: fit_scaling(past, log=log, season=spec.season) for log in {member.log for member in members}}
    arrays = scale_panels(panel, scalings, covariates)
    unrest = np.full(past.series_count, np.nan)
    if measure == "unrest":
        usual = scalings[spec.positive].typical * scalings[spec.positive].unit
        unrest = unrest_of(past, usual, log=spec.positive, season=spec.season)
    return ScaledPanels(scalings, arrays, _extent_of(past, spec.horizon), unrest)


def _extent_of(past: Panel, horizon: int) -> Extent:
    """Return how far the known values of each series went."""
    lowest, highest = lowest_of(past), highest_of(past)
    tells = (past.known >= LEAST_HORIZONS * horizon) & (highest > lowest)
    with np.errstate(over="ignore"):  # what is as wide as numbers go has room without end
        return Extent(lowest, highest, np.subtract(highest, lowest, out=np.full(len(lowest), np.inf), where=tells))


def scale_covariates(panel: Panel, spec: ModelSpec) -> Covariates:
    """Return the panel's covariates and cycles as the model was fitted to them."""
    return Covariates(
        past=scale_columns(panel.past, tuple(c.offset for c in spec.past), tuple(c.scale for c in spec.past)),
        future=scale_columns(panel.future, tuple(c.offset for c in spec.future), tuple(c.scale for c in spec.future)),
        periods=tuple(cycle.period for cycle in spec.calendar),
    )
