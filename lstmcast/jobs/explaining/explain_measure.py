"""What is measured to explain a version on some windows: gates, memory, bank, and what moves the forecast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.data.panel import Panel
from lstmcast.data.scaling import usual_change
from lstmcast.data.windows import NUMPY, Windows
from lstmcast.jobs.common.talk import Talk
from lstmcast.network.bank import build_bank, forecasters
from lstmcast.network.cells import Floats
from lstmcast.network.ensemble import forecast_baseline, forecast_member, forecast_windows, to_values, weights_of
from lstmcast.network.forward import Weights, bank_forecasts, gate_openings, read_state
from lstmcast.network.influence import Agreement, Part, compare_methods, measure_influence, sizes_of
from lstmcast.network.inputs import Inputs, make_inputs
from lstmcast.network.probe import make_probe, without
from lstmcast.network.scales import ScaledPanels, scale_for_members
from lstmcast.network.spec import MemberSpec, ModelSpec
from lstmcast.network.traces import KEEPING_GATE, CellTrace, effective_memory, trace_layers
from lstmcast.network.what_if import WhatIf, ask_what_if
from lstmcast.store.artifact import Artifact
from lstmcast.training.initial import initial_weights


@dataclass(frozen=True)
class MemberTrace:
    """What the cells of one member did, as means over the windows."""

    spec: MemberSpec
    gates: Mapping[str, Floats]  # (T, U) of the last layer
    memory: Floats  # (T, U) cell state, or hidden state
    kept: tuple[FloatArray, ...]  # of each layer, (U,) effective memory in steps of the series; () for an RNN
    untrained: tuple[FloatArray, ...]  # the same of the member as it was before training
    distance: float  # of the member's median from the ensemble's, on their common scale


@dataclass(frozen=True)
class BankUse:
    """How much of the forecast each classical forecaster carries, as means over members and windows."""

    names: tuple[str, ...]
    shares: FloatArray  # (K, H) of the network's own forecast; they sum to one
    moved: FloatArray  # (K,) how far training moved each from what its name says, in usual changes of the window


@dataclass(frozen=True)
class Likeness:
    """How far the forecast lies from each untrained classical one, at each step, as means over the windows."""

    names: tuple[str, ...]
    distances: FloatArray  # (K, H) in usual changes of the series


@dataclass(frozen=True)
class Effects:
    """How strongly parts move the forecast, as means over the windows: in the target's units, or in % of its size."""

    parts: tuple[Part, ...]
    is_relative: bool
    forecast: FloatArray  # (H,)
    flat: FloatArray  # (H,) with all values at their level
    occlusion: FloatArray  # (P,) mean absolute change over the horizon
    gradients: FloatArray  # (P,)
    by_step: FloatArray  # (P, H) signed, by occlusion
    gap: float
    agreement: Agreement
    correction: float  # mean absolute change if the network's own correction is silenced


@dataclass(frozen=True)
class Change:
    """What a change of a usual size does to the forecast, as means over the windows, in the same unit as Effects."""

    kind: str
    name: str
    amount: float
    mean: float
    largest: float  # the strongest effect on a single step, signed
    at_step: int


def trace_members(artifact: Artifact, scaled: ScaledPanels, windows: Windows) -> tuple[MemberTrace, ...]:
    """Return what the cells of each member did on the windows."""
    spec, weights = artifact.spec, artifact.weights
    medians = [
        forecast_member(scaled, windows, spec, member, weights_of(place, spec, weights))[..., spec.median]
        for place, member in enumerate(spec.members)
    ]
    middle = np.median(np.stack(medians), axis=0)
    return tuple(
        _trace_member(
            spec, member, weights_of(place, spec, weights), _inputs_of(scaled, windows, spec, member), median - middle
        )
        for place, (member, median) in enumerate(zip(spec.members, medians, strict=True))
    )


def measure_bank(artifact: Artifact, scaled: ScaledPanels, windows: Windows) -> BankUse | None:
    """Return what the bank's gate chose; None for a model without a bank."""
    spec = artifact.spec
    used = [(place, member) for place, member in enumerate(spec.members) if member.bank]
    if not used:
        return None
    names = tuple(dict.fromkeys(name for _, member in used for name in member.bank))
    shares, moved, holders = np.zeros((len(names), spec.horizon)), np.zeros(len(names)), np.zeros(len(names))
    for place, member in used:
        weights, inputs = weights_of(place, spec, artifact.weights), _inputs_of(scaled, windows, spec, member)
        rows = [names.index(name) for name in member.bank]
        shares[rows] += gate_openings(read_state(inputs, spec, weights), spec, weights).mean(axis=0)
        moved[rows] += _distance_from_start(inputs, spec, member, weights)
        holders[rows] += 1
    return BankUse(names, shares / len(used), moved / holders)


def measure_likeness(artifact: Artifact, panel: Panel, scaled: ScaledPanels, windows: Windows) -> Likeness:
    """Return how far the forecasts lie from what each classical forecaster, untrained, would say."""
    spec = artifact.spec
    names = tuple(forecasters(spec.members[0].context, spec.periods))
    median = _forecast_all(artifact, scaled, windows)[..., spec.median]
    usual = usual_change(panel, spec.season)[windows.series, None]
    usual = np.where(usual > 0, usual, 1.0)
    series = windows.series
    plain = [to_values(forecast_baseline(scaled, windows, spec, name), scaled, series, spec) for name in names]
    return Likeness(names, np.stack([(np.abs(median - one) / usual).mean(axis=0) for one in plain]))


