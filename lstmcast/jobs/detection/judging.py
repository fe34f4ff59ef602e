"""Values judged series by series, and what is remembered of each between runs."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import numpy as np

from lstmcast.config.schema import DetectConfig
from lstmcast.data.panel import Panel
from lstmcast.evaluation.anomalies import Judged, Memory, Rule, Values, judge_known, judge_new
from lstmcast.evaluation.signs import Signs
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.detection.detecting import Ids, Seen
from lstmcast.store.detection import STATE, DetectionState, SeriesState, SignsState, pack, read_state, unpack

LEAST_COOLDOWN = 12
MOST_REMEMBERED, LEAST_REMEMBERED, REMEMBERED_OF_ALL = 2_000, 200, 1_000_000  # values


@dataclass(frozen=True)
class Found:
    """Values by time and series, what is said of them, and what is to be remembered."""

    seen: Seen
    judged: Judged
    memories: Mapping[Ids, Memory]

    def since(self, tick: int) -> "Found":
        """Return the same without the values before a tick."""
        late = self.seen.tick >= tick
        return replace(self, seen=self.seen.take(late), judged=_take(self.judged, late))


def make_rule(config: DetectConfig, season: int, series: int) -> Rule:
    """Return when to raise an alarm; the more series there are, the less is remembered of each."""
    return Rule(
        rate=config.rate,
        cooldown=max(season, LEAST_COOLDOWN) if config.cooldown == "auto" else config.cooldown,
        size=int(np.clip(REMEMBERED_OF_ALL // max(series, 1), LEAST_REMEMBERED, MOST_REMEMBERED)),
        season=season,
    )


def judge_values(seen: Seen, panel: Panel, memories: Mapping[Ids, Memory], rule: Rule) -> Found:
    """Return what is said of the values of all series for which there was a forecast."""
    bounds = np.searchsorted(seen.line, np.arange(panel.series_count + 1))
    remembered, parts = dict(memories), []
    for series in range(panel.series_count):
        mine = seen.take(np.arange(bounds[series], bounds[series + 1]))
        ids = panel.ids_of(series)
        judged, remembered[ids] = _judge_series(mine, memories.get(ids), rule)
        parts += judged
    joined = Judged(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Judged)))
    order = np.lexsort((seen.line, seen.tick))  # by time, so that a later run's rows come behind
    order = order[np.isfinite(seen.miss[order])]
    return Found(seen.take(order), _take(joined, order), remembered)


def recall(folder: Path, panel: Panel, talk: Talk) -> tuple[dict[Ids, Memory], str | None]:
    """Return what the last run remembered of these data, and the last row that it wrote of them."""
    state = read_state(folder)
    if state is None:
        return {}, None
    if not state.fits(panel.target, panel.id_names, panel.frequency.to_json()):
        talk.warn(f"{folder / STATE}: is about other data; detection begins anew")
        return {}, None
    return {one.ids: _memory_of(one) for one in state.series}, state.last_row


def state_of(panel: Panel, memories: Mapping[Ids, Memory], last_row: str) -> DetectionState:
    """Return what the next run has to know; series that the data lack now are not forgotten."""
    return DetectionState(
        target=panel.target,
        id_names=panel.id_names,
        frequency=panel.frequency.to_json(),
        series=tuple(
            SeriesState(
                ids=ids,
                tick=memory.tick,
                count=memory.count,
                misses=pack(memory.misses),
                signs=SignsState(**asdict(memory.signs)),
                peaks=tuple(pack(rows) for rows in memory.peaks),
                learnt=memory.learnt,
                flagged_at=memory.flagged_at,
                flagged=memory.flagged,
                spared=memory.spared,
            )
            for ids, memory in sorted(memories.items())
        ),
        last_row=last_row,
    )


def _memory_of(state: SeriesState) -> Memory:
    return Memory(
        tick=state.tick,
        count=state.count,
        misses=unpack(state.misses),
        signs=Signs(**state.signs.as_plain()),
        peaks=tuple(unpack(rows).reshape(-1, 2) for rows in state.peaks),
        learnt=state.learnt,
        flagged_at=state.flagged_at,
        flagged=state.flagged,
        spared=state.spared,
    )


def _judge_series(seen: Seen, memory: Memory | None, rule: Rule) -> tuple[list[Judged], Memory]:
    """Return what is said of the values of one series, in parts, and what to remember."""
    parts, start = [], 0
    if memory is None:
        start = int(seen.trained.sum())  # what a training has seen comes before what none has
        known, memory = judge_known(_values(seen.take(np.arange(start))), rule)
        parts.append(known)
    new = seen.take(np.arange(start, len(seen.tick)))
    judged, memory = judge_new(memory, _values(new), ~new.trained, rule)
    return [*parts, judged], memory


def _values(seen: Seen) -> Values:
    return Values(tick=seen.tick, value=seen.value, season_ago=seen.season_ago, miss=seen.miss)


def _take(judged: Judged, chosen: np.ndarray) -> Judged:
    return Judged(*(getattr(judged, one.name)[chosen] for one in fields(Judged)))
