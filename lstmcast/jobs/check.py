"""`check`: config and data against each other, without training: what would be trained on, or what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstmcast.config.schema import Config, DataConfig
from lstmcast.config.yaml_file import load_config
from lstmcast.data.profile import PanelProfile, describe_season, describe_series, describe_step, profile_reading
from lstmcast.data.read import Reading, read_panel
from lstmcast.data.seasonality import WEAK
from lstmcast.data.windows import rolling_windows
from lstmcast.jobs.problem import Problem, make_problem
from lstmcast.jobs.spans import LEAST_PAST

LABEL = 14  # columns of a terminal
NAMED = 6
MANY_FILLS = 0.1


@dataclass(frozen=True)
class Span:
    """A stretch of the longest series, and how many forecast origins lie in it."""

    first: str
    last: str
    origins: int
    series: int  # that are long enough to take part


@dataclass(frozen=True)
class Found:
    """What is in the data."""

    files: str
    series_names: tuple[str, ...]  # the first few
    time: str
    profile: PanelProfile
    past: tuple[str, ...]
    future: tuple[str, ...]
    calendar: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What would be trained, validated and tested."""

    cell: str
    units: int
    layers: int
    contexts: tuple[int, ...]  # of each member
    segments: tuple[int, ...]
    seasons: tuple[int, ...]
    steps: int
    batch: int
    horizon: int
    levels: tuple[float, ...]
    training: Span
    validation: Span
    test: Span


@dataclass(frozen=True)
class CheckResult:
    """A config and data that go together."""

    config: Path
    found: Found
    plan: Plan
    notes: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the result for people, a line each."""
        facts = (*_found_lines(self.found), ("", ""), *_plan_lines(self.plan, self.found))
        table = (f"{label:<{LABEL}}{text}".rstrip() for label, text in facts)
        notes = ("", *(f"note: {note}" for note in self.notes)) if self.notes else ()
        return (*table, *notes, "", f"{self.config} and its data go together")

    def as_json(self) -> dict[str, Any]:
        """Return the result as a JSON document."""
        return {**asdict(self), "config": str(self.config)}


def check(config_path: Path, *, sets: Sequence[str], environment: Mapping[str, str]) -> CheckResult:
    """Return what `train` would work on, or raise what it would raise before it starts."""
    config = load_config(config_path, sets=sets, environment=environment)
    reading = read_panel(config.data)
    problem = make_problem(config, reading.panel)
    profile = profile_reading(reading)
    found = Found(
        files=_name_files(config.data),
        series_names=tuple(reading.panel.name_of(series) for series in range(min(NAMED, profile.series))),
        time=reading.time_name,
        profile=profile,
        past=reading.panel.past_names,
        future=reading.panel.future_names,
        calendar=tuple(cycle.name for cycle in problem.cycles),
    )
    plan = _describe_plan(config, reading, problem)
    return CheckResult(config_path, found, plan, tuple(_notes(config, reading, profile, plan)))


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


def _takes_part(known: np.ndarray[Any, np.dtype[np.int64]], horizon: int, rounds: int, step: int) -> int:
    """Return how many series have at least one origin with something before it."""
    windows = rolling_windows(known, horizon, rounds, step, LEAST_PAST)
    return len(np.unique(np.concatenate([one.series for one in windows])))


def _notes(config: Config, reading: Reading, profile: PanelProfile, plan: Plan) -> Iterator[str]:
    """Yield what is allowed but deserves a look."""
    yield from reading.notes
    known = int(reading.panel.known.sum())
    if profile.fills > MANY_FILLS * known:
        yield f"{profile.fills / known:.0%} of the values are filled; is data.freq ({profile.frequency}) right?"
    if profile.constant:
        who = "it never changes" if profile.series == 1 else f"{profile.constant} series never change"
        yield f"{who}: a forecast can only repeat the value"
    if config.data.future and profile.ahead < plan.horizon:
        yield (
            f"what is known ahead is there for {profile.ahead} rows after the last {reading.panel.target}; "
            f"`predict` will need {plan.horizon}"
        )
    if plan.test.series < profile.series:
        yield f"{profile.series - plan.test.series} of {profile.series} series are too short to be tested"
    if profile.ends_differ:
        yield f"series end at different times; the newest value is of {profile.last}"
    hidden = profile.hidden_season
    if hidden is not None and hidden.strength >= WEAK and hidden.period not in plan.seasons:
        yield f"the data repeat every {hidden.period} steps; evaluate.season: {hidden.period} would use that"


# --- for people ---


def _found_lines(found: Found) -> Iterator[tuple[str, str]]:
    profile = found.profile
    yield "data", f"{found.files}: {_rows(profile.rows_read)}"
    more = f" and {profile.series - NAMED} more" if profile.series > NAMED else ""
    yield "series", f"{describe_series(profile)}: {', '.join(found.series_names)}{more}"
    yield (
        "time",
        f"{found.time}: {profile.first} to {profile.last}, {describe_step(profile.step)} ({profile.frequency})",
    )
    zeros = f", {profile.zeros:,} of them zero" if profile.zeros else ""
    yield "values", f"{profile.lowest:g} to {profile.highest:g}{zeros}"
    filled = profile.fills + profile.covariate_fills
    yield "gaps", f"{filled:,} missing values filled" if filled else "none"
    yield "duplicates", f"{_rows(profile.duplicates)} dropped" if profile.duplicates else "none"
    hidden = (profile.hidden_season,) if profile.hidden_season else ()
    yield "repeats", ", ".join(describe_season(season) for season in (*profile.seasons, *hidden)) or "not seen"
    helpers = {"past": found.past, "known ahead": found.future, "calendar": found.calendar}
    yield "helped by", "; ".join(f"{name}: {', '.join(columns)}" for name, columns in helpers.items() if columns) or "-"


def _plan_lines(plan: Plan, found: Found) -> Iterator[tuple[str, str]]:
    layers = "1 layer" if plan.layers == 1 else f"{plan.layers} layers"
    members = "1 member" if len(plan.contexts) == 1 else f"{len(plan.contexts)} members"
    yield "network", f"{plan.cell}, {plan.units} units, {layers}, {members}"
    yield "sees", f"{_range(plan.contexts)} steps at a time, {_range(plan.segments)} in each step of the {plan.cell}"
    yield "seasons", ", ".join(map(str, plan.seasons)) or "none"
    yield "forecasts", f"{plan.horizon} steps, with intervals of {', '.join(f'{level:g}%' for level in plan.levels)}"
    yield "learns", f"{plan.steps:,} steps with up to {plan.batch} windows each"
    whose = "" if found.profile.series == 1 else " (the longest series)"
    for label, span in (("trained on", plan.training), ("validated on", plan.validation), ("tested on", plan.test)):
        origins = f", {span.origins} origin{'' if span.origins == 1 else 's'}" if span.origins else whose
        yield label, f"{span.first} to {span.last}{origins}"


def _range(numbers: Sequence[int]) -> str:
    distinct = sorted(set(numbers))
    return " or ".join(map(str, distinct))


def _name_files(data: DataConfig) -> str:
    return data.path if isinstance(data.path, str) else ", ".join(data.path)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"
