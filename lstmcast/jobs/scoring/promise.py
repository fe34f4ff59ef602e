"""What a version promises of its forecasts: what its backtest found of one step ahead, of two, and so on.

It is noted in `metrics.json` when the version is made, and read when what it has published is held against it. Versions
of before have noted their whole horizon alone, and are held to that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lstmcast.arrays import FloatArray
from lstmcast.evaluation.backtest import HeldOutWindows
from lstmcast.evaluation.drift import (
    Found,
    Promise,
    error_share,
    promise_of_coverage,
    promise_of_error,
    summarize,
    summarize_stretches,
)
from lstmcast.evaluation.metrics import Scored, coverage, mase

PROMISE, STRETCHES, STEPS = "promise", "stretches", "steps"
SHARE = "error_share"
COVERAGE = "coverage_"
EVERY_STEP = 24  # so many steps ahead each have a promise, then every twelfth more
DECIMALS = 6  # of what is noted

Rounds = list[float | None]


@dataclass(frozen=True)
class Promises:
    """What a version has promised, by the name of the number: of the whole horizon, and of its first steps."""

    whole: Mapping[str, Found]
    stretches: Mapping[str, Mapping[int, Found]]

    @property
    def coverages(self) -> set[str]:
        """Return the names of the intervals of which something was promised."""
        return {name for name in self.whole if name.startswith(COVERAGE)}

    def of(self, name: str, steps: float | None) -> Promise:
        """Return the promise for so many steps ahead; for the whole horizon where one or the other is not known."""
        noted = self.stretches.get(name)
        if noted and steps is not None:
            found = noted[min(noted, key=lambda each: abs(each - steps))]
        else:
            found = self.whole.get(name, Found(None, None))
        if name == SHARE:
            return promise_of_error(found)
        return promise_of_coverage(found, float(name.removeprefix(COVERAGE)))


def describe_promise(held: HeldOutWindows, model: Scored, baseline: Scored, levels: Sequence[float]) -> dict[str, Any]:
    """Return what a backtest promises: of each of its origins, and over the origins for each number of steps ahead."""
    steps = _ladder(held.truth.shape[1])
    found = {SHARE: [_shares(held, _until(model, step), _until(baseline, step)) for step in steps]}
    for level in levels:
        found[f"{COVERAGE}{level:g}"] = [_coverages(held, _until(model, step), level) for step in steps]
    stretches: dict[str, Any] = {STEPS: steps}
    for name, rounds in found.items():
        stretches[name] = [_noted(one) for one in summarize_stretches([_known(one) for one in rounds])]
    return {name: rounds[-1] for name, rounds in found.items()} | {STRETCHES: stretches}


def read_promises(metrics: Mapping[str, Any]) -> Promises:
    """Return what a version has noted; nothing of what is missing or not sensible."""
    noted = metrics.get(PROMISE)
    if not isinstance(noted, dict):
        return Promises({}, {})
    whole = {
        name: summarize([float(number) for number in numbers if _is_share(number)])
        for name, numbers in noted.items()
        if isinstance(numbers, list)
    }
    stretches = noted.get(STRETCHES)
    return Promises(whole, _read_stretches(stretches) if isinstance(stretches, dict) else {})


def _read_stretches(noted: Mapping[str, Any]) -> dict[str, dict[int, Found]]:
    steps = noted.get(STEPS)
    if not isinstance(steps, list) or not all(isinstance(step, int) for step in steps):
        return {}
    return {
        name: {step: Found(*pair) for step, pair in zip(steps, pairs, strict=True)}
        for name, pairs in noted.items()
        if name != STEPS and isinstance(pairs, list) and len(pairs) == len(steps) and all(map(_is_found, pairs))
    }


def _is_found(pair: object) -> bool:
    """Return whether this is a mean, and how far it may be off; either may be unknown."""
    if not isinstance(pair, list) or len(pair) != 2:
        return False
    mean, off = pair
    return (mean is None or _is_share(mean)) and (off is None or (isinstance(off, int | float) and off >= 0))


def _is_share(number: object) -> bool:
    return isinstance(number, int | float) and 0 <= number <= 1


def _ladder(horizon: int) -> list[int]:
    steps = [*range(1, min(horizon, EVERY_STEP) + 1)]
    while steps[-1] < horizon:
        steps.append(min(horizon, steps[-1] + steps[-1] // 12))
    return steps


def _until(scored: Scored, step: int) -> Scored:
    """Return the same for the first steps ahead alone."""
    return replace(scored, truth=scored.truth[:, :step], median=scored.median[:, :step], values=scored.values[:, :step])


def _shares(held: HeldOutWindows, model: Scored, baseline: Scored) -> Rounds:
    errors = [mase(each).by(held.round_of, held.rounds).tolist() for each in (model, baseline)]
    return [error_share(mine, theirs) for mine, theirs in zip(*errors, strict=True)]


def _coverages(held: HeldOutWindows, model: Scored, level: float) -> Rounds:
    shares: FloatArray = coverage(model, level).by(held.round_of, held.rounds)
    return [float(share) if np.isfinite(share) else None for share in shares]


def _known(rounds: Rounds) -> list[float]:
    return [number for number in rounds if number is not None]


def _noted(found: Found) -> list[float | None]:
    return [None if number is None else round(number, DECIMALS) for number in (found.mean, found.off)]
