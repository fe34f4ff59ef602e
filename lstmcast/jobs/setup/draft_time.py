"""Drafts the lines of a config about time: its columns, how it is written, its steps, its zone."""

from lstmcast.data.clock.time_counts import UNIT_NAMES
from lstmcast.data.clock.time_format import BREAK, TimeFormat
from lstmcast.data.clock.times import Frequency, parse_frequency
from lstmcast.data.read import Reading
from lstmcast.data.survey.profile import PanelProfile, describe_step
from lstmcast.data.survey.roles import Roles
from lstmcast.jobs.setup.config_text import Line

MANY_FILLS = 0.1
LARGEST_STEP = 10_000  # that `data.freq` takes


def time_lines(
    roles: Roles, reading: Reading, profile: PanelProfile, off_grid: str, *, doubles_an_hour: bool = False
) -> list[Line]:
    """Return the lines about the time column, its format and its steps."""
    doubt = f"unsure: {roles.doubts['time']}" if "time" in roles.doubts else ""
    frequency = reading.panel.frequency
    if roles.time is None:
        return [Line("data.time", None, "the rows are in order, one step each", doubt)]
    lines = [Line("data.time", roles.time, f"{profile.first} to {profile.last}{_steps(frequency)}", doubt)]
    written = _written_format(reading.time_format)
    if written is not None:
        lines.append(Line("data.time_format", written, _how_written(reading.time_format, roles.time)))
    if off_grid == "error":
        lines += _zone_lines(reading, profile) or (_zone_of_doubled_hour() if doubles_an_hour else [])
    return [*lines, Line("data.freq", _explicit_frequency(frequency, reading), describe_step(profile.step))]


def off_grid_lines(off_grid: str, duplicates: str, roles: Roles, profile: PanelProfile) -> list[Line]:
    """Return the policy for rows between the steps, where there are any."""
    if off_grid == "error":
        return []
    step = describe_step(profile.step).removeprefix("one row ")
    meet = "; those of one step are averaged (`sum` adds up what are sales or events)" if duplicates == "mean" else ""
    zone = f"; {roles.doubts['timezone']}" if "timezone" in roles.doubts else ""
    aside = f"unsure: rows come at odd times; each is moved to the nearest step{meet}{zone}"
    return [Line("data.off_grid", off_grid, f"to have one {step}; data.freq can be another step", aside)]


def _explicit_frequency(frequency: Frequency, reading: Reading) -> str | int:
    """Return the name of the grid if it says all, else `auto`."""
    panel = reading.panel
    if frequency.kind == "integer":
        return frequency.size if frequency.size <= LARGEST_STEP else "auto"
    stamps = frequency.stamps(panel.first)
    return frequency.alias if parse_frequency(frequency.alias, stamps) == frequency else "auto"


def _written_format(time_format: TimeFormat) -> str | tuple[str, ...] | None:
    """Return what `data.time_format` says of times that are written so; None where they are plain steps."""
    if not time_format.pattern:
        return None
    patterns = tuple(time_format.strptime.split(BREAK))
    return patterns if len(patterns) > 1 else patterns[0]


def _steps(frequency: Frequency) -> str:
    return ", whole-number steps" if frequency.kind == "integer" else ""


def _how_written(time_format: TimeFormat, time: str | tuple[str, ...] | None) -> str:
    """Return what the pattern of the times means, where that is not plain."""
    means = []
    if time_format.kind == "epoch":
        means.append(f"{UNIT_NAMES.get(time_format.pattern, 'seconds')} since 1970, in UTC")
    if time_format.pattern == "excel":
        means.append("days since 1899-12-30, as spreadsheets count")
    if time_format.pattern == "decimal_year":
        means.append("years whose decimals are months")
    if not isinstance(time, str) and time is not None:
        means.append("one pattern for each column")
    if time_format.ends:
        means.append("an interval counts from its start")
    if "%y" in time_format.pattern:
        means.append("years of two digits are of 1969 to 2068")
    if "%K" in time_format.pattern:
        means.append("%K: hours from 1 to 24")
    if "%q" in time_format.pattern:
        means.append("%q: the quarter")
    if "%V" in time_format.pattern:
        means.append("ISO weeks, which begin on Mondays")
    return "; ".join(means) or "how the times are written"


def _zone_of_doubled_hour() -> list[Line]:
    aside = "unsure: an hour is there twice where clocks may change; remove the # and name your own zone"
    return [Line("data.timezone", "Europe/Berlin", aside, "", True)]


def _zone_lines(reading: Reading, profile: PanelProfile) -> list[Line]:
    """Return the zone as a suggestion where hours seem to be missing or doubled by changes of clocks."""
    few = profile.fills < MANY_FILLS * int(reading.panel.known.sum())
    if not profile.clock_changes or not few:
        return []
    zone = profile.likely_zone
    fits = f"as in {zone}" if zone else "though none of the usual zones fits"
    aside = f"unsure: hours are missing where clocks change, {fits}; remove the # and name your own zone"
    return [Line("data.timezone", zone or "Europe/Berlin", aside, "", True)]
