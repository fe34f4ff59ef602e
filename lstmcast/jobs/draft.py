"""Drafts the lines of a config from what was found in a file, with the reason for each in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from lstmcast.config.settings import Plain
from lstmcast.data.profile import PanelProfile, describe_season, describe_series, describe_step
from lstmcast.data.read import Reading
from lstmcast.data.roles import Roles
from lstmcast.data.seasonality import WEAK
from lstmcast.data.times import DAY, Frequency, parse_frequency
from lstmcast.jobs.config_text import Line
from lstmcast.jobs.first_plan import FirstPlan

NAMED = 4
MANY_FILLS = 0.1


@dataclass(frozen=True)
class Found:
    """All that is known of a file when its config is written."""

    path: str  # as the config names it
    workspace: str
    roles: Roles
    reading: Reading
    profile: PanelProfile
    plan: FirstPlan
    encoding: str | None  # where it is not found by itself
    duplicates: str  # the policies that the file needs
    gaps: str


def draft_lines(found: Found) -> list[Line]:
    """Return the lines of the config."""
    roles = found.roles
    suggestion = Line("data.past", roles.others, "columns that may help; remove the # to use them", "", True)
    return [
        Line("data.path", found.path),
        *_time_lines(found),
        *_series_lines(found),
        *_csv_lines(found),
        Line("data.duplicates", found.duplicates, _why_duplicates(found)),
        Line("data.gaps", found.gaps, _why_gaps(found)),
        *([Line("data.future", roles.future, _why_future(found))] if roles.future else []),
        *([suggestion] if roles.others else []),
        Line("forecast.horizon", found.plan.horizon, f"steps ahead: {found.plan.reason}"),
        Line("forecast.levels", (80, 95), "prediction intervals: columns lo-80, hi-80, lo-95, hi-95"),
        Line("evaluate.windows", found.plan.windows, found.plan.windows_reason),
        _season_line(found),
        Line("output.dir", found.workspace, "models, forecasts and plots go here"),
        *_age_lines(found),
    ]


def draft_head(found: Found, schema: str, config: str) -> list[str]:
    """Return the comment at the top."""
    profile = found.profile
    unused = [f"{name!r} ({reason})" for name, reason in found.roles.unused.items()]
    return [
        f"yaml-language-server: $schema={schema}",
        "",
        f"Written by `lstmcast init` for {found.path}:",
        f"{describe_series(profile)}, {describe_step(profile.step)},",
        f"{profile.first} to {profile.last}.",
        *(["", f"Not used: {', '.join(unused[:NAMED])}{_more(len(unused))}."] if unused else []),
        "",
        f"  lstmcast check {quote(config)}      shows what would be trained on",
        f"  lstmcast train {quote(config)}      trains, and scores the model beside the naive forecasts",
        f"  lstmcast predict {quote(config)}    forecasts",
        "",
        "Guesses that may be wrong are marked `unsure`. Keys that are left out have their defaults: an editor that",
        "knows YAML schemas lists them by the first line. Paths start from this file's folder.",
    ]


def draft_notes(found: Found, given: Mapping[str, Plain]) -> list[str]:
    """Return what the user should know at once."""
    profile, roles = found.profile, found.roles
    doubts = [f"unsure of data.{key}: {doubt}" for key, doubt in roles.doubts.items() if f"data.{key}" not in given]
    return [
        f"{describe_series(profile)}, {describe_step(profile.step)}, {profile.first} to {profile.last}",
        *(note for note in found.reading.notes if "not in time order" in note),
        *doubts,
        *([f"data.duplicates is {found.duplicates}: {_why_duplicates(found)}"] if profile.duplicates else []),
        *([f"data.gaps is {found.gaps}: {_why_gaps(found)}"] if found.gaps != "error" else []),
        *([f"horizon {found.plan.horizon}: {found.plan.reason}"] if found.plan.is_lowered else []),
    ]


def explicit_frequency(frequency: Frequency, reading: Reading) -> str | int:
    """Return the name of the grid if it says all, else `auto`."""
    panel = reading.panel
    if frequency.kind == "integer":
        return frequency.size
    stamps = frequency.stamps(panel.first)
    return frequency.alias if parse_frequency(frequency.alias, stamps) == frequency else "auto"


# --- one part of the config each ---


def _time_lines(found: Found) -> list[Line]:
    roles, profile, reading = found.roles, found.profile, found.reading
    doubt = _unsure(roles, "time")
    frequency = reading.panel.frequency
    if roles.time is None:
        return [Line("data.time", None, "the rows are in order, one step each", doubt)]
    written = "steps" if frequency.kind == "integer" else f"written {reading.time_format.pattern}"
    lines = [Line("data.time", roles.time, f"{profile.first} to {profile.last}, {written}", doubt)]
    if roles.time_format != "auto":
        lines.append(Line("data.time_format", roles.time_format, "how the times are written"))
    return [*lines, Line("data.freq", explicit_frequency(frequency, reading), describe_step(profile.step))]


def _series_lines(found: Found) -> list[Line]:
    roles, panel = found.roles, found.reading.panel
    lines = []
    if roles.ids:
        names = [panel.name_of(series) for series in range(min(NAMED, panel.series_count))]
        aside = f"{panel.series_count} series: {', '.join(names)}{_more(panel.series_count)}"
        lines.append(Line("data.id", _one_or_many(roles.ids), aside, _unsure(roles, "id")))
    is_wide = len(roles.targets) > 1
    what = "each column is a series" if is_wide else "the column to forecast"
    return [*lines, Line("data.target", _one_or_many(roles.targets), what, _unsure(roles, "target"))]


def _csv_lines(found: Found) -> list[Line]:
    roles = found.roles
    decimal, thousands = roles.style
    return [
        *([Line("data.csv.decimal", decimal, "the sign before decimals")] if decimal != "." else []),
        *([Line("data.csv.thousands", thousands, "the sign between thousands")] if thousands else []),
        *(
            [Line("data.csv.missing", roles.missing, "texts among the numbers that seem to mean a missing value")]
            if roles.missing
            else []
        ),
        *(
            [
                Line(
                    "data.csv.encoding",
                    found.encoding,
                    "unsure: the file is not UTF-8; see that accents come out right",
                )
            ]
            if found.encoding
            else []
        ),
    ]


def _why_duplicates(found: Found) -> str:
    count = found.profile.duplicates
    if not count:
        return "none now; a time that comes twice stops the run (or: first, last, mean, sum)"
    if found.duplicates == "first":
        return f"{_rows(count)} repeated another one in full; the first of each counts"
    return f"{_rows(count)} had a time that was there already (or: first, last, sum)"


def _why_gaps(found: Found) -> str:
    if found.gaps == "error":
        return "none now; a missing row stops the run (or: interpolate, previous, seasonal, zero)"
    profile = found.profile
    rest = "rows without a value at the end are left out"
    if not profile.fills + profile.covariate_fills:
        return rest
    cells = profile.fills + profile.covariate_fills
    total = int(found.reading.panel.known.sum())
    share = f", {profile.fills / total:.0%} of all" if profile.fills / total >= MANY_FILLS else ""
    where = f" in {profile.filled_series} series" if profile.series > 1 and profile.filled_series else ""
    doubt = "; is data.freq right, or should rows be left out?" if share else _clock_hint(found)
    values = "1 missing value is" if cells == 1 else f"{cells:,} missing values are"
    return f"{values} filled{where}{share} (or: previous, seasonal, zero){doubt}"


def _clock_hint(found: Found) -> str:
    """Return what to say where hours seem to be missing or doubled by a change of clocks."""
    if not found.profile.clock_changes:
        return ""
    return "; some seem to be hours when clocks change: times with their UTC offset would tell those apart"


def _why_future(found: Found) -> str:
    return f"known ahead: filled in the {found.profile.ahead} rows after the last {found.roles.targets[0]}"


def _season_line(found: Found) -> Line:
    profile = found.profile
    hidden = profile.hidden_season
    if found.reading.panel.frequency.kind != "integer":
        measured = ", ".join(describe_season(season) for season in profile.seasons)
        aside = f"from the frequency: {measured}" if measured else "from the frequency: none that fits often enough"
        return Line("evaluate.season", "auto", aside)
    if hidden is None:
        return Line("evaluate.season", "auto", "none was found; write the number of steps if you know of one")
    return Line(
        "evaluate.season", hidden.period,
        f"steps; found in the data, with an autocorrelation of {hidden.strength:.2f}",
        "unsure: steps have no calendar that would confirm it" if hidden.strength < WEAK else "",
    )  # fmt: skip


def _age_lines(found: Found) -> list[Line]:
    frequency = found.reading.panel.frequency
    if frequency.kind == "integer":
        return []
    days = 31 * frequency.size if frequency.kind == "months" else max(1, frequency.size // DAY)
    age = f"{2 * days}D" if frequency.kind != "fixed" or frequency.size >= DAY else "12h"
    return [Line("job.max_age", age, "for cron: refuse to forecast from data that are older", "", True)]


def _unsure(roles: Roles, key: str) -> str:
    return f"unsure: {roles.doubts[key]}" if key in roles.doubts else ""


def _one_or_many(names: Sequence[str]) -> Plain:
    return names[0] if len(names) == 1 else tuple(names)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _more(count: int) -> str:
    return f" and {count - NAMED} more" if count > NAMED else ""
