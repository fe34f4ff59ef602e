"""Public holidays as columns that are known ahead: whether a day is one, and whether the next or the last one is.

The days come from the package `holidays`, which is imported when they are asked for. A model keeps those that it was
trained with, so that another version of the package cannot change the past under it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from lstmcast.arrays import FloatArray, IntArray
from lstmcast.data.clock.time_format import TimeFormat
from lstmcast.data.clock.times import DAY, Frequency
from lstmcast.data.clock.zones import ONE_DAY
from lstmcast.data.covariate.covariate_facts import HolidayFacts
from lstmcast.data.panel import Panel
from lstmcast.errors import ConfigError
from lstmcast.plurals import name_some
from lstmcast.spelling import did_you_mean

NAMED = 3
CODE = re.compile(r"[A-Z][A-Z0-9]{1,4}")

Days = npt.NDArray[np.datetime64]  # [D]


@dataclass(frozen=True)
class HolidayColumns:
    """The columns of all rows of some panels, and the days that they were made from."""

    names: tuple[str, ...]
    blocks: tuple[FloatArray, ...]  # (rows, 3) of each panel
    facts: HolidayFacts
    notes: tuple[str, ...]


def read_holidays(
    region: str, panels: Sequence[Panel], time_format: TimeFormat, known: HolidayFacts | None
) -> HolidayColumns:
    """Return the holidays of a region for all rows of panels of one frequency; `known` are those of a model."""
    frequency = panels[0].frequency
    _check_steps(frequency)
    ticks = [_ticks(panel) for panel in panels]
    distinct, place = _distinct(np.concatenate(ticks))
    dates = time_format.to_wall(frequency.stamps(distinct).astype("datetime64[us]")).astype("datetime64[D]")
    facts, notes = _facts(region, dates[0] - ONE_DAY, dates[-1] + ONE_DAY, known)
    days = np.array(facts.days, "datetime64[D]")
    block = np.stack([np.isin(dates + shift * ONE_DAY, days) for shift in (0, 1, -1)], axis=1).astype(np.float64)
    names = (f"holiday {region}", f"day before holiday {region}", f"day after holiday {region}")
    ends = np.cumsum([len(one) for one in ticks])[:-1]
    return HolidayColumns(names, tuple(np.split(block[place], ends)), facts, notes)


def has_holidays(frequency: Frequency) -> bool:
    """Return whether each step lies on one day."""
    return frequency.size <= {"fixed": DAY, "business": 1}.get(frequency.kind, 0)


def _check_steps(frequency: Frequency) -> None:
    """Refuse steps longer than a day: a month holds holidays and other days."""
    if not has_holidays(frequency):
        why = (
            "whole-number steps have no date"
            if frequency.kind == "integer"
            else f"a step is a {frequency.unit_name} ({frequency.alias}), which holds holidays and other days alike"
        )
        raise ConfigError(f"data.holidays: {why}; holidays are for steps of a day or less; set it to null")


def find_days(region: str, years: Iterable[int]) -> tuple[Days, str]:
    """Return all holidays of a region in some years, sorted, and the version of the package that tells them."""
    import holidays  # only where they are asked for
    from holidays.version import __version__ as package

    country, _, part = region.partition("-")
    found: Iterable[date] | None = None
    if CODE.fullmatch(country):  # other names are those of functions and classes
        with suppress(NotImplementedError):
            found = holidays.country_holidays(country, subdiv=part or None, years=years)
        if found is None and not part:
            with suppress(NotImplementedError):
                found = holidays.financial_holidays(region, years=years)
    if found is None:
        raise _unknown_region(region, holidays.list_supported_countries(include_aliases=False))
    return np.array(sorted(found), "datetime64[D]"), package


def _unknown_region(region: str, countries: Mapping[str, Sequence[str]]) -> ConfigError:
    """Return what to say of a region that has no holidays; to list all countries takes half a second."""
    country, _, part = region.partition("-")
    if country in countries:
        parts = countries[country]
        listed = f"it has {', '.join(parts)}" if parts else "it has no parts"
        near = did_you_mean(part, parts)
        return ConfigError(f"data.holidays: the country {country} has no part {part!r}{near}; {listed}")
    return ConfigError(
        f"data.holidays: there is no country {region!r}{did_you_mean(region, list(countries))}; write its code, "
        "such as DE, with a state, such as US-CA, or a stock exchange, such as XNYS"
    )


def _ticks(panel: Panel) -> IntArray:
    return np.repeat(panel.first - panel.offsets[:-1], np.diff(panel.offsets)) + np.arange(panel.offsets[-1])


def _distinct(ticks: IntArray) -> tuple[IntArray, IntArray]:
    """Return rising ticks that hold all of these, and the place of each among them; those of a long span are sorted."""
    first, last = int(ticks.min()), int(ticks.max())
    if last - first <= 2 * len(ticks):
        return np.arange(first, last + 1), ticks - first
    distinct, place = np.unique(ticks, return_inverse=True)
    return distinct, place


def _facts(
    region: str, first: np.datetime64, last: np.datetime64, known: HolidayFacts | None
) -> tuple[HolidayFacts, tuple[str, ...]]:
    """Return the holidays from `first` to `last`: a model's own for its time, the package's for all others."""
    if known is not None and known.region != region:
        known = None  # the contract says it
    years = range(int(str(first)[:4]), int(str(last)[:4]) + 1)
    days, package = find_days(region, years)
    notes: tuple[str, ...] = ()
    if known is not None:
        start, end = np.datetime64(known.first, "D"), np.datetime64(known.last, "D")
        trained = np.array(known.days, "datetime64[D]")
        low, high = max(start, first), min(end, last)
        before, now = (part[(part >= low) & (part <= high)] for part in (trained, days))
        notes = _note_change(region, known.package, package, np.setxor1d(before, now))
        days = np.union1d(trained, days[(days < start) | (days > end)])
    days = days[(days >= first) & (days <= last)]
    return HolidayFacts(region=region, package=package, first=str(first), last=str(last), days=_texts(days)), notes


def _note_change(region: str, before: str, now: str, differing: Days) -> tuple[str, ...]:
    if not len(differing):
        return ()
    named = name_some(_texts(differing[:NAMED]), len(differing))
    return (
        f"the package holidays {now} differs from {before}, which the model was trained with, in the holidays of "
        f"{region}: {named}; those of the training are used up to its end: train again",
    )


def _texts(days: Days) -> tuple[str, ...]:
    return tuple(days.astype(str).tolist())
