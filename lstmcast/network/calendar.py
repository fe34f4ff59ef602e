"""Where steps stand in the cycles of the calendar; in NumPy it is made once for all windows at the same moment."""

from functools import lru_cache

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.windows import NUMPY, Operations, Tensor
from lstmcast.network.spec import Cycle


def calendar_features(
    xp: Operations, phase: Tensor, origin: Tensor, steps: IntArray, cycles: tuple[Cycle, ...]
) -> Tensor:
    """Return (N, steps, F) sines and cosines of where each step stands in each cycle."""
    if xp is not NUMPY:
        return _sines_and_cosines(xp, phase, origin, steps, cycles)
    moments = np.mod(phase + origin[:, None], [cycle.period for cycle in cycles])
    if (moments == moments[:1]).all():
        features = _at_moment(tuple(moments[:1].ravel().tolist()), tuple(steps.tolist()), cycles)
        return np.broadcast_to(features, (len(origin), *features.shape[1:]))
    _, first, which = np.unique(moments, axis=0, return_index=True, return_inverse=True)
    return NUMPY.take(_sines_and_cosines(NUMPY, phase[first], origin[first], steps, cycles), which, axis=0)


@lru_cache(maxsize=16)
def _at_moment(moment: tuple[float, ...], steps: tuple[int, ...], cycles: tuple[Cycle, ...]) -> Tensor:
    """Return the same for one moment, by the places in the cycles; batch after batch of windows ends at it."""
    return _sines_and_cosines(NUMPY, np.array([moment]), np.zeros(1), np.array(steps), cycles)


def _sines_and_cosines(
    xp: Operations, phase: Tensor, origin: Tensor, steps: IntArray, cycles: tuple[Cycle, ...]
) -> Tensor:
    ticks = xp.cast(origin, "float64")[:, None] + xp.cast(steps, "float64")[None]
    parts = []
    for index, cycle in enumerate(cycles):
        turn = xp.mod(phase[:, index : index + 1] + ticks, cycle.period) / cycle.period  # float64: ticks may be large
        angle = xp.cast(turn, "float32") * np.float32(2 * np.pi)
        for harmonic in range(1, cycle.harmonics + 1):
            parts += [xp.sin(angle * harmonic), xp.cos(angle * harmonic)]
    return xp.stack(parts, axis=2)
