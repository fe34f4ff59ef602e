"""The simple detectors: how many standard deviations a value lies from what is usual, by two notions of usual."""

import numpy as np

from lstmcast.arrays import FloatArray

WINDOW, STEP = 6400, 100  # as NAB's own windowed Gaussian has them


def windowed_gaussian(values: FloatArray) -> FloatArray:
    """Return |value - mean| / std, both of the last 6,400 values, renewed every 100 as soon as the window is full."""
    scores = np.zeros(len(values))
    first, end, mean, std = 0, 0, 0.0, 1.0  # of what is held
    for place, value in enumerate(values.tolist()):
        if end:
            scores[place] = abs(value - mean) / std
        waiting = place + 1 - end
        if end < WINDOW or waiting == STEP:
            end = place + 1
            first = max(end - WINDOW, 0)
            mean, std = _moments(values[first:end])
    return scores


def seasonal_z_score(values: FloatArray, season: int) -> FloatArray:
    """Return |change - mean| / std of the changes over a season, both of all earlier changes."""
    scores = np.zeros(len(values))
    changes = values[season:] - values[:-season]
    counts = np.arange(len(changes))
    sums, squares = (np.concatenate([[0.0], np.cumsum(changes**power)[:-1]]) for power in (1, 2))
    enough = counts >= season
    mean = sums[enough] / counts[enough]
    std = np.sqrt(np.maximum(squares[enough] / counts[enough] - mean**2, 1e-12))
    scores[season:][enough] = np.abs(changes[enough] - mean) / std
    return scores


def raise_alarms(scores: FloatArray, threshold: float, cooldown: int) -> list[int]:
    """Return where a fault begins: a score over the threshold, after none for longer than the cool-down."""
    alarms: list[int] = []
    newest = -cooldown - 1
    for row in np.flatnonzero(scores >= threshold).tolist():
        if row - newest > cooldown:
            alarms.append(row)
        newest = row
    return alarms


def _moments(values: FloatArray) -> tuple[float, float]:
    std = float(np.std(values))
    return float(np.mean(values)), std if std > 0 else 1e-6