def measure_effects(
    artifact: Artifact, panel: Panel, scaled: ScaledPanels, windows: Windows, talk: Talk
) -> tuple[Effects, tuple[Change, ...]]:
    """Return what moves the forecasts of the windows, and what would change them most."""
    spec, influences, changes, corrections, units = artifact.spec, [], [], [], []
    is_relative = len(np.unique(windows.series)) > 1
    typical = usual_change(panel, spec.season)
    probes = [
        make_probe(panel, scaled, series, origin, artifact.ensemble)
        for series, origin in zip(windows.series.tolist(), windows.origin.tolist(), strict=True)
    ]
    longest = max(len(probe.context) for probe in probes)
    for done, (series, probe) in enumerate(zip(windows.series.tolist(), probes, strict=True)):
        if len(windows) > 1:
            talk.progress("explaining", done, len(windows))
        size = float(np.abs(probe.context).mean()) or 1.0
        units.append(100 / size if is_relative else 1.0)
        influences.append(measure_influence(probe, longest))
        changes.append(ask_what_if(probe, float(typical[series])))
        silenced = probe.forecast(weights=without(artifact.weights, spec, "correction"))[0]
        corrections.append(np.abs(influences[-1].forecast - silenced).mean())
    unit = np.array(units)
    occlusion = _mean([sizes_of(one.occlusion) for one in influences], unit)
    gradients = _mean([sizes_of(one.gradients) for one in influences], unit)
    effects = Effects(
        parts=influences[0].parts,
        is_relative=is_relative,
        forecast=_mean([one.forecast for one in influences], unit),
        flat=_mean([one.flat for one in influences], unit),
        occlusion=occlusion,
        gradients=gradients,
        by_step=_mean([one.occlusion for one in influences], unit),
        gap=float(np.mean([one.gap for one in influences])),
        agreement=compare_methods(occlusion, gradients),
        correction=float(np.mean(np.array(corrections) * unit)),
    )
    by_name = [{(one.kind, one.name): one for one in of_window} for of_window in changes]
    names = [key for key in by_name[0] if all(key in of_window for of_window in by_name)]
    merged = [mean_change(key, [one[key] for one in by_name], unit) for key in names]
    return effects, tuple(sorted(merged, key=lambda one: -abs(one.mean)))


def scale_windows(artifact: Artifact, panel: Panel) -> ScaledPanels:
    """Return the panel on the scales of the version's members."""
    return scale_for_members(panel, panel, artifact.spec, artifact.spec.members, artifact.calibration.measure)


def _forecast_all(artifact: Artifact, scaled: ScaledPanels, windows: Windows) -> FloatArray:
    """Return the (N, H, Q) forecasts of the windows."""
    return forecast_windows(scaled, windows, artifact.ensemble)


def _inputs_of(scaled: ScaledPanels, windows: Windows, spec: ModelSpec, member: MemberSpec) -> Inputs:
    """Return what a member sees of the windows."""
    return make_inputs(NUMPY, scaled.arrays[member.log], windows.series, windows.origin, spec, member)


def _trace_member(
    spec: ModelSpec, member: MemberSpec, weights: Weights, inputs: Inputs, distance: FloatArray
) -> MemberTrace:
    layers = trace_layers(inputs, spec, weights)
    nothing = np.zeros((member.segments, 0), np.float32)
    last = layers[-1] if layers else CellTrace({}, nothing[None], nothing[None])
    return MemberTrace(
        spec=member,
        gates={name: gate.mean(axis=0) for name, gate in last.gates.items()},
        memory=last.memory.mean(axis=0),
        kept=_kept(spec, member, layers),
        untrained=_kept(spec, member, trace_layers(inputs, spec, initial_weights(spec, member))),
        distance=float(np.abs(distance).mean()),
    )


def _kept(spec: ModelSpec, member: MemberSpec, layers: Sequence[CellTrace]) -> tuple[FloatArray, ...]:
    gate = KEEPING_GATE[spec.cell]
    if gate is None:
        return ()
    return tuple(effective_memory(layer.gates[gate]).astype(np.float64) * member.segment for layer in layers)


def _distance_from_start(inputs: Inputs, spec: ModelSpec, member: MemberSpec, weights: Weights) -> FloatArray:
    """Return (K,): the mean distance of each trained forecaster from the classical one that it started as."""
    trained = bank_forecasts(inputs, spec, weights)
    start = build_bank(member.context, spec.horizon, spec.periods)
    plain = np.stack([inputs.context @ start[name] for name in member.bank], axis=1)
    return np.asarray(np.abs(trained - plain).mean(axis=(0, 2)))


def mean_change(key: tuple[str, str], found: Sequence[WhatIf], unit: FloatArray) -> Change:
    """Return one change as the mean over the windows.

    A switch is turned on in some and off in others: what turning it off does counts as the opposite of turning it on.
    """
    kind, name = key
    amounts = np.array([one.amount for one in found])
    turned = np.where((amounts < 0) & (amounts.max() > 0), -1.0, 1.0)
    effect = _mean([one.effect for one in found], unit * turned)
    strongest = int(np.argmax(np.abs(effect)))
    covariate = kind in ("past", "future")
    amount = float(np.mean(amounts * turned) if covariate else np.mean(amounts * unit))
    return Change(kind, name, amount, float(effect.mean()), float(effect[strongest]), strongest + 1)


def _mean(arrays: Sequence[FloatArray], unit: FloatArray) -> FloatArray:
    """Return the mean over the windows, each in its unit."""
    return np.asarray(np.mean([one * scale for one, scale in zip(arrays, unit, strict=True)], axis=0))
