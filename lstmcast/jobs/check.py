"""`check`: config and data against each other, without training: what would be trained on, or what is wrong."""

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.arrays import IntArray
from lstmcast.config.auto import LEAST_PAST, describe_asked_in_vain
from lstmcast.config.schema import Config
from lstmcast.config.values import names_in
from lstmcast.data.read import Reading, read_panel
from lstmcast.data.survey.profile import PanelProfile, describe_odd, profile_reading
from lstmcast.data.survey.seasonality import WEAK
from lstmcast.data.windows import rolling_windows
from lstmcast.errors import DataError, LstmcastError, OutputError, ShortError, StaleError
from lstmcast.files import check_writable, is_folder
from lstmcast.jobs.common.freshness import age_of_newest, check_fresh, check_not_from_the_future
from lstmcast.jobs.common.outputs import check_outputs
from lstmcast.jobs.common.talk import SilentTalk, Talk
from lstmcast.jobs.model.problem import Problem, make_problem
from lstmcast.jobs.setup.check_survey import survey
from lstmcast.jobs.setup.check_text import DONE, TO_DO, found_lines, plan_lines, table, workspace_lines
from lstmcast.jobs.setup.checked import Found, Plan, Span, Workspace
from lstmcast.plurals import count_things
from lstmcast.store.forecasts import FORECAST

NAMED = 6
MANY_FILLS = 0.1
FEW_HOURS = 48
FEW_DAYS = 100  # up to which a tenth of one says something


