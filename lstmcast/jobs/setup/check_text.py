"""Tells people what `check` found: a table of what is there, what would be done, what is wrong and what to set."""

from collections.abc import Iterator, Sequence

from lstmcast.data.survey.profile import PanelProfile, describe_seasons, describe_series, describe_step
from lstmcast.jobs.setup.checked import Found, Plan, Workspace
from lstmcast.plurals import count_things, name_some

LABEL = 14  # columns of a terminal
DONE, TO_DO = ("filled", "settled"), ("to be filled", "to be settled")


def table(facts: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a line for each label and text."""
    return tuple(f"{label:<{LABEL}}{text}".rstrip() for label, text in facts)


def found_lines(found: Found, verbs: tuple[str, str] = DONE) -> Iterator[tuple[str, str]]:
    """Yield what is in the data; `verbs` say what is done to missing and doubled rows."""
    profile = found.profile
    yield "data", f"{found.files}: {count_things(profile.rows_read, 'row')}"
    yield "series", f"{describe_series(profile)}: {name_some(found.series_names, profile.series)}"
    yield (
        "time",
        f"{found.time}: {profile.first} to {profile.last}, {describe_step(profile.step)} ({profile.frequency})",
    )
    zeros = f", {profile.zeros:,} of them zero" if profile.zeros else ""
    yield "values", f"{profile.lowest:g} to {profile.highest:g}{zeros}"
    filled, split = profile.fills + profile.covariate_fills, _split(profile)
    yield "gaps", f"{count_things(filled, 'missing value')} {verbs[0]}{split}" if filled else split[2:] or "none"
    yield "duplicates", f"{count_things(profile.duplicates, 'row')} {verbs[1]}" if profile.duplicates else "none"
    yield "repeats", ", ".join(describe_seasons(profile)) or "not seen"
    helpers = {"past": found.past, "known ahead": found.future, "calendar": found.calendar}
    if found.age:
        yield "newest", f"{profile.last}, {found.age}"
    yield "helped by", "; ".join(f"{name}: {', '.join(columns)}" for name, columns in helpers.items() if columns) or "-"


def workspace_lines(workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Yield where the results would go."""
    yield "results", f"{workspace.folder}: {workspace.problem or 'can be written'}"


def _split(profile: PanelProfile) -> str:
    """Return what became of values before gaps that are too long to be filled."""
    parts = profile.earlier_parts
    if not parts:
        return ""
    return f"; {profile.earlier_values:,} values before {count_things(parts, 'longer gap')} only train"


def plan_lines(plan: Plan, found: Found) -> Iterator[tuple[str, str]]:
    """Yield what would be trained, validated and tested."""
    layers, members = count_things(plan.layers, "layer"), count_things(len(plan.contexts), "member")
    if plan.cell == "linear":
        yield "network", f"{plan.cell}, {members}"
        yield "sees", f"{_range(plan.contexts)} steps, all at once"
    else:
        yield "network", f"{plan.cell}, {plan.units} units, {layers}, {members}"
        read = f"{_range(plan.segments)} in each step of the {plan.cell}"
        yield "sees", f"{_range(plan.contexts)} steps at a time, {read}"
    yield "seasons", ", ".join(map(str, plan.seasons)) or "none"
    bands = ", ".join(f"{level:g}%" for level in plan.levels)
    yield "forecasts", f"{count_things(plan.horizon, 'step')}, with intervals of {bands}"
    yield "learns", f"{count_things(plan.steps, 'step')} with up to {count_things(plan.batch, 'window')} each"
    whose = "" if found.profile.series == 1 else " (the longest series)"
    for label, span in (("trained on", plan.training), ("validated on", plan.validation), ("tested on", plan.test)):
        origins = f", {count_things(span.origins, 'origin')}" if span.origins else whose
        yield label, f"{span.first} to {span.last}{origins}"


def _range(numbers: Sequence[int]) -> str:
    distinct = sorted(set(numbers))
    return " or ".join(map(str, distinct))
