"""Drafts the lines of a config from what was found in a file, with the reason for each in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import cast

from lstmcast.config.data_config import CsvConfig
from lstmcast.config.settings import Plain
from lstmcast.data.clock.times import DAY
from lstmcast.data.covariate.public_holidays import has_holidays
from lstmcast.data.read import Reading
from lstmcast.data.survey.profile import (
    PanelProfile,
    closed_days,
    describe_odd,
    describe_seasons,
    describe_series,
    describe_step,
)
from lstmcast.data.survey.roles import Roles
from lstmcast.data.survey.seasonality import WEAK
from lstmcast.jobs.setup.config_text import Line
from lstmcast.jobs.setup.draft_time import off_grid_lines, time_lines
from lstmcast.jobs.setup.first_plan import FirstPlan
from lstmcast.plurals import count_things, name_some

NAMED = 4
MANY_FILLS, MOSTLY_FILLS = 0.1, 0.5
MANY_DOUBLED = 0.05
NOTES = ("not in time order", "of the grid", "named the columns again", "without any value")
CSV_ASIDES = {
    "separator": "the sign between two cells",
    "decimal": "the sign before decimals",
    "encoding": "how letters are written as bytes",
}


@dataclass(frozen=True)
class Found:
    """All that is known of a file when its config is written."""

    path: str  # as the config names it
    workspace: str
    roles: Roles
    reading: Reading
    profile: PanelProfile
    plan: FirstPlan
    csv: CsvConfig  # how it is written, with nothing left to be found
    csv_doubts: Mapping[str, str]  # what could be wrong in that, by key
    duplicates: str  # the policies that the file needs
    gaps: str
    off_grid: str
    doubles_an_hour: bool = False  # as clocks do when they are set back


def draft_lines(found: Found) -> list[Line]:
    """Return the lines of the config."""
    roles = found.roles
    return [
        Line("data.path", found.path),
        *time_lines(roles, found.reading, found.profile, found.off_grid, doubles_an_hour=found.doubles_an_hour),
        *_series_lines(found),
        *_csv_lines(found),
        *off_grid_lines(found.off_grid, found.duplicates, roles, found.profile),
        Line("data.duplicates", found.duplicates, _why_duplicates(found), _doubt_duplicates(found)),
        Line("data.gaps", found.gaps, _why_gaps(found), _doubt_gaps(found)),
        *([Line("data.future", roles.future, _why_future(found))] if roles.future else []),
        *_helper_lines(found),
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
        *(["", f"Not used: {name_some(unused[:NAMED], len(unused))}."] if unused else []),
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
    unsure = {**roles.doubts, **{f"csv.{key}": doubt for key, doubt in found.csv_doubts.items()}}
    doubts = [f"unsure of data.{key}: {doubt}" for key, doubt in unsure.items() if f"data.{key}" not in given]
    return [
        f"{describe_series(profile)}, {describe_step(profile.step)}, {profile.first} to {profile.last}",
        *(note for note in found.reading.notes if any(part in note for part in NOTES)),
        *describe_odd(found.reading),
        *doubts,
        *([f"data.duplicates is {found.duplicates}: {_why_duplicates(found)}"] if profile.duplicates else []),
        *([_doubt_duplicates(found)] if "data.duplicates" not in given and _doubt_duplicates(found) else []),
        *([f"data.gaps is {found.gaps}: {_why_gaps(found)}"] if found.gaps != "error" else []),
        *([_doubt_gaps(found)] if "data.gaps" not in given and _doubt_gaps(found) else []),
        *([f"horizon {found.plan.horizon}: {found.plan.reason}"] if found.plan.is_lowered else []),
    ]


# --- one part of the config each ---


def _helper_lines(found: Found) -> list[Line]:
    """Return the columns that may help as suggestions."""
    changing = "columns that may help; remove the # to use them, or name under `future` what is known ahead"
    static = "columns that describe a series; remove the # to use them"
    lines = [("data.past", found.roles.others, changing), ("data.static", found.roles.static, static)]
    suggested = [Line(key, names, aside, "", True) for key, names, aside in lines if names]
    if has_holidays(found.reading.panel.frequency):
        aside = "a country (DE) or state (US-CA) whose public holidays matter; remove the # to use them"
        suggested.append(Line("data.holidays", "DE", aside, "", True))
    return suggested


def _series_lines(found: Found) -> list[Line]:
    roles, panel = found.roles, found.reading.panel
    lines = []
    if roles.ids:
        names = [panel.name_of(series) for series in range(min(NAMED, panel.series_count))]
        aside = f"{panel.series_count} series: {name_some(names, panel.series_count)}"
        lines.append(Line("data.id", _one_or_many(roles.ids), aside, _unsure(roles, "id")))
    is_wide = len(roles.targets) > 1
    what = "each column is a series" if is_wide else "the column to forecast"
    return [*lines, Line("data.target", _one_or_many(roles.targets), what, _unsure(roles, "target"))]


def _csv_lines(found: Found) -> list[Line]:
    """Return how the file is written: the usual settings always, the others where they are needed."""
    csv = found.csv
    others: list[tuple[str, object, object, str]] = [
        ("header", csv.header, 1, "the line that names the columns" if csv.header else "no line names the columns"),
        ("row_names", csv.row_names, False, "rows begin with a cell that the header has no name for"),
        ("skip", csv.skip, 0, "rows right under the header that are no data, such as units"),
        ("footer", csv.footer, 0, "lines at the end that are no data"),
        ("comment", csv.comment, None, "lines that begin so are left out"),
        ("quote", csv.quote, '"', "the sign around cells"),
        ("trailing", csv.trailing, "error", "lines have too many or too few empty cells at their end"),
        ("thousands", csv.thousands, None, "the sign between thousands"),
        ("units", csv.units, {}, "what stands around numbers, and what it multiplies with"),
        ("missing", csv.missing, (), "texts among the numbers that seem to mean a missing value"),
        ("last_line", csv.last_line, "auto", "the last line counts, although it has no line end"),
    ]
    needed = [(key, value, why) for key, value, default, why in others if value != default]
    usual = [(key, getattr(csv, key), why) for key, why in CSV_ASIDES.items()]
    return [
        Line(f"data.csv.{key}", _plain(value), why, _csv_doubt(found, key)) for key, value, why in (*usual, *needed)
    ]


def _csv_doubt(found: Found, key: str) -> str:
    doubt = found.csv_doubts.get(key) or found.roles.doubts.get(f"csv.{key}")
    return f"unsure: {doubt}" if doubt else ""


def _plain(value: object) -> Plain:
    """Return numbers that are whole as whole numbers."""
    if isinstance(value, dict):
        return {str(name): int(factor) if float(factor).is_integer() else factor for name, factor in value.items()}
    return cast(Plain, value)


def _why_duplicates(found: Found) -> str:
    count = found.profile.duplicates
    if not count:
        return "none now; a time that comes twice stops the run (or: first, last, mean, sum)"
    if found.duplicates == "first":
        return f"{count_things(count, 'row')} repeated another one in full; the first of each counts"
    hint = "; an hour that clocks show twice? data.timezone would tell both apart" if found.doubles_an_hour else ""
    return f"{count_things(count, 'row')} had a time that was there already (or: first, last, sum){hint}"


def _doubt_duplicates(found: Found) -> str:
    """Return what to say where so many times are doubled that rows may be events, or of several series."""
    share = found.profile.duplicates / found.profile.rows_read
    if share < MANY_DOUBLED or found.duplicates == "first":
        return ""
    if found.off_grid != "error":
        return (
            f"unsure: {share:.0%} of the rows fall on a step that others fall on, and are averaged, as readings are; "
            "of sales or events, data.duplicates: sum with data.gaps: zero makes sums, and data.freq may be D for days"
        )
    return (
        f"unsure: {share:.0%} of the rows have a time that is there already: `sum` adds up what are sales or events, "
        "`mean` is for readings; if rows belong to several series, name the column that tells them apart in data.id"
    )


def _why_gaps(found: Found) -> str:
    if found.gaps == "error":
        return "none now; a missing row stops the run (or: interpolate, previous, seasonal, zero)"
    profile = found.profile
    rest = "rows without a value at the end are left out"
    if not profile.fills + profile.covariate_fills:
        return f"{rest}{_long_gaps(profile)}"
    cells = profile.fills + profile.covariate_fills
    total = int(found.reading.panel.known.sum()) + profile.earlier_values
    share = f", {profile.fills / total:.0%} of all" if profile.fills / total >= MANY_FILLS else ""
    where = f" in {profile.filled_series} series" if profile.series > 1 and profile.filled_series else ""
    doubt = "; is data.freq right, or should rows be left out?" if share else _clock_hint(found)
    values = "1 missing value is" if cells == 1 else f"{cells:,} missing values are"
    return f"{values} filled{where}{share} (or: previous, seasonal, zero){doubt}{_long_gaps(profile)}"


def _doubt_gaps(found: Found) -> str:
    """Return what to say where more is filled in, or only trains, than is left as it is, or of days without any row."""
    profile = found.profile
    if found.gaps == "interpolate" and (closed := closed_days(found.reading)):
        return (
            f"unsure: no row is of a {' or '.join(closed)}; such days are made up and forecast: if nothing happens "
            "then, `zero` says so"
        )
    newest = int(found.reading.panel.known.sum())
    if profile.fills > MOSTLY_FILLS * (newest + profile.earlier_values):
        return (
            "unsure: more values are filled in than there are; where no row means that nothing happened, as in sales "
            "or events, `zero` says so; else data.freq may have to be longer, with data.off_grid: nearest"
        )
    if profile.earlier_values > newest:
        return (
            "unsure: most values stand before gaps that are too long to be filled; some series may come in longer "
            "steps than others: then set data.freq to the longest, with data.off_grid: nearest"
        )
    return ""


def _long_gaps(profile: PanelProfile) -> str:
    """Return what gaps that are too long to be filled mean."""
    if not profile.earlier_parts:
        return ""
    gaps = "a longer gap" if profile.earlier_parts == 1 else f"{profile.earlier_parts} longer gaps"
    return f"; {profile.earlier_values:,} values before {gaps} only train"


def _clock_hint(found: Found) -> str:
    """Return what to say where hours seem to be missing or doubled by a change of clocks."""
    if not found.profile.clock_changes:
        return ""
    return "; some seem to be hours when clocks change: data.timezone would tell those apart"


def _why_future(found: Found) -> str:
    return f"known ahead: filled in the {found.profile.ahead} rows after the last {found.roles.targets[0]}"


def _season_line(found: Found) -> Line:
    profile = found.profile
    hidden = profile.hidden_season
    if found.reading.panel.frequency.kind != "integer":
        seasons = ", ".join(describe_seasons(profile)) or "none that fits often enough"
        return Line("evaluate.season", "auto", f"from the frequency: {seasons}")
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
