"""Faults of many kinds planted into series: what `detect` is developed on, so that no label of NAB is needed for it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from anomalies.grounds import Ground
from anomalies.nab import Span, probation

from lstmcast.arrays import FloatArray

WINDOW_SHARE = 0.1  # of the rows of a file lie inside windows, as in NAB


@dataclass(frozen=True)
class Fault:
    """What was planted, and where it began."""

    kind: str
    row: int


@dataclass(frozen=True)
class Planted:
    """A series with faults, and the windows in which they have to be found."""

    name: str
    values: FloatArray
    faults: tuple[Fault, ...]
    windows: list[Span]


@dataclass(frozen=True)
class Place:
    """Where a fault is planted."""

    rest: FloatArray  # the values from there on, for the fault to change
    before: FloatArray  # those of the last seasons
    season: int
    size: float  # of a usual change, up or down
    random: np.random.Generator


def plant(ground: Ground, seed: int) -> Planted:
    """Return the series with one to four faults behind its probationary rows, none near another."""
    random = np.random.default_rng([seed, sum(ground.name.encode())])
    values = ground.values.copy()
    rows, first = len(values), probation(len(values))
    count = int(random.integers(1, 5))
    width = int(WINDOW_SHARE * rows / count)
    free = (rows - first - width) / count
    faults, windows = [], []
    for place in range(count):
        row = int(first + width / 2 + free * place + random.random() * max(free - 1.5 * width, 1))
        kind = str(random.choice(list(KINDS)))
        _plant(values, row, kind, ground, random)
        faults.append(Fault(kind, row))
        windows.append((row - width // 2, min(row + width // 2, rows - 1)))
    return Planted(f"{ground.name}-{seed}", values, tuple(faults), windows)


def _plant(values: FloatArray, row: int, kind: str, ground: Ground, random: np.random.Generator) -> None:
    """Change the values from a row on."""
    season = ground.season if ground.season > 1 else 30
    changes = np.abs(ground.values[season:] - ground.values[:-season])
    usual = float(np.median(changes)) or float(changes.mean())  # what a value differs by from one season to the next
    sign = random.choice([-1.0, 1.0])
    low, high = ground.values.min(), ground.values.max()
    before = values[max(row - 4 * season, 0) : row].copy()
    rest = values[row:]
    changed = KINDS[kind](Place(rest.copy(), before, season, usual * sign, random))
    if low >= 0:
        changed = np.maximum(changed, 0.0)  # what is never negative is not, however broken
    if np.array_equal(ground.values, np.round(ground.values)):
        changed = np.round(changed)
    values[row:] = np.where(np.isfinite(changed), changed, high)


def _spike(at: Place) -> FloatArray:
    at.rest[: at.random.integers(1, 4)] += at.size * at.random.uniform(4, 12)
    return at.rest


def _level(at: Place) -> FloatArray:
    at.rest[: int(at.random.uniform(1, 5) * at.season)] += at.size * at.random.uniform(2, 6)
    return at.rest


def _new_level(at: Place) -> FloatArray:
    return at.rest + at.size * at.random.uniform(3, 8)


def _flat(at: Place) -> FloatArray:
    at.rest[: int(at.random.uniform(0.3, 1.5) * at.season)] = at.before[-1]
    return at.rest


def _dropout(at: Place) -> FloatArray:
    at.rest[: at.random.integers(5, 30)] = min(at.before.min(), 0.0) if at.random.random() < 0.5 else at.before.min()
    return at.rest


def _rough(at: Place) -> FloatArray:
    part = at.rest[: int(at.random.uniform(0.5, 2) * at.season)]
    part += at.size * at.random.uniform(1, 3) * at.random.normal(size=len(part))
    return at.rest


def _burst(at: Place) -> FloatArray:
    part = at.rest[: at.random.integers(10, 30)]
    part += at.size * at.random.uniform(1, 3) * at.random.standard_t(3, len(part))
    return at.rest


def _smooth(at: Place) -> FloatArray:
    length, width = int(at.random.uniform(0.5, 2) * at.season), max(at.season // 4, 5)
    means = np.convolve(np.append(at.before[-width:], at.rest[:length]), np.ones(width) / width, "full")
    at.rest[:length] = means[width : width + len(at.rest[:length])]
    return at.rest


def _no_season(at: Place) -> FloatArray:
    part = at.rest[: int(at.random.uniform(1, 2) * at.season)]
    profile = at.before[-(len(at.before) // at.season) * at.season :].reshape(-1, at.season).mean(axis=0)
    part -= (np.tile(profile, len(part) // at.season + 1)[: len(part)] - profile.mean()) * at.random.uniform(0.6, 1.0)
    return at.rest


def _phase(at: Place) -> FloatArray:
    length, shift = int(at.random.uniform(1, 2.5) * at.season), int(at.random.uniform(0.15, 0.5) * at.season)
    at.rest[: len(at.rest) - shift][:length] = at.rest[shift:].copy()[:length]
    return at.rest


def _ramp(at: Place) -> FloatArray:
    part = at.rest[: int(at.random.uniform(0.5, 2) * at.season)]
    part += at.size * at.random.uniform(3, 8) * np.linspace(0, 1, len(part))
    return at.rest


def _drift(at: Place) -> FloatArray:
    length = int(at.random.uniform(3, 6) * at.season)
    return at.rest + at.size * at.random.uniform(3, 8) * np.minimum(np.arange(len(at.rest)) / length, 1.0)


def _reversed(at: Place) -> FloatArray:
    part = at.rest[: int(at.random.uniform(0.4, 1.2) * at.season)]
    part[:] = part[::-1].copy()
    return at.rest


Change = Callable[[Place], FloatArray]
KINDS: dict[str, Change] = {
    "spike": _spike,
    "level for a while": _level,
    "level for good": _new_level,
    "flat": _flat,
    "dropout": _dropout,
    "rough": _rough,
    "burst": _burst,
    "smooth": _smooth,
    "no season": _no_season,
    "phase": _phase,
    "ramp": _ramp,
    "drift": _drift,
    "reversed": _reversed,
}
