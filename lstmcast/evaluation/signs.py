"""The signs of a fault: statistics of a series that are watched for getting higher than they used to be.

Two need a forecast: the miss, and the strain, a slow mean of -log p of the misses. The others look at the values alone,
so that a fault is seen which the forecast follows, or which a model that has seen little knows nothing of.
"""

from dataclasses import dataclass
from math import isnan, log, nan
from typing import Any

POINT, STRETCH = 1, 2
QUICK, SLOW = 0.1, 0.03  # weight of the newest value in a mean: it remembers about 10, or 30
MOST_STRANGE = 4.0  # -log p of one value counts at most so much for the strain
LEAST_ACTIVITY = 1e-9  # of the level
LARGEST = 1e300  # larger values are taken for it: the difference of two must be finite


@dataclass(frozen=True)
class Side:
    """One sign, and on which side it is watched."""

    why: str  # what it says of a value
    kind: int  # POINT if one value is enough for it, STRETCH if it takes many
    of_forecast: bool = False
    least_slope: float = 0.0  # of its tail


SIDES = (
    Side("forecast", POINT, of_forecast=True),
    Side("forecasts", STRETCH, of_forecast=True),
    Side("high", POINT),
    Side("low", POINT),
    Side("long high", STRETCH),
    Side("long low", STRETCH),
    Side("rise", POINT),
    Side("fall", POINT),
    Side("rough", STRETCH),
    Side("smooth", STRETCH),
    Side("season", STRETCH),
    Side("frozen", STRETCH, least_slope=1.0),  # a value that comes again once proves nothing
)
AT_ONCE = len(SIDES) / 2  # signs come together: by simulation, so many independent ones raise no fewer alarms


@dataclass
class Signs:
    """The state of all signs of one series."""

    strain: float = 1.0
    last: float | None = None  # value
    level: float = 0.0
    activity: float = 0.0
    shift: float = 0.0  # from one season to the next
    repeats: int = 0
    count: int = 0  # values so far

    @property
    def kept(self) -> dict[str, Any]:
        """The state as it is now, to go back to."""
        return vars(self).copy()

    @kept.setter
    def kept(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def see(self, value: float, season_ago: float, miss: float, p: float) -> list[float]:
        """Return all signs at the next value, in the order of `SIDES`; NaN where one says nothing.

        `season_ago`, `miss` and `p` (of the miss) are NaN where they are not known.
        """
        if not isnan(p):
            self.strain += QUICK * (min(-log(p), MOST_STRANGE) - self.strain)
        value, season_ago = _bounded(value), _bounded(season_ago)
        self.count += 1
        step = nan if self.last is None else value - self.last
        self.level += max(SLOW, 1 / self.count) * (value - self.level)
        level = self.level if self.count * SLOW >= 1 else nan  # a mean of few values strays too far
        self.last = value
        activity = shift = nan
        if not isnan(step):
            self.repeats = self.repeats + 1 if step == 0 else 0
            self.activity += max(QUICK, 1 / (self.count - 1)) * (abs(step) - self.activity)
            if self.count * QUICK > 1:
                activity = log(max(self.activity, LEAST_ACTIVITY * abs(self.level), 1e-300))
        if not isnan(season_ago):
            self.shift += QUICK * (value - season_ago - self.shift)
            shift = abs(self.shift)
        strain = nan if isnan(miss) else self.strain
        repeats = float(self.repeats)
        return [miss, strain, value, -value, level, -level, step, -step, activity, -activity, shift, repeats]


def _bounded(value: float) -> float:
    return value if isnan(value) else min(max(value, -LARGEST), LARGEST)
