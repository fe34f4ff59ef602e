"""The faults that began among judged values, each as one alarm."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.data.read import Reading
from lstmcast.evaluation.anomalies import USUAL
from lstmcast.evaluation.signs import SIDES, STRETCH
from lstmcast.jobs.detection.judging import Found

KINDS = ("", "point", "stretch")


@dataclass(frozen=True)
class Alarm:
    """A fault that began."""

    series: str
    time: str
    until: str  # the newest time at which something was strange, so far
    kind: str  # "point", or "stretch" if it became one
    why: str  # the sign by which it was found first
    value: float  # where it began
    forecast: float
    score: float  # the highest
    strange: int  # values
    trained: bool  # the model was trained on the value

    def as_json(self) -> dict[str, Any]:
        """Return the alarm as plain values."""
        return asdict(self)


def find_alarms(reading: Reading, found: Found) -> tuple[Alarm, ...]:
    """Return the faults that began among the values, in the order of time."""
    strange = np.flatnonzero(found.judged.kind != USUAL)
    strange = strange[np.argsort(found.seen.line[strange], kind="stable")]
    line = found.seen.line[strange]
    fault = np.cumsum(found.judged.alarm[strange])  # strange values before the first alarm belong to an earlier run
    begins_here = np.flatnonzero(found.judged.alarm[strange])
    faults = [strange[(fault == fault[place]) & (line == line[place])] for place in begins_here]
    return tuple(_alarm(reading, found, one) for one in sorted(faults, key=lambda one: int(one[0])))


def _alarm(reading: Reading, found: Found, places: IntArray) -> Alarm:
    """Return the alarm of one fault, whose strange values are at these places."""
    seen, judged, begins = found.seen, found.judged, int(places[0])
    time, until = reading.time_format.render(reading.panel.frequency.stamps(seen.tick[[begins, places[-1]]]))
    kind = STRETCH if (judged.kind[places] == STRETCH).any() else judged.kind[begins]
    return Alarm(
        series=reading.panel.name_of(int(seen.line[begins])),
        time=str(time),
        until=str(until),
        kind=KINDS[kind],
        why=SIDES[judged.why[begins]].why,
        value=float(seen.value[begins]),
        forecast=float(seen.forecast[begins]),
        score=float(judged.score[places].max()),
        strange=len(places),
        trained=bool(seen.trained[begins]),
    )
