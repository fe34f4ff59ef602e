"""Asks the whole forecaster what it would say of one window, were that window a little different.

A probe holds one window with the statistics of its series, which stay as they are: only what the network sees changes.
Values are changed in the data. A covariate or a calendar cycle is dimmed through the weights that read it: it enters
the network by them alone, so to scale these rows by 0.3 is to show 0.3 of it, and 0 hides it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import Scaling, scale_panel
from lstmcast.data.windows import Windows
from lstmcast.network.ensemble import Ensemble, forecast_windows, rows_needed
from lstmcast.network.forward import Weights
from lstmcast.network.scales import ScaledPanels, scale_covariates
from lstmcast.network.spec import WINDOW_FEATURES, MemberSpec, ModelSpec, member_name

Signal = tuple[str, str]  # ("past" | "future" | "calendar", name)


@dataclass(frozen=True)
class Probe:
    """One window that can be asked about, cut out of its panel."""

    panel: Panel  # one series: what the forecaster sees, and the known-ahead rows of the horizon
    scaled: ScaledPanels  # of that series alone
    ensemble: Ensemble

    @property
    def spec(self) -> ModelSpec:
        """Return the spec of the forecaster."""
        return self.ensemble.spec

    @property
    def context(self) -> FloatArray:
        """Return the (L,) values that the forecaster sees, the newest last."""
        return self.panel.values[: self.panel.known[0]]

    def forecast(
        self,
        contexts: FloatArray | None = None,
        *,
        past: FloatArray | None = None,
        future: FloatArray | None = None,
        weights: Weights | None = None,
    ) -> FloatArray:
        """Return the (K, H) median forecasts of K (K, L) contexts, seen with other covariates or other weights."""
        contexts = self.context[None] if contexts is None else contexts
        count, length = contexts.shape
        rows = len(self.panel.values)
        values = np.full((count, rows), np.nan)
        values[:, :length] = contexts
        panel = replace(
            self.panel,
            id_names=(),
            ids=(),
            offsets=np.arange(count + 1) * rows,
            known=np.full(count, length),
            first=np.repeat(self.panel.first, count),
            values=values.reshape(-1),
            filled=np.tile(self.panel.filled, count),
            past=np.tile(self.panel.past if past is None else past, (count, 1)),
            future=np.tile(self.panel.future if future is None else future, (count, 1)),
        )
        covariates = scale_covariates(panel, self.spec)
        scalings = {log: _repeated(one, np.zeros(count, np.int64)) for log, one in self.scaled.scalings.items()}
        arrays = {log: scale_panel(panel, one, covariates) for log, one in scalings.items()}
        alike = np.zeros(count, np.int64)
        scaled = ScaledPanels(scalings, arrays, self.scaled.extent.take(alike), self.scaled.unrest[alike])
        windows = Windows(np.arange(count), panel.known)
        used = self.ensemble if weights is None else replace(self.ensemble, weights=weights)
        return forecast_windows(scaled, windows, used)[..., used.spec.median]


def make_probe(panel: Panel, scaled: ScaledPanels, series: int, origin: int, ensemble: Ensemble) -> Probe:
    """Return the probe of the window of `series` whose first `origin` values are known."""
    dropped = max(0, origin - rows_needed(ensemble.spec, ensemble.calibration))
    start = int(panel.offsets[series])
    last = min(int(panel.offsets[series + 1]), start + origin + ensemble.spec.horizon)
    rows = slice(start + dropped, last)
    known = np.array([origin - dropped])
    values = np.where(np.arange(last - rows.start) < known, panel.values[rows], np.nan)
    piece = replace(
        panel,
        ids=tuple(column[[series]] for column in panel.ids),
        offsets=np.array([0, last - rows.start]),
        known=known,
        first=panel.first[[series]] + dropped,
        values=values,
        filled=panel.filled[rows],
        past=panel.past[rows],
        future=panel.future[rows],
        earlier=None,
    )
    scalings = {log: _repeated(one, np.array([series])) for log, one in scaled.scalings.items()}
    own = ScaledPanels(scalings, {}, scaled.extent.take(np.array([series])), scaled.unrest[[series]])
    return Probe(piece, own, ensemble)


def signals_of(spec: ModelSpec) -> tuple[Signal, ...]:
    """Return what the network sees beside the values: covariates and the cycles of the calendar."""
    return (
        *(("past", scale.name) for scale in spec.past),
        *(("future", scale.name) for scale in spec.future),
        *(("calendar", cycle.name) for cycle in spec.calendar),
    )


def dimmed(weights: Weights, spec: ModelSpec, strengths: Mapping[Signal, float]) -> Weights:
    """Return weights that let through only so much of each signal: 1 is all of it, 0 hides it."""
    changed = dict(weights)
    for place, member in enumerate(spec.members):
        in_cell, ahead = member_name(place, "cell0/kernel"), member_name(place, "ahead/kernel")
        if spec.recurrent_layers:
            changed[in_cell] = changed[in_cell].copy()
        if spec.horizon_features:
            changed[ahead] = changed[ahead].copy()
        for signal, strength in strengths.items():
            if spec.recurrent_layers:
                changed[in_cell][_rows_in_cell(spec, member, signal)] *= np.float32(strength)
            rows = _rows_ahead(spec, signal)
            if rows is not None:
                changed[ahead][rows] *= np.float32(strength)
    return changed


def without(weights: Weights, spec: ModelSpec, layer: str) -> Weights:
    """Return the weights with one dense layer of every member silenced."""
    names = [member_name(place, f"{layer}/{part}") for place in range(len(spec.members)) for part in ("kernel", "bias")]
    return {**weights, **{name: np.zeros_like(weights[name]) for name in names if name in weights}}


def _rows_in_cell(spec: ModelSpec, member: MemberSpec, signal: Signal) -> slice:
    """Return the rows of the first cell's kernel that read a signal; `network.inputs` lays them out."""
    kind, name = signal
    if kind == "calendar":
        start = member.segment * (1 + len(spec.past) + len(spec.future)) + 1 + WINDOW_FEATURES
        return _moved(_calendar_columns(spec, name), start)
    names = [("past", scale.name) for scale in spec.past] + [("future", scale.name) for scale in spec.future]
    place = 1 + names.index(signal)
    return slice(place * member.segment, (place + 1) * member.segment)


def _rows_ahead(spec: ModelSpec, signal: Signal) -> slice | None:
    kind, name = signal
    if kind == "past":
        return None
    if kind == "calendar":
        return _moved(_calendar_columns(spec, name), len(spec.future))
    place = [scale.name for scale in spec.future].index(name)
    return slice(place, place + 1)


def _calendar_columns(spec: ModelSpec, name: str) -> slice:
    start = 0
    for cycle in spec.calendar:
        if cycle.name == name:
            return slice(start, start + 2 * cycle.harmonics)
        start += 2 * cycle.harmonics
    raise KeyError(name)


def _moved(columns: slice, by: int) -> slice:
    return slice(columns.start + by, columns.stop + by)


def _repeated(scaling: Scaling, series: IntArray) -> Scaling:
    return Scaling(
        log=scaling.log,
        anchor=scaling.anchor[series],
        unit=scaling.unit[series],
        typical=scaling.typical[series],
        flat=scaling.flat[series],
        floor=scaling.floor[series],
    )