@dataclass(frozen=True)
class CheckResult:
    """A config and its data: what is there and what would be done, or what is wrong."""

    config: Path
    found: Found | None
    plan: Plan | None
    workspace: Workspace
    notes: tuple[str, ...]
    wrong: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the result for people, a line each."""
        facts = list(found_lines(self.found, TO_DO if self.wrong else DONE)) if self.found else []
        if self.found and self.plan:
            facts += [("", ""), *plan_lines(self.plan, self.found)]
        facts += workspace_lines(self.workspace)
        notes = ("", *(f"note: {note}" for note in self.notes)) if self.notes else ()
        wrong = ("", *(f"wrong: {problem}" for problem in self.wrong)) if self.wrong else ()
        return (*table(facts), *notes, *wrong, "", f"{self.config} and its data {self._verdict}")

    @property
    def _verdict(self) -> str:
        if self.wrong:
            return "do not go together"
        return "go together" + (", but its results cannot be written" if self.workspace.problem else "")

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return {**asdict(self), "config": str(self.config)}


def check(config: Config, *, config_path: Path, now: datetime | None = None, talk: Talk | None = None) -> CheckResult:
    """Return what `train` would work on, or raise what it would raise, with all that is wrong as the error's `answer`.

    Without `now`, nothing is said of the age of the data.
    """
    talk = talk or SilentTalk()
    workspace = _look_at_workspace(config)
    try:
        reading = read_panel(config.data, horizon=config.forecast.horizon, progress=partial(talk.progress, "reading"))
        if now is not None:
            check_not_from_the_future(reading, now)
        problem = make_problem(config, reading.panel)
    except LstmcastError as error:
        if not isinstance(error, DataError | ShortError | StaleError):
            raise
        lenient, wrong = survey(config, str(error))
        found = _describe_found(config, lenient, now, ()) if lenient else None
        error.answer = CheckResult(config_path, found, None, workspace, (), wrong)
        raise
    found = _describe_found(config, reading, now, tuple(cycle.name for cycle in problem.cycles))
    plan = _describe_plan(config, reading, problem)
    return CheckResult(config_path, found, plan, workspace, tuple(_notes(config, reading, found, plan, now)))


def _describe_found(config: Config, reading: Reading, now: datetime | None, calendar: tuple[str, ...]) -> Found:
    profile = profile_reading(reading)
    age = None if now is None else age_of_newest(reading, now)
    return Found(
        files=", ".join(names_in(config.data.path)),
        series_names=tuple(reading.panel.name_of(series) for series in range(min(NAMED, profile.series))),
        time=reading.time_name,
        profile=profile,
        past=reading.panel.past_names,
        future=reading.panel.future_names,
        calendar=calendar,
        age="" if age is None else _describe_age(age),
    )


def _describe_age(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    if hours < 0:
        return f"{-hours:,.1f} hours ahead of now"
    if hours < FEW_HOURS:
        return f"{hours:,.1f} hours ago"
    return f"{hours / 24:,.1f} days ago" if hours < FEW_DAYS * 24 else f"{hours / 24:,.0f} days ago"


def _look_at_workspace(config: Config) -> Workspace:
    """Return whether results can be written: it is tried, and nothing is left behind."""
    folder, path = config.output.dir, Path(config.output.dir)
    try:
        check_outputs(config, path / FORECAST)
        if is_folder(path):
            check_writable(path)
            return Workspace(folder, "")
    except OutputError as error:
        return Workspace(folder, str(error).removeprefix(f"{path}: "))
    parent = next((parent for parent in path.parents if os.path.lexists(parent)), Path("/"))
    if os.path.lexists(path) or not parent.is_dir():
        return Workspace(folder, f"cannot be made: {path if os.path.lexists(path) else parent} is no folder")
    try:
        check_writable(parent)  # tried, not asked: root may write everywhere, but not in /proc or on a full disk
    except OutputError:
        return Workspace(folder, f"cannot be made: nothing can be written to {parent}; choose another place")
    return Workspace(folder, "")


def _describe_plan(config: Config, reading: Reading, problem: Problem) -> Plan:
    settings, spans, known = problem.settings, problem.spans, reading.panel.known
    longest = int(np.argmax(known))
    validated = _takes_part(spans.test_start, problem.horizon, spans.validation_rounds, spans.validation_step)
    tested = _takes_part(known, problem.horizon, spans.test_rounds, spans.test_step)
    starts = (0, int(spans.validation_start[longest]), int(spans.test_start[longest]), int(known[longest]))

    def span(part: int, origins: int, series: int) -> Span:
        ticks = reading.panel.first[longest] + np.array([starts[part], starts[part + 1] - 1])
        first, last = reading.time_format.render(reading.panel.frequency.stamps(ticks))
        return Span(str(first), str(last), origins, series)

    return Plan(
        cell=problem.cell,
        units=settings.units,
        layers=settings.layers,
        contexts=tuple(member.context for member in settings.members),
        segments=tuple(member.segment for member in settings.members),
        seasons=settings.periods,
        steps=settings.steps,
        batch=settings.batch,
        horizon=problem.horizon,
        levels=config.forecast.levels,
        training=span(0, 0, int((spans.validation_start > LEAST_PAST).sum())),
        validation=span(1, spans.validation_rounds, validated),
        test=span(2, spans.test_rounds, tested),
    )


def _takes_part(known: IntArray, horizon: int, rounds: int, step: int) -> int:
    """Return how many series have at least one origin with something before it."""
    windows = rolling_windows(known, horizon, rounds, step, LEAST_PAST)
    return len(np.unique(np.concatenate([one.series for one in windows])))


def _notes(config: Config, reading: Reading, found: Found, plan: Plan, now: datetime | None) -> Iterator[str]:
    """Yield what is allowed but deserves a look."""
    profile = found.profile
    yield from reading.notes
    yield from describe_asked_in_vain(config, reading.panel.known)
    if now is not None:
        try:
            check_fresh(reading, config.job.max_age, now)
        except StaleError as error:
            yield f"`predict` would refuse: {error}"
    known = int(reading.panel.known.sum()) + profile.earlier_values
    if profile.fills > MANY_FILLS * known:
        yield f"{profile.fills / known:.0%} of the values are filled; is data.freq ({profile.frequency}) right?"
    yield from describe_odd(reading)
    yield from _notes_on_values(profile)
    if config.data.future and profile.ahead < plan.horizon:
        yield (
            f"what is known ahead is there for {count_things(profile.ahead, 'row')} after the last "
            f"{reading.panel.target}; `predict` will need {plan.horizon}"
        )
    if plan.test.series < profile.series:
        short = profile.series - plan.test.series
        yield f"{short:,} of {profile.series:,} series {'is' if short == 1 else 'are'} too short to be tested"
    if profile.first_to_end is not None:
        name, last = profile.first_to_end
        yield f"series end at different times: first {name!r} at {last}, the newest value is of {profile.last}"
    hidden = profile.hidden_season
    if hidden is not None and hidden.strength >= WEAK and hidden.period not in plan.seasons:
        yield f"the data repeat every {hidden.period} steps; evaluate.season: {hidden.period} would use that"


def _notes_on_values(profile: PanelProfile) -> Iterator[str]:
    """Yield what is odd about the values themselves."""
    if profile.likely_zone is not None:
        yield f"hours are missing where clocks change, as in {profile.likely_zone}: with data.timezone they never were"
    if profile.constant:
        names = ", ".join(map(repr, profile.constant_names))
        who = "it never changes" if profile.series == 1 else f"{profile.constant} series never change, such as {names}"
        yield f"{who}: a forecast can only repeat the value"
    for one in profile.suspects:
        where = "" if profile.series == 1 else f", first in {one.series!r},"
        yield (
            f"the value {one.value} comes {one.count:,} times{where} and stands far from all others; if it means that "
            f'there is none, set data.csv.missing: ["{one.value}"] as the file writes it'
        )
