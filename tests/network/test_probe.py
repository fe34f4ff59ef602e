from dataclasses import replace

import numpy as np
import pytest

from lstmcast.data.windows import Windows
from lstmcast.network.calibration import Calibration, no_calibration
from lstmcast.network.ensemble import SMOOTHING_OF_HISTORY, Ensemble, forecast_windows
from lstmcast.network.probe import dimmed, make_probe, signals_of, without
from lstmcast.network.scales import scale_for_members
from tests.examples import a_full_spec, a_member, a_panel
from tests.network.test_ensemble import BANK, a_mixed_spec, forecast, weights_for

SIGNALS = (("past", "wind"), ("future", "price"), ("calendar", "four"))


def a_probed_panel():
    random = np.random.default_rng(3)
    lengths = (20, 6, 15)  # the middle one is shorter than the context
    rows = sum(lengths) + 3 * len(lengths)
    series = {name: random.uniform(10, 20, length) for name, length in zip("abc", lengths, strict=True)}
    wind = {"wind": random.normal(size=rows)}
    return a_panel(series, ahead=3, first=5, past=wind, future={"price": random.normal(size=rows)})


def probe_of(spec, panel, series, origin=None, weights=None):
    scaled = scale_for_members(panel, panel, spec, spec.members)
    known = int(panel.known[series]) if origin is None else origin
    calibration = no_calibration(spec.horizon, len(spec.quantiles))
    return make_probe(panel, scaled, series, known, Ensemble(spec, weights or weights_for(spec), calibration))


def a_probed_spec():
    return a_full_spec(members=(a_member(bank=BANK), a_member(context=12, bank=BANK)))


@pytest.mark.parametrize("series", [0, 1, 2])
def test_a_probe_says_what_the_forecaster_says(series):
    spec, panel = a_probed_spec(), a_probed_panel()

    asked = probe_of(spec, panel, series).forecast()

    assert asked[0] == pytest.approx(forecast(panel, spec, weights_for(spec))[series, :, spec.median], rel=1e-5)


def test_a_probe_on_the_logarithmic_scale_says_what_the_forecaster_says():
    spec, panel = a_mixed_spec(), a_panel({"a": np.random.default_rng(0).uniform(5, 9, 30)})

    asked = probe_of(spec, panel, 0).forecast()

    assert asked[0] == pytest.approx(forecast(panel, spec, weights_for(spec))[0, :, spec.median], rel=1e-5)


def test_a_probe_inside_a_gap_knows_no_more_than_the_forecaster_did():
    random, spec = np.random.default_rng(3), a_mixed_spec()
    values = random.uniform(5, 9, 60)
    values[34:44] = np.linspace(values[33], 500, 10)  # drawn towards what came after the gap
    panel = replace(a_panel({"a": values}), filled=(np.arange(60) >= 34) & (np.arange(60) < 44), interpolated=True)
    scaled, weights = scale_for_members(panel, panel, spec, spec.members), weights_for(spec)
    calibration = no_calibration(spec.horizon, len(spec.quantiles))

    asked = make_probe(panel, scaled, 0, 40, Ensemble(spec, weights, calibration)).forecast()

    windows = Windows(np.array([0]), np.array([40]))
    said = forecast_windows(scaled, windows, Ensemble(spec, weights, calibration))[0, :, spec.median]
    assert asked[0] == pytest.approx(said, rel=1e-5)


def test_a_probe_of_a_forecast_that_leans_on_its_history_holds_all_that_it_looks_at():
    spec, panel = a_mixed_spec(), a_panel({"a": np.random.default_rng(0).uniform(5, 9, 90)})
    scaled, weights = scale_for_members(panel, panel, spec, spec.members), weights_for(spec)
    leaning = Calibration(baseline=SMOOTHING_OF_HISTORY, weights=(0.5,) * 3, factors=(1.0,) * 5)

    probe = make_probe(panel, scaled, 0, 90, Ensemble(spec, weights, leaning))

    assert probe.context.tolist() == panel.values[-60:].tolist()
    whole = forecast(panel, spec, weights, calibration=leaning)[0, :, spec.median]
    assert probe.forecast()[0] == pytest.approx(whole, rel=1e-5)


