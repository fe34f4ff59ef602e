"""`detect`: every value against what was forecast for it; strange ones marked, one alarm for one fault."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.config.schema import Config
from lstmcast.data.grid.span import first_named
from lstmcast.data.names import refuse_taken
from lstmcast.data.read import Reading
from lstmcast.data.written.anomaly_file import COLUMNS, JudgedRows, append_rows, render_anomalies
from lstmcast.drafts import remove_drafts
from lstmcast.evaluation.anomalies import USUAL
from lstmcast.evaluation.signs import SIDES
from lstmcast.files import is_file, remove_outdated, write_all_whole
from lstmcast.jobs.common.folders import DETECT
from lstmcast.jobs.common.freshness import check_fresh
from lstmcast.jobs.common.given_data import with_data
from lstmcast.jobs.common.outputs import drawing_cache
from lstmcast.jobs.common.talk import Talk
from lstmcast.jobs.common.version_data import read_as_known
from lstmcast.jobs.detection.detect_alarms import KINDS, Alarm, find_alarms
from lstmcast.jobs.detection.detecting import Judge, check_judge, find_judges, see_values
from lstmcast.jobs.detection.judging import Found, judge_values, make_rule, recall, state_of
from lstmcast.jobs.forecasting.answering import leaving_out
from lstmcast.store.artifact import LoadedVersion, load_version
from lstmcast.store.damage import DamagedDetectionError
from lstmcast.store.detection import STATE, cut_back, find_last_row, render_state
from lstmcast.store.lock import hold_workspace
from lstmcast.store.members import read_small_file
from lstmcast.store.versions import resolve_version

STANDING, LOOK = "anomalies", "look"  # the names of the files of the runs, and of a look back
LARGEST_TABLE = 2**30


@dataclass(frozen=True)
class DetectResult:
    """What was looked at, and what was strange about it."""

    version_id: str
    rows: int
    trained_rows: int
    alarms: tuple[Alarm, ...]
    table: Path
    picture: Path | None
    left_out: tuple[str, ...] = ()  # series that could not be judged
    is_look: bool = False  # back, from a fresh start

    @property
    def new_alarms(self) -> tuple[Alarm, ...]:
        """Return the alarms about values that the model was not trained on."""
        return tuple(alarm for alarm in self.alarms if not alarm.trained)

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        return {
            "version": self.version_id,
            "rows": self.rows,
            "trained_rows": self.trained_rows,
            "alarms": [alarm.as_json() for alarm in self.alarms],
            "table": str(self.table),
            "picture": None if self.picture is None else str(self.picture),
            "left_out": list(self.left_out),
        }


def detect(
    config: Config,
    *,
    now: datetime,
    model: str | None,
    data: str | Path | None,
    since: str | None,
    allow_partial: bool = False,
    talk: Talk,
) -> DetectResult:
    """Judge the values that came since the last run; with `since` or `model`, look back from a fresh start instead."""
    if data is not None:
        config = with_data(config, str(data))
    workspace = Path(config.output.dir)
    folder, is_look = workspace / DETECT, since is not None or model is not None
    version = load_version(resolve_version(workspace, model))
    with hold_workspace(folder):  # a lock of its own: values are judged while a model is being trained
        remove_drafts(folder)
        answered = leaving_out(lambda without: _read(config, version, now, talk, without), allow_partial)
        reading = answered.result
        for note in (*reading.notes, *(f"left out: {reason}" for reason in answered.left_out.values())):
            talk.say(note)
        judges = find_judges(workspace, version, model is not None, reading)
        memories, last_row = ({}, None) if is_look else recall(folder, reading.panel, talk)
        before = _rows_before(folder, last_row) if memories else None  # it begins anew
        after = {ids: memory.tick for ids, memory in memories.items() if memory.tick is not None}
        rule = make_rule(config.detect, version.artifact.spec.season, reading.panel.series_count)
        found = judge_values(see_values(reading.panel, judges, after), reading.panel, memories, rule)
        if since is not None:
            found = found.since(_first_tick(reading, since))
        table, picture = _write(config, folder, reading, judges, found, before, is_look)
    return DetectResult(
        version_id=version.id,
        rows=len(found.seen.tick),
        trained_rows=int(found.seen.trained.sum()),
        alarms=find_alarms(reading, found),
        table=table,
        picture=picture,
        left_out=answered.names,
        is_look=is_look,
    )


def _read(
    config: Config, version: LoadedVersion, now: datetime, talk: Talk, without: Collection[tuple[str, ...]]
) -> Reading:
    artifact, tell = version.artifact, partial(talk.progress, "reading")
    reading = read_as_known(config.data, artifact.contract, artifact.spec.horizon, without, tell)
    check_judge(version, reading)
    check_fresh(reading, config.job.max_age, now, artifact.contract)
    taken = re.compile("|".join(COLUMNS))
    refuse_taken((*reading.panel.id_names, *reading.time_names), taken, "one of the table of anomalies")
    return reading


def _first_tick(reading: Reading, since: str) -> int:
    frequency, moment = reading.panel.frequency, first_named(since, "--since", reading.time_format)
    tick = frequency.ticks(moment)
    return int(tick[0] + (frequency.stamps(tick)[0] < moment[0]))


def _rows_before(folder: Path, last_row: str | None) -> bytes | None:
    """Return the table as far as it is remembered, so that no value comes to stand in it twice."""
    table = read_small_file(folder / f"{STANDING}.csv", LARGEST_TABLE, DamagedDetectionError)
    return None if table is None else cut_back(table, last_row)


def _write(
    config: Config,
    folder: Path,
    reading: Reading,
    judges: Sequence[Judge],
    found: Found,
    before: bytes | None,
    is_look: bool,
) -> tuple[Path, Path | None]:
    """Write the picture, the table and, last, what is remembered: all or none."""
    name = LOOK if is_look else STANDING
    table, picture = folder / f"{name}.csv", folder / f"{name}.png"
    if not is_look and not len(found.seen.tick) and is_file(table):
        return table, picture if is_file(picture) else None  # nothing is new
    content = render_anomalies(_rows(reading, judges, found), reading.panel.id_names, reading.time_names)
    if not is_look:
        content = append_rows(before, content)
    contents = {table: content}
    if config.output.plots:
        from lstmcast.jobs.detection.detect_picture import draw_anomalies  # matplotlib: only where it draws

        drawn = draw_anomalies(reading, content, config.detect.rate, is_look, drawing_cache(config))
        contents = {picture: drawn, **contents}
    if not is_look:
        contents[folder / STATE] = render_state(state_of(reading.panel, found.memories, find_last_row(content)))
    write_all_whole(contents)
    if not config.output.plots:
        remove_outdated(picture)
    return table, picture if config.output.plots else None


def _rows(reading: Reading, judges: Sequence[Judge], found: Found) -> JudgedRows:
    panel, seen, judged = reading.panel, found.seen, found.judged
    yes = np.array(["", "yes"], object)
    return JudgedRows(
        ids=tuple(column[seen.line] for column in panel.ids),
        times=tuple(reading.time_format.render_columns(panel.frequency.stamps(seen.tick))),
        value=seen.value,
        forecast=seen.forecast,
        p=judged.p,
        score=judged.score,
        kind=np.array(KINDS, object)[judged.kind],
        why=np.where(judged.kind == USUAL, "", np.array([side.why for side in SIDES], object)[judged.why]),
        alarm=yes[judged.alarm.astype(np.int64)],
        trained=yes[seen.trained.astype(np.int64)],
        model=np.array([judge.version.id for judge in judges], object)[seen.judge],
    )
