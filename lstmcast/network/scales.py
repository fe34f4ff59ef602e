"""Panels on the scales that the members of an ensemble work on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.data.covariate.covariates import Covariates, scale_columns
from lstmcast.data.panel import BoolArray, FloatArray, IntArray, Panel
from lstmcast.data.scaling import SMALLEST_SHARE, Scaling, SeriesArrays, fit_scaling, lowest_of, scale_panels
from lstmcast.network.spec import MemberSpec, ModelSpec


@dataclass(frozen=True)
class ScaledPanels:
    """A panel on the scales that the members need: linear, logarithmic or both, by `member.log`."""

    scalings: Mapping[bool, Scaling]
    arrays: Mapping[bool, SeriesArrays]
    floor: FloatArray  # (series,) no positive forecast falls below it before logarithms are taken
    never_negative: BoolArray  # (series,) True where no value was below zero: no forecast is then

    def usual_change(self, positive: bool, series: IntArray) -> FloatArray:
        """Return that of each of the series, of the logarithms if the data are positive."""
        return self.scalings[positive].usual_change(series)  # positive data always have a member on the log scale


def scale_for_members(panel: Panel, past: Panel, spec: ModelSpec, members: Sequence[MemberSpec]) -> ScaledPanels:
    """Return `panel` scaled with statistics of `past`: the same panel, or as it stood earlier."""
    covariates = scale_covariates(panel, spec)
    scalings = {log: fit_scaling(past, log=log, season=spec.season) for log in {member.log for member in members}}
    arrays = scale_panels(panel, scalings, covariates)
    lowest = lowest_of(past)
    floor = SMALLEST_SHARE * np.where(np.isfinite(lowest), lowest, 1.0)
    return ScaledPanels(scalings, arrays, floor, lowest >= 0)


def scale_covariates(panel: Panel, spec: ModelSpec) -> Covariates:
    """Return the panel's covariates and cycles as the model was fitted to them."""
    return Covariates(
        past=scale_columns(panel.past, tuple(c.offset for c in spec.past), tuple(c.scale for c in spec.past)),
        future=scale_columns(panel.future, tuple(c.offset for c in spec.future), tuple(c.scale for c in spec.future)),
        periods=tuple(cycle.period for cycle in spec.calendar),
    )