def test_a_probe_of_an_earlier_origin_holds_nothing_of_what_came_after():
    spec, panel = a_probed_spec(), a_probed_panel()

    probe = probe_of(spec, panel, 0, origin=14)

    assert probe.context.tolist() == panel.values[2:14].tolist()
    assert np.isnan(probe.panel.values[12:]).all()
    assert len(probe.panel.values) == 12 + 3


def test_a_probe_answers_many_contexts_at_once_and_stays_as_it_is():
    spec, panel = a_probed_spec(), a_probed_panel()
    probe = probe_of(spec, panel, 0)
    before = probe.context.copy()
    raised = probe.context + 1

    both = probe.forecast(np.stack([probe.context, raised]))

    assert both[0] == pytest.approx(probe.forecast()[0], rel=1e-6)
    assert both[1] == pytest.approx(probe.forecast(raised[None])[0], rel=1e-6)
    assert np.abs(both[0] - both[1]).max() > 0.1
    assert probe.context.tolist() == before.tolist()


def test_all_that_the_network_sees_beside_the_values_is_a_signal():
    assert signals_of(a_probed_spec()) == SIGNALS


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_signal_that_is_hidden_may_be_anything(signal):
    spec, panel = a_probed_spec(), a_probed_panel()
    probe = probe_of(spec, panel, 0)
    hidden = dimmed(probe.ensemble.weights, spec, {signal: 0.0})
    kind, _ = signal
    random = np.random.default_rng(9)
    other = {kind: random.normal(size=getattr(probe.panel, kind).shape)} if kind != "calendar" else {}
    later = probe_of(spec, a_shifted(panel), 0) if kind == "calendar" else probe

    plain, changed = probe.forecast(weights=hidden), later.forecast(weights=hidden, **other)

    assert changed == pytest.approx(plain, rel=1e-6)
    assert np.abs(later.forecast(**other) - probe.forecast()).max() > 1e-3


def a_shifted(panel):
    return replace(panel, first=panel.first + 1)


@pytest.mark.parametrize("signal", SIGNALS)
def test_full_strength_changes_nothing(signal):
    spec = a_probed_spec()
    weights = weights_for(spec)

    same = dimmed(weights, spec, {signal: 1.0})

    assert all((same[name] == weights[name]).all() for name in weights)


def test_dimming_one_signal_leaves_the_rows_of_all_others():
    spec = a_probed_spec()
    weights = weights_for(spec)

    changed = dimmed(weights, spec, {("future", "price"): 0.5})

    kernel, plain = changed["member0/cell0/kernel"], weights["member0/cell0/kernel"]
    rows = np.flatnonzero((kernel != plain).any(axis=1))
    assert rows.tolist() == [4, 5]  # segments of two steps: values, wind, price
    assert (kernel[4:6] == plain[4:6] * np.float32(0.5)).all()
    assert np.flatnonzero(
        (changed["member0/ahead/kernel"] != weights["member0/ahead/kernel"]).any(axis=1)
    ).tolist() == [0]


def test_a_network_without_a_cell_has_signals_for_the_horizon_only():
    spec = a_probed_spec().changed({"cell": "linear"})
    weights = weights_for(spec)

    changed = dimmed(weights, spec, dict.fromkeys(SIGNALS, 0.0))

    assert {name for name in weights if (changed[name] != weights[name]).any()} == {
        "member0/ahead/kernel",
        "member1/ahead/kernel",
    }


def test_a_layer_that_is_silenced_adds_nothing():
    spec = a_probed_spec()

    weights = without(weights_for(spec), spec, "correction")

    assert not any(weights[name].any() for name in weights if "/correction/" in name)
    assert sum("/correction/" in name for name in weights) == 4
