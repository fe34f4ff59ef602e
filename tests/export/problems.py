"""Forecasters with weights that no training would give, and series of all kinds to hold them against."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.windows import latest_windows
from lstmcast.export.feed import Feed, cut_panel, feed_of
from lstmcast.network.calibration import Calibration, no_calibration
from lstmcast.network.ensemble import Ensemble
from lstmcast.network.latest import forecast_latest
from lstmcast.network.spec import ModelSpec, member_name
from tests.examples import Columns, a_panel, random_weights

ROWS = 24


@dataclass(frozen=True)
class Problem:
    """A forecaster, and what goes in."""

    spec: ModelSpec
    weights: dict[str, Any]
    calibration: Calibration
    cut: Panel

    @property
    def feed(self) -> Feed:
        return feed_of(self.cut, self.spec, ROWS)

    @property
    def own(self) -> FloatArray:
        return forecast_latest(self.cut, Ensemble(self.spec, self.weights, self.calibration))


def a_problem(spec: ModelSpec, calibration: Calibration | None = None, *, rows: int = ROWS) -> Problem:
    """Return the problem of a spec on long, short, flat, large and tiny series."""
    weights = {
        member_name(place, name): array
        for place, member in enumerate(spec.members)
        for name, array in random_weights(spec, member, seed=place, size=0.3).items()
    }
    calibration = calibration or no_calibration(spec.horizon, len(spec.quantiles))
    panel = series_of_all_kinds(spec)
    cut = cut_panel(panel, latest_windows(panel), rows, spec.horizon)
    return Problem(spec, weights, calibration, cut)


def series_of_all_kinds(spec: ModelSpec) -> Panel:
    """Return a panel of them, with the covariates of the spec."""
    random = np.random.default_rng(0)
    steps = np.arange(60)
    wavy = 40 + 0.3 * steps + 8 * np.sin(2 * np.pi * steps / 4) + random.normal(size=60)
    series = {
        "long": wavy,
        "cut": 1000 + 90 * random.normal(size=31).cumsum() + 2000,
        "short": wavy[:5],
        "two": wavy[:2],
        "flat": np.full(20, 7.5),
        "tiny": wavy[:40] * 1e-3,
        "zeros": np.where(steps[:30] % 3 == 0, wavy[:30], 0.0 if not spec.positive else 1.0),
    }
    if not spec.positive:
        series["below"] = wavy - 45
    ahead = spec.horizon if spec.future else 0
    count = sum(len(values) + ahead for values in series.values())

    def columns(scales: Any) -> Columns:
        drawn = {scale.name: random.normal(size=count) for scale in scales}
        for values in drawn.values():
            values[::17] = np.nan  # unknown here and there
        return drawn

    return a_panel(series, ahead=ahead, first=11, past=columns(spec.past), future=columns(spec.future))
