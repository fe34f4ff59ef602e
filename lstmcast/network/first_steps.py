"""A trained forecaster cut down to its first steps: what it says of them, at a fraction of the work."""

import numpy as np

from lstmcast.network.ensemble import Ensemble
from lstmcast.network.spec import member_name


def first_steps(ensemble: Ensemble, steps: int) -> Ensemble:
    """Return the forecaster without all that only concerns later steps; it says what the whole one says of these."""
    spec, calibration, cut = ensemble.spec, ensemble.calibration, dict(ensemble.weights)
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
    return Ensemble(
        spec=spec.changed({"horizon": steps}),
        weights=cut,
        calibration=calibration.changed({"weights": calibration.weights[:steps], "widths": calibration.widths[:steps]}),
    )
