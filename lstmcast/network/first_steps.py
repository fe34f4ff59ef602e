"""A trained forecaster cut down to its first steps: what it says of them, at a fraction of the work."""

from dataclasses import dataclass

import numpy as np

from lstmcast.network.calibration import Calibration
from lstmcast.network.cells import Floats
from lstmcast.network.forward import Weights
from lstmcast.network.spec import ModelSpec, member_name


@dataclass(frozen=True)
class FirstSteps:
    """A forecaster of a shorter horizon; it says what the whole one says of these steps."""

    spec: ModelSpec
    weights: dict[str, Floats]
    calibration: Calibration


def first_steps(spec: ModelSpec, weights: Weights, calibration: Calibration, steps: int) -> FirstSteps:
    """Return the forecaster without all that only concerns later steps."""
    cut = dict(weights)
    for place, member in enumerate(spec.members):
        bank = len(member.bank)
        columns = {  # how many columns stand before and behind the steps
            "correction/kernel": (1, 1),
            "correction/bias": (1, 1),
            "gate/kernel": (bank, 1),
            "gate/bias": (bank, 1),
            "bank/kernel": (bank, 1),
            "typical_error": (1, 1),
            "spread/kernel": (1, len(spec.quantiles) - 1),
            "spread/bias": (1, len(spec.quantiles) - 1),
        }
        for name, (outer, inner) in columns.items():
            if (key := member_name(place, name)) in cut:
                whole = cut[key]
                parts = whole.reshape(*whole.shape[:-1], outer, spec.horizon, inner)[..., :steps, :]
                cut[key] = np.ascontiguousarray(parts.reshape(*whole.shape[:-1], outer * steps * inner))
    return FirstSteps(
        spec=spec.changed({"horizon": steps}),
        weights=cut,
        calibration=calibration.changed({"weights": calibration.weights[:steps], "widths": calibration.widths[:steps]}),
    )
