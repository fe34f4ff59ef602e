"""What is read again of a version's metrics.json; the rest of it is for people, and may be anything."""

from lstmcast.records import Record, key
from lstmcast.store.moments import Tick


class NotedScores(Record):
    """What training measured; old versions hold less of it."""

    scores: tuple[dict[str, str | float | None], ...] = ()  # a row for each forecaster
    test_mase_by_step: dict[str, tuple[float | None, ...]] = key(default={})  # of each forecaster
    trained_until: Tick | None = None
