"""Describes a panel in the few numbers that tell whether it was read as it was meant."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lstmcast.config.auto import fitting_seasons
from lstmcast.data.clock.local_time import find_zone
from lstmcast.data.clock.serial import YEARS
from lstmcast.data.clock.time_parts import part_of
from lstmcast.data.clock.times import DAY, Frequency, StampArray
from lstmcast.data.clock.zones import MONTHS_OF_LEAPS, Moments, are_in_nights_of_change
from lstmcast.data.covariate.calendar import seasonal_periods
from lstmcast.data.panel import Panel
from lstmcast.data.read import Reading
from lstmcast.data.scaling import highest_of, lowest_of
from lstmcast.data.survey.seasonality import WEAK, Season, find_season, measure_seasons
from lstmcast.data.survey.suspects import Suspect, find_suspects, find_wild

NAMED = 3
FEWEST_WEEKS, MOSTLY_OPEN = 3, 0.9  # of which a day has no row; rows of the other days that are there
NAMES_OF_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class PanelProfile:
    """What the series are like."""

    rows_read: int
    series: int
    shortest: int  # known values of a series
    typical: int  # the median
    longest: int
    frequency: str
    step: str  # what one row stands for: `hour`, `15-minute step`
    first: str  # stamps as the user writes them
    last: str  # the newest with a target
    ends_differ: bool  # some series end earlier than others
    ahead: int  # rows after the last target, of the series that has the fewest
    lowest: float
    highest: float
    zeros: int
    constant: int  # series that never change
    fills: int
    filled_series: int
    clock_changes: int  # fills that look like hours that a change of clocks leaves out
    likely_zone: str | None  # whose clocks leap over all these hours; others may do as well
    covariate_fills: int
    earlier_parts: int  # of series, before gaps that are too long to be filled: they only train
    earlier_values: int
    duplicates: int
    seasons: tuple[Season, ...]  # of the calendar, where series are long enough to tell
    unmeasured: tuple[int, ...]  # seasons of the calendar that are used, with too few rounds to tell their strength
    hidden_season: Season | None  # found in the data, where steps have no calendar
    constant_names: tuple[str, ...] = ()  # the first series that never change
    first_to_end: tuple[str, str] | None = None  # the series that ends first, and when, if they end at different times
    suspects: tuple[Suspect, ...] = ()  # values that may stand for missing ones


def profile_reading(reading: Reading) -> PanelProfile:
    """Return the profile of what was read."""
    panel = reading.panel
    known = panel.is_known
    values = panel.values[known]
    low, high = lowest_of(panel), highest_of(panel)
    ends = panel.frequency.stamps(np.array([panel.first.min(), panel.cutoffs.max()]))
    first, last = reading.time_format.render(ends)
    natural = seasonal_periods(panel.frequency)
    seasons, used = measure_seasons(panel, natural), fitting_seasons(natural, float(np.median(panel.known)))
    leaps = _leaps(panel) if not reading.time_format.names_moments else np.array([], "datetime64[us]")
    return PanelProfile(
        rows_read=reading.rows_read,
        series=panel.series_count,
        shortest=int(panel.known.min()),
        typical=int(np.median(panel.known)),
        longest=int(panel.known.max()),
        frequency=panel.frequency.alias,
        step=_step_name(panel.frequency),
        first=str(first),
        last=str(last),
        ends_differ=bool((panel.cutoffs != panel.cutoffs[0]).any()),
        ahead=int((np.diff(panel.offsets) - panel.known).min()),
        lowest=float(values.min()),
        highest=float(values.max()),
        zeros=int((values == 0).sum()),
        constant=int((low == high).sum()),
        fills=int(reading.fills.sum()),
        filled_series=int((reading.fills > 0).sum()),
        clock_changes=len(leaps),
        likely_zone=find_zone(leaps) if len(leaps) else None,
        covariate_fills=reading.covariate_fills,
        earlier_parts=0 if panel.earlier is None else panel.earlier.series_count,
        earlier_values=0 if panel.earlier is None else int(panel.earlier.known.sum()),
        duplicates=reading.duplicates_dropped,
        seasons=seasons,
        unmeasured=tuple(period for period in used if period not in [season.period for season in seasons]),
        hidden_season=find_season(panel) if panel.frequency.kind == "integer" and not _are_years(reading) else None,
        constant_names=tuple(panel.name_of(int(series)) for series in np.flatnonzero(low == high)[:NAMED]),
        first_to_end=_first_to_end(reading),
        suspects=find_suspects(panel),
    )


def closed_days(reading: Reading) -> tuple[str, ...]:
    """Return the days of the week that never have a row of their own, where steps are days and others mostly have."""
    panel = reading.panel
    if panel.frequency.alias != "D" or not panel.filled.any():
        return ()
    series = panel.series_of_row
    ticks = panel.first[series] + np.arange(len(panel.values)) - panel.offsets[series]
    dates = np.asarray(panel.frequency.stamps(ticks), "datetime64[D]")
    day = (dates.astype(np.int64) + 3) % 7  # 1970 began on a Thursday
    known = panel.is_known
    rows, given = (np.bincount(day[chosen], minlength=7) for chosen in (known, known & ~panel.filled))
    closed = (rows >= FEWEST_WEEKS) & (given == 0)
    is_usual = given[~closed].sum() > MOSTLY_OPEN * rows[~closed].sum()
    return tuple(NAMES_OF_DAYS[place] for place in np.flatnonzero(closed)) if is_usual else ()


def _are_years(reading: Reading) -> bool:
    """Return whether the steps are years by their name and size: they have no season, and chance finds one."""
    panel = reading.panel
    is_usual = YEARS[0] <= panel.first.min() and panel.cutoffs.max() <= YEARS[1]
    return bool(is_usual and len(reading.time_names) == 1 and part_of(reading.time_names[0]) == "year")


def describe_odd(reading: Reading) -> tuple[str, ...]:
    """Return what is odd about names and values, and may be wrong in the file."""
    found = (_describe_lookalikes(reading.panel), _describe_wild(reading))
    return tuple(words for words in found if words is not None)


def _describe_wild(reading: Reading) -> str | None:
    """Return what to say of values out of all proportion to the others of their series, if there are any."""
    found, panel = find_wild(reading.panel), reading.panel
    if not found:
        return None
    first = found[0]
    (stamp,) = reading.time_format.render(panel.frequency.stamps(np.array([first.tick])))
    whose = "" if panel.series_count == 1 else f" of {panel.name_of(first.series)!r}"
    more = f", and {len(found) - 1:,} more in other series or on the other side" if len(found) > 1 else ""
    return (
        f"the value {first.value:.10g}{whose} at {stamp} lies {first.times:,.0f} times the range of all others away "
        f"from them{more}; if it is wrong, correct it or leave it empty: forecasts and scores suffer from it"
    )


def _describe_lookalikes(panel: Panel) -> str | None:
    """Return what to say of series that only blanks tell apart, if there are any."""
    names = [panel.name_of(series) for series in range(panel.series_count)] if panel.ids else []
    bare = [" ".join(name.split()) for name in names]
    if len(set(bare)) == len(bare):
        return None
    seen: dict[str, str] = {}
    for name, short in zip(names, bare, strict=True):
        if short in seen:
            return f"series {seen[short]!r} and {name!r} differ by blanks only; if they are one, make their names equal"
        seen[short] = name
    return None


def describe_step(step: str) -> str:
    """Return `one row per hour`, or `one row every 2 steps`, for the name of a step."""
    count, _, unit = step.removesuffix(" step").partition("-")
    return f"one row every {count} {unit or 'step'}s" if count.isdigit() else f"one row per {step}"


def describe_series(profile: PanelProfile) -> str:
    """Return how many series of which length."""
    if profile.series == 1:
        return f"1 series of {profile.longest:,} values"
    if profile.shortest == profile.longest:
        return f"{profile.series:,} series of {profile.longest:,} values"
    return f"{profile.series:,} series of {profile.shortest:,} to {profile.longest:,} values"


def describe_seasons(profile: PanelProfile) -> Iterator[str]:
    """Yield `24 hours (strength 0.90)` of each season that was found or measured, and what could not be measured."""
    hidden = (profile.hidden_season,) if profile.hidden_season else ()
    yield from (describe_season(season, profile.step) for season in (*profile.seasons, *hidden))
    yield from (f"{_in_steps(period, profile.step)} (too few rounds to measure)" for period in profile.unmeasured)


def describe_season(season: Season, step: str = "") -> str:
    """Return `24 hours (strength 0.90)` for steps of this name, and whether that is little."""
    weak = ", weak" if season.strength < WEAK else ""
    return f"{_in_steps(season.period, step)} (strength {season.strength:.2f}{weak})"


def _in_steps(period: int, step: str) -> str:
    return f"{period} {'steps' if '-' in step else f'{step}s'}" if step else str(period)


def _first_to_end(reading: Reading) -> tuple[str, str] | None:
    panel = reading.panel
    ends = panel.frequency.stamps(panel.cutoffs)
    series = int(np.argmin(panel.cutoffs))
    if (panel.cutoffs == panel.cutoffs[0]).all():
        return None
    stamp: StampArray = ends[[series]]
    return panel.name_of(series), str(reading.time_format.render(stamp)[0])


def _step_name(frequency: Frequency) -> str:
    """Return what lies between two rows: `hour`, `15-minute step`, `300-step`."""
    if frequency.kind == "integer" and frequency.size > 1:
        return f"{frequency.size}-step"
    return frequency.unit_name


def _leaps(panel: Panel) -> Moments:
    """Return the times of filled values in the small hours of spring Sundays, when clocks without a zone leap."""
    frequency = panel.frequency
    if frequency.kind != "fixed" or frequency.size >= DAY:
        return np.array([], "datetime64[us]")
    row = np.flatnonzero(panel.filled)
    series = panel.series_of_row[row]
    stamps = frequency.stamps(panel.first[series] + row - panel.offsets[series]).astype("datetime64[us]")
    return np.asarray(stamps[are_in_nights_of_change(stamps, MONTHS_OF_LEAPS)])
