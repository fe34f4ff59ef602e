"""What `explain` found, as plain values: the figures behind the words and the pictures."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray
from lstmcast.jobs.explaining.explain_result import Explanation
from lstmcast.jobs.explaining.explain_words import memory_of, part_text
from lstmcast.network.traces import KEEPING_GATE

PERCENTILES = (0, 10, 25, 50, 75, 90, 100)


def explanation_figures(found: Explanation) -> dict[str, Any]:
    """Return the figures; lengths of time count steps of the series."""
    frequency = found.reading.panel.frequency
    return {
        "cell": found.spec.cell,
        "unit": frequency.unit_name,
        "series": found.series_name if len(found.windows) == 1 else None,
        "cutoff": found.time if len(found.windows) == 1 else None,
        "windows_explained": len(found.windows),
        "memory": _memory(found),
        "members": [_member(found, place) for place in range(len(found.members))],
        "bank": _bank(found),
        "leaning": [round(1 - weight, 4) for weight in found.calibration.weights],
        "nearest_classical": _likeness(found),
        "influence": _influence(found),
        "what_if": [
            {
                "change": change.kind,
                "column": change.name or None,
                "amount": _number(change.amount),
                "mean_effect": _number(change.mean),
                "largest_effect": _number(change.largest),
                "at_step": change.at_step,
            }
            for change in found.changes
        ],
    }


def _memory(found: Explanation) -> dict[str, Any] | None:
    if KEEPING_GATE[found.spec.cell] is None:
        return None
    kept, contexts = memory_of(found.members)
    untrained = np.concatenate([layer for member in found.members for layer in member.untrained])
    return {
        "gate": KEEPING_GATE[found.spec.cell],
        "units": len(kept),
        "percentiles": _percentiles(kept),
        "share_beyond_context": _number(float((kept > contexts).mean())),
        "percentiles_untrained": _percentiles(untrained),
    }


def _percentiles(kept: FloatArray) -> dict[str, Any]:
    return {str(one): _number(float(np.percentile(kept, one))) for one in PERCENTILES}


def _member(found: Explanation, place: int) -> dict[str, Any]:
    member = found.members[place]
    return {
        "member": place + 1,
        "shown": place == found.shown_member,
        "context": member.spec.context,
        "segment": member.spec.segment,
        "scale": "log" if member.spec.log else "linear",
        "openings": {name: _numbers(gate.mean(axis=1)) for name, gate in member.gates.items()},
        "memory_by_layer": [_numbers(layer) for layer in member.kept],
    }


def _bank(found: Explanation) -> dict[str, Any] | None:
    if found.bank is None:
        return None
    bank = found.bank
    return {
        "shares": {name: _numbers(shares) for name, shares in zip(bank.names, bank.shares, strict=True)},
        "moved_by_training": {name: _number(moved) for name, moved in zip(bank.names, bank.moved, strict=True)},
    }


def _likeness(found: Explanation) -> list[dict[str, Any]]:
    likeness = found.likeness
    nearest = likeness.distances.argmin(axis=0)
    return [
        {
            "step": step + 1,
            "forecaster": likeness.names[place],
            "distance": _number(float(likeness.distances[place, step])),
        }
        for step, place in enumerate(nearest)
    ]


def _influence(found: Explanation) -> Mapping[str, Any]:
    effects, frequency = found.effects, found.reading.panel.frequency
    return {
        "in": "% of the size of the series" if effects.is_relative else found.reading.panel.target,
        "forecast": _numbers(effects.forecast),
        "forecast_of_flat_values": _numbers(effects.flat),
        "agreement": {
            "rank_correlation": _number(effects.agreement.correlation),
            "strongest_shared": effects.agreement.shared,
            "of": effects.agreement.among,
            "unexplained": _number(effects.gap),
        },
        "without_correction": _number(effects.correction),
        "parts": [
            {
                "kind": part.kind,
                "part": part_text(part, frequency),
                **({"first_lag": part.first, "last_lag": part.last} if part.kind == "values" else {"name": part.name}),
                "occlusion": _number(float(effects.occlusion[place])),
                "integrated_gradients": _number(float(effects.gradients[place])),
                "by_step": _numbers(effects.by_step[place]),
            }
            for place, part in enumerate(effects.parts)
        ],
    }


def _numbers(values: npt.NDArray[np.floating]) -> list[float | None]:
    return [_number(float(value)) for value in values]


def _number(value: float) -> float | None:
    """Return six significant digits, so that the last bits of rounding do not show."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
