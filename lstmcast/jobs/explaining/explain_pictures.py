"""The pictures of an explanation."""

from math import isnan
from pathlib import Path

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.jobs.common.forecast_picture import times_of, values_of
from lstmcast.jobs.explaining.explain_measure import Change
from lstmcast.jobs.explaining.explain_result import Explanation
from lstmcast.jobs.explaining.explain_words import memory_of
from lstmcast.report.gate_plots import (
    BankPicture,
    GatePicture,
    InfluencePicture,
    MemoryPicture,
    bank_plot,
    gates_plot,
    influence_plot,
    memory_plot,
    sort_units,
)

STATE_NAMES = {"lstm": "cell state", "gru": "hidden state", "rnn": "hidden state"}
CHANGE_NAMES = {"newest value": "newest value", "newest season": "last season"}


def draw_explanation(found: Explanation, cache: Path) -> dict[str, bytes]:
    """Return the pictures by their file names; what the model has not is not drawn."""
    pictures = {"gates.png": gates_plot(_gates(found), cache=cache)} if found.spec.recurrent_layers else {}
    pictures["influence.png"] = influence_plot(_influence(found), cache=cache)
    if found.members[0].kept:
        pictures["memory.png"] = memory_plot(_memory(found), cache=cache)
    if found.bank is not None:
        pictures["bank.png"] = bank_plot(_bank(found), cache=cache)
    return pictures


def _gates(found: Explanation) -> GatePicture:
    place = found.shown_member
    member, panel = found.members[place], found.reading.panel
    context, is_single = member.spec.context, len(found.windows) == 1
    kept = member.kept[-1] if member.kept else np.abs(member.memory).mean(axis=0)
    series, origin = int(found.windows.series[0]), int(found.windows.origin[0])
    times = times_of(panel, series, origin - context, origin + 1) if is_single else np.arange(-context, 1)
    values: FloatArray = np.empty(0)
    if is_single:
        values = np.full(context, np.nan)  # what a short past lacks stays empty
        known = values_of(panel, series, max(0, origin - context), origin)
        values[context - len(known) :] = known
    return GatePicture(
        title=f"{found.spec.cell.upper()}: what the gates did",
        note=f"member {place + 1} of {len(found.members)}, units that keep longest on top",
        times=times,
        values=values,
        value_name=panel.target,
        time_name=found.reading.time_name if is_single else f"{panel.frequency.unit_name}s to the last known one",
        segment=member.spec.segment,
        gates={f"{name} gate": sort_units(gate, kept.tolist()) for name, gate in member.gates.items()},
        state=sort_units(member.memory, kept.tolist()),
        state_name=STATE_NAMES[found.spec.cell],
    )


def _memory(found: Explanation) -> MemoryPicture:
    units = len(memory_of(found.members)[0])
    return MemoryPicture(
        title=f"How long the {units} units remember",
        unit=found.reading.panel.frequency.unit_name,
        members={f"member {place + 1}": np.concatenate(one.kept) for place, one in enumerate(found.members)},
        contexts=tuple(sorted({member.spec.context for member in found.members})),
        untrained=float(np.median(np.concatenate([layer for one in found.members for layer in one.untrained]))),
    )


def _bank(found: Explanation) -> BankPicture:
    assert found.bank is not None
    kept = np.array(found.calibration.weights)
    shares = {name: kept * share for name, share in zip(found.bank.names, found.bank.shares, strict=True)}
    if kept.min() < 1:
        shares[f"plain {found.calibration.baseline}"] = 1 - kept
    return BankPicture("Which forecaster carries the forecast", found.reading.panel.frequency.unit_name, shares)


def _influence(found: Explanation) -> InfluencePicture:
    effects = found.effects
    blocks = [place for place, part in enumerate(effects.parts) if part.kind == "values"]
    signals = [place for place, part in enumerate(effects.parts) if part.kind != "values"]
    target = found.reading.panel.target
    return InfluencePicture(
        title="What moves the forecast",
        note=agreement_note(effects.agreement.correlation),
        unit=found.reading.panel.frequency.unit_name,
        effect_name="% of its size" if effects.is_relative else target,
        lags=np.array([(effects.parts[place].first, effects.parts[place].last) for place in blocks], float),
        lag_occlusion=effects.occlusion[blocks],
        lag_gradients=effects.gradients[blocks],
        signals=tuple(_signal_name(effects.parts[place].kind, effects.parts[place].name) for place in signals),
        signal_occlusion=effects.occlusion[signals],
        signal_gradients=effects.gradients[signals],
        changes=tuple(map(change_name, found.changes)),
        change_effects=np.array([change.mean for change in found.changes]),
    )


def agreement_note(correlation: float) -> str:
    """Return what a picture says of how two ways of asking agree; nothing where nothing moves the forecast."""
    return "" if isnan(correlation) else f"rank correlation of both ways {correlation:.2f}"


def change_name(change: Change) -> str:
    """Return what a picture calls a change: the value, the season or the column, and by how much."""
    return f"{CHANGE_NAMES.get(change.kind, change.name)} {change.amount:+.3g}"


def _signal_name(kind: str, name: str) -> str:
    return f"calendar: {name}" if kind == "calendar" else name
