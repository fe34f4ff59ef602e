"""What a reader should know of how a training went."""

from collections.abc import Sequence

from lstmcast.network.calibration import Calibration
from lstmcast.network.ensemble import spell_baseline


def describe_calibration(calibration: Calibration) -> tuple[str, ...]:
    """Return what a reader should know of how the forecast was corrected."""
    leans = [1 - kept for kept in calibration.weights]
    least, most = min(leans), max(leans)
    if not most:
        return ()
    share = f"{most:.0%}" if least == most else f"{least:.0%} to {most:.0%}"
    return (f"to be safe, the forecast leans {share} on {spell_baseline(calibration.baseline)}",)


def describe_clipping(shares: Sequence[float]) -> str:
    """Return how often the gradients had to be cut, from the share of the steps of each member."""
    share = sum(shares) / len(shares)
    if not share:
        return "the gradient never had to be cut"
    told = "less than 0.1%" if share < 0.001 else f"{share:.1%}"
    return f"the gradient had to be cut in {told} of the training steps"
